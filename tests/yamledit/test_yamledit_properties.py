"""For any file and any edit: the value is as asked, the rest is as before, and only the lines expected change."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from vivido.errors import InputError
from vivido.yamledit.document import Documents
from vivido.yamledit.edit import Path
from vivido.yamledit.values import plain_data

words = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [
        "sha256:00ff",
        "1.10",
        "0e5",
        "yes",
        "2024-01-01",
        "0x1f",
        "0755",
        "localhost:5000/a@sha256:00",
        "a: b",
        "#x",
        "'",
        '"',
        "~",
    ]
)
keys = st.text(alphabet="abcdefgh", min_size=1, max_size=4)
leaves = st.integers(-5, 5) | st.booleans() | st.none() | words
trees = st.dictionaries(
    keys,
    st.recursive(
        leaves,
        lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(keys, inner, min_size=1, max_size=3),
        max_leaves=8,
    ),
    min_size=1,
    max_size=4,
)
endings = st.sampled_from(["\n", "\r\n"])


@st.composite
def files(draw: st.DrawFn) -> tuple[str, Any]:
    """A file in mixed styles with comments, and what it says."""
    from vivido.yamledit.write import entry, flow

    tree = draw(trees)
    ending = draw(endings)
    dash = draw(st.sampled_from([0, 2]))
    lines: list[str] = []
    for key, value in tree.items():
        if draw(st.booleans()):
            lines.append("# a comment: with 'marks'")
        if draw(st.booleans()):
            lines.append(f"{key}: {flow(value, style=draw(st.sampled_from(['', chr(34)])))}  # behind")
        else:
            lines += entry(key, value, indent=0, dash=dash, step=draw(st.sampled_from([2, 4])))
    text = draw(st.sampled_from(["", "\ufeff"])) + ending.join(lines) + draw(st.sampled_from(["", ending]))
    return text, tree


def paths(value: Any, at: Path = ()) -> list[tuple[Path, Any]]:
    found = [(at, value)]
    if isinstance(value, dict):
        for key, below in value.items():
            found += paths(below, (*at, key))
    if isinstance(value, list):
        for number, below in enumerate(value):
            found += paths(below, (*at, number))
    return found


def changed_by(value: Any, path: Path, change: Any) -> Any:
    if not path:
        return change(value)
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = changed_by(value[path[0]], path[1:], change)
    return copy


def says(data: bytes) -> Any:
    d = Documents(data, "f")
    return plain_data(d.roots[0] if d.roots else None, "f")


def without(lines: list[str], gone: list[str]) -> list[str]:
    rest = list(lines)
    for line in gone:
        if line in rest:
            rest.remove(line)
    return rest


@settings(max_examples=60, deadline=None)
@given(files(), words | st.integers(0, 9) | st.booleans(), st.data())
def test_replacing_changes_one_value_and_its_lines(file: tuple[str, Any], value: Any, data: st.DataObject) -> None:
    text, tree = file
    assert says(text.encode()) == tree
    path = data.draw(st.sampled_from([p for p, v in paths(tree) if not isinstance(v, dict | list)]))
    d = Documents(text.encode(), "f")
    new = d.apply([d.replace(path, value)]).decode()
    assert says(new.encode()) == changed_by(tree, path, lambda _: value)
    old_lines, new_lines = text.splitlines(keepends=True), new.splitlines(keepends=True)
    assert len(without(new_lines, old_lines)) <= 1
    assert len(without(old_lines, new_lines)) <= 1


@settings(max_examples=60, deadline=None)
@given(files(), trees, st.data())
def test_inserting_adds_a_key_and_touches_no_other_line(file: tuple[str, Any], new: Any, data: st.DataObject) -> None:
    text, tree = file
    path = data.draw(st.sampled_from([p for p, v in paths(tree) if isinstance(v, dict) and v]))
    d = Documents(text.encode(), "f")
    out = d.apply([d.insert(path, "zzz", new)])
    assert says(out) == changed_by(tree, path, lambda m: {**m, "zzz": new})
    stripped = [line.rstrip("\r\n") for line in out.decode().splitlines(keepends=True)]
    touched = without([line.rstrip("\r\n") for line in text.splitlines(keepends=True)], stripped)
    # A block keeps all its lines; in braces the one line grows.
    assert len(touched) <= 1


@settings(max_examples=60, deadline=None)
@given(files(), leaves, st.data())
def test_appending_and_deleting_do_what_is_asked(file: tuple[str, Any], new: Any, data: st.DataObject) -> None:
    text, tree = file
    d = Documents(text.encode(), "f")
    lists = [p for p, v in paths(tree) if isinstance(v, list)]
    if lists:
        path = data.draw(st.sampled_from(lists))
        assert says(d.apply([d.append(path, new)])) == changed_by(tree, path, lambda items: [*items, new])
    path = data.draw(st.sampled_from([p for p, _ in paths(tree) if p and isinstance(p[-1], str)]))
    gone = says(d.apply([d.delete(path)]))
    assert gone == changed_by(tree, path[:-1], lambda m: {k: v for k, v in m.items() if k != path[-1]})


@settings(max_examples=60, deadline=None)
@given(files(), st.data())
def test_dropping_an_item_takes_nothing_else_with_it(file: tuple[str, Any], data: st.DataObject) -> None:
    text, tree = file
    items = [p for p, _ in paths(tree) if p and isinstance(p[-1], int)]
    if not items:
        return
    path = data.draw(st.sampled_from(items))
    d = Documents(text.encode(), "f")
    try:
        out = d.apply([d.drop(path)])
    except InputError as e:
        # A list that begins on the line of another's dash: refused, and nothing is written.
        assert e.code == "yaml.edit-failed"
        return
    assert says(out) == changed_by(tree, path[:-1], lambda there: [v for i, v in enumerate(there) if i != path[-1]])


@settings(max_examples=30, deadline=None)
@given(files(), st.data())
def test_all_scalars_at_once_is_the_same_as_one_after_the_other(file: tuple[str, Any], data: st.DataObject) -> None:
    text, tree = file
    todo = [p for p, v in paths(tree) if not isinstance(v, dict | list)]
    new = {p: data.draw(words) for p in todo}
    d = Documents(text.encode(), "f")
    at_once = d.apply([d.replace(p, v) for p, v in new.items()])
    step = text.encode()
    for p, v in new.items():
        one = Documents(step, "f")
        step = one.apply([one.replace(p, v)])
    assert at_once == step
