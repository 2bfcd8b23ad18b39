"""Planning an adoption: the edit that would declare what a look found, proved by rendering. Nothing is changed."""

import difflib
from typing import TYPE_CHECKING

import msgspec

from vivido.app.adoption.charts import plain, said
from vivido.app.adoption.files import files_at
from vivido.app.adoption.sorting import sort
from vivido.app.content import rendered_with
from vivido.app.drift import Drift, short
from vivido.app.standing import standing
from vivido.errors import InputError, NotFoundError, RefusedError
from vivido.layouts.wish import Wish
from vivido.model.canonical import fingerprint
from vivido.model.project import Environment
from vivido.model.release import Artifact

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace
    from vivido.targets.interface import Desired


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
    wishes, images, cannot = sort(ws, environment, wanted, live)
    files, refused = files_at(ws, environment, wishes, images, tip)
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
    strange = [d.at for d in found if not d.remark and not (d.object.text in meant or (images and d.group == "image"))]
    # Another file that Git lays over this one, or a value that a template does not take, would leave it as it was.
    strange += [_told(w) for w in wishes if said(after, w) != plain(w.value)]
    if strange or before.hash == after.hash:
        what = ", ".join(strange) or "nothing"
        raise RefusedError(
            f"the edit would not say just what should be declared: {what}",
            code="drift.not-proved",
            hint="Edit the configuration yourself, or put the environment back: vivido drift revert",
        )


def _told(one: Wish) -> str:
    value = "not there any more" if one.value is None else short(plain(one.value))
    return " ".join(filter(None, (f"{one.kind}/{one.name}", one.container, f"{'/'.join(one.path)}: {value}")))


def _diff(ws: "Workspace", environment: Environment, tip: str, files: dict[str, bytes]) -> str:
    tree = ws.repository(environment).tree(tip)
    lines: list[str] = []
    for path, new in sorted(files.items()):
        old = tree.read(path) or b""
        sides = (old.decode().splitlines(), new.decode().splitlines())
        lines += difflib.unified_diff(*sides, f"a/{path}", f"b/{path}", lineterm="", n=1)
    return "\n".join(lines)
