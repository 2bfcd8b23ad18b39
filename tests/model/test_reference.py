"""References by the grammar of the distribution project."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivido.errors import InputError
from vivido.model.reference import (
    Digest,
    Reference,
    Repository,
    parse_digest,
    parse_reference,
    parse_repository,
    valid_tag,
)

HEX = "0123456789abcdef" * 4
DIGEST = Digest(f"sha256:{HEX}")


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("nginx", "docker.io/library/nginx"),
        ("nginx:1.25", "docker.io/library/nginx:1.25"),
        ("docker.io/nginx", "docker.io/library/nginx"),
        ("index.docker.io/user/app", "docker.io/user/app"),
        ("user/app:tag", "docker.io/user/app:tag"),
        ("localhost/app", "localhost/app"),
        ("localhost:5000", "docker.io/library/localhost:5000"),
        ("localhost:5000/app", "localhost:5000/app"),
        ("registry.example.com/a/b/c", "registry.example.com/a/b/c"),
        ("Registry/app", "Registry/app"),
        ("127.0.0.1:5000/app:v1", "127.0.0.1:5000/app:v1"),
        ("[::1]:5000/app", "[::1]:5000/app"),
        ("[2001:db8::1]/app:x", "[2001:db8::1]/app:x"),
        ("a.b/c__d/e-_f".replace("-_", "--"), "a.b/c__d/e--f"),
        (f"a.b/c@{DIGEST}", f"a.b/c@{DIGEST}"),
        (f"a.b/c:tag@{DIGEST}", f"a.b/c:tag@{DIGEST}"),
        ("a.b/c:_Tag.-9", "a.b/c:_Tag.-9"),
    ],
)
def test_reads_what_docker_reads(text: str, whole: str) -> None:
    read = parse_reference(text)
    assert str(read) == whole
    assert parse_reference(whole) == read


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":tag",
        "a:",
        "a:b:c",
        "/a",
        "a/",
        "a//b",
        "A",
        "a.b/C",
        "a_-b",
        "a.b/c___d",
        "a.b/.c",
        "a.b/c..d",
        "a b",
        "a\n",
        "a:tag\n",
        "a:-x",
        "a:" + "x" * 129,
        "https://a.b/c",
        "-a.b/c",
        "a.b:123456/c",
        "a.b:x/c",
        "[::1/c",
        "[v1]/c:x:y",
        "ä.de/a",
        "a.b/../c",
        "a.b/" + "x" * 300,
    ],
)
def test_refuses_what_is_no_reference(text: str) -> None:
    with pytest.raises(InputError) as wrong:
        parse_reference(text)
    assert wrong.value.code == "reference.invalid"
    assert wrong.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "",
        HEX,
        f"sha256:{HEX[1:]}",
        f"sha256:{HEX}0",
        f"sha256:{HEX.upper()}",
        f"sha512:{HEX}{HEX}",
        f"sha256:{HEX}\n",
        "sha256:",
    ],
)
def test_refuses_what_is_no_digest(text: str) -> None:
    for read in (lambda: parse_digest(text), lambda: parse_reference(f"a.b/c@{text}")):
        with pytest.raises(InputError) as wrong:
            read()
        assert wrong.value.code == "reference.digest"


def test_a_repository_has_neither_tag_nor_digest() -> None:
    assert parse_repository("a.b:1/c") == Repository("a.b:1", "c")
    assert parse_repository("a.b/c").at(DIGEST) == f"a.b/c@{DIGEST}"
    for text in ("a.b/c:tag", f"a.b/c@{DIGEST}"):
        with pytest.raises(InputError):
            parse_repository(text)


def test_repositories_have_an_order() -> None:
    assert sorted([Repository("b", "a"), Repository("a", "b"), Repository("a", "a")])[0] == Repository("a", "a")


COMPONENT = st.from_regex(r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)?", fullmatch=True).filter(lambda s: len(s) < 20)
PATHS = st.lists(COMPONENT, min_size=2, max_size=4).map("/".join)
HOSTS = st.sampled_from(["localhost", "a.b", "registry.example.com:5000", "127.0.0.1:1", "[::1]:80", "docker.io"])
TAGS = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", fullmatch=True)


@given(HOSTS, PATHS, TAGS | st.just(""), st.sampled_from([None, DIGEST]))
def test_what_is_written_is_read_back(host: str, path: str, tag: str, digest: Digest | None) -> None:
    reference = Reference(Repository(host, path), tag, digest)
    assert parse_reference(str(reference)) == reference
    assert not tag or valid_tag(tag)


@given(st.text(max_size=60) | st.text("aA0./:@-_[]sh256", max_size=40))
def test_any_text_is_a_reference_or_refused(text: str) -> None:
    try:
        read = parse_reference(text)
    except InputError as e:
        assert e.code in ("reference.invalid", "reference.digest")
    else:
        assert parse_reference(str(read)) == read
