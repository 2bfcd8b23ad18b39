"""Building services: the parts that `build` needs, put together."""

import shlex
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from vivido.build.choose import choose
from vivido.build.interface import BuildRequest, Built
from vivido.build.service import build_service
from vivido.build.worktree import WorkTreeSource
from vivido.containers import container_environ
from vivido.errors import InputError, NotFoundError
from vivido.git.worktree import toplevel
from vivido.model.project import Build, Service
from vivido.model.reference import Digest, Reference, Repository
from vivido.registry.config import configs
from vivido.registry.resolve import resolve
from vivido.registry.tags import tag as set_tag

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace
    from vivido.registry.client import Client


class RegistryOfBuilds:
    """What building asks of the registry (`build.interface.Registry`)."""

    def __init__(self, client: "Client") -> None:
        self._client = client

    def resolve(self, reference: Reference) -> Digest | None:
        """Return the digest that a tag names now."""
        found = resolve(self._client, reference)
        return None if found is None else found.digest

    def labels(self, repository: Repository, digest: Digest) -> Mapping[str, str]:
        """Return the labels and annotations that all platforms of an image share."""
        said = [{**c.annotations, **c.labels} for c in configs(self._client, repository, digest)]
        if not said:
            return {}
        return {k: v for k, v in said[0].items() if all(other.get(k) == v for other in said[1:])}

    def tag(self, repository: Repository, digest: Digest, tag: str) -> None:
        """Let a tag name a manifest that is there already."""
        set_tag(self._client, repository, digest, tag)


def build(
    ws: "Workspace", names: Sequence[str], *, allow_dirty: bool, cache: bool, progress: Callable[[str], None]
) -> tuple[Built, ...]:
    """Build services once, or return what was built of the same inputs before.

    Args:
        ws: The project.
        names: Services; empty for all that have a `build:`.
        allow_dirty: Build uncommitted changes too; such an artifact goes nowhere.
        cache: Take layers of earlier builds.
        progress: Takes one line for the person who waits.

    Raises:
        NotFoundError: `build.service`.
        InputError: `build.nothing`.
        Error: As `build.service.build_service`.
    """
    services = _chosen(ws, names)
    top = toplevel(Path(ws.project.root))
    prefix = Path(ws.project.root).resolve().relative_to(top.resolve()).as_posix()
    work = ws.state / "build"
    work.mkdir(parents=True, exist_ok=True)
    environ = container_environ(work)
    options = ws.project.registries
    ca = Path(ws.project.root) / options.ca if options.ca else None
    made: list[Built] = []
    for service in services:
        moved = service if prefix == "." else _below(service, prefix)
        build_of = moved.build or Build("")
        request = BuildRequest(
            service=moved,
            root=top,
            work=work,
            environments=tuple(e.name for e in ws.project.environments),
            channel=ws.project.channel,
            plain_http=options.plain_http,
            ca=ca,
            environ=environ,
            allow_dirty=allow_dirty,
            cache=cache,
            progress=lambda line, name=service.name: progress(f"{name}: {line}"),
        )
        builder = choose(build_of.with_, build_of.command, environ)
        with tempfile.TemporaryDirectory(dir=work, prefix="source-") as scratch:
            source = WorkTreeSource(top, Path(scratch))
            made.append(build_service(request, source, RegistryOfBuilds(ws.registry), builder, ws.now))
    return tuple(made)


def _chosen(ws: "Workspace", names: Sequence[str]) -> list[Service]:
    there = [s for s in ws.project.services if s.build is not None]
    unknown = [name for name in names if ws.project.service(name) is None]
    if unknown:
        known = ", ".join(s.name for s in ws.project.services)
        raise NotFoundError(f"there is no service “{unknown[0]}”", code="build.service", hint=f"There are: {known}.")
    if not names and not there:
        raise InputError(
            "no service has a `build:`",
            code="build.nothing",
            hint="Register what was built elsewhere: vivido release create --artifact SERVICE=REPOSITORY@sha256:…",
        )
    return [s for s in ws.project.services if s.name in names] if names else there


def _below(service: Service, prefix: str) -> Service:
    """Name a service's paths from the repository's top, where `vivido.yaml` lies below it."""
    build = service.build
    checks = tuple(f"cd {shlex.quote(prefix)} && {c}" for c in service.checks)
    if build is None:
        return service
    moved = msgspec.structs.replace(
        build,
        context=f"{prefix}/{build.context}",
        file=f"{prefix}/{build.file}" if build.file else "",
        inputs=tuple(f"{prefix}/{path}" for path in build.inputs),
    )
    return msgspec.structs.replace(service, build=moved, checks=checks)
