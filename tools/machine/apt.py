"""The package manager: what is known, installed and downloaded. Downloading needs no rights; installing does."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from machine import say


def rights() -> list[str] | None:
    """Return what stands before a command that needs root's rights, None where they cannot be had."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    if subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0:
        return ["sudo", "-n"]
    return ["sudo"] if os.isatty(0) else None


def there() -> bool:
    """Say whether this machine has Debian's package manager at all."""
    return shutil.which("apt-get") is not None and shutil.which("dpkg-deb") is not None


def install(packages: list[str], prefix: list[str]) -> bool:
    """Install packages without what they merely recommend; True where it worked."""
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-y", "-qq"]
    command = [*apt, "install", "--no-install-recommends", *packages]
    if _known(packages, []) and say.run(command):
        return True
    return say.run([*apt, "update"]) and say.run(command)


class Archive:
    """Debian's archive as an ordinary user sees it: package lists of the project's own where the system's are too old."""

    def __init__(self, home: Path) -> None:
        """Keep lists and downloads under `home`."""
        self._home = home
        self._options: list[str] = []

    def wants(self, packages: list[str]) -> None:
        """Make sure that the lists know these packages.

        Raises:
            SystemExit: They do not, even when fresh.
        """
        if not _known(packages, self._options):
            self._refresh()
        if not _known(packages, self._options):
            raise SystemExit(f"The package sources of this machine have none of: {' '.join(packages)}")

    def forget(self) -> None:
        """Remove the project's own lists: they are large and soon too old."""
        shutil.rmtree(self._home, ignore_errors=True)

    def versioned(self, package: str) -> str:
        """Return the package that holds the programs of one that merely names its version; `package` where it holds them itself."""
        return read_version(package, self._cache("depends", package))

    def libraries(self, package: str, installed: set[str]) -> list[str]:
        """Return the library packages that `package` needs and this machine has not, however far down."""
        found: list[str] = []
        queue = [package]
        while queue:
            for name in read_libraries(self._cache("depends", queue.pop())):
                if name not in installed and name not in found:
                    found.append(name)
                    queue.append(name)
        return found

    def unpack(self, packages: list[str], into: Path) -> None:
        """Download packages, checked by the package manager against its signed lists, and unpack them.

        Raises:
            SystemExit: One cannot be downloaded.
        """
        downloads = self._home / "downloads"
        shutil.rmtree(downloads, ignore_errors=True)
        downloads.mkdir(parents=True)
        if not self._download(packages, downloads):
            self._refresh()
            if not self._download(packages, downloads):
                raise SystemExit(f"Could not download: {' '.join(packages)}")
        for file in sorted(downloads.glob("*.deb")):
            subprocess.run(["dpkg-deb", "-x", str(file), str(into)], check=True)
        shutil.rmtree(downloads)

    def _download(self, packages: list[str], into: Path) -> bool:
        sandbox = ["-o", "APT::Sandbox::User=root"]
        return say.run(["apt-get", "-qq", *self._options, *sandbox, "download", *packages], cwd=into)

    def _refresh(self) -> None:
        state, cache = self._home / "state", self._home / "cache"
        for folder in (state / "lists" / "partial", cache / "archives" / "partial"):
            folder.mkdir(parents=True, exist_ok=True)
        self._options = [
            *("-o", f"Dir::State={state}"),
            *("-o", "Dir::State::status=/var/lib/dpkg/status"),
            *("-o", f"Dir::Cache={cache}"),
        ]
        say.run(["apt-get", "-qq", *self._options, "-o", "APT::Sandbox::User=root", "update"])

    def _cache(self, verb: str, package: str) -> str:
        command = ["apt-cache", *self._options, verb, package]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def installed() -> set[str]:
    """Return the names of the packages that are installed."""
    command = ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n"]
    lines = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    return {name for name, status in (line.split(" ", 1) for line in lines) if status == "installed"}


def _known(packages: list[str], options: list[str]) -> bool:
    command = ["apt-cache", *options, "show", "--no-all-versions", *packages]
    shown = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return {f"Package: {package}" for package in packages} <= set(shown.splitlines())


def read_version(package: str, depends: str) -> str:
    """Return what `apt-cache depends` names as the package with its version (`postgresql-17`), or `package`."""
    found = re.search(rf"^ +Depends: ({re.escape(package)}-[0-9]+)$", depends, re.MULTILINE)
    return found[1] if found else package


def read_libraries(depends: str) -> list[str]:
    """Return the libraries in `apt-cache depends`: of alternatives (`|Depends`) the first.

    PAM's modules are none, and LLVM, larger than the rest together, is PostgreSQL's for a JIT that nothing here switches on.
    """
    found: list[str] = []
    chosen = False
    for line in depends.splitlines():
        relation, _, name = line.strip().partition(": ")
        if not chosen and relation.lstrip("|") in ("Depends", "PreDepends"):
            found.append(name)
        if relation.lstrip("|") in ("Depends", "PreDepends"):
            chosen = relation.startswith("|")
    return [name for name in found if name.startswith("lib") and not name.startswith(("libpam-", "libllvm"))]
