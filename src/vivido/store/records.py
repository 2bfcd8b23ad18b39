"""Releases, deployed truths, pins and the list of promotions in SQL."""

from typing import TypeVar

import msgspec

from vivido.errors import IntegrityError
from vivido.model.audited import Audited
from vivido.model.record import Deployed, Pin, PromotionRow
from vivido.model.release import ReleaseRecord
from vivido.store.database import Database

_encode = msgspec.json.Encoder(order="sorted").encode
_T = TypeVar("_T")


class Records:
    """What one project remembers besides its promotions' journals."""

    def __init__(self, database: Database, project: str) -> None:
        self._database = database
        self._project = project

    def add_release(self, record: ReleaseRecord) -> None:
        """Remember a release. Known already: nothing changes, for its identity says all that matters."""
        with self._database.transaction() as db:
            db.execute(
                "INSERT INTO release (project, id, created, body) VALUES (?, ?, ?, ?) ON CONFLICT (project, id) DO NOTHING",
                (self._project, record.release.id, record.created_at, _encode(record).decode()),
            )

    def release(self, release: str) -> ReleaseRecord | None:
        """Return a release by its id."""
        rows = self._database.query("SELECT body FROM release WHERE project = ? AND id = ?", self._project, release)
        return _decode(rows[0][0], ReleaseRecord) if rows else None

    def releases(self, limit: int = 50) -> tuple[ReleaseRecord, ...]:
        """Return releases, newest first."""
        rows = self._database.query(
            "SELECT body FROM release WHERE project = ? ORDER BY created DESC, id LIMIT ?", self._project, limit
        )
        return tuple(_decode(body, ReleaseRecord) for (body,) in rows)

    def add_deployed(self, deployed: Deployed) -> None:
        """Remember what runs since when. The same promotion again: nothing changes.

        What is added is the newest: where the clock of another machine ran ahead, `since` is raised past what is there.
        """
        place = (self._project, deployed.environment)
        with self._database.transaction() as db:
            known, _ = db.execute("SELECT promotion, since FROM deployed WHERE project = ? AND environment = ?", place)
            if deployed.promotion in {promotion for promotion, _ in known}:
                return
            since = max([deployed.since, *(before + 1 for _, before in known)])
            made = msgspec.structs.replace(deployed, since=since)
            db.execute(
                "INSERT INTO deployed (project, environment, since, promotion, body) VALUES (?, ?, ?, ?, ?)",
                (*place, since, deployed.promotion, _encode(made).decode()),
            )

    def remove_deployed(self, environment: str, promotion: str) -> bool:
        """Forget what a promotion that is undone brought; say whether there was anything."""
        with self._database.transaction() as db:
            _, removed = db.execute(
                "DELETE FROM deployed WHERE project = ? AND environment = ? AND promotion = ?",
                (self._project, environment, promotion),
            )
        return removed > 0

    def deployed(self, environment: str, limit: int = 1) -> tuple[Deployed, ...]:
        """Return what ran in an environment, newest first; the first is what should run now."""
        rows = self._database.query(
            "SELECT body FROM deployed WHERE project = ? AND environment = ? ORDER BY since DESC LIMIT ?",
            self._project,
            environment,
            limit,
        )
        return tuple(_decode(body, Deployed) for (body,) in rows)

    def set_pin(self, pin: Pin) -> None:
        """Keep a release out of an environment, or lift that (`pin.lifted_by`)."""
        with self._database.transaction() as db:
            db.execute(
                "INSERT INTO pin (project, environment, release, at, body) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (project, environment, release) DO UPDATE SET at = excluded.at, body = excluded.body",
                (self._project, pin.environment, pin.release, pin.at, _encode(pin).decode()),
            )

    def pins(self, environment: str) -> tuple[Pin, ...]:
        """Return the pins of an environment that hold, oldest first."""
        rows = self._database.query(
            "SELECT body FROM pin WHERE project = ? AND environment = ? ORDER BY at", self._project, environment
        )
        return tuple(pin for (body,) in rows if not (pin := _decode(body, Pin)).lifted_by)

    def audited(self) -> Audited | None:
        """Return the last audit; None where there was none."""
        rows = self._database.query("SELECT body FROM audit WHERE project = ?", self._project)
        return _decode(rows[0][0], Audited) if rows else None

    def set_audited(self, audited: Audited) -> None:
        """Remember the last audit in place of the one before."""
        with self._database.transaction() as db:
            db.execute(
                "INSERT INTO audit (project, at, body) VALUES (?, ?, ?)"
                " ON CONFLICT (project) DO UPDATE SET at = excluded.at, body = excluded.body",
                (self._project, audited.at, _encode(audited).decode()),
            )

    def promotions(self, environment: str = "", release: str = "", limit: int = 50) -> tuple[PromotionRow, ...]:
        """Return promotions, newest first."""
        rows = self._database.query(
            "SELECT id, environment, kind, release, content, status, due, created, updated, seq, head FROM promotion"
            " WHERE project = ? AND (environment = ? OR ? = '') AND (release = ? OR ? = '')"
            " ORDER BY created DESC, id DESC LIMIT ?",
            self._project, environment, environment, release, release, limit,
        )  # fmt: skip
        return tuple(PromotionRow(*row) for row in rows)


def _decode(body: str, kind: type[_T]) -> _T:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as e:
        raise IntegrityError(
            f"the state holds a {kind.__name__} that this Vivido cannot read: {e}",
            code="state.record",
            hint="Was it written by a newer Vivido? Then update this one.",
        ) from e
