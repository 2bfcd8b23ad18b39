import pytest

from vivido.build.reproducible import base_images, build_warnings

PINNED = "a@sha256:" + "0" * 64


def warned(text: str) -> list[tuple[str, str]]:
    return [(p.code, p.where) for p in build_warnings(text, {}, "C")]


def test_a_base_without_digest_is_warned_of_and_stages_are_no_bases():
    text = f"FROM {PINNED} AS one\nFROM debian:12 AS two\nFROM one\nFROM scratch\nCOPY --from=two x y\n"
    assert warned(text) == [("build.base-unpinned", "C:2")]


@pytest.mark.parametrize("run", ["date > /built", "X=$(git describe --tags) make", "a; git rev-parse HEAD > /v"])
def test_reading_the_clock_or_git_is_warned_of(run: str):
    assert warned(f"FROM scratch\nRUN {run}") == [("build.clock", "C:2")]


@pytest.mark.parametrize("run", ["update-date-format", "echo date", "git clone x"])
def test_other_commands_are_not(run: str):
    assert warned(f"FROM scratch\nRUN {run}") == []


def test_a_download_without_checksum_is_warned_of():
    text = "FROM scratch\nADD https://example.com/a /a\nADD --checksum=sha256:0 https://example.com/a /a\nADD a /a"
    assert warned(text) == [("build.add-unchecked", "C:2")]


def test_base_images_are_those_from_elsewhere():
    text = (
        "ARG V=1\nFROM b:$V AS one\nFROM one\nCOPY --from=c:2 x y\nCOPY --from=one x y\nCOPY --from=0 x y\nFROM scratch"
    )
    assert base_images(text, {}) == ("b:1", "c:2")
    assert base_images(text, {"V": "9"})[0] == "b:9"
