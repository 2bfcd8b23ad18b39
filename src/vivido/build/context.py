"""Preparing a build: the commit's files on disk, the Containerfile found in them and judged before anything runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vivido.build.dependence import command_dependence, environment_dependence
from vivido.build.inputs import normal
from vivido.build.interface import BuildRequest, Source
from vivido.build.reproducible import build_warnings
from vivido.errors import InputError, RefusedError
from vivido.model.problem import Problem
from vivido.model.project import Build
from vivido.text.redact import printable

_NAMES = ("Containerfile", "Dockerfile")
_MOST = 1024 * 1024
"""Bytes of a Containerfile that are read."""


@dataclass(frozen=True)
class Prepared:
    """What a build order needs from the source.

    Attributes:
        context: Directory of the context.
        containerfile: The file; missing where a user's own command needs none.
        scratch: An empty directory of this build alone.
        warnings: What makes a second build of the commit another image.
    """

    context: Path
    containerfile: Path
    scratch: Path
    warnings: tuple[Problem, ...]


def prepare(
    request: BuildRequest, source: Source, contents: Mapping[str, str] | None, builder: str, directory: Path
) -> Prepared:
    """Write the commit's files below `directory` and judge the Containerfile.

    A dirty tree (`contents` is None) and a user's own command are built where they lie: the one is no commit, and the other
    may need Git's data, caches and tools beside it.

    Raises:
        RefusedError: `build.depends-on-environment`: every place and reason is in the message.
        InputError: `build.no-context`, `build.no-containerfile`, `build.path`.
    """
    build = request.service.build or Build(".")
    base, scratch = directory / "source", directory / "scratch" / directory.name
    scratch.mkdir(parents=True)
    if contents is None or builder == "command":
        base = request.root
    else:
        source.export(contents, base)
    context = _inside(base, normal(build.context))
    if not context.is_dir():
        raise InputError(
            f"the context {build.context} is no directory of the commit",
            code="build.no-context",
            hint="Name a directory of the repository as `context`.",
        )
    file = _containerfile(build, base, context, builder)
    warnings = _judge(request, build, builder, base, file)
    return Prepared(context, file, scratch, warnings)


def _containerfile(build: Build, base: Path, context: Path, builder: str) -> Path:
    names = [_inside(base, normal(build.file))] if build.file else [_inside(base, str(context / n)) for n in _NAMES]
    found = next((file for file in names if file.is_file()), names[0])
    if not found.is_file() and builder != "command":
        what = build.file or f"{' or '.join(_NAMES)} in {build.context}"
        raise InputError(
            f"there is no {what} in the commit",
            code="build.no-containerfile",
            hint="Commit it, or name it as `file`.",
        )
    return found


def _inside(base: Path, path: str) -> Path:
    """Follow links, but not out of the repository: another machine's file would be built, or shown in a message."""
    place = (base / path).resolve()
    if not place.is_relative_to(base.resolve()):
        raise InputError(
            f"{path} is a link that leaves the repository",
            code="build.path",
            hint="Put the file there instead of a link.",
        )
    return place


def _judge(request: BuildRequest, build: Build, builder: str, base: Path, file: Path) -> tuple[Problem, ...]:
    name = file.relative_to(base.resolve()).as_posix()
    text = file.read_bytes()[:_MOST].decode("utf-8", "replace") if file.is_file() else ""
    commanded = command_dependence(build.command, request.environments) if builder == "command" else ()
    found = (*commanded, *environment_dependence(text, build.args, request.environments, name))
    if found:
        lines = "\n".join(f"  {p.where}: {p.message}\n    {p.hint}" for p in found)
        raise RefusedError(
            printable(f"the image of {request.service.name} would depend on the environment:\n{lines}"),
            code="build.depends-on-environment",
            hint="Mend each, or let one pass with a reason in a comment above it: `# vivido: allow env-…: why`.",
            where=found[0].where,
        )
    return build_warnings(text, build.args, name)
