"""Reading: mistakes with their places, nothing that grows without bound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivido.errors import InputError
from vivido.yamledit.document import Documents
from vivido.yamledit.tree import MAX_BYTES, Mapping, Scalar, content_end, parse


@pytest.mark.parametrize(
    ("data", "code", "where"),
    [
        (b"a: 1\nb: 2\na: 3\n", "yaml.duplicate-key", "f.yaml:3:1"),
        (b'{a: 1, "a": 2}', "yaml.duplicate-key", "f.yaml:1:8"),
        (b"a:\n\t- 1\n", "yaml.invalid", "f.yaml:2:1"),
        (b"a: *x\n", "yaml.unknown-alias", "f.yaml:1:4"),
        (b"a: &x 1\n---\nb: *x\n", "yaml.unknown-alias", "f.yaml:3:4"),
        (b"a: \x01\n", "yaml.invalid", "f.yaml"),
        (b"ok: 1\nb: \xff\n", "yaml.encoding", "f.yaml:2:4"),
        (b"[" * 101 + b"]" * 101, "yaml.too-deep", "f.yaml:1:101"),
        (b"a: [1\n", "yaml.invalid", "f.yaml:2:1"),
        (b"a: 1\n b: 2\n", "yaml.invalid", "f.yaml:2:3"),
        (b" " * (MAX_BYTES + 1), "yaml.too-big", "f.yaml"),
        ("a: 1".encode("utf-16"), "yaml.encoding", "f.yaml:1:1"),
    ],
)
def test_mistakes_have_a_place(data: bytes, code: str, where: str) -> None:
    with pytest.raises(InputError) as caught:
        Documents(data, "f.yaml")
    assert (caught.value.code, caught.value.where) == (code, where)


def test_nodes_know_where_they_stand() -> None:
    (root,) = parse("a: 1\nb:\n  - c: 'x'\n", "f")
    assert isinstance(root, Mapping)
    found = Documents(b"a: 1\nb:\n  - c: 'x'\n", "f").find(("b", 0, "c"))
    assert isinstance(found, Scalar)
    assert (found.position, found.value, found.style) == ("3:8", "x", "'")
    assert root.get("zz") is None


def test_an_empty_file_has_no_documents_and_an_empty_document_no_root() -> None:
    assert parse("# nothing\n", "f") == []
    assert parse("---\n---\na\n", "f")[0] is None


def test_the_end_of_a_block_leaves_its_comments_out() -> None:
    text = "a:\n  b: 1\n# c\n"
    (root,) = parse(text, "f")
    assert root is not None
    assert text[: content_end(root, text)] == "a:\n  b: 1"


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        d = Documents(data, "f")
    except InputError as e:
        assert e.code.startswith("yaml.")
    else:
        assert d.apply([]) == data


@given(st.text(alphabet="ab:-[]{},&*!|>'\"%#? \n\t~<1", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        Documents(text.encode(), "f")
    except InputError as e:
        assert e.code.startswith("yaml.")
