"""Building services: the parts that `build` needs, put together."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vivido.build.choose import choose
from vivido.build.images import Images
from vivido.build.interface import BuildRequest, Built
from vivido.build.service import build_service
from vivido.build.worktree import WorkTreeSource
from vivido.containers import container_environ
from vivido.errors import InputError, NotFoundError
from vivido.model.project import Service

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


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
    root, work = Path(ws.project.root), ws.state / "build"
    work.mkdir(parents=True, exist_ok=True)
    environ = container_environ(work)
    options = ws.project.registries
    made: list[Built] = []
    for service in _chosen(ws, names):
        request = BuildRequest(
            service=service,
            root=root,
            work=work,
            environments=tuple(e.name for e in ws.project.environments),
            channel=ws.project.channel,
            plain_http=options.plain_http,
            ca=root / options.ca if options.ca else None,
            environ=environ,
            allow_dirty=allow_dirty,
            cache=cache,
            progress=lambda line, name=service.name: progress(f"{name}: {line}"),
        )
        with_, command = (service.build.with_, service.build.command) if service.build else ("", "")
        builder = choose(with_, command, environ)
        made.append(build_service(request, WorkTreeSource(root), Images(ws.registry), builder, ws.now))
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
