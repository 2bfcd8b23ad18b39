"""Programs that are unpacked instead of installed: `.tools/debian` holds their packages, `.tools/bin` what is called."""

import os
import shutil
from pathlib import Path

from machine.apt import Archive, installed
from machine.packages import UNPACKED

_PLAIN = """#!/bin/sh
{libraries}exec {program} "$@"
"""

# OpenSSH asks for a user `sshd` and a directory /run/sshd where it runs as root. Both are shown to this one process, in a
# mount namespace of its own, so that no file of the system is touched.
_SSHD = """#!/bin/sh
{libraries}if [ "$(id -u)" = 0 ] && [ -z "${{VIVIDO_SSHD:-}}" ] && ! getent passwd sshd >/dev/null; then
    VIVIDO_SSHD=1 exec unshare --mount "$0" "$@"
fi
if [ -n "${{VIVIDO_SSHD:-}}" ]; then
    unset VIVIDO_SSHD
    mount -t tmpfs none /run && mkdir -m 755 /run/sshd && cp /etc/passwd /run/passwd
    echo 'sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin' >>/run/passwd
    mount --bind /run/passwd /etc/passwd
elif [ "$(id -u)" = 0 ] && ! [ -d /run/sshd ]; then
    echo 'sshd needs the directory /run/sshd' >&2
    exit 1
fi
exec {program} {options}"$@"
"""


def ready(tools: Path) -> bool:
    """Say whether every wrapper stands."""
    return all((tools / "bin" / program).exists() for program in UNPACKED)


def bring(tools: Path, archive: Archive) -> None:
    """Unpack the programs and the libraries that they lack here, and write their wrappers."""
    root = tools / "debian"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    named = list(dict.fromkeys(UNPACKED.values()))
    archive.wants(named)
    packages = [archive.versioned(name) for name in named]
    here = installed()
    libraries = [name for package in packages for name in archive.libraries(package, here)]
    archive.unpack([*packages, *dict.fromkeys(libraries)], root)
    (tools / "bin").mkdir(exist_ok=True)
    for program in UNPACKED:
        wrap(tools / "bin" / program, root)


def wrap(wrapper: Path, root: Path) -> None:
    """Write what is called for a program that lies somewhere under `root`: it finds the libraries there, and nothing else does."""
    program = next(file for place in _PLACES for file in root.glob(f"{place}/{wrapper.name}") if file.is_file())
    wrapper.unlink(missing_ok=True)
    if wrapper.name == "busybox":
        wrapper.symlink_to(os.path.relpath(program, wrapper.parent))
        return
    folders = dict.fromkeys(str(file.parent) for file in sorted(root.glob("**/lib/**/*.so.*")))
    libraries = f"export LD_LIBRARY_PATH={':'.join(folders)}\n" if folders else ""
    template = _SSHD if wrapper.name == "sshd" else _PLAIN
    wrapper.write_text(template.format(libraries=libraries, program=program, options=_helpers(root)), encoding="utf-8")
    wrapper.chmod(0o755)


def _helpers(root: Path) -> str:
    """Name the parts that OpenSSH 9.8 and later look for at fixed places outside the project."""
    names = {"SshdSessionPath": "sshd-session", "SshdAuthPath": "sshd-auth"}
    found = {option: root / "usr/lib/openssh" / name for option, name in names.items()}
    return "".join(f"-o {option}={path} " for option, path in found.items() if path.is_file())


_PLACES = ("usr/sbin", "usr/bin", "bin", "sbin", "usr/lib/postgresql/*/bin")
