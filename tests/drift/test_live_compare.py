"""Which differences between what runs and what Git says count, and whose they are."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivido.drift.live.compare import live_drift
from vivido.model.difference import ABSENT, Group, ObjectIdentity, Sort
from vivido.model.observation import ANY, Claim, Observation, Ownership, Thing, Trace

WEB = ObjectIdentity("apps", "Deployment", "web")


def seen(desired: Any, live: Any, *claims: Claim, unowned: bool = True, **more: Any) -> Observation:
    sides = [() if side is None else (Thing(WEB, side),) for side in (desired, live)]
    return Observation(sides[0], sides[1], Ownership(claims, unowned_is_drift=unowned), **more)


def paths(observation: Observation) -> list[str]:
    return ["/".join(d.difference.path) for d in live_drift(observation)]


def test_a_field_that_git_says_must_be_there_and_the_same() -> None:
    found = live_drift(seen({"env": {"A": "1", "B": "2"}}, {"env": {"A": "one"}}, groups={"env": Group.CONFIGURATION}))
    told = [(d.difference.path, d.difference.sort, d.difference.left, d.difference.right) for d in found]
    assert told == [
        (("env", "A"), Sort.CHANGED, "1", "one"),
        (("env", "B"), Sort.ONLY_LEFT, "2", ABSENT),
    ]
    assert {d.difference.group for d in found} == {Group.CONFIGURATION}


def test_numbers_booleans_and_texts_are_not_taken_for_each_other() -> None:
    assert paths(seen({"a": 1, "b": True, "c": "1"}, {"a": True, "b": 1, "c": 1})) == ["a", "b", "c"]


def test_what_git_does_not_say_counts_unless_somebody_is_trusted_with_it() -> None:
    defaults = Claim("podman", ("env", "TERM"), trusted=True, values=("xterm",))
    live = {"env": {"TERM": "xterm", "X": "1"}}
    assert paths(seen({"env": {}}, live, defaults)) == ["env/X"]
    assert paths(seen({"env": {}}, {"env": {"TERM": "dumb"}}, defaults)) == ["env/TERM"]
    assert paths(seen({"env": {}}, live, Claim("podman", ("env", ANY), trusted=True))) == []
    assert paths(seen({"env": {}}, live, unowned=False)) == []


def test_a_trusted_claim_does_not_hide_somebody_elses() -> None:
    trusted = Claim("defaults", ("env", ANY), trusted=True)
    hand = Claim("kubectl-edit", ("env", "X"), at="2026-01-01T00:00:00Z")
    (found,) = live_drift(seen({"env": {}}, {"env": {"X": "1", "Y": "2"}}, trusted, hand))
    assert (found.difference.path, found.manager, found.at) == (("env", "X"), "kubectl-edit", "2026-01-01T00:00:00Z")


def test_who_overrides_may_change_what_git_says() -> None:
    scaler = Claim("autoscaler", ("replicas",), trusted=True, overrides=True)
    assert paths(seen({"replicas": 2}, {"replicas": 5}, scaler)) == []
    assert paths(seen({"replicas": 2}, {"replicas": 5}, Claim("autoscaler", ("replicas",), trusted=True))) == [
        "replicas"
    ]


def test_objects_on_one_side_only() -> None:
    (extra,) = live_drift(seen(None, {"image": "x"}))
    (missing,) = live_drift(seen({"image": "x"}, None))
    assert (extra.difference.sort, missing.difference.sort) == (Sort.ONLY_RIGHT, Sort.ONLY_LEFT)


def test_a_lost_record_is_found() -> None:
    ownership = Ownership(ours=frozenset({"vivido"}), unowned_is_drift=False)
    (found,) = live_drift(Observation((Thing(WEB, {"a": 1}),), (Thing(WEB, {"a": 1}),), ownership))
    assert found.difference.path == ("metadata", "managedFields")


def test_the_nearest_trace_tells_how_it_came_about() -> None:
    traces = (
        Trace(WEB, "created", "2026-01-01T00:00:00Z", "podman run -d"),
        Trace(WEB, "exec", "2026-01-02T00:00:00Z", path=("files",)),
        Trace(ObjectIdentity("", "Container", "other"), "stopped", "2026-01-03T00:00:00Z"),
    )
    env, files = live_drift(seen({"env": {}}, {"env": {"X": "1"}, "files": {"/x": "added"}}, traces=traces))
    assert (env.how, env.at) == ("created by podman run -d", "2026-01-01T00:00:00Z")
    assert (files.how, files.at) == ("exec", "2026-01-02T00:00:00Z")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)
FIELDS = st.dictionaries(st.text(max_size=3), VALUES, max_size=4)


@given(FIELDS)
def test_a_side_never_differs_from_itself(fields: dict[str, Any]) -> None:
    assert paths(seen(fields, fields)) == []


@given(FIELDS, FIELDS)
def test_differences_put_into_the_living_side_give_the_desired_one(
    desired: dict[str, Any], live: dict[str, Any]
) -> None:
    mended: Any = live
    for one in live_drift(seen(desired, live)):
        mended = put(mended, one.difference.path, one.difference.left)
    assert paths(seen(desired, mended)) == []


def put(value: Any, path: tuple[str, ...], new: Any) -> Any:
    """Return nested mappings with one place replaced, or taken out."""
    if not path:
        return new
    rest = {k: v for k, v in value.items() if k != path[0]}
    part = put(value.get(path[0], {}), path[1:], new)
    return rest if part is ABSENT else {**rest, path[0]: part}


@pytest.mark.parametrize(
    ("claimed", "path", "covered"),
    [
        (("a",), ("a",), True),
        (("a",), ("a", "b"), False),
        (("a", ANY), ("a", "b"), True),
        (("a", ANY), ("a", "b", "c"), True),
        (("a", ANY), ("a",), False),
        (("a", ANY, "c"), ("a", "b", "c"), True),
        (("a", ANY, "c"), ("a", "b", "c", "d"), False),
        (("a", ANY, "c"), ("a", "b", "x"), False),
    ],
)
def test_what_a_claim_covers(claimed: tuple[str, ...], path: tuple[str, ...], covered: bool) -> None:
    assert Claim("m", claimed).covers(WEB, path) is covered
