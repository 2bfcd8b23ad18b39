"""Hydration: the rendered objects of an environment as files, committed by the promotion that was validated with exactly these.

A promotion sets its directory to what it brings, whatever is there: each file in it is a promotion's, and an edit by hand is put
back. Going back sets it to what ran before. So it never depends on what people did to the configuration since.
"""

from typing import TYPE_CHECKING, NamedTuple

from vivido.app.revisions import own_revision
from vivido.errors import RefusedError
from vivido.model.objects import Rendered
from vivido.model.project import Environment
from vivido.model.release import Release
from vivido.render.terraform.kinds import API

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace
    from vivido.git.commit import Content
    from vivido.git.snapshot import Snapshot

LABEL = "README.md"
"""The file that says whose the others are, and of which release: it alone changes with each promotion."""
_MARK = "Rendered by Vivido"


class Place(NamedTuple):
    """Where the files are."""

    directory: str
    """From the repository's top; empty for the top itself."""
    branch: str
    """Empty: the branch of the environment's configuration."""


def place_of(ws: "Workspace", environment: Environment) -> Place | None:
    """Return where an environment's rendered objects are committed; None where they are not."""
    found = environment.hydrate
    if found is None:
        return None
    prefix = "" if found.branch else ws.prefix(environment)
    return Place("/".join(part for part in (prefix, found.directory) if part), found.branch)


def files(ws: "Workspace", environment: Environment, rendered: Rendered, release: Release) -> dict[str, bytes]:
    """Return the files of an environment's rendered objects, by path; none where it is not hydrated.

    Raises:
        RefusedError: `hydrate.terraform`; IntegrityError: `render.unwritable`.
    """
    from vivido.render.written import written

    place = place_of(ws, environment)
    if place is None:
        return {}
    _refuse_modules(environment, rendered)
    made = written(rendered, f"{_MARK} for {environment.name}; edits by hand are put back.")
    made[LABEL] = _label(ws, environment, rendered, release)
    below = f"{place.directory}/" if place.directory else ""
    return {f"{below}{path}": data for path, data in made.items()}


def _refuse_modules(environment: Environment, rendered: Rendered) -> None:
    """What is read of a root module is there to be compared: no cluster knows it, and it must not lie where one pulls."""
    found = [str(one["metadata"]["name"]) for one in rendered.objects if one.get("apiVersion") == API]
    if found:
        raise RefusedError(
            f"{environment.name} has `hydrate:`, and Terraform's modules have no rendered objects",
            code="hydrate.terraform",
            hint="Remove `hydrate:` there: the module and its variables are in Git already, and a promotion is bound to them.",
            where=min(found),
        )


def edits(ws: "Workspace", environment: Environment, commit: str, wanted: dict[str, bytes]) -> "dict[str, Content]":
    """Return what makes the files at a commit exactly those that are wanted; empty where they are.

    Raises:
        RefusedError: `hydrate.taken`: the place holds files, and no promotion of the project wrote them.
    """
    place = place_of(ws, environment)
    if place is None:
        return {}
    snapshot = ws.repository(environment).snapshot(commit)
    there = set(_below(snapshot, place.directory))
    label = f"{place.directory}/{LABEL}" if place.directory else LABEL
    if there and not _is_ours(ws, _read(snapshot, label) or b""):
        raise RefusedError(
            f"{environment.name}'s rendered objects belong in {_told(place)},"
            f" where no promotion of {ws.project.name} wrote what is there",
            code="hydrate.taken",
            hint="Name another place under `hydrate:`, or remove them.",
            where=sorted(there)[0],
        )
    gone: dict[str, Content] = dict.fromkeys(sorted(there - set(wanted)))
    return gone | {
        path: data for path, data in sorted(wanted.items()) if path not in there or _read(snapshot, path) != data
    }


def branch_of(ws: "Workspace", environment: Environment) -> str:
    """Return the branch on which an environment's rendered objects are."""
    place, repository = place_of(ws, environment), ws.repository(environment)
    return place.branch if place is not None and place.branch else repository.branch


def fetch(ws: "Workspace", environment: Environment) -> str:
    """Bring the branch with the rendered objects up to date and return its tip; empty where there is no such branch yet."""
    from vivido.git.propose import standing

    return standing(ws.repository(environment).mirror, branch_of(ws, environment)) or ""


def _is_ours(ws: "Workspace", label: bytes) -> bool:
    """Say whether a label is one of this project: several may share a repository, and so its branches."""
    return _MARK.encode() in label and _project(ws).encode() in label


def _project(ws: "Workspace") -> str:
    return f"| project | `{ws.project.name}` |"


def _label(ws: "Workspace", environment: Environment, rendered: Rendered, release: Release) -> bytes:
    images = "\n".join(f"| image of {a.service} | `{a.image}` |" for a in sorted(release.artifacts))
    return f"""\
# {environment.name}

{_MARK}: these are the objects that were validated, byte for byte. Edit the configuration that they come from, and promote; what is
edited here is found by `vivido drift` and put back by the next promotion.

| | |
|---|---|
{_project(ws)}
| release | `{release.id}` |
| configuration | `{own_revision(release, environment)}` |
| content | `{rendered.hash}` |
| rendered by | {rendered.source or "-"} |
{images}
""".encode()


def _below(snapshot: "Snapshot", directory: str) -> list[str]:
    found: list[str] = []
    for name in snapshot.listing(directory):
        path = f"{directory}/{name}" if directory else name
        found += _below(snapshot, path.rstrip("/")) if name.endswith("/") else [path]
    return found


def _read(snapshot: "Snapshot", path: str) -> bytes | None:
    """Return a file's bytes; None where it is no file that a promotion would have written."""
    try:
        return snapshot.read(path)
    except RefusedError:
        return None


def _told(place: Place) -> str:
    where = place.directory or "the top"
    return f"{where} of the branch {place.branch}" if place.branch else where


def planned(ws: "Workspace", environment: Environment, wanted: dict[str, bytes]) -> tuple[str, ...]:
    """Return the paths that a promotion would change among the rendered objects; those of another branch after its name.

    Raises:
        RefusedError: `hydrate.taken`.
    """
    place = place_of(ws, environment)
    tip = fetch(ws, environment) if place is not None else ""
    paths = tuple(edits(ws, environment, tip, wanted)) if tip else tuple(wanted)
    return tuple(f"{place.branch}:{path}" for path in paths) if place is not None and place.branch else paths
