from pathlib import Path

import pytest

from vivido.build.choose import choose
from vivido.build.interface import BuildOrder
from vivido.errors import InputError, ToolError
from vivido.model.reference import Reference, Repository


def programs(directory: Path, *names: str) -> str:
    """Make programs that answer `--version` and nothing else, and return a PATH with only them."""
    directory.mkdir()
    for name in names:
        (directory / name).write_text(f"#!/bin/sh\necho {name} version 9\n", encoding="utf-8")
        (directory / name).chmod(0o755)
    return str(directory)


@pytest.mark.parametrize(
    ("there", "chosen"),
    [(("podman", "buildah", "docker"), "buildah"), (("docker", "podman"), "podman"), (("docker",), "docker")],
)
def test_the_first_that_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: tuple[str, ...], chosen: str):
    monkeypatch.setenv("PATH", programs(tmp_path / "bin", *there))
    assert choose("").name == chosen


def test_the_one_that_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", programs(tmp_path / "bin", "podman", "buildah"))
    assert choose("podman").name == "podman"
    assert choose("command", "make image").name == "command"


def test_a_command_is_meant_where_one_is_given():
    assert choose("", "make image").name == "command"


def test_where_none_is_there_what_was_looked_for_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", programs(tmp_path / "bin"))
    with pytest.raises(ToolError) as caught:
        choose("")
    assert caught.value.code == "build.no-builder"
    assert all(name in caught.value.message for name in ("buildah", "podman", "docker", "buildx"))
    with pytest.raises(ToolError) as caught:
        choose("podman")
    assert "buildah" not in caught.value.message


def test_a_program_that_does_not_work_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", programs(tmp_path / "bin", "podman"))
    (tmp_path / "bin/buildah").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    (tmp_path / "bin/buildah").chmod(0o755)
    assert choose("").name == "podman"


def test_a_wrong_name_and_a_missing_command_are_refused():
    with pytest.raises(InputError) as caught:
        choose("kaniko")
    assert caught.value.code == "build.unknown-builder"
    with pytest.raises(InputError) as caught:
        choose("command", " ")
    assert caught.value.code == "build.no-command"


@pytest.mark.parametrize(("environ", "chroot"), [({"CONTAINERS_CONF": "x"}, True), ({}, False)])
def test_a_restricted_machine_builds_in_a_chroot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], chroot: bool
):
    monkeypatch.setenv("PATH", programs(tmp_path / "bin", "buildah"))
    # A recording program: what it is told is all that can be seen of a choice without a container.
    record = f'#!/bin/sh\n[ "$1" = --version ] && exit 0\necho "$@" >> {tmp_path}/log\nexit 1\n'
    (tmp_path / "bin/buildah").write_text(record, encoding="utf-8")
    (tmp_path / "Containerfile").write_text("FROM scratch\n", encoding="utf-8")
    image = Reference(Repository("localhost:5000", "x"), "t")
    order = BuildOrder(image, tmp_path, tmp_path, tmp_path / "Containerfile", tmp_path, "0" * 40, 0)
    with pytest.raises(ToolError):
        choose("buildah", environ=environ).build(order)
    said = (tmp_path / "log").read_text(encoding="utf-8")
    assert said.startswith("bud ")
    assert ("--isolation=chroot" in said) is chroot
