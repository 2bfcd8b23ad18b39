import fnmatch

import pytest
from build_bench import Bench
from hypothesis import given
from hypothesis import strategies as st

from vivido.build.buildah import Buildah
from vivido.build.command import Command
from vivido.build.ignore import ignore_patterns, normal_pattern, relevant
from vivido.errors import ToolError
from vivido.model.project import Build


@pytest.mark.parametrize(
    ("text", "out", "kept"),
    [
        ("deploy", ["deploy/a", "deploy/a/b", "deploy"], ["deploys", "x/deploy"]),
        ("/deploy/", ["deploy/a"], ["x/deploy/a"]),
        ("*.md", ["README.md"], ["docs/README.md"]),
        ("**/*.md", ["README.md", "docs/a/README.md"], ["README.mdx"]),
        ("docs/**", ["docs/a", "docs/a/b"], ["docs"]),
        ("a?c", ["abc", "abc/d"], ["a/c", "abbc"]),
        ("*\n!keep", ["x", "a/keep"], ["keep", "keep/x"]),
        ("*.md\n!README.md\nREADME.md", ["README.md"], []),
        ("# a comment\n\n  spaced  \n!", ["spaced"], ["# a comment", "a"]),
        ("./a/../b//c", ["b/c"], ["a"]),
        ("[ab]", [], ["a", "b"]),
        ("*\n![ab]", [], ["a", "x"]),
        (".", [], ["a"]),
        ("\ufeffa", ["a"], []),
        ("a.c", ["a.c"], ["abc"]),
    ],
)
def test_what_a_file_leaves_out(text: str, out: list[str], kept: list[str]):
    ignored = ignore_patterns(text)
    assert [p for p in out if not ignored(p)] == []
    assert [p for p in kept if ignored(p)] == []


PARTS = st.text(alphabet="ab*?.", min_size=1, max_size=4).filter(lambda p: "**" not in p and p not in (".", ".."))


@given(PARTS, st.text(alphabet="ab.", min_size=1, max_size=4))
def test_a_part_matches_as_file_names_do(pattern: str, name: str):
    assert ignore_patterns(pattern)(name) == fnmatch.fnmatchcase(name, pattern)


@given(st.text(max_size=30), st.text(min_size=1, max_size=10))
def test_any_text_is_read(text: str, path: str):
    assert ignore_patterns(text)(path) in (True, False)
    assert normal_pattern(normal_pattern(text)) == normal_pattern(text)


CONTENTS = dict.fromkeys(("Dockerfile", ".dockerignore", "src/a", "deploy/b", "web/Dockerfile", "other/c"), "x")


def kept(build: Build, ignore: bytes = b"*\n!src\n", **more: str) -> set[str]:
    return set(relevant(build, {**CONTENTS, **more}, lambda _: ignore))


def test_containerfile_ignore_file_and_inputs_always_count():
    assert kept(Build(".")) == {"Dockerfile", ".dockerignore", "src/a"}
    assert kept(Build(".", inputs=("deploy",))) == {"Dockerfile", ".dockerignore", "src/a", "deploy/b"}
    assert kept(Build(".", file="web/Dockerfile")) == {"web/Dockerfile", ".dockerignore", "src/a"}
    assert kept(Build(".", inputs=(".",))) == set(CONTENTS)


def test_only_the_contexts_own_file_counts_and_only_for_the_context():
    assert kept(Build("web")) == set(CONTENTS)
    with_own = kept(Build("web"), b"x\n", **{"web/.containerignore": "1", "web/x": "1"})
    assert with_own == {*CONTENTS, "web/.containerignore"}


def test_where_builders_differ_nothing_is_left_out():
    assert kept(Build("."), **{".containerignore": "1"}) == {*CONTENTS, ".containerignore"}
    assert kept(Build("."), **{"Dockerfile.dockerignore": "1"}) == {*CONTENTS, "Dockerfile.dockerignore"}


@pytest.mark.real("docker-registry")
@pytest.mark.real("buildah")
class TestForReal:
    def test_a_commit_of_configuration_alone_needs_no_other_image(self, bench: Bench):
        change = bench.with_build(Build("."))
        files = {"Containerfile": "FROM scratch\nCOPY . /\n", ".containerignore": "deploy\n", "deploy/x": "1"}
        bench.repo.commit(files)
        first = bench.build(Buildah("chroot"), change)
        bench.repo.commit({"deploy/x": "2"})
        again = bench.build(Buildah("chroot"), change)
        assert again.reused
        assert again.artifact == first.artifact
        bench.repo.commit({"README": "in the image\n"})
        assert not bench.build(Buildah("chroot"), change).reused

    def test_a_users_own_command_may_read_all(self, bench: Bench):
        change = bench.with_build(Build(".", command="false"))
        files = {"Containerfile": "FROM scratch\nCOPY . /\n", ".containerignore": "deploy\n", "deploy/x": "1"}
        bench.repo.commit(files)
        assert not bench.build(Buildah("chroot"), change).reused
        # The artifact above was built without `deploy`, so it is none of the command's.
        with pytest.raises(ToolError):
            bench.build(Command("false"), change)
