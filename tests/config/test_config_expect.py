"""`expect`, `provides` and `requires` in the file: what they mean, and every mistake in them at its place."""

import pytest
from config_examples import KINDS, SHOP

from vivido.config.check import check
from vivido.config.show import render_yaml
from vivido.model.expectation import KINDS as CONDITIONS
from vivido.model.expectation import Predicate
from vivido.model.project import Project
from vivido.model.requires import Requires

EXPECT = """
expect:
  - {at: "ConfigMap/*/data/SSL_MODE", equals: verify-full, because: the auditors ask for it, until: 2027-06-30}
  - {at: Deployment/*/spec/replicas, at-least: 2, because: one may die}
  - {at: "ConfigMap/*/data/LEVEL", one-of: [info, warn, 1, true], because: disks are small}
  - {at: "ConfigMap/*/data/URL", regex: "https://.*", because: nothing in clear}
  - {at: "Deployment/*/spec/template/spec/containers/*/resources/limits/memory", at-most: 1Gi, because: nodes are small}
  - {at: Deployment/*/spec/strategy, present: true, because: said by hand}
  - {at: "**/hostNetwork", absent: true, because: it opens every port}
provides:
  - {at: ConfigMap/corporate-ca, because: the platform puts it into each namespace}
  - {at: Service/metrics/spec/selector, because: the operator makes the pods}
"""


def file(more: str) -> str:
    """SHOP with more under its last environment."""
    return SHOP.rstrip() + "\n" + "".join(f"    {line}\n" for line in more.strip().splitlines())


def parsed(text: str) -> Project:
    project, found = check(text, "vivido.yaml", KINDS)
    assert not found, "\n".join(map(str, found))
    assert project is not None
    return project


def mistakes(text: str) -> list[str]:
    project, found = check(text, "vivido.yaml", KINDS)
    assert project is None
    return [str(d) for d in found]


def test_each_condition_reaches_its_expectation() -> None:
    environment = parsed(file(EXPECT)).environment("staging")
    assert environment is not None
    assert [e.predicate for e in environment.expect] == [
        Predicate("equals", ("verify-full",)),
        Predicate("at-least", ("2",)),
        Predicate("one-of", ("info", "warn", 1, True)),
        Predicate("regex", ("https://.*",)),
        Predicate("at-most", ("1Gi",)),
        Predicate("present"),
        Predicate("absent"),
    ]
    first = environment.expect[0]
    assert (first.at.text, first.because, first.until) == (
        "ConfigMap/*/data/SSL_MODE",
        "the auditors ask for it",
        "2027-06-30",
    )
    line = next(n for n, text in enumerate(file(EXPECT).splitlines(), start=1) if "auditors" in text)
    assert first.place == f"vivido.yaml:{line}:14"
    assert [p.at.text for p in environment.provides] == ["ConfigMap/corporate-ca", "Service/metrics/spec/selector"]


def test_what_is_shown_is_the_same_file() -> None:
    project = parsed(file(EXPECT))
    again = parsed(render_yaml(project))
    for one, other in zip(project.environments, again.environments, strict=True):
        assert [e.predicate for e in one.expect] == [e.predicate for e in other.expect]
        assert one.provides == other.provides


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("equals: verify-full, ", "", "lacks what it is"),
        ("equals: verify-full", "equals: x, absent: true", "takes exactly one"),
        ("equals: verify-full", "equls: x", "“equls” is no key"),
        (", because: one may die", "", "lacks “because”"),
        ("at-least: 2", "at-least: many", "“many” is no number and no quantity"),
        ("at-least: 2", "at-least: true", "has to be text, a whole number or a number"),
        ("one-of: [info, warn, 1, true]", "one-of: []", "“one-of” has no value"),
        ("https://.*", "(a", "this is no expression"),
        ("https://.*", "(a)\\\\1", "this is no expression"),
        ("present: true", "present: false", "Write “absent: true”"),
        ("Deployment/*/spec/strategy", "Deployment/*/**/strategy", "stands for any place"),
        ("ConfigMap/*/data/LEVEL", "ConfigMap", "selector"),
        ("ConfigMap/*/data/LEVEL", "ConfigMap/a**/data", "beside other text"),
        ("2027-06-30", "2027-02-30", "there is no day"),
        ("ConfigMap/corporate-ca", "corporate-ca", "selector"),
        ("ConfigMap/corporate-ca", '"**"', "speaks of everything"),
        ("because: the platform puts it into each namespace", "why: x", "lacks “because”"),
    ],
)
def test_each_mistake_is_told_at_its_place(old: str, new: str, said: str) -> None:
    assert old in EXPECT
    found = mistakes(file(EXPECT.replace(old, new, 1)))
    line = next(n for n, text in enumerate(file(EXPECT).splitlines(), start=1) if old in text)
    assert any(said in one for one in found), found
    assert all(one.startswith(f"vivido.yaml:{line}:") for one in found), found


def needing(requires: str) -> str:
    new = f"  new: {{config: deploy/web, image: registry.example.com/new, requires: {requires}}}\n"
    return SHOP.replace("services:\n", f"services:\n{new}", 1)


def test_needs_of_a_service_are_read() -> None:
    project = parsed(needing("{env: [URL], config: [web/LEVEL], secrets: [db], services: [db]}"))
    service = project.service("new")
    assert service is not None
    assert service.requires == Requires(("URL",), ("web/LEVEL",), ("db",), ("db",))
    assert parsed(render_yaml(project)).service("new") == service


@pytest.mark.parametrize(
    "wrong", ["{env: [9A]}", "{env: URL}", "{config: [a/b/c]}", "{secrets: [A]}", "{service: [db]}"]
)
def test_a_need_that_is_no_name_is_told(wrong: str) -> None:
    text = needing(wrong)
    line = next(n for n, one in enumerate(text.splitlines(), start=1) if "requires" in one)
    assert all(one.startswith(f"vivido.yaml:{line}:") for one in mistakes(text))


def test_every_condition_can_be_written() -> None:
    assert {kind for kind in CONDITIONS if f" {kind}: " in EXPECT} == set(CONDITIONS)
