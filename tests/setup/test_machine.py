"""The set-up's parts: what it reads from the package manager, the wrappers it writes, when it has nothing to do."""

import os
import subprocess
from pathlib import Path

import pytest

from machine import environment, packages, services, stamp
from machine.apt import read_libraries, read_version
from machine.programs import wrap

DEPENDS = """haproxy
  PreDepends: dpkg
  Depends: libc6
  Depends: liblua5.3-0
 |Depends: libsystemd0
  Depends: libelogind0
  Depends: adduser
  Depends: libpam-modules
  Depends: libllvm19
  Depends: <libvirtual>
  Recommends: libnot-needed
  Conflicts: libother
"""


def test_libraries_are_hard_dependencies_and_the_first_of_alternatives() -> None:
    assert read_libraries(DEPENDS) == ["libc6", "liblua5.3-0", "libsystemd0"]


@pytest.mark.parametrize(
    ("depends", "package"),
    [
        ("postgresql\n  Depends: postgresql-17\n  Suggests: postgresql-doc\n", "postgresql-17"),
        ("postgresql\n  Depends: postgresql-common\n  Suggests: postgresql-18\n", "postgresql"),
        ("", "postgresql"),
    ],
)
def test_a_package_that_names_its_version_stands_for_that_one(depends: str, package: str) -> None:
    assert read_version("postgresql", depends) == package


def _program(root: Path, name: str, place: str = "usr/sbin") -> None:
    program = root / place / name
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\necho "libraries=${LD_LIBRARY_PATH:-none} arguments=$*"\n')
    program.chmod(0o755)


def _called(wrapper: Path, *arguments: str) -> str:
    return subprocess.run([wrapper, *arguments], capture_output=True, text=True, check=True).stdout.strip()


def test_a_wrapper_hands_on_its_arguments_and_adds_no_libraries_where_there_are_none(tmp_path: Path) -> None:
    _program(tmp_path / "root", "haproxy")
    wrap(tmp_path / "haproxy", tmp_path / "root")
    assert (
        _called(tmp_path / "haproxy", "-f", "a b")
        == f"libraries={os.environ.get('LD_LIBRARY_PATH', 'none')} arguments=-f a b"
    )


def test_a_wrapper_names_the_unpacked_libraries(tmp_path: Path) -> None:
    _program(tmp_path / "root", "haproxy")
    library = tmp_path / "root/usr/lib/x86_64-linux-gnu/liblua5.3.so.0"
    library.parent.mkdir(parents=True)
    library.touch()
    wrap(tmp_path / "haproxy", tmp_path / "root")
    assert _called(tmp_path / "haproxy") == f"libraries={library.parent} arguments="


def test_a_wrapper_calls_a_program_whose_place_has_its_version(tmp_path: Path) -> None:
    _program(tmp_path / "root", "initdb", "usr/lib/postgresql/17/bin")
    wrap(tmp_path / "initdb", tmp_path / "root")
    assert _called(tmp_path / "initdb", "-D", "data").endswith("arguments=-D data")


def test_a_static_program_is_linked_so_that_a_copy_is_the_program(tmp_path: Path) -> None:
    _program(tmp_path / "root", "busybox")
    wrap(tmp_path / "busybox", tmp_path / "root")
    wrap(tmp_path / "busybox", tmp_path / "root")
    assert (tmp_path / "busybox").is_symlink()
    assert (tmp_path / "busybox").resolve() == tmp_path / "root/usr/sbin/busybox"


def test_there_is_something_to_do_again_when_what_the_setup_reads_changes(tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text("one")
    first = stamp.wanted(tmp_path, "lock.txt")
    assert stamp.wanted(tmp_path, "lock.txt") == first
    lock.write_text("two")
    assert stamp.wanted(tmp_path, "lock.txt") != first


def test_a_stamp_is_what_was_kept(tmp_path: Path) -> None:
    mark = tmp_path / "deep" / "stamp"
    assert stamp.kept(mark) == ""
    stamp.keep(mark, "abc")
    assert stamp.kept(mark) == "abc"


@pytest.mark.parametrize(("version", "ready"), [("2.7.1", False), ("3.1.0", False)])
def test_an_environment_of_another_python_is_made_again(tmp_path: Path, version: str, ready: bool) -> None:
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/vivido").touch()
    (tmp_path / ".venv/pyvenv.cfg").write_text(f"home = /usr/bin\nversion = {version}\n")
    assert environment.ready(tmp_path) is ready


def test_this_projects_environment_is_ready() -> None:
    assert environment.ready(Path(__file__).resolve().parents[2])


def test_every_program_is_brought_in_one_way() -> None:
    assert not set(packages.INSTALLED) & set(packages.UNPACKED)
    started_when_installed = {"docker-registry", "haproxy", "openssh-server", "postgresql"}
    assert not started_when_installed & set(packages.INSTALLED.values())


def test_programs_are_found_outside_an_ordinary_users_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tool = tmp_path / "sometool"
    tool.touch(0o755)
    assert packages.find("sometool") is None
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert packages.find("sometool") == tool


@pytest.mark.skipif(Path("/run/systemd/system").is_dir(), reason="this machine has systemd")
def test_a_machine_without_systemd_has_no_services_to_switch_off() -> None:
    assert services.enabled() == set()
