"""Declaring in Git what somebody changed by hand: the emergency path, by a person, with a reason and an owner.

The commit is a person's, like any edit of the configuration. It changes nothing that runs: the release that includes it goes
through the environment's gates as every other, and until then the change stays a debt. What a manifest cannot say is said and left.
"""

import difflib
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from vivido.app.content import edits_at, rendered_with
from vivido.app.drift import Drift, Item, short
from vivido.app.person import author_here, commit_signer
from vivido.app.standing import standing
from vivido.errors import Error, InputError, NotFoundError, RefusedError
from vivido.layouts.declare import Wish, declare
from vivido.model.canonical import fingerprint
from vivido.model.difference import segments
from vivido.model.problem import Problem
from vivido.model.project import Environment
from vivido.model.reference import Digest, Reference
from vivido.model.release import Artifact

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace
    from vivido.targets.interface import Desired

DRIFT = "Vivido-Drift"
_HIDDEN = ("(another value)", "(hidden by its name)")


class Adoption(msgspec.Struct, frozen=True):
    """What a commit would declare."""

    id: str
    """Stands in the commit's trailer; the same differences at the same tip give the same."""
    environment: str
    tip: str
    adopted: tuple[str, ...]
    """What it would declare, a sentence each."""
    cannot: tuple[str, ...]
    """What no edit of the manifests can say, with why."""
    diff: str
    """Unified diff of the files."""
    wishes: tuple[Wish, ...]
    images: tuple[Artifact, ...]
    reason: str
    owner: str
    by: str


def plan_adoption(
    ws: "Workspace", found: Drift, only: tuple[str, ...] = (), *, by: str, reason: str, owner: str = ""
) -> Adoption:
    """Derive the edit that would declare what a look found. Nothing is changed.

    Args:
        ws: The project.
        found: What the look found.
        only: Ids or places of what shall be declared; empty: all.
        by: Who asks.
        reason: Why it shall be so.
        owner: Who answers for it from now on; empty: who asks.

    Raises:
        InputError: `drift.reason`, `drift.only`.
        NotFoundError: `drift.none`: there is nothing to declare, or nothing that can be.
        RefusedError: `drift.not-proved`: the edit would make other objects than it should.
    """
    from vivido.app.revert import chosen

    if not reason.strip():
        raise InputError("a change that is kept needs a reason", code="drift.reason", hint="Add --reason.")
    environment = ws.environment(found.environment)
    deployed = next(iter(ws.records.deployed(environment.name)), None)
    if deployed is None or not found.live:
        raise NotFoundError(f"{environment.name} has no drift that could be declared", code="drift.none")
    wanted, tip = standing(ws, environment, deployed), ws.repository(environment).fetch()
    live = [i for i in chosen(found, only)[0] if not i.declared]
    wishes, images, cannot = _sort(ws, environment, wanted, live)
    files, refused = _files(ws, environment, wishes, images, tip)
    made = tuple(w for w in wishes if w not in refused)
    cannot += [f"{w.kind}/{w.name} {'/'.join(w.path)}: {p.message}" for w, p in refused.items()]
    if not files:
        raise NotFoundError(
            "nothing of it can be declared:\n" + "\n".join(f"  - {c}" for c in cannot),
            code="drift.none",
            hint=f"Put it back: vivido drift revert {environment.name}",
        )
    _prove(ws, environment, wanted, made, images, files, tip)
    told = (*map(_told, made), *(f"{a.service} runs {a.digest[:19]}" for a in images))
    identity = "d-" + fingerprint([environment.name, made, images, tip])[:10]
    diff = _diff(ws, environment, tip, files)
    return Adoption(identity, environment.name, tip, told, tuple(cannot), diff, made, images, reason, owner or by, by)


def commit_adoption(ws: "Workspace", adoption: Adoption) -> str:
    """Commit what was planned, as the person who sits here, and push it; return the commit's id. Idempotent by the adoption's id.

    Raises:
        InputError: `git.nobody`: Git does not know who sits here.
        ConflictError, RefusedError, UnreachableError: As every push.
    """
    from vivido.git.publish import Edit, Hand, backoff, publish

    environment = ws.environment(adoption.environment)

    def derive(tip: str) -> Edit:
        files, _ = _files(ws, environment, adoption.wishes, adoption.images, tip)
        subject = f"Declare what was changed by hand in {adoption.environment}"
        body = "\n".join([adoption.reason, "", *adoption.adopted])
        return Edit(files, subject, body, {"Vivido-Owner": adoption.owner, "Vivido-Requested-By": adoption.by})

    hand = Hand(author_here(ws, ws.now()), backoff(random.random), sign=commit_signer(ws))
    key = _key(adoption)
    repository = ws.repository(environment)
    return publish(repository.mirror, repository.branch, derive, key, hand, since=adoption.tip)


def _key(adoption: Adoption) -> Any:
    from vivido.git.publish import Key

    @dataclass(frozen=True)
    class AdoptionKey(Key):
        """Told from a promotion's: a person's commit is no promotion."""

        @property
        def trailers(self) -> dict[str, str]:
            """As the commit carries it."""
            return {DRIFT: self.promotion}

    return AdoptionKey(adoption.id, "adopt")


def _sort(
    ws: "Workspace", environment: Environment, wanted: "Desired", items: list[Item]
) -> tuple[tuple[Wish, ...], tuple[Artifact, ...], list[str]]:
    """Tell what manifests can say from what they cannot."""
    wishes: dict[tuple[str, ...], set[Wish]] = {}
    images: dict[str, Artifact] = {}
    cannot: list[str] = []
    for one in items:
        if segments(one.path)[2:] == ("image",):
            image = _image(ws, environment, wanted, one)
            cannot += [f"{one.where}: {image}"] if isinstance(image, str) else []
            images |= {} if isinstance(image, str) else {image.service: image}
            continue
        found = wish(one)
        if isinstance(found, str):
            cannot.append(f"{one.where}: {found}")
            continue
        for each in found:
            wishes.setdefault((each.kind, each.name, each.container, *each.path), set()).add(each)
    for place, several in wishes.items():
        if len(several) > 1:
            cannot.append(f"{'/'.join(place)}: the replicas differ, and a manifest says one thing for all")
    return tuple(w for several in wishes.values() if len(several) == 1 for w in several), tuple(images.values()), cannot


def wish(item: Item) -> tuple[Wish, ...] | str:
    """Return what would declare a difference, or why nothing does. Pure."""
    kind, _, name = item.object.partition("/")
    path = segments(item.path)
    if kind == "Container":
        return "a container beside the workloads is no part of them: make it a Deployment, or remove it"
    if kind != "Deployment" or len(path) < 3:
        return "no field of a manifest says this"
    if item.sort == "only-left":
        return "something is gone: remove it from the manifests by a commit of your own"
    container, field = path[1], path[2:]
    flat = _flat(field, item.runs)
    made = [_wish(kind, name, container, f, v) for f, v in flat]
    refusal = next((m for m in made if isinstance(m, str)), "")
    return refusal or tuple(m for m in made if isinstance(m, Wish))


def _flat(path: tuple[str, ...], value: Any) -> list[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict):
        return [leaf for name, part in value.items() for leaf in _flat((*path, str(name)), part)]
    return [(path, value)]


def _wish(kind: str, name: str, container: str, field: tuple[str, ...], value: Any) -> Wish | str:
    match field:
        case ("env", variable) if value in _HIDDEN or str(value).startswith("(secret ") or "***" in str(value):
            return f"{variable} looks like a secret: give it a source under the environment's `secrets:` instead"
        case ("env", variable):
            return Wish(kind, name, container, ("env", variable), str(value))
        case ("limits", "memory"):
            return Wish(kind, name, container, ("resources", "limits", "memory"), _memory(int(value)))
        case ("limits", "cpus"):
            return Wish(kind, name, container, ("resources", "limits", "cpu"), f"{round(float(value) * 1000)}m")
        case ("directory",):
            return Wish(kind, name, container, ("workingDir",), str(value))
        case _:
            return "no field of a manifest says this, or it should be changed there on purpose"


def _memory(size: int) -> str:
    for unit, factor in (("Gi", 1 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10)):
        if size % factor == 0:
            return f"{size // factor}{unit}"
    return str(size)


def _image(ws: "Workspace", environment: Environment, wanted: "Desired", item: Item) -> Artifact | str:
    from vivido.registry.resolve import resolve

    service = next((s for s, image in wanted.images.items() if image.endswith(f"@{item.git}")), "")
    if not service:
        return "its image is no service's of the project"
    deployed = next(iter(ws.records.deployed(environment.name)))
    artifact = deployed.release.artifact(service)
    digest = Digest(str(item.runs))
    if artifact is None:
        return "its image is no service's of the project"
    try:
        there = resolve(ws.registry, Reference(artifact.repository, digest=digest))
    except Error as e:
        return f"the registry could not be asked: {e.message}"
    if there is None:
        return f"the registry does not have {digest[:19]}: it was made on that machine, and must be built"
    return Artifact(service, artifact.repository, digest)


def _files(
    ws: "Workspace", environment: Environment, wishes: tuple[Wish, ...], images: tuple[Artifact, ...], tip: str
) -> tuple[dict[str, bytes], dict[Wish, Problem]]:
    """Return the edited files at a tip, and the wishes that could not be written."""
    from vivido.layouts.places import place

    tree, project = ws.repository(environment).tree(tip), ws.placed(environment)
    files = edits_at(ws, tip, environment, images) if images else {}
    refused: dict[Wish, Problem] = {}

    def read(path: str) -> bytes | None:
        return files.get(path) or tree.read(path)

    def listing(directory: str) -> tuple[str, ...]:
        fresh = {p.rpartition("/")[2] for p in files if p.rpartition("/")[0] == directory}
        return tuple(dict.fromkeys((*tree.listing(directory), *sorted(fresh))))

    for one in wishes:
        problem: Problem | None = None
        for service in project.services:
            where = place(project, service, environment, tree.listing)
            if isinstance(where, Problem):
                problem = problem or where
                continue
            made = declare(where.directory, where.kind, one, read, listing)
            if not isinstance(made, Problem):
                files |= made
                problem = None
                break
            problem = problem or made
        if problem is not None:
            refused[one] = problem
    return files, refused


def _prove(
    ws: "Workspace",
    environment: Environment,
    wanted: "Desired",
    wishes: tuple[Wish, ...],
    images: tuple[Artifact, ...],
    files: dict[str, bytes],
    tip: str,
) -> None:
    """Render before and after: nothing but what is declared may change."""
    from vivido.drift.differ import differences

    services = list(wanted.images)
    before = rendered_with(ws, tip, environment, {}, services)
    after = rendered_with(ws, tip, environment, files, services)
    # Values of Secrets are not told, and a key that is thrown away is enough to see whether one changed.
    found = differences(before, after, key=ws.token().encode())
    meant = {f"{w.kind}/{w.name}" for w in wishes}
    strange = [d for d in found if d.object.kind != "Deployment" or (not images and d.object.text not in meant)]
    if strange or before.hash == after.hash:
        what = ", ".join(d.at for d in strange) or "nothing"
        raise RefusedError(
            f"the edit would change {what}, which is not what should be declared",
            code="drift.not-proved",
            hint="Edit the configuration yourself, or put the environment back: vivido drift revert",
        )


def _told(one: Wish) -> str:
    return f"{one.kind}/{one.name} {one.container} {'/'.join(one.path)}: {short(one.value)}"


def _diff(ws: "Workspace", environment: Environment, tip: str, files: dict[str, bytes]) -> str:
    tree = ws.repository(environment).tree(tip)
    lines: list[str] = []
    for path, new in sorted(files.items()):
        old = tree.read(path) or b""
        sides = (old.decode().splitlines(), new.decode().splitlines())
        lines += difflib.unified_diff(*sides, f"a/{path}", f"b/{path}", lineterm="", n=1)
    return "\n".join(lines)
