"""An environment's files, whatever the layout: which are read, which edit promotes a release, what they render to.

All but rendering is pure over two functions that read a tree, so that it works on a commit without a checkout.
"""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from vivido.layouts import charts, helm, kustomize, places, plain, terraform
from vivido.layouts.interface import Place
from vivido.layouts.matching import Matcher
from vivido.model.canonical import canonical
from vivido.model.objects import Manifest, Rendered, identity, same_object
from vivido.model.problem import Problem
from vivido.model.project import Environment, Project, Service
from vivido.model.release import Artifact
from vivido.render.chart import local_charts
from vivido.render.kinds import KINDS
from vivido.render.kustomization import ROOTS, closure, read_kustomization
from vivido.render.objects import collect
from vivido.render.terraform.renderer import called_directories
from vivido.render.tree import List, Read, is_directory, of_directory
from vivido.text.paths import outermost

_BY_PLACE = {"helm": helm, "terraform": terraform}
"""Kinds whose edits depend on more than the directory."""


def roots(project: Project, environment: Environment, listing: List, read: Read) -> tuple[str, ...]:
    """Return the directories that must be exported, with all in them, to render an environment; `""` is everything.

    What is missing or refused makes no difference here: `render_environment` says so. Kustomize reads files only below the
    directories of the kustomizations that it visits (its load restrictor), Helm in the chart, its local dependencies and the values
    files; so these with all their content are exactly enough, and a commit with 50,000 files need not be written out.
    """
    export: set[str] = set()
    for service in project.services:
        found = places.place(project, service, environment, listing)
        if isinstance(found, Place):
            export.update(needed(found, read, listing))
    return outermost(export)


def needed(one: Place, read: Read, listing: List) -> tuple[str, ...]:
    """Return the directories and files that the rendering of a place depends on."""
    if one.kind == "helm":
        return charts.needed(one, read, listing)
    if one.kind == "plain":
        return (one.directory,)
    if one.kind == "terraform":
        return (*_called(one.directory, read, listing), *one.files)
    named = [r.path for k in closure(one.directory, read, listing)[0] for r in k.named(*ROOTS)]
    return (one.directory, *(path for path in named if path is not None and is_directory(path, listing)))


def direct_needs(kind: str, directory: str, read: Read, listing: List) -> tuple[str, ...]:
    """Return the paths that a directory's rendering reads besides it, without what those build on in turn.

    They depend on nothing but the directory's own content; one that is no directory stands for nothing.
    """
    if kind == "helm":
        return local_charts(directory, read)
    if kind == "plain":
        return ()
    if kind == "terraform":
        return called_directories(directory, read, listing)
    one = read_kustomization(directory, read, listing)
    return () if isinstance(one, Problem) else tuple(r.path for r in one.named(*ROOTS) if r.path is not None)


def _called(directory: str, read: Read, listing: List) -> tuple[str, ...]:
    found: dict[str, None] = {}
    todo = [directory]
    while todo:
        at = todo.pop()
        if at not in found:
            found[at] = None
            todo += called_directories(at, read, listing)
    return tuple(found)


def edits(
    project: Project, environment: Environment, artifacts: Collection[Artifact], read: Read, listing: List
) -> dict[str, bytes] | tuple[Problem, ...]:
    """Return the files, with their new content, that make an environment run these artifacts; empty where it does.

    Services without an artifact are left alone.
    """
    strangers = [a.service for a in artifacts if project.service(a.service) is None]
    if strangers:
        what = f"the release has {', '.join(strangers)}, which the project does not"
        return (Problem("layout.unknown-service", what, "Add the service, or make a new release."),)
    wanted = {a.service: a for a in artifacts}
    matcher = Matcher(project.services, artifacts)
    found, problems = places.by_place(project, environment, listing, wanted) if wanted else ({}, ())
    changed: dict[str, bytes] = {}

    def current(path: str) -> bytes | None:
        # Places may lie inside each other: the second edit of a file goes on from the first.
        return changed.get(path) or read(path)

    for one, services in found.items():
        made = edits_in(one, services, [wanted[s.name] for s in services], matcher, current, listing)
        if isinstance(made, tuple):
            problems += made
        else:
            changed.update(made)
    return problems or changed


def edits_in(
    one: Place,
    services: Sequence[Service],
    artifacts: Collection[Artifact],
    matcher: Matcher,
    read: Read,
    listing: List,
) -> dict[str, bytes] | tuple[Problem, ...]:
    """Return the files, with their new content, that make one place run artifacts of services that share it."""
    if one.kind in _BY_PLACE:
        return _BY_PLACE[one.kind].edits(one, tuple(services), artifacts, matcher, read, listing)
    edit = kustomize.edits if one.kind == "kustomize" else plain.edits
    return edit(one.directory, artifacts, matcher, read, listing)


def read_images(project: Project, environment: Environment, read: Read, listing: List) -> dict[str, str]:
    """Return, by service, the image that the configuration names now, as it is written.

    A service without a place or an image is left out.

    Raises:
        InputError: A file of the configuration is no YAML, or a kustomization cannot be followed.
    """
    matcher = Matcher(project.services)
    found, _ = places.by_place(project, environment, listing)
    images: dict[str, str] = {}
    for one, services in found.items():
        images.update(images_in(one, services, matcher, read, listing))
    return images


def images_in(one: Place, services: Sequence[Service], matcher: Matcher, read: Read, listing: List) -> dict[str, str]:
    """Return the images that one place names of services that share it, as `read_images` does.

    Raises:
        InputError: As `read_images`.
    """
    if one.kind in _BY_PLACE:
        there = _BY_PLACE[one.kind].read_images(one, tuple(services), matcher, read, listing)
    else:
        reader = kustomize.read_images if one.kind == "kustomize" else plain.read_images
        there = reader(one.directory, matcher, read, listing)
    return {s.name: there[s.name] for s in services if s.name in there}


def render_environment(
    project: Project, environment: Environment, exported_root: Path, services: Collection[str] = ()
) -> Rendered | tuple[Problem, ...]:
    """Render all places and merge them. Places may share an object that is the same in each, such as a Namespace.

    Args:
        project: The project.
        environment: One of its environments.
        exported_root: Where the directories of `roots` were put, at their paths.
        services: Names of the services to render; empty for all.

    Raises:
        ToolError: See `Renderer.render`.
    """
    found, problems = places.by_place(project, environment, of_directory(exported_root)[1], services)
    parts: list[Rendered] = []
    for one in sorted(found):
        made = KINDS[one.kind](one.helm, one.terraform).render(exported_root, one.directory)
        if isinstance(made, tuple):
            problems += made
        else:
            parts.append(made)
    return problems or merged(parts)


def merged(parts: Iterable[Rendered]) -> Rendered | tuple[Problem, ...]:
    """Put places together; they may share an object that is the same in each."""
    objects: dict[tuple[str, str, str, str], Manifest] = {}
    problems: list[Problem] = []
    sources: dict[str, None] = {}
    for part in parts:
        sources[part.source] = None
        for one in part.objects:
            other = objects.setdefault(same_object(one), one)
            if canonical(other) != canonical(one):
                what = f"{identity(one)} comes from two directories, and they differ"
                problems.append(Problem("layout.conflict", what, "Keep it in one of them.", identity(one)))
    return tuple(problems) or collect(objects.values(), ", ".join(sources))
