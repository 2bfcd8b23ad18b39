from hypothesis import given
from hypothesis import strategies as st

from vivido.build.inputs import input_paths, inputs_hash, normal
from vivido.build.interface import Facts
from vivido.build.labels import build_tag, inputs_tag, is_dirty, labels_of, revision_of
from vivido.model.project import Build
from vivido.model.reference import valid_tag

COMMIT = "0123456789" * 4


@given(st.integers(0, 4_000_000_000_000_000), st.booleans())
def test_a_builds_tag_is_a_tag_that_sorts_by_time(at: int, dirty: bool):
    facts = Facts(COMMIT, 0, ("x",) if dirty else ())
    tag = build_tag(facts, at)
    assert valid_tag(tag)
    assert tag.startswith("012345678901-")
    assert build_tag(facts, at + 1_000_000) > tag


def test_labels_follow_from_the_commit_alone():
    facts = Facts(COMMIT, 1_700_000_000, url="https://u:p@example.com/x.git", version="v1.2")
    labels = labels_of("web", facts, "a" * 64)
    assert revision_of(labels) == COMMIT
    assert labels["org.opencontainers.image.version"] == "v1.2"
    assert labels["org.opencontainers.image.source"] == "https://example.com/x.git"
    assert not is_dirty(labels)
    assert "org.opencontainers.image.source" not in labels_of("web", Facts(COMMIT, 0), "a" * 64)


def test_a_dirty_tree_claims_no_inputs():
    labels = labels_of("web", Facts(COMMIT, 0, ("x",)), "a" * 64)
    assert labels["dev.vivido.inputs"] == ""
    assert is_dirty(labels)


def test_a_revision_that_is_no_commit_counts_as_none():
    assert revision_of({"org.opencontainers.image.revision": "main"}) == ""
    assert revision_of({}) == ""


def test_paths_are_normal_sorted_and_named_once():
    build = Build("./web/", file="web/../Containerfile", inputs=("web", "lib//x"))
    assert input_paths(build) == ("Containerfile", "lib/x", "web")
    assert normal(".") == normal("") == normal("a/..") == ""


def test_the_hash_is_of_the_inputs_and_not_of_how_they_are_written():
    contents = {"web/a": "1", "web/b": "2"}
    one = inputs_hash(Build("web", args={"A": "1", "B": "2"}, platforms=("x", "y"), with_="buildah"), contents)
    same = inputs_hash(
        Build("./web", args={"B": "2", "A": "1"}, platforms=("y", "x"), with_="podman"),
        dict(reversed(contents.items())),
    )
    assert one == same
    assert len(inputs_tag(one)) == len("inputs-") + 32


@given(st.sampled_from(["context", "file", "args", "platforms", "command", "contents"]))
def test_any_other_input_is_another_hash(part: str):
    build = Build("web", "f", "", "c", {"A": "1"}, ("x",))
    contents = {"web/a": "1"}
    other = {
        "context": (Build("api", "f", "", "c", {"A": "1"}, ("x",)), contents),
        "file": (Build("web", "g", "", "c", {"A": "1"}, ("x",)), contents),
        "args": (Build("web", "f", "", "c", {"A": "2"}, ("x",)), contents),
        "platforms": (Build("web", "f", "", "c", {"A": "1"}, ("y",)), contents),
        "command": (Build("web", "f", "", "d", {"A": "1"}, ("x",)), contents),
        "contents": (build, {"web/a": "2"}),
    }[part]
    assert inputs_hash(*other) != inputs_hash(build, contents)
