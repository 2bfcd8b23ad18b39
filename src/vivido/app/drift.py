"""Live and artifact drift of an environment: look, compare, remember."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from vivido.app.artifact_drift import ArtifactDrift, running, tags
from vivido.app.drift_memory import UNGATED, Debt, remember_drift
from vivido.app.emptied import down_since
from vivido.app.imports.beside import Beside, beside
from vivido.app.seen import remember
from vivido.app.standing import declared_at, standing
from vivido.app.ungated import Ungated, pulls, ungated
from vivido.engine.recorder import fold
from vivido.errors import Error
from vivido.model.canonical import fingerprint
from vivido.model.difference import ABSENT, Sort, path_text
from vivido.model.observation import LiveDrift
from vivido.model.project import Environment
from vivido.model.record import Deployed
from vivido.targets.interface import Desired, Observable, Target
from vivido.text.redact import redact

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace

NOBODY = "who changed it is not known: Podman keeps no users, so whoever may use it on this machine may have"


class Item(msgspec.Struct, frozen=True, omit_defaults=True):
    """One difference between what runs and what Git says, as it is told."""

    id: str
    """Six characters that name it in `--only`, the same at each look."""
    object: str
    """`Deployment/web`."""
    path: str
    """`0/main/env/LOG_LEVEL`; empty for the whole object."""
    sort: str
    """`changed`; `only-left`: Git says it and it is not there; `only-right`: it is there and Git does not say it."""
    group: str
    git: Any = None
    """What Git says; null where it says nothing."""
    runs: Any = None
    """What is there; null where nothing is."""
    at: str = ""
    """When it came about, RFC 3339; empty where it is not known."""
    how: str = ""
    """How, as far as the system keeps it."""
    who: str = ""
    """Who, where the system keeps it."""
    declared: str = ""
    """The commit of the branch that declares it since, which is not promoted yet."""

    @property
    def where(self) -> str:
        """Object and path."""
        return f"{self.object}/{self.path}" if self.path else self.object


class Drift(msgspec.Struct, frozen=True):
    """What was found in one environment."""

    environment: str
    target: str
    looked_at: int
    """Microseconds since 1970."""
    live: tuple[Item, ...] = ()
    artifacts: tuple[ArtifactDrift, ...] = ()
    blind: str = ""
    """Why nothing could be judged; empty where it could."""
    unseen: tuple[str, ...] = ()
    """Parts that could not be looked at, a sentence each."""
    notes: tuple[str, ...] = ()
    ungated: tuple[Ungated, ...] = ()
    """Commits on the branch that change what the environment would be, and that no promotion brought."""
    pulls: bool = False
    """Whether the environment runs what its branch says, so that an ungated change is live."""

    @property
    def stands(self) -> bool:
        """Whether something runs that Git does not say."""
        return bool(self.live or self.artifacts)

    @property
    def found(self) -> bool:
        """Whether there is any, or something is live that no promotion brought."""
        return self.stands or bool(self.debts)

    @property
    def debts(self) -> tuple[Ungated, ...]:
        """The ungated changes that count: those that are live, and edits by hand of rendered objects."""
        return tuple(u for u in self.ungated if self.pulls or u.paths)


def drift(ws: "Workspace", name: str, progress: Callable[[str], None] = lambda _: None) -> Drift:
    """Look at one environment, compare it with what Git says, and remember the answer. A failure to look is a value.

    The branch is compared with what was promoted, too: a commit that no promotion brought is live where the target pulls.

    Args:
        ws: The project.
        name: The environment.
        progress: Takes one line for the person who waits.

    Raises:
        NotFoundError: `environment.unknown`.
    """
    environment = ws.environment(name)
    deployed = next(iter(ws.records.deployed(name)), None)
    kind, now = environment.target.kind, ws.now()
    if deployed is None:
        return Drift(name, kind, now, notes=("nothing was ever promoted here: there is nothing to compare with",))
    if down_since(ws.records.promotions(name)) is not None:
        remember_drift(ws, name, (), blind="")
        return Drift(name, kind, now, notes=("it was emptied by `vivido down`: there is nothing to compare with",))
    busy = under_way(ws, name)
    if busy:
        return Drift(name, kind, now, blind=f"{busy} is under way and changes what runs: look again when it is over")
    try:
        found = _look(ws, environment, deployed, progress)
    except Error as e:
        found = Drift(name, kind, now, blind=redact(e.message))
    unread = ""
    try:
        progress(f"comparing {name}'s branch with what was promoted")
        changes = ungated(ws, environment, deployed)
        found = msgspec.structs.replace(found, ungated=changes, pulls=pulls(ws, environment))
    except Error as e:
        unread = f"the branch could not be compared with what was promoted: {redact(e.message)}"
        found = msgspec.structs.replace(found, unseen=(*found.unseen, unread))
    remember_drift(ws, name, debts(found), blind=found.blind, branch_unread=bool(unread))
    return found


def under_way(ws: "Workspace", environment: str) -> str:
    """Return the promotion that has begun to change an environment; empty where none has."""
    for queued in ws.leases.open_promotions(ws.project.name, environment):
        if fold(ws.journal.read(queued.promotion)).touched:
            return queued.promotion
    return ""


def debts(found: Drift) -> tuple[Debt, ...]:
    """Return what must be reverted, declared or promoted: a sentence for each object and each commit."""
    live = [Debt(i.where, sentence(i)) for i in found.live]
    changes = [Debt(u.commit[:12], u.told, kind=UNGATED) for u in found.debts]
    return (*live, *(Debt(a.where, a.told) for a in found.artifacts), *changes)


def sentence(item: Item) -> str:
    """Say one difference. Pure."""
    told = {
        "only-left": "Git says it, and it is not there",
        "only-right": "it is there, and Git does not say it",
    }.get(item.sort, f"Git says {short(item.git)}, {short(item.runs)} runs")
    return f"{told} ({item.how})" if item.how else told


def short(value: Any, width: int = 40) -> str:
    """Return a value in one short line."""
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    text = " ".join(text.split())
    return text if len(text) <= width else text[: width - 1] + "…"


def _look(ws: "Workspace", environment: Environment, deployed: Deployed, progress: Callable[[str], None]) -> Drift:
    others = beside(ws, environment, deployed)
    if others is not None:
        return _taken_in(ws, environment, deployed, others)
    progress(f"rendering what Git says of {environment.name}")
    desired, target = standing(ws, environment, deployed), ws.target(environment, progress)
    current = target.current()
    remember(ws, environment.name, current)
    items, unseen, notes = _live(target, desired)
    if items:
        items = _declared(ws, environment, deployed, target, items, progress)
    blind = "" if isinstance(target, Observable) or current.digests else current.detail or "the target tells no digests"
    progress("asking the registry for the environment's tags")
    moved, unasked = tags(ws, environment, deployed)
    digests, places = _digests(items, desired)
    artifacts = [*running(ws, deployed, {**current.digests, **digests}, places), *moved]
    return Drift(
        environment.name,
        environment.target.kind,
        ws.now(),
        tuple(items),
        tuple(artifacts),
        blind,
        (*unseen, *unasked),
        (*notes, *((NOBODY,) if any(not i.who for i in items) else ())),
    )


def _taken_in(ws: "Workspace", environment: Environment, deployed: Deployed, others: Beside) -> Drift:
    """Judge what others started, and an import took in: by digest."""
    moved, unasked = tags(ws, environment, deployed)
    artifacts = [*running(ws, deployed, others.digests, others.services), *moved]
    unseen = (*others.unseen, *unasked)
    kind = environment.target.kind
    return Drift(environment.name, kind, ws.now(), (), tuple(artifacts), unseen=unseen, notes=others.notes)


def _live(target: Target, desired: Desired) -> tuple[list[Item], tuple[str, ...], tuple[str, ...]]:
    from vivido.drift.live.compare import live_drift

    if not isinstance(target, Observable):
        return [], (), ()
    observation = target.observe(desired)
    return [item(d) for d in live_drift(observation)], observation.unseen, observation.notes


def item(one: LiveDrift) -> Item:
    """Return a difference as it is told: without what looks like a secret. Pure."""
    from vivido.drift.presentable import presentable

    (difference,) = presentable((one.difference,))
    return Item(
        id=fingerprint([difference.at])[:6],
        object=difference.object.text,
        path=path_text(difference.path),
        sort=str(difference.sort),
        group=str(difference.group),
        git=None if difference.left is ABSENT else difference.left,
        runs=None if difference.right is ABSENT else difference.right,
        at=one.at,
        how=one.how,
        who=one.manager,
    )


def _declared(
    ws: "Workspace",
    environment: Environment,
    deployed: Deployed,
    target: Target,
    items: list[Item],
    progress: Callable[[str], None],
) -> list[Item]:
    """Mark what the branch declares since: it waits for its promotion only."""
    tip = ws.repository(environment).fetch()
    if tip == deployed.commit:
        return items
    try:
        later = declared_at(ws, environment, deployed, tip)
    except Error:
        return items
    if later.rendered.hash == deployed.content:
        return items
    progress("comparing with what the branch says since")
    still = {i.where for i in _live(target, later)[0]}
    return [i if i.where in still else msgspec.structs.replace(i, declared=tip) for i in items]


def _digests(items: list[Item], desired: Desired) -> tuple[dict[str, str], dict[str, str]]:
    """Return the digests among the differences, by place, and the service of each place."""
    services = {image.rpartition("@")[2]: service for service, image in desired.images.items()}
    digests: dict[str, str] = {}
    places: dict[str, str] = {}
    for one in items:
        image = one.runs if one.path.endswith("/image") else None
        if one.sort == Sort.ONLY_RIGHT and isinstance(one.runs, dict):
            image = one.runs.get("image")
        if isinstance(image, str):
            digests[one.where] = image
            places[one.where] = services.get(str(one.git), "")
    return digests, places
