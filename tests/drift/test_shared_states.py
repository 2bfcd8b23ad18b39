"""Two root modules that keep one state are told; what cannot be told is no all-clear."""

import pytest

from vivido.drift.parity.states import Kept, shared
from vivido.model.finding import Found, Severity

PAIRS = [("dev", "staging"), ("staging", "production")]


def kept(environment: str, *place: str, service: str = "web", **more: object) -> Kept:
    return Kept(
        environment,
        service,
        ("s3", *place),
        **{"workspace": "default", "told": " ".join(place), "path": "m.tf", **more},
    )  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (kept("dev", "b", "k"), kept("staging", "b", "k"), (Found.SHARED, Severity.ERROR)),
        (kept("dev", "b", "k"), kept("staging", "b", "l"), None),
        (kept("dev", "b", "k"), kept("staging", "b", "k", service="api"), (Found.SHARED, Severity.ERROR)),
        (kept("dev", "b", "k"), kept("dev", "b", "k", service="api"), (Found.SHARED, Severity.ERROR)),
        (kept("dev", "b", "k"), kept("production", "b", "k"), None),
        (
            kept("dev", "b", "k", workspace="a"),
            kept("staging", "b", "k", workspace="b"),
            (Found.SHARED, Severity.WARNING),
        ),
        (kept("dev", "b", "", unknown=("key",)), kept("staging", "b", "k"), (Found.UNJUDGED, Severity.ERROR)),
        (kept("dev", "b", "", unknown=("key",)), kept("staging", "c", "k"), None),
        (kept("dev", "b", "k", because="one account"), kept("staging", "b", "k"), (Found.SHARED, Severity.NOTE)),
        (kept("dev", "b", branch=True), kept("staging", "b", branch=True), (Found.SHARED, Severity.WARNING)),
    ],
)
def test_what_two_environments_share(one: Kept, other: Kept, found: tuple[Found, Severity] | None) -> None:
    told = [shared(some, PAIRS) for some in ((one, other), (other, one))]
    assert [[(f.found, f.severity) for f in findings] for findings in told] == [[found] if found else []] * 2
    assert [f.id for f in told[0]] == [f.id for f in told[1]]


def test_a_finding_names_both_and_where_they_are_written() -> None:
    (found,) = shared((kept("staging", "b", "k"), kept("dev", "b", "k")), PAIRS)
    assert (found.left, found.right) == ("dev", "staging")
    assert found.message == "web in dev and web in staging keep one state: b k"
    assert [o.environment for o in found.origins] == ["dev", "staging"]


def test_what_only_terraform_can_work_out_is_noted() -> None:
    one = kept("dev", "b", "k", computed=("local.a is the function lookup",))
    (found,) = shared((one, kept("staging", "b", "l")), PAIRS)
    assert (found.found, found.severity) == (Found.UNJUDGED, Severity.NOTE)
    assert found.message.endswith("local.a is the function lookup")
    assert shared((one, kept("production", "b", "l")), PAIRS) == ()
