"""Looking at what stands in Git, in the registry and on the target of an environment, before anything is taken in. No effect."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import msgspec

from vivido.app.imports.choose import Choice, Known, Running, choose
from vivido.app.imports.claims import Claims, claim
from vivido.errors import Error, NotFoundError, UnreachableError
from vivido.model.problem import Problem
from vivido.model.project import Environment, Service
from vivido.model.reference import Digest, Reference, parse_reference, parse_repository
from vivido.model.release import Artifact, placed
from vivido.targets.interface import Stranger, Surveying
from vivido.text.redact import redact

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace

_TOGETHER = 8
"""Services whose images are asked for at a time."""


class Looked(msgspec.Struct, frozen=True):
    """What was found of one environment."""

    tip: str
    """Commit of its configuration."""
    choices: dict[str, Choice]
    """Service → what is taken."""
    images: dict[str, str]
    """Service → the image as Git writes it."""
    artifacts: tuple[Artifact, ...]
    told: tuple[Problem, ...]


def survey(ws: "Workspace") -> tuple[Claims, tuple[Problem, ...]]:
    """Ask every target that can see what others started, once for each machine; what could not be asked is a problem."""
    from vivido.layouts.matching import Matcher

    found: dict[str, Stranger] = {}
    places: list[str] = []
    problems: list[Problem] = []
    for environment in ws.project.environments:
        target = ws.target(environment)
        if not isinstance(target, Surveying):
            continue
        places.append(environment.name)
        try:
            found |= {s.name: s for s in target.strangers()}
        except Error as e:
            problems.append(Problem("import.unseen", redact(e.message), e.hint, environment.name))
    own = {
        f"{e.registry}/{s.name}": (e.name, s.name) for e in ws.project.environments if e.registry for s in _services(ws)
    }
    every = tuple(e.name for e in ws.project.environments)
    matcher = Matcher(ws.project.services)
    return claim(tuple(found.values()), matcher.service_of, own, places, every), tuple(problems)


def _services(ws: "Workspace") -> tuple[Service, ...]:
    return tuple(ws.project.services)


def look(ws: "Workspace", environment: Environment, told: Mapping[str, str], claims: Claims) -> Looked:
    """Look at one environment.

    Args:
        ws: The project.
        environment: Which.
        told: Service → the digest that a person says it runs.
        claims: What others started.

    Raises:
        UnreachableError: Git or the registry could not be asked: what is not known now may be known later.
        InputError: A file of the configuration cannot be read.
    """
    from vivido.layouts.files import read_images

    repository = ws.repository(environment)
    tip = repository.fetch()
    tree = repository.tree(tip)
    images = read_images(ws.placed(environment), environment, tree.read, tree.listing)
    live, sees, problems = _live(ws, environment)

    def one(service: Service) -> tuple[Choice, Artifact | None, tuple[Problem, ...]]:
        running = (*live.get(service.name, ()), *claims.of(environment.name, service.name))
        known = Known(service.name, environment.name, running=running, sees=sees, told=told.get(service.name, ""))
        choice = choose(_git(ws, environment, service, images.get(service.name, ""), known))
        return choice, *_artifact(ws, environment, service, choice.digest)

    with ThreadPoolExecutor(max_workers=_TOGETHER) as pool:
        found = list(pool.map(one, ws.project.services))
    choices = {s.name: choice for s, (choice, _, _) in zip(ws.project.services, found, strict=True)}
    artifacts = tuple(sorted(a for _, a, _ in found if a is not None))
    told_of = tuple(p for choice, _, more in found for p in (*choice.told, *more))
    return Looked(tip, choices, images, artifacts, (*problems, *told_of))


def _live(ws: "Workspace", environment: Environment) -> tuple[dict[str, tuple[Running, ...]], bool, list[Problem]]:
    """Return what the target says that runs, whether it can say it, and why not."""
    target = ws.target(environment)
    try:
        live = target.current()
    except Error as e:
        return (
            {},
            False,
            [
                Problem(
                    "import.unseen",
                    f"its target could not say what runs: {redact(e.message)}",
                    e.hint,
                    environment.name,
                )
            ],
        )
    running = {s: (Running((d,)),) for s, d in live.digests.items()}
    sees = bool(live.digests) or isinstance(target, Surveying)
    if sees:
        return running, True, []
    why = live.detail or "its target did not say what runs"
    return {}, False, [Problem("import.unseen", f"Git's word is taken: {why}", "", environment.name)]


def _git(ws: "Workspace", environment: Environment, service: Service, image: str, known: Known) -> Known:
    """Complete what is known by what Git says, and what the registry has for it."""
    from vivido.layouts.matching import split

    if not image:
        return known
    written = split(image)
    known = msgspec.structs.replace(known, git=image, git_digest=written.digest)
    if written.digest:
        return known
    own = parse_repository(service.image)
    if "/" not in written.name:
        name = f"“{written.name}” is a placeholder, not a repository"
        return msgspec.structs.replace(known, tag_problem=name)
    reference = parse_reference(image)
    if not reference.tag:
        reference = Reference(reference.repository, "latest")
    try:
        return msgspec.structs.replace(known, tag_digest=_resolved(ws, reference))
    except Error as e:
        here = {own, *(a.repository for a in placed([Artifact(service.name, own, Digest(""))], environment.registry))}
        if isinstance(e, UnreachableError) and reference.repository in here:
            raise
        return msgspec.structs.replace(known, tag_problem=f"it could not be asked for: {redact(e.message)}")


def _resolved(ws: "Workspace", reference: Reference) -> str:
    from vivido.registry.resolve import resolve

    found = resolve(ws.registry, reference)
    return found.digest if found is not None else ""


def _artifact(
    ws: "Workspace", environment: Environment, service: Service, digest: str
) -> tuple[Artifact | None, tuple[Problem, ...]]:
    """Return the artifact of a digest, and what its image does not say."""
    from vivido.app.release import inspect

    if not digest:
        return None, ()
    own, where = parse_repository(service.image), f"{environment.name}/{service.name}"
    try:
        made = inspect(ws, service, Reference(own, digest=Digest(digest)))
    except NotFoundError:
        bare = Artifact(service.name, own, Digest(digest))
        hint = "Push the same bytes there; until then a promotion that replaces it asks for --without-way-back."
        gone = f"{own} does not have {digest[:19]}: nothing could bring it back"
        return bare, (Problem("import.gone", gone, hint, where),)
    return made, tuple(_silent(made, where))


def _silent(artifact: Artifact, where: str) -> list[Problem]:
    if artifact.dirty:
        message = f"{artifact.digest[:19]} was built from a tree with uncommitted changes"
        return [Problem("import.dirty", message, "It is taken in, and goes no further.", where)]
    if artifact.commit:
        return []
    message = f"{artifact.digest[:19]} does not say which commit it was built from"
    hint = "Set the label org.opencontainers.image.revision when it is built: “not the author” is judged by it."
    return [Problem("import.no-commit", message, hint, where)]
