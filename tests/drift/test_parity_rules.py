"""Rules against differences: what is found, and what is not."""

from typing import Any

import pytest

from vivido.config.parity import service_rules
from vivido.drift.parity.report import Declared, Parity, Side, Subject, report
from vivido.drift.parity.tokens import Marker, restored, shown
from vivido.model.difference import ABSENT
from vivido.model.finding import Finding, Found, Severity, stops
from vivido.model.objects import Rendered
from vivido.model.parity import ParityPair
from vivido.model.problem import Problem

ORDER = ("dev", "staging", "production")
PAIR = ("staging", "production")
TODAY = "2027-01-15"


def config(name: str = "web", **data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def deployment(replicas: int = 1, image: str = "shop/web@sha256:a", **env: str) -> dict[str, Any]:
    container = {"name": "web", "image": image, "env": [{"name": k, "value": v} for k, v in env.items()]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {"replicas": replicas, "template": {"spec": {"containers": [container]}}},
    }


def rules(text: str) -> tuple[ParityPair, ...]:
    found, mistakes = service_rules(text, "parity.yaml", "web", ORDER)
    assert not mistakes, mistakes
    return found


def allow(*entries: str, pair: str = "staging ~ production", **more: object) -> tuple[ParityPair, ...]:
    lines = [f"{key}: {value}" for key, value in more.items()] + ["allow:", *(f"- {{{e}}}" for e in entries)]
    return rules(f'"{pair}":\n' + "".join(f"  {line}\n" for line in lines))


def judged(
    left: Side | list[dict[str, Any]],
    right: Side | list[dict[str, Any]],
    pairs: tuple[ParityPair, ...] = (),
    tokens: dict[str, dict[str, str]] | None = None,
    **more: Any,
) -> Parity:
    sides = {n: Rendered(tuple(s)) if isinstance(s, list) else s for n, s in zip(PAIR, (left, right), strict=True)}
    subject = Subject(("web",), sides, more.pop("images", {}))
    return report([subject], [PAIR], Declared(ORDER, pairs, tokens or {}), key=b"k", today=TODAY, **more)


def one(*args: Any, **more: Any) -> Finding:
    found = judged(*args, **more).findings
    assert len(found) == 1, found
    return found[0]


REPLICAS = "at: Deployment/*/spec/replicas, because: smaller"
TWO_FIVE = ([deployment(2)], [deployment(5)])


def test_what_nobody_declared_is_drift() -> None:
    found = one(*TWO_FIVE)
    assert (found.found, found.severity) == (Found.UNDECLARED, Severity.ERROR)
    assert (found.at, found.left_value, found.right_value) == ("Deployment/web/spec/replicas", 2, 5)
    assert (found.pair, found.service, found.message) == ("staging ~ production", "web", "differs")


def test_equal_sides_have_no_findings() -> None:
    assert judged([deployment(2)], [deployment(2)]) == Parity((PAIR,), ("web",), ())


@pytest.mark.parametrize(
    "condition",
    [
        "",
        ", holds: staging <= production",
        ", holds: production > staging",
        ", ratio: 1..2.5",
        ", equals: {staging: 2, production: 5}",
        ", equals: {staging: 2}",
        ", one-of: [2, 5]",
        ', regex: "[0-9]"',
        ", until: 2027-01-15",
        ", services: web",
    ],
)
def test_a_declared_difference_is_none(condition: str) -> None:
    condition = condition.replace(", services: web", "")
    found = judged(*TWO_FIVE, allow(REPLICAS + condition))
    assert not found.findings
    assert found.allowed == 1


@pytest.mark.parametrize(
    ("condition", "sort", "said"),
    [
        ("holds: staging >= production", Found.VIOLATED, "staging >= production has to hold"),
        ("ratio: 3..10", Found.VIOLATED, "production has to have 3 to 10 times what staging has"),
        ("equals: {production: 6}", Found.VIOLATED, "production may have 6"),
        ("one-of: [1, 2]", Found.VIOLATED, "production may have 1 or 2"),
        ('regex: {staging: "[3-9]"}', Found.VIOLATED, "staging's text has to fit [3-9]"),
        ("present-in: production", Found.VIOLATED, "it may be in production only"),
        ("names: staging", Found.VIOLATED, "the rule speaks of tokens"),
        ("until: 2027-01-14", Found.EXPIRED, "was allowed until 2027-01-14"),
    ],
)
def test_a_condition_that_does_not_hold_is_told(condition: str, sort: Found, said: str) -> None:
    found = one(*TWO_FIVE, allow(f"{REPLICAS}, owner: data, {condition}"))
    assert (found.found, found.severity) == (sort, Severity.ERROR)
    assert said in found.message
    assert found.rule is not None
    assert (found.rule.place, found.rule.owner, found.rule.because) == ("parity.yaml:3:10", "data", "smaller")


@pytest.mark.parametrize(
    ("condition", "left", "right"),
    [
        ("holds: staging <= production", "low", "high"),
        ("ratio: 1..2", "0", "5"),
        ("ratio: 1..2", "low", "5"),
    ],
)
def test_what_cannot_be_judged_is_no_pass(condition: str, left: str, right: str) -> None:
    sides = [config(SIZE=left)], [config(SIZE=right)]
    found = one(*sides, allow(f"at: ConfigMap/*/data/SIZE, because: x, {condition}"))
    assert (found.found, found.severity) == (Found.UNJUDGED, Severity.ERROR)


def test_one_rule_that_allows_it_is_enough() -> None:
    twice = allow(f"{REPLICAS}, until: 2020-01-01", "at: Deployment/**, because: x, holds: staging <= production")
    assert not judged(*TWO_FIVE, twice).findings


def test_a_reason_that_waits_allows_nothing() -> None:
    found = one(*TWO_FIVE, allow("at: Deployment/*/spec/replicas, because: TODO say why"))
    assert found.found is Found.UNJUSTIFIED


def test_values_of_secrets_are_not_shown_and_not_judged() -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db"}, "stringData": {"password": "hunter2"}}
    other = {**secret, "stringData": {"password": "correct horse"}}
    assert one([secret], [other]).at.startswith("Secret/db/")
    found = judged([secret], [other], allow('at: "Secret/db/**", because: own, one-of: [hunter2, correct horse]'))
    assert {f.found for f in found.findings} == {Found.UNJUDGED}
    assert "hunter2" not in str(found)


EQUAL = 'staging ~ production:\n  equal: [{at: "ConfigMap/*/data/MODE"}]\n  allow: [{at: "**", because: all}]\n'


def test_passwords_are_judged_as_they_are_written_and_not_shown() -> None:
    sides = [deployment(DB_PASSWORD="hunter2")], [deployment(DB_PASSWORD="hunter3")]
    found = one(*sides)
    assert (found.left_value, found.right_value) == ("***", "***")
    fits = 'at: "Deployment/web/**/DB_PASSWORD/value", because: x, regex: "hunter."'
    assert not judged(*sides, allow(fits)).findings
    texts = [f"[mysql]\ndb_user = {n}\ndb_password = hunter{n}\n" for n in (2, 3)]
    found = one(*([config(**{"settings.conf": text})] for text in texts))
    assert "db_user = 2" in found.left_value
    assert "hunter" not in f"{found.left_value}{found.right_value}"


def test_equality_goes_before_every_exception() -> None:
    found = one([config(MODE="a")], [config(MODE="b")], rules(EQUAL))
    assert (found.found, found.message) == (Found.UNEQUAL, "must be equal")


def test_equality_is_broken_by_what_is_missing() -> None:
    findings = judged([config(MODE="a")], [], rules(EQUAL)).findings
    assert [f.found for f in findings if f.severity is Severity.ERROR] == [Found.UNEQUAL]


def test_a_demand_is_met_by_equal_values_and_unused_where_nothing_is() -> None:
    pairs = rules(EQUAL)
    same = judged([config(MODE="a", X="1")], [config(MODE="a", X="2")], pairs)
    assert not same.findings
    found = judged([config(X="1")], [config(X="2")], pairs).findings
    assert [(f.found, f.message) for f in found] == [(Found.UNUSED, "the rule selects nothing that is there")]


def test_a_rule_that_covers_nothing_is_told_where_all_was_judged() -> None:
    same = [deployment(2)]
    found = one(same, same, allow(REPLICAS))
    assert (found.found, found.severity, stops([found])) == (Found.UNUSED, Severity.WARNING, False)
    assert not judged(same, same, allow(REPLICAS), whole=False).findings
    over = one(same, same, allow(f"{REPLICAS}, until: 2026-01-01"))
    assert (over.found, over.message) == (Found.EXPIRED, "the rule ended on 2026-01-01 and covers no difference")
    unasked = one(same, same, allow(REPLICAS, pair="dev ~ production"))
    assert unasked.message == "the rule speaks of two environments that were not compared"


def test_a_rule_for_each_pair() -> None:
    assert not judged(*TWO_FIVE, allow(f"{REPLICAS}, holds: earlier <= later", pair="*")).findings
    assert not judged(*TWO_FIVE, allow(f"{REPLICAS}, ratio: 2..3", pair="*")).findings
    assert one(*TWO_FIVE, allow(f"{REPLICAS}, present-in: later", pair="*")).message == "it may be in production only"


def test_a_rule_may_name_its_pair_in_any_order() -> None:
    assert not judged(*TWO_FIVE, allow(f"{REPLICAS}, ratio: 0.1..0.5", pair="production ~ staging")).findings


def test_an_object_in_one_environment_only() -> None:
    extra = config("extra", A="1")
    found = one([], [extra])
    assert (found.message, found.left_value, found.right_value) == ("only in production", ABSENT, "ConfigMap/extra")
    assert not judged([], [extra], allow("at: ConfigMap/extra, because: x, present-in: production")).findings
    assert judged([], [extra], allow("at: ConfigMap/extra, because: x, present-in: staging")).findings


def test_the_budget_counts_differences_not_rules() -> None:
    sides = [config(A="1", B="1", C="1")], [config(A="2", B="2", C="2")]
    everything = "at: ConfigMap/web/data/*, because: x"
    assert not judged(*sides, allow(everything, budget=3)).findings
    found = one(*sides, allow(everything, budget=2))
    assert (found.found, found.message) == (Found.BUDGET, "3 differences are allowed, and the budget is 2")


def test_an_environment_that_cannot_be_rendered_is_no_pass() -> None:
    found = one((Problem("render", "no such directory"),), [config()], whole=False)
    assert (found.found, found.message) == (Found.UNJUDGED, "staging: no such directory")
    subject = Subject(("web",), {"staging": Rendered(())})
    empty = report([subject], [PAIR], Declared(ORDER, ()), key=b"k", today=TODAY)
    assert [f.message for f in empty.findings] == ["production: nothing is known of it"]


def test_a_promoted_image_is_no_drift() -> None:
    sides = [deployment(image="shop/web@sha256:a")], [deployment(image="shop/web@sha256:b")]
    images = {"staging": {"web": "shop/web@sha256:a"}, "production": {"web": "shop/web@sha256:b"}}
    assert not judged(*sides, images=images).findings
    assert one(*sides).found is Found.UNDECLARED
    images["production"]["web"] = "shop/web@sha256:c"
    assert one(*sides, images=images).right_value == "shop/web@sha256:b"


def test_an_image_that_only_git_names_is_told_and_is_no_drift() -> None:
    def found(left: str, right: str, **more: Any) -> Finding:
        rendered = {n: Rendered((deployment(image=i),)) for n, i in zip(PAIR, (left, right), strict=True)}
        images = {"staging": {"web": left}, "production": {"web": right}}
        subject = Subject(("web",), rendered, images, frozenset(PAIR), **more)
        (finding,) = report([subject], [PAIR], Declared(ORDER, ()), key=b"k", today=TODAY, whole=False).findings
        return finding

    told = found("r.example:5000/web:1", "r.example:5000/web:2")
    assert (told.severity, told.left_value) == (Severity.NOTE, "r.example:5000/web:1")
    assert found("r.example/web:1", "r.example/web@sha256:b").severity is Severity.NOTE
    assert found("r.example/web:1", "elsewhere.example/web:1").severity is Severity.ERROR
    homes = {"production": "r.example/prod"}
    assert found("r.example/web:1", "r.example/prod/web:1", homes=homes).severity is Severity.NOTE
    assert found("r.example/web:1", "r.example/other/web:1", homes=homes).severity is Severity.ERROR


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("/dev/null", 0),
        ("run >/dev/null 2>&1", 0),
        ("of=/dev/sda1", 0),
        ("https://example.com/dev/null", 1),
        ("/dev/api", 1),
        ("cat /dev/null; curl http://dev", 1),
        ("/dev", 1),
    ],
)
def test_a_device_is_no_environment(text: str, left: int) -> None:
    tokens = {"dev": {"name": "dev"}, "staging": {"name": "staging"}}
    marker = Marker("staging", tokens)
    assert len(marker.mark(Rendered((config(COMMAND=text),))).leftovers) == left
    mounted = {"kind": "Pod", "metadata": {"name": "x"}, "spec": {"volumes": [{"hostPath": {"path": "/dev"}}]}}
    assert not marker.mark(Rendered((mounted,))).leftovers


def test_an_id_outlives_the_values() -> None:
    assert one(*TWO_FIVE).id == one([deployment(3)], [deployment(4)]).id
    assert one(*TWO_FIVE).id != one([config(A="1")], [config(A="2")]).id


TOKENS = {
    "staging": {"domain": "staging.example.com", "region": "eu-1"},
    "production": {"domain": "example.com", "region": "eu-1"},
    "dev": {"domain": "dev.example.com", "region": "us-9"},
}


def test_tokens_count_as_equal_and_are_counted() -> None:
    found = judged(
        [config(URL="https://staging.example.com/a", REGION="eu-1")],
        [config(URL="https://example.com/a", REGION="eu-1")],
        tokens=TOKENS,
    )
    assert not found.findings
    assert found.tokens == {"staging": {"domain": 1, "region": 1}, "production": {"domain": 1, "region": 1}}


def test_values_are_judged_and_shown_as_they_are_written() -> None:
    sides = [config(URL="staging.example.com/a")], [config(URL="example.com/b")]
    found = one(*sides, tokens=TOKENS)
    assert (found.left_value, found.right_value) == ("staging.example.com/a", "example.com/b")
    written = 'at: ConfigMap/*/data/URL, because: x, regex: "[a-z.]*example[.]com/."'
    assert not judged(*sides, allow(written), tokens=TOKENS).findings


def test_a_token_of_another_environment_is_a_finding_of_its_own() -> None:
    both = [config(URL="staging.example.com")]
    found = one(both, both, tokens=TOKENS)
    assert (found.found, found.at) == (Found.LEFTOVER, "ConfigMap/web/data/URL")
    assert found.message == "production names staging.example.com, the domain of staging"
    # That the database differs by design does not mean that it may be the other's.
    sides = [config(URL="staging.example.com/a")], [config(URL="staging.example.com/b")]
    assert {f.found for f in judged(*sides, tokens=TOKENS).findings} == {Found.LEFTOVER}
    own = allow("at: ConfigMap/*/data/URL, because: own database")
    assert {f.found for f in judged(*sides, own, tokens=TOKENS).findings} == {Found.LEFTOVER}
    mirror = "at: ConfigMap/*/data/URL, because: mirrors it, names: "
    assert not judged(*sides, allow(mirror + "staging"), tokens=TOKENS).findings
    assert not judged(both, both, allow(mirror + "staging"), tokens=TOKENS).findings
    assert Found.LEFTOVER in {f.found for f in judged(*sides, allow(mirror + "production"), tokens=TOKENS).findings}


def test_the_name_of_what_is_promoted_is_no_leftover() -> None:
    tokens = {"staging": {"app": "web-staging"}, "production": {"app": "web"}}
    sides = [deployment(image="shop/web@sha256:a")], [deployment(image="shop/web@sha256:a")]
    images = {name: {"web": "shop/web@sha256:a"} for name in PAIR}
    places = [f.at for f in judged(*sides, tokens=tokens, images=images, whole=False).findings]
    assert not [at for at in places if at.endswith("/image")]
    # A sidecar's may well be another environment's.
    images = {name: {"web": "shop/other@sha256:a"} for name in PAIR}
    places = [f.at for f in judged(*sides, tokens=tokens, images=images, whole=False).findings]
    assert [at for at in places if at.endswith("/image")]


def test_tokens_in_names_and_keys_make_the_same_object() -> None:
    named = {"staging": {"name": "staging"}, "production": {"name": "production"}}
    left, right = config("web-staging", **{"staging.url": "1"}), config("web-production", **{"production.url": "2"})
    found = one([left], [right], tokens=named)
    assert found.at == "ConfigMap/web-{name}/data/{name}.url"


def test_rules_write_a_place_as_it_is_printed() -> None:
    named = {"staging": {"name": "staging"}, "production": {"name": "production"}}
    left, right = config("web-staging", **{"staging.url": "1"}), config("web-production", **{"production.url": "2"})
    at = one([left], [right], tokens=named).at
    assert not judged([left], [right], allow(f'at: "{at}", because: x'), tokens=named).findings
    demand = rules(f'"staging ~ production":\n  equal:\n  - {{at: "{at}"}}\n')
    assert one([left], [right], demand, tokens=named).found is Found.UNEQUAL
    alike = config("web-production", **{"production.url": "1"})
    assert not judged([left], [alike], demand, tokens=named).findings


def test_a_token_is_a_word() -> None:
    named = {"staging": {"name": "stag"}, "production": {"name": "prod"}}
    assert one([config(A="stages")], [config(A="prods")], tokens=named).found is Found.UNDECLARED
    assert not judged([config(A="a-stag_b")], [config(A="a-prod_b")], tokens=named).findings


def test_two_keys_never_become_one() -> None:
    marker = Marker("staging", {"staging": {"name": "st"}})
    objects = Rendered((config(**{"st": "1", "\ue000name\ue001": "2"}),))
    assert len(marker.mark(objects).rendered.objects[0]["data"]) == 2


def test_marks_can_be_undone_and_shown() -> None:
    tokens = {"staging": {"name": "st"}}
    value = {"x": {"a-st": ["st/x", {"k": "st"}, 7, None]}}
    marked = Marker("staging", tokens).mark(Rendered((value,))).rendered.objects[0]
    assert marked != value
    assert restored(marked, tokens["staging"]) == value
    assert shown(next(iter(marked["x"]))) == "a-{name}"


def test_secrets_are_not_searched_for_tokens() -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db"}, "data": {"a": "c3Q= eu-1"}}
    assert Marker("dev", TOKENS).mark(Rendered((secret,))).leftovers == ()
