"""Parity rules in the file and beside a service: what they mean, and every mistake in them at its place."""

import pytest
from config_examples import FUZZ, KINDS, SHOP
from hypothesis import given
from hypothesis import strategies as st

from vivido.config.check import check
from vivido.config.parity import pairs, service_rules, spelled
from vivido.config.read import read
from vivido.config.rules.parity import CONDITIONS
from vivido.model.parity import Anything, Audit, Matching, Names, OneOf, ParityPair, PresentIn, Ratio, Relation
from vivido.time.clock import SECOND

RULES = """
staging ~ production:
  budget: 5
  allow:
    - {at: Deployment/*/spec/replicas, because: staging is smaller, holds: staging <= production}
    - {at: "ConfigMap/*/data/DATABASE_URL", because: own database, until: 2027-06-30, owner: data}
    - {at: "ConfigMap/*/data/LEVEL", because: louder, equals: {staging: debug, production: info}}
    - {at: "ConfigMap/*/data/SIZE", because: smaller, one-of: [1, 2.5, big, true]}
    - {at: "ConfigMap/*/data/URL", because: own address, regex: "https://.*"}
    - {at: Ingress/web, because: only there, present-in: production}
    - {at: "ConfigMap/*/data/FALLBACK", because: read from there, names: staging}
  equal:
    - {at: "ConfigMap/*/data/DATABASE_SSL_MODE"}
"*":
  allow:
    - {at: Deployment/*/spec/replicas, because: later is larger, ratio: 1..10}
"""
NAMES = ("dev", "staging", "production")


def file(rules: str) -> str:
    return SHOP + "parity:\n" + "".join(f"  {line}\n" for line in rules.splitlines())


def parsed(rules: str) -> tuple[ParityPair, ...]:
    project, found = check(file(rules), "vivido.yaml", KINDS)
    assert not found, "\n".join(map(str, found))
    assert project is not None
    return project.parity


def test_each_condition_reaches_its_rule() -> None:
    named, every = parsed(RULES)
    assert (named.left, named.right, named.budget) == ("staging", "production", 5)
    assert [r.predicate for r in named.rules] == [
        Anything(),
        Relation("staging", "<=", "production"),
        Anything(),
        OneOf({"staging": ("debug",), "production": ("info",)}),
        OneOf({"*": (1, 2.5, "big", True)}),
        Matching({"*": "https://.*"}),
        PresentIn("production"),
        Names("staging"),
    ]
    assert named.rules[0].demands and not named.rules[1].demands
    assert (named.rules[2].until, named.rules[2].owner) == ("2027-06-30", "data")
    assert (every.left, every.rules[0].predicate) == ("*", Ratio(1, 10))
    assert every.about("dev", "staging") and named.about("production", "staging") and not named.about("dev", "staging")


def test_a_rule_knows_where_it_stands() -> None:
    line = file(RULES).splitlines().index("      - {at: Ingress/web, because: only there, present-in: production}") + 1
    assert next(r for r in parsed(RULES)[0].rules if r.at.text == "Ingress/web").place == f"vivido.yaml:{line}:14"


def test_audits() -> None:
    project, _ = check(SHOP + "audit: {every: 24h, on-new: ./tell.sh}\n", "vivido.yaml", KINDS)
    assert project is not None
    assert project.audit == Audit(24 * 3600 * SECOND, "./tell.sh")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("staging ~ production", "stagign ~ production", "there is no environment “stagign” in this file. Did you mean “staging”?"),
        ("staging ~ production", "staging ~ staging", "staging is compared with itself"),
        ("staging ~ production", "staging/production", "is not two environments with “ ~ ” between them"),
        ('"*":', "production ~ staging:", "are the two environments of “staging ~ production”"),
        ("Ingress/web,", "ingress/web,", "“ingress/web” begins with no kind"),
        ("Ingress/web,", "Ingress,", "“Ingress” is not a selector such as Kind/name/path"),
        ("Ingress/web,", "Ingress/a**,", "“Ingress/a**” has “**” beside other text"),
        ("2027-06-30", "2027-02-30", "there is no day “2027-02-30”"),
        ("2027-06-30", "soon", "“soon” is not a day. Write for example 2027-06-30"),
        ("owner: data", "services: wbe", "there is no service “wbe” in this file. Did you mean “web”?"),
        ("owner: data", "onwer: data", "“onwer” is no key of parity.“staging ~ production”.allow[1]. Did you mean “owner”?"),
        ("owner: data", "ratio: 2..1", "nothing is between 2 and 1"),
        ("owner: data", "ratio: 2", "has to be text, not a whole number"),
        ("because: staging is smaller, ", "", "allow[0] lacks “because”"),
        ("staging <= production", "staging <= dev", "“staging <= dev” does not relate the two that are compared"),
        ("staging <= production", "staging = staging", "does not relate the two that are compared"),
        ("{staging: debug,", "{stage: debug,", "“stage” is none of the two that are compared. Write staging or production"),
        ("https://.*", "(?=x)", "this is no expression: invalid perl operator: (?="),
        ("present-in: production", "present-in: dev", "“dev” is none of the two that are compared"),
        ("ratio: 1..10", "names: staging", "“staging” is none of the two that are compared. Write earlier or later"),
        ("ratio: 1..10", "ratio: 1..10, names: later", "a rule has one condition, not ratio and names"),
        ("data/DATABASE_SSL_MODE", "data/URL", "“ConfigMap/*/data/URL” stands under “allow” too, in line"),
        ("budget: 5", "budget: -1", "budget is -1; it has to be at least 0"),
    ],
)  # fmt: skip
def test_each_mistake_is_told_once_with_its_place(old: str, new: str, said: str) -> None:
    assert RULES.count(old) >= 1
    text = file(RULES.replace(old, new, 1))
    project, found = check(text, "vivido.yaml", KINDS)
    assert project is None
    assert said in str(found[0])
    assert len(found) == 1, "\n".join(map(str, found))
    assert found[0].line == next(
        n for n, line in enumerate(text.splitlines(), 1) if line not in file(RULES).splitlines()
    )


TOKENS = [
    ("tokens: {domain: a.example.com}", "", ""),
    (
        "tokens: {domain: a.example.com, name: a.example.com}",
        "tokens: {domain: b.example.com, name: b}",
        "are the same text",
    ),
    ("tokens: {domain: a.example.com}", "tokens: {domian: b.example.com}", "has no token"),
    ("tokens: {domain: a}", "", "is not a text of at least two characters"),
    ("tokens: {Domain: ab}", "", "is not a name of lower-case letters"),
]


@pytest.mark.parametrize(("one", "other", "said"), TOKENS)
def test_tokens(one: str, other: str, said: str) -> None:
    text = SHOP.replace("    target: none", f"    target: none\n    {one}", 1)
    text = text.replace("    after: dev", f"    after: dev\n    {other}" if other else "    after: dev", 1)
    project, found = check(text, "vivido.yaml", KINDS)
    if not said:
        assert project is not None
        assert project.environments[-1].tokens == {"domain": "a.example.com"}
    else:
        assert said in str(found[0])


def test_a_services_own_file_speaks_of_it_alone() -> None:
    found, mistakes = service_rules(RULES, "deploy/web/parity.yaml", "web", NAMES)
    assert not mistakes
    assert {r.services for pair in found for r in pair.rules} == {("web",)}
    assert found[0].rules[0].place == "deploy/web/parity.yaml:13:12"
    _, mistakes = service_rules(RULES.replace("owner: data", "services: api"), "p.yaml", "web", NAMES)
    assert [str(m) for m in mistakes] == ["p.yaml:6:97: this file speaks of one service only. Take “services” out."]
    _, mistakes = service_rules("a: [", "p.yaml", "web", NAMES)
    assert mistakes[0].code == "yaml.syntax"
    _, mistakes = service_rules("[a]", "p.yaml", "web", NAMES)
    assert mistakes[0].code == "config.type"


def test_what_is_shown_means_the_same() -> None:
    before = parsed(RULES)
    again = spelled(before)
    import yaml

    node, _ = read(yaml.safe_dump(again, sort_keys=False), "vivido.yaml")
    after = pairs(node, "vivido.yaml")
    assert spelled(after) == again
    assert [[r.predicate for r in p.rules] for p in after] == [[r.predicate for r in p.rules] for p in before]


SCRAPS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*NAMES, "*", "at", "because", "allow", "until", "x", *CONDITIONS]), inner, max_size=4
        )
    ),
    max_leaves=8,
)


@FUZZ
@given(st.dictionaries(st.sampled_from(["*", "staging ~ production", "a ~ b", "?"]), SCRAPS, max_size=3))
def test_no_rules_make_it_fail(rules: dict[str, object]) -> None:
    import json

    found, mistakes = service_rules(json.dumps(rules), "p.yaml", "web", NAMES)
    assert not (found and mistakes)
