"""The environment matrix: services by environments, with what waits for whom. Reads only the state, so it is quick."""

import itertools

import msgspec

from vivido.app.drift_memory import LastDrift, standing_drift
from vivido.app.emptied import down_since
from vivido.app.seen import LastSeen, recall
from vivido.app.waiting import Waiting, waiting_for
from vivido.app.workspace import Workspace
from vivido.engine.state import Status as Status_
from vivido.model.record import Deployed, Pin, PromotionRow
from vivido.model.release import ReleaseRecord


class Cell(msgspec.Struct, frozen=True):
    """One service in one environment."""

    service: str
    digest: str
    """`sha256:…`; empty where the service is not deployed there."""
    commit: str


class Column(msgspec.Struct, frozen=True):
    """One environment."""

    environment: str
    after: str
    target: str
    release: str
    """Empty where nothing is deployed."""
    since: int | None
    """Microseconds since 1970."""
    down: int | None
    """Since when it is empty because somebody emptied it, in microseconds since 1970; None where it is not."""
    behind: int
    """How many releases are newer than the one deployed here and would change it; all, where none is."""
    unchanged: str
    """The newest release, where it is another than the one deployed here and does not change it; else empty."""
    cells: tuple[Cell, ...]
    seen: LastSeen | None
    """What the target said when it was last asked; None where it never was."""
    open: tuple[Waiting, ...]
    """Promotions under way or waiting, with what they wait for."""
    last: Waiting | None
    """The newest promotion, where it ended otherwise than well."""
    pins: tuple[Pin, ...]
    driver: str
    """`host:pid` of the process that drives it now; empty where none does."""
    drift: LastDrift | None = None
    """What the last look for drift found: manual changes that are neither reverted nor declared. None where nobody looked."""


class Status(msgspec.Struct, frozen=True):
    """All environments, in promotion order."""

    project: str
    newest: ReleaseRecord | None
    columns: tuple[Column, ...]


def status(ws: Workspace) -> Status:
    """Return what runs where, as far as Vivido's own record says; the targets are not asked."""
    releases = ws.records.releases(limit=500)
    return Status(
        ws.project.name,
        releases[0] if releases else None,
        tuple(_column(ws, e.name, e.after, e.target.kind, releases) for e in ws.project.environments),
    )


def _column(ws: Workspace, name: str, after: str, target: str, releases: tuple[ReleaseRecord, ...]) -> Column:
    deployed = next(iter(ws.records.deployed(name)), None)
    release = deployed.release.id if deployed else ""
    newer = tuple(itertools.takewhile(lambda r: r.release.id != release, releases))
    changing = [r for r in newer if deployed is None or r.contents.get(name) != deployed.content]
    unchanged = newer[0].release.id if newer and newer[0] not in changing else ""
    rows = ws.records.promotions(name)
    return Column(
        environment=name,
        after=after,
        target=target,
        release=release,
        since=deployed.since if deployed else None,
        down=down_since(rows),
        behind=len(changing),
        unchanged=unchanged,
        cells=tuple(_cell(s.name, deployed) for s in ws.project.services),
        seen=recall(ws, name),
        open=tuple(waiting_for(ws, q.promotion) for q in ws.leases.open_promotions(ws.project.name, name)),
        last=_last(ws, rows),
        pins=ws.records.pins(name),
        driver=ws.driver(name),
        drift=standing_drift(ws, name),
    )


def _last(ws: Workspace, rows: tuple[PromotionRow, ...]) -> Waiting | None:
    newest = next(iter(rows), None)
    told = newest is not None and newest.status in (Status_.REFUSED, Status_.WENT_BACK)
    return waiting_for(ws, newest.id) if newest is not None and told else None


def _cell(service: str, deployed: Deployed | None) -> Cell:
    artifact = deployed.release.artifact(service) if deployed else None
    return Cell(service, artifact.digest if artifact else "", artifact.commit if artifact else "")
