"""Edits: the value is as asked, and every other byte stays."""

import difflib

import pytest

from vivido.errors import InputError
from vivido.yamledit.document import Documents

KUSTOMIZATION = """\
# what production runs
resources:
  - ../../base   # shared

images:
  # the shop window
  - name: web   # as the base calls it
    newName: localhost:5000/shop/web
    digest: sha256:aaaa   # by vivido
  - name: api
    newTag: '1.10'
patches: [{path: a.yaml},  {path: b.yaml}]
"""


def docs(text: str | bytes, name: str = "k.yaml") -> Documents:
    return Documents(text.encode() if isinstance(text, str) else text, name)


def lines_changed(old: str, new: str) -> list[str]:
    return [
        line for line in difflib.ndiff(old.splitlines(keepends=True), new.splitlines(keepends=True)) if line[0] in "+-"
    ]


def test_a_new_digest_changes_one_line_and_keeps_its_comment() -> None:
    d = docs(KUSTOMIZATION)
    new = d.apply([d.replace(("images", 0, "digest"), "sha256:bbbb")]).decode()
    assert lines_changed(KUSTOMIZATION, new) == [
        "-     digest: sha256:aaaa   # by vivido\n",
        "+     digest: sha256:bbbb   # by vivido\n",
    ]


def test_a_tag_becomes_a_digest_on_its_own_line_in_its_own_quotes() -> None:
    d = docs(KUSTOMIZATION)
    path = ("images", 1, "newTag")
    new = d.apply([d.rename(path, "digest"), d.replace(path, "sha256:bbbb")]).decode()
    assert lines_changed(KUSTOMIZATION, new) == ["-     newTag: '1.10'\n", "+     digest: 'sha256:bbbb'\n"]


def test_several_edits_of_one_entry_go_together() -> None:
    d = docs(KUSTOMIZATION)
    new = d.apply(
        [
            d.append(("images",), {"name": "db", "newTag": "0e5"}),
            d.insert(("images", 1), "newName", "localhost:5000/shop/api", after="name"),
            d.insert(("images", 1), "digest", "sha256:cc", after="name"),
            d.delete(("images", 1, "newTag")),
        ]
    )
    assert new.decode() == KUSTOMIZATION.replace(
        "    newTag: '1.10'\n",
        '    newName: localhost:5000/shop/api\n    digest: sha256:cc\n  - name: db\n    newTag: "0e5"\n',
    )


@pytest.mark.parametrize(
    "text", ["\ufeffa: 1\r\nb: 'x' # c\r\n", 'a: 1\nb: "x"', "b: x\r\n---\r\nb: x\r\n...\r\n", "é: ü\nb:   x\n"]
)
def test_marks_line_ends_and_a_missing_last_line_feed_stay(text: str) -> None:
    d = docs(text)
    assert d.apply([d.replace(("b",), "new")]).decode() == text.replace("x", "new", 1)
    assert d.apply([]) == text.encode()


@pytest.mark.parametrize(
    "value",
    [
        "1.10",
        "0e5",
        "yes",
        "n",
        "2024-01-01",
        "0x1f",
        "0o17",
        "0123",
        "12345e6",
        "~",
        "",
        "null",
        "- a",
        "a: b",
        "a #b",
        "*x",
        "&x",
        " x",
        "x:",
        "%a",
        "---",
        "1_000",
        "12:30",
        "=",
        "<<",
        "@x",
        "0b1",
        "+.inf",
        "123",
        "1e3",
        ".5",
    ],
)
def test_what_a_reader_could_take_for_something_else_is_quoted(value: str) -> None:
    d = docs("a: x\nb: {c: x}\n")
    new = d.apply([d.replace(("a",), value), d.replace(("b", "c"), value)]).decode()
    assert new == f'a: "{value}"\nb: {{c: "{value}"}}\n'


@pytest.mark.parametrize(
    "value", ["sha256:0123abcd", "localhost:5000/a/b@sha256:00", "v1.10", "1.2.3", "ghcr.io/team/web"]
)
def test_what_everybody_reads_as_text_stays_plain(value: str) -> None:
    d = docs("a: x\n")
    assert d.apply([d.replace(("a",), value)]).decode() == f"a: {value}\n"


def test_inside_braces_a_colon_is_quoted() -> None:
    d = docs("a: {b: x}\n")
    assert d.apply([d.replace(("a", "b"), "sha256:00")]) == b'a: {b: "sha256:00"}\n'


@pytest.mark.parametrize(
    ("text", "path", "value", "wanted"),
    [
        ("a: 'x'\n", ("a",), "it's", "a: 'it''s'\n"),
        ("a: 'x'\n", ("a",), "two\nlines", 'a: "two\\nlines"\n'),
        ('a: "x"\n', ("a",), 'say "hi"\u2028', 'a: "say \\"hi\\"\\u2028"\n'),
        ("a: 1\n", ("a",), 3, "a: 3\n"),
        ("a: 1\n", ("a",), True, "a: true\n"),
        ("a: 1\n", ("a",), None, "a: null\n"),
        ("a:\n", ("a",), "x", "a: x\n"),
        ("a: # c\n", ("a",), "x", "a: x # c\n"),
        ("a:", ("a",), "x", "a: x"),
        ("-\n- b\n", (0,), "x", "- x\n- b\n"),
        ("{a, b: , c: 1}\n", ("a",), "x", "{a: x, b: , c: 1}\n"),
        ("{a, b: , c: 1}\n", ("b",), "x", "{a, b: x, c: 1}\n"),
        ("{a }\n", ("a",), "x", "{a : x}\n"),
        ("a: x\n   y\nb: 1\n", ("a",), "z", "a: z\nb: 1\n"),
        ("a: | # why\n  x\n  y\n\nb: 1\n", ("a",), "z", "a: z # why\n\nb: 1\n"),
        ("a:\n- >-\n  x\n", ("a", 0), "z", "a:\n- z\n"),
        ("a: |\n", ("a",), "z", "a: z\n"),
        ("? a\n: x\n", ("a",), "z", "? a\n: z\n"),
        ("x\n", (), "z", "z\n"),
    ],
)
def test_replacing(text: str, path: tuple[str | int, ...], value: object, wanted: str) -> None:
    d = docs(text)
    assert d.apply([d.replace(path, value)]).decode() == wanted


@pytest.mark.parametrize(
    ("text", "path", "wanted"),
    [
        ("a:\n  b: 1\n# c\nd: 2\n", (), "a:\n  b: 1\n# c\nd: 2\nk: v\n"),
        ("a:\n  b: 1\n# c\nd: 2\n", ("a",), "a:\n  b: 1\n  k: v\n# c\nd: 2\n"),
        ("a: 1", (), "a: 1\nk: v"),
        ("a: |+\n  x\n\n", (), "a: |+\n  x\n\nk: v\n"),
        ("a: >\n  x\n\n\nb:\n  c: 1\n", ("b",), "a: >\n  x\n\n\nb:\n  c: 1\n  k: v\n"),
        ("- a: 1\n-   b: 2 # c\n", (1,), "- a: 1\n-   b: 2 # c\n    k: v\n"),
        ("a: {b: 1}\n", ("a",), "a: {b: 1, k: v}\n"),
        ("a: {b}\n", ("a",), "a: {b, k: v}\n"),
        ("a: {}\n", ("a",), "a:\n  k: v\n"),
        ("a: {} # none\nb: 1\n", ("a",), "a: # none\n  k: v\nb: 1\n"),
        ("a:\nb: 1\n", ("a",), "a:\n  k: v\nb: 1\n"),
        ("a: null\n", ("a",), "a:\n  k: v\n"),
        ("a: [{}]\n", ("a", 0), "a: [{k: v}]\n"),
        ("- {}\n", (0,), "- {k: v}\n"),
        ("{}\n", (), "{k: v}\n"),
        ("", (), "k: v\n"),
        ("# only a comment", (), "# only a comment\nk: v\n"),
        ('{\n  "a": 1,\n  "b": {"c": 2}\n}\n', (), '{\n  "a": 1,\n  "b": {"c": 2},\n  "k": "v"\n}\n'),
        ('{\n  "a": 1,\n  "b": {"c": 2}\n}\n', ("b",), '{\n  "a": 1,\n  "b": {"c": 2, "k": "v"}\n}\n'),
        ("a:\r\n    b: 1\r\nc: 1\r\n", ("a",), "a:\r\n    b: 1\r\n    k: v\r\nc: 1\r\n"),
        ("a:\r  b: 1\rc: 1", ("a",), "a:\r  b: 1\r  k: v\rc: 1"),
        ("a:\r\n  b: 1", ("a",), "a:\r\n  b: 1\r\n  k: v"),
    ],
)
def test_inserting_a_key(text: str, path: tuple[str | int, ...], wanted: str) -> None:
    d = docs(text)
    assert d.apply([d.insert(path, "k", "v")]).decode() == wanted


def test_inserting_follows_the_habits_of_the_file() -> None:
    d = docs("a:\n    - x\nb:\n    c: 1\n")
    new = d.apply([d.insert((), "images", [{"name": "y", "to": {"z": ["on"]}}, "s", []])]).decode()
    assert new == (
        'a:\n    - x\nb:\n    c: 1\nimages:\n    - name: "y"\n      to:\n          z:\n              - "on"\n    - s\n    - []\n'
    )


@pytest.mark.parametrize(
    ("text", "path", "wanted"),
    [
        ("a:\n- x\nb: 1\n", ("a",), "a:\n- x\n- v\nb: 1\n"),
        ("a:\n  -   x # c\nb: 1\n", ("a",), "a:\n  -   x # c\n  -   v\nb: 1\n"),
        ("a:\n-\n  b: 1\n", ("a",), "a:\n-\n  b: 1\n- v\n"),
        ("a: [x,  y]\n", ("a",), "a: [x,  y, v]\n"),
        ("a: []\nb: 1\n", ("a",), "a:\n- v\nb: 1\n"),
        ("a:", ("a",), "a:\n- v"),
        ("- - 1\n  - 2\n- 3\n", (0,), "- - 1\n  - 2\n  - v\n- 3\n"),
        ('["x"]', (), '["x", "v"]'),
        ("", (), "- v\n"),
    ],
)
def test_appending_an_item(text: str, path: tuple[str | int, ...], wanted: str) -> None:
    d = docs(text)
    assert d.apply([d.append(path, "v")]).decode() == wanted


@pytest.mark.parametrize(
    ("text", "path", "wanted"),
    [
        ("a: 1\n# c\nb: 2 # d\nc: 3\n", ("b",), "a: 1\n# c\nc: 3\n"),
        ("a: 1\nb:\n  - 2\n  - 3\nc: 3\n", ("b",), "a: 1\nc: 3\n"),
        ("a: 1\nb: 2", ("b",), "a: 1"),
        ("a: 1\r\nb: 2", ("b",), "a: 1"),
        ("a: 1\nb: |+\n  x\n\nc: 1\n", ("b",), "a: 1\nc: 1\n"),
        ("- a: 1 # c\n  b: 2\n", (0, "a"), "- b: 2\n"),
        ("- a: 1\n  # about b\n  b: 2\n", (0, "a"), "- \n  # about b\n  b: 2\n"),
        ("a:\n  b: 1\nc: 2\n", ("a", "b"), "a:\n  {}\nc: 2\n"),
        ("{a: 1, b: 2, c: 3}", ("a",), "{b: 2, c: 3}"),
        ("{a: 1, b: 2, c: 3}", ("b",), "{a: 1, c: 3}"),
        ("{a: 1}", ("a",), "{}"),
    ],
)
def test_deleting_a_key(text: str, path: tuple[str | int, ...], wanted: str) -> None:
    d = docs(text)
    assert d.apply([d.delete(path)]).decode() == wanted


@pytest.mark.parametrize(
    ("text", "path", "wanted"),
    [
        ("a:\n- 1\n- 2  # two\n# three\n- 3\n", ("a", 1), "a:\n- 1\n# three\n- 3\n"),
        ("a:\n  - {n: 1}\n  - n: 2\n    v: x\nb: 1\n", ("a", 1), "a:\n  - {n: 1}\nb: 1\n"),
        ("a: [1, 2, 3]\n", ("a", 0), "a: [2, 3]\n"),
        ("a: [1, 2, 3]\n", ("a", 2), "a: [1, 2]\n"),
        ("a: [1]\nb: 1\n", ("a", 0), "a: []\nb: 1\n"),
    ],
)
def test_dropping_an_item(text: str, path: tuple[str | int, ...], wanted: str) -> None:
    d = docs(text)
    assert d.apply([d.drop(path)]).decode() == wanted


ANCHORS = "a: &x {q: 1}\nb: *x\nc: &y 1\nd: !!str 1\n? &z e\n: 1\nf: {g: 1}\n"


@pytest.mark.parametrize(
    ("verb", "path", "code", "where"),
    [
        ("replace", ("a", "q"), "yaml.anchored", "k.yaml:1:4"),
        ("replace", ("b",), "yaml.alias", "k.yaml:2:4"),
        ("replace", ("b", "q"), "yaml.alias", "k.yaml:2:4"),
        ("replace", ("c",), "yaml.anchored", "k.yaml:3:4"),
        ("replace", ("d",), "yaml.tagged", "k.yaml:4:4"),
        ("delete", ("e",), "yaml.anchored", "k.yaml:5:3"),
        ("replace", ("f",), "yaml.not-scalar", "k.yaml:7:4"),
        ("replace", ("nothing",), "yaml.not-found", "k.yaml"),
        ("replace", ("nothing", "there"), "yaml.not-found", "k.yaml"),
        ("delete", ("nothing",), "yaml.not-found", "k.yaml"),
        ("delete", ("f", "g", "h"), "yaml.not-found", "k.yaml"),
        ("append", ("f",), "yaml.not-sequence", "k.yaml:7:4"),
        ("append", ("a",), "yaml.anchored", "k.yaml:1:4"),
    ],
)
def test_what_cannot_be_changed_alone_is_refused_with_its_place(
    verb: str, path: tuple[str, ...], code: str, where: str
) -> None:
    d = docs(ANCHORS)
    with pytest.raises(InputError) as caught:
        d.delete(path) if verb == "delete" else getattr(d, verb)(path, "v")
    assert (caught.value.code, caught.value.where) == (code, where)
    assert caught.value.hint


def test_a_key_that_is_there_is_neither_inserted_nor_renamed_to() -> None:
    d = docs("a: 1\nb: 2\n")
    for edit in (lambda: d.insert((), "a", 1), lambda: d.rename(("b",), "a")):
        with pytest.raises(InputError) as caught:
            edit()
        assert caught.value.code == "yaml.key-there"
    with pytest.raises(InputError) as caught:
        d.insert(("a",), "x", 1)
    assert caught.value.code == "yaml.not-mapping"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a:\n- x\n", "a:\n- x\n- b: 1\n  c: 2\n- v\n"),
        ("a: [x]\n", "a: [x, {b: 1, c: 2}, v]\n"),
        ("a: [] # none\n", "a: # none\n- b: 1\n  c: 2\n- v\n"),
    ],
)
def test_several_items_come_in_their_order(text: str, wanted: str) -> None:
    d = docs(text)
    assert d.apply([d.extend(("a",), [{"b": 1, "c": 2}, "v"])]).decode() == wanted


def test_documents_are_counted_from_nought() -> None:
    d = docs("a: 1\n---\n---\na: 2\n")
    assert d.apply([d.replace(("a",), 9, 2)]) == b"a: 1\n---\n---\na: 9\n"
    for number in (1, 3):
        with pytest.raises(InputError, match="there is no"):
            d.replace(("a",), 9, number)


def test_edits_of_one_place_are_refused() -> None:
    d = docs("a: 1\n")
    with pytest.raises(InputError) as caught:
        d.apply([d.replace(("a",), 2), d.replace(("a",), 3)])
    assert caught.value.code == "yaml.edits-overlap"


def test_an_edit_that_would_break_the_file_never_leaves() -> None:
    d = docs("{a: 1, # why\n b: 2}\n")
    with pytest.raises(InputError) as caught:
        # Together they leave a comma behind.
        d.apply([d.delete(("a",)), d.insert((), "c", 1, after="a")])
    assert caught.value.code in ("yaml.edit-failed", "yaml.edits-overlap")
    anchored = docs("a: &x 1\nb: *x\n")
    with pytest.raises(InputError) as caught:
        anchored.apply([anchored.delete(("a",))])
    assert caught.value.code in ("yaml.edit-failed", "yaml.anchored")


def test_half_a_surrogate_pair_is_refused() -> None:
    d = docs("a: 1\n")
    with pytest.raises(InputError) as caught:
        d.replace(("a",), "\ud800")
    assert caught.value.code == "yaml.unwritable"
