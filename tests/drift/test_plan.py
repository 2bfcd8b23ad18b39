"""A plan becomes differences, and nothing that Terraform hides is in them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivido.drift.differ import differences
from vivido.drift.plan import MAX_BYTES, UNKNOWN, sides
from vivido.errors import InputError
from vivido.model.difference import ABSENT, Difference

KEY = b"k" * 32


def plan(*changes: dict[str, Any], **more: Any) -> bytes:
    resources = [{"type": "box", "address": f"box.b{n}", "change": change} for n, change in enumerate(changes)]
    return json.dumps({"format_version": "1.2", "resource_changes": resources, **more}).encode()


def change(*actions: str, before: Any = None, after: Any = None, **more: Any) -> dict[str, Any]:
    return {"actions": list(actions), "before": before, "after": after, **more}


def found(data: bytes) -> tuple[Difference, ...]:
    return differences(*sides(data, "plan.json", KEY), key=KEY)


def test_each_sort_of_change_is_told() -> None:
    told = found(
        plan(
            change("update", before={"a": 1, "b": 2}, after={"a": 1, "b": 3}),
            change("create", after={"a": 1}),
            change("delete", before={"a": 1}),
            change("delete", "create", before={"a": 1}, after={"a": 2}),
            change("no-op", before={"a": 1}, after={"a": 1}),
            change("read", after={"a": 1}),
            output_changes={"url": change("update", before="x", after="y")},
        )
    )
    assert [(d.at, d.sort) for d in told] == [
        ("box/box.b0/values/b", "changed"),
        ("box/box.b1", "only-right"),
        ("box/box.b2", "only-left"),
        ("box/box.b3/replaced", "only-right"),
        ("box/box.b3/values/a", "changed"),
        ("output/url/values", "changed"),
    ]


def test_what_is_not_known_yet_is_said() -> None:
    (told,) = found(plan(change("update", before={"id": "x"}, after={}, after_unknown={"id": True})))
    assert (told.left, told.right) == ("x", UNKNOWN)


def test_sensitive_values_are_compared_and_not_shown_wherever_they_stand() -> None:
    marks = {"before_sensitive": {"in": {"pw": True}}, "after_sensitive": {"in": {"pw": True}}}
    told = found(
        plan(
            change(
                "update",
                before={"in": {"pw": "hunter2"}, "out": {"url": "pg://u:hunter2@db"}, "same": "hunter2"},
                after={"in": {"pw": "hunter3"}, "out": {"url": "pg://u:hunter3@db"}, "same": "hunter2"},
                **marks,
            )
        )
    )
    assert [d.at for d in told] == ["box/box.b0/values/in/pw", "box/box.b0/values/out/url"]
    assert "hunter" not in repr(told)


@given(st.text(min_size=4, max_size=30), st.lists(st.sampled_from(["a", "b"]), max_size=3), st.booleans())
def test_no_marked_text_is_ever_in_what_comes_out(secret: str, path: list[str], whole: bool) -> None:
    value: Any = secret
    mark: Any = True
    for key in path:
        value, mark = {key: value, "other": [f"x{secret}y"]}, {key: mark}
    one = change("update", before={"v": value}, after={"v": [value]}, before_sensitive=True if whole else {"v": mark})
    before, after = sides(plan(one), "p", KEY)
    texts = [t for side in (before, after) for o in side.objects for t in _texts(o["values"])]
    assert not [t for t in texts if secret in t]


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [t for part in value.values() for t in _texts(part)]
    if isinstance(value, list):
        return [t for part in value for t in _texts(part)]
    return [value] if isinstance(value, str) and value is not ABSENT else []


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "plan.unreadable"),
        (b"PK\x03\x04\x00\xff", "plan.unreadable"),
        (b"[" * 100_000, "plan.unreadable"),
        (b"[]", "plan.unreadable"),
        (b'{"format_version": "1.2"}', "plan.unreadable"),
        (b'{"format_version": "2.0", "resource_changes": []}', "plan.version"),
        (b'{"format_version": 1, "resource_changes": []}', "plan.unreadable"),
        (b'{"format_version": "1.0", "resource_changes": {}}', "plan.unreadable"),
        (b'{"format_version": "1.0", "resource_changes": [1]}', "plan.unreadable"),
        (
            b'{"format_version": "1.0", "resource_changes": [{"type": "a", "address": "b", "change": {}}]}',
            "plan.unreadable",
        ),
        (b'{"format_version": "1.0", "resource_changes": [], "errored": true}', "plan.errored"),
        (b" " * (MAX_BYTES + 1), "plan.too-big"),
    ],
)
def test_what_is_no_plan_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(InputError) as caught:
        sides(data, "plan.json", KEY)
    assert caught.value.code == code
    assert caught.value.hint
