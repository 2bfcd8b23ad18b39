"""What a release needs of an environment, and what must hold there, held against the objects that it would get."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from vivido.app.governing import project_at
from vivido.drift.contract.declared import Declared
from vivido.drift.contract.gap import Gap
from vivido.drift.contract.judge import Terms, gaps
from vivido.drift.expect import broken
from vivido.errors import InputError
from vivido.model.objects import Rendered
from vivido.model.problem import Problem
from vivido.model.project import Environment, Project, Service
from vivido.model.release import Artifact, placed
from vivido.model.requires import LABEL, Requires, read_label, together
from vivido.time.clock import rfc3339

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace
    from vivido.render.trace import Tracer
    from vivido.render.tree import List, Read

_TRACED = 200
"""Gaps whose place is looked for in the files; whoever has more mends the first ones first."""


def unmet(
    ws: "Workspace", environment: Environment, rendered: Rendered, artifacts: Sequence[Artifact], commit: str
) -> tuple[Problem, ...]:
    """Return everything that a release needs or must fulfil in an environment, and does not.

    Args:
        ws: The project.
        environment: With what it provides and what is expected there.
        rendered: Its objects.
        artifacts: The release's.
        commit: Of the configuration: what services require is what its file says, and places are looked for there.

    Raises:
        RefusedError: `governing.unreadable`: that file cannot be read.
        Error: The registry cannot be asked what the images say.
    """
    labels = dict(_labels(ws, artifacts))
    wrong = [_wrong_label(service, said) for service, said in labels.items() if isinstance(said, str)]
    names = {a.service: (a.image,) for a in placed(artifacts, environment.registry)}
    services = [s for s in _released(ws, environment, commit).services if s.name in names]
    declared = [_declared(s, labels.get(s.name), names[s.name]) for s in services]
    found = judged(environment, rendered, declared, _today(ws))
    if not found:
        return tuple(wrong)
    tree = ws.repository(environment).tree(commit)
    return (
        *wrong,
        *told(traced_in(ws.placed(environment), environment, list(names), found, tree.read, tree.listing), environment),
    )


def unmet_with(ws: "Workspace", environment: Environment, text: str) -> tuple[Problem, ...]:
    """Return the same for a release that is named, whether or not it may set out.

    Raises:
        NotFoundError: `release.unknown`. Otherwise as `unmet`.
    """
    from vivido.app.content import rendered_at
    from vivido.app.find import find_release
    from vivido.app.revisions import revision_of

    ws.repository(environment).fetch()
    release = find_release(ws, text)
    commit = revision_of(ws, release, environment)
    rendered = rendered_at(ws, commit, environment, release.artifacts)
    return unmet(ws, environment, rendered, release.artifacts, commit)


def unmet_here(ws: "Workspace", environment: Environment) -> tuple[Problem, ...]:
    """Return the same for the files as they lie here, committed or not, with whatever images they name.

    What images say of their needs is not looked at: the files may name none that was built.

    Raises:
        InputError: `contract.elsewhere`: the configuration is in another repository.
        RefusedError: `render.refused`: they cannot be rendered.
    """
    from vivido.app.content import refuse_secrets, refused
    from vivido.layouts.files import render_environment
    from vivido.render.tree import of_directory

    root = Path(ws.project.root)
    if not ws.is_here(environment):
        raise InputError(
            "the configuration is in another repository",
            code="contract.elsewhere",
            hint=f"Name a release: vivido config check --environment {environment.name} --release …",
        )
    rendered = render_environment(ws.project, environment, root)
    if isinstance(rendered, tuple):
        raise refused("render.refused", f"{environment.name} cannot be rendered", rendered)
    refuse_secrets(ws, rendered)
    declared = [_declared(s, None, ()) for s in ws.project.services]
    read, listing = of_directory(root)
    names = [s.name for s in ws.project.services]
    found = judged(environment, rendered, declared, _today(ws))
    return told(traced_in(ws.project, environment, names, found, read, listing), environment)


def judged(environment: Environment, rendered: Rendered, declared: Sequence[Declared], today: str) -> tuple[Gap, ...]:
    """Return the gaps of the contract and of the expectations. Pure."""
    terms = Terms(
        {name: tuple(keys) for name, keys in environment.secrets.items()},
        tuple(p.at.parts for p in environment.provides),
        tuple(d for d in declared if d.requires),
    )
    return (*gaps(rendered, terms), *broken(rendered, environment.expect, today))


def told(found: Sequence[tuple[Gap, str]], environment: Environment) -> tuple[Problem, ...]:
    """Return gaps as problems."""
    return tuple(
        Problem(gap.code, f"{environment.name}: {gap.message}", gap.hint, where or gap.where or gap.at.object)
        for gap, where in found
    )


def traced_in(
    project: Project,
    environment: Environment,
    services: Sequence[str],
    found: Sequence[Gap],
    read: "Read",
    listing: "List",
) -> list[tuple[Gap, str]]:
    """Return gaps with `file:line:column` of what needs something, empty where it cannot be told."""
    if not found:
        return []
    from vivido.layouts.files import roots
    from vivido.render.detect import manifest_files
    from vivido.render.trace import Tracer

    named = {gap.at.name for gap in found}
    mine = tuple(s for s in project.services if s.name in services)
    # A gap mostly stands in the files of the service it is named after; where it does not, all are looked at.
    near = tuple(s for s in mine if s.name in named)
    tracers: list[Tracer] = []
    for some in dict.fromkeys(filter(None, (near, mine))):
        directories = roots(msgspec.structs.replace(project, services=some), environment, listing, read)
        tracers.append(Tracer((f for d in directories for f in manifest_files(d, listing)), read))
    return [(gap, _place(gap, tracers) if number < _TRACED else "") for number, gap in enumerate(found)]


def _place(gap: Gap, tracers: Sequence["Tracer"]) -> str:
    at = gap.at
    places = (tracer.where(at.kind, at.name, at.path) for tracer in tracers if at.kind)
    return next(filter(None, places), "")


def _released(ws: "Workspace", environment: Environment, commit: str) -> Project:
    """Return the project as it is at a commit of the configuration; the one here where no repository holds its file."""
    file = Path(ws.project.file)
    text = ws.repository(environment).file_at(file, commit)
    # To check the file of a thousand services takes its time, and most often it is the one that was read already.
    if text is None or (file.is_file() and text == file.read_bytes()):
        return ws.project
    return project_at(ws, environment, commit) or ws.project


def _declared(service: Service, label: Requires | str | None, images: tuple[str, ...]) -> Declared:
    said = label if isinstance(label, Requires) else Requires()
    return Declared(service.name, (*images, service.image, *service.replaces), together(service.requires, said))


def _labels(ws: "Workspace", artifacts: Sequence[Artifact]) -> Iterator[tuple[str, Requires | str]]:
    for artifact in artifacts:
        text = _label(ws, artifact)
        if text:
            yield artifact.service, read_label(text)


def _label(ws: "Workspace", artifact: Artifact) -> str:
    """Return what an image says it requires; asked once, for a digest cannot change what it says."""
    kept = ws.state / "requires" / artifact.digest.replace(":", "-")
    if kept.is_file():
        return kept.read_text(encoding="utf-8")
    from vivido.registry.config import config

    text = config(ws.registry, artifact.repository, artifact.digest).labels.get(LABEL, "")
    kept.parent.mkdir(parents=True, exist_ok=True)
    draft = kept.with_suffix(f".{ws.token()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(kept)
    return text


def _wrong_label(service: str, why: str) -> Problem:
    message = f"the label {LABEL} of {service}'s image cannot be read: {why}"
    return Problem("contract.label", message, 'Write it as {"env": [], "config": [], "secrets": [], "services": []}.')


def _today(ws: "Workspace") -> str:
    return rfc3339(ws.now())[:10]
