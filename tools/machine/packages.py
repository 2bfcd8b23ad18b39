"""What the demo and the tests need from Debian or Ubuntu, and how it is brought.

Two ways: installed by the package manager, or only unpacked under the project where installing would start a service
(docker-registry, haproxy, openssh-server, postgresql) or push out another package (busybox-static).
"""

import os
import shutil
from pathlib import Path

INSTALLED = {
    "podman": "podman",
    "buildah": "buildah",
    "skopeo": "skopeo",
    "runc": "runc",
    "conmon": "conmon",
    "netavark": "netavark",
    "aardvark-dns": "aardvark-dns",
    "catatonit": "catatonit",
    "iptables": "iptables",
    "nft": "nftables",
    "ip": "iproute2",
    "newuidmap": "uidmap",
    "slirp4netns": "slirp4netns",
    "ssh-keygen": "openssh-client",
    "git": "git",
    "make": "make",
}
"""Program → the package that brings it."""

UNPACKED = {
    "docker-registry": "docker-registry",
    "haproxy": "haproxy",
    "sshd": "openssh-server",
    "busybox": "busybox-static",
    "initdb": "postgresql",
    "postgres": "postgresql",
}
"""Program → the package that is unpacked for it; a wrapper of the program's name stands in `.tools/bin`.

Where a package only stands for the archive's version of itself (postgresql for postgresql-17), that one is unpacked.
"""

SEARCHED = (
    "/usr/local/sbin",
    "/usr/sbin",
    "/sbin",
    "/usr/lib/podman",
    "/usr/libexec/podman",
    "/usr/local/libexec/podman",
)
"""Where programs lie besides PATH: Podman's own helpers, and what ordinary users have not on theirs."""


def find(program: str) -> Path | None:
    """Return where a program is, None where it is missing."""
    found = shutil.which(program, path=os.pathsep.join((os.environ.get("PATH", os.defpath), *SEARCHED)))
    return Path(found) if found else None


def missing() -> dict[str, str]:
    """Return the programs of `INSTALLED` that are not on this machine, with their packages."""
    return {program: package for program, package in INSTALLED.items() if find(program) is None}
