"""The journal of promotions in SQL: appends fenced by the environment's lease."""

from collections.abc import Sequence

import msgspec

from vivido.engine.chain import GENESIS, link
from vivido.engine.journal import Lease, Progress
from vivido.engine.state import Status
from vivido.errors import ConflictError
from vivido.model.event import Entry, Event, Signalled, Started
from vivido.model.plan import Plan
from vivido.store.database import Connection, Database

_events = msgspec.json.Decoder(Event)
_signals = msgspec.json.Decoder(Signalled)
_encode = msgspec.json.Encoder(order="sorted").encode

_HELD = "EXISTS (SELECT 1 FROM lease WHERE project = ? AND environment = ? AND owner = ? AND token = ?)"


class SqlJournal:
    """Implements `engine.journal.Journal` and the starting of promotions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, plan: Plan, at: int) -> Entry:
        """Write a promotion's first entry. Known already: nothing is written, the entry there is returned."""
        entry = link(plan.promotion, 1, at, Started(plan), GENESIS)
        with self._database.transaction() as db:
            _, added = db.execute(
                "INSERT INTO promotion (id, project, environment, kind, release, content, queue, status, open, due,"
                " created, updated, seq, head) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, 1, ?)"
                " ON CONFLICT (id) DO NOTHING",
                (
                    plan.promotion, plan.project, plan.environment, plan.kind, plan.release.id, plan.content,
                    plan.queue, Status.QUEUED, at, at, at, entry.hash,
                ),
            )  # fmt: skip
            if added:
                _insert(db, entry)
                return entry
        return self.read(plan.promotion)[0]

    def append(
        self, promotion: str, after: int, events: Sequence[Event], progress: Progress, lease: Lease, at: int
    ) -> tuple[Entry, ...]:
        """Add facts after entry number `after`; see `engine.journal.Journal.append`."""
        with self._database.transaction() as db:
            rows, _ = db.execute("SELECT head FROM promotion WHERE id = ? AND seq = ?", (promotion, after))
            if not rows:
                raise _fenced(promotion)
            entries: list[Entry] = []
            previous = str(rows[0][0])
            for seq, event in enumerate(events, start=after + 1):
                entry = link(promotion, seq, at, event, previous)
                entries.append(entry)
                previous = entry.hash
            _, changed = db.execute(
                "UPDATE promotion SET seq = ?, head = ?, status = ?, open = ?, due = ?, updated = ?"
                f" WHERE id = ? AND seq = ? AND {_HELD}",
                (
                    after + len(events), previous, progress.status, int(not Status(progress.status).final),
                    progress.due, at, promotion, after,
                    lease.project, lease.environment, lease.owner, lease.token,
                ),
            )  # fmt: skip
            if not changed:
                raise _fenced(promotion)
            for entry in entries:
                _insert(db, entry)
        return tuple(entries)

    def read(self, promotion: str) -> tuple[Entry, ...]:
        """Return all entries in order."""
        rows = self._database.query(
            "SELECT seq, at, body, previous, hash FROM event WHERE promotion = ? ORDER BY seq", promotion
        )
        return tuple(Entry(promotion, seq, at, _events.decode(body), prev, own) for seq, at, body, prev, own in rows)

    def schedule(self, promotion: str, progress: Progress, lease: Lease) -> None:
        """Note how it stands without a new fact."""
        with self._database.transaction() as db:
            _, changed = db.execute(
                "UPDATE promotion SET status = ?, due = ? WHERE id = ? AND " + _HELD,
                (
                    progress.status, progress.due, promotion,
                    lease.project, lease.environment, lease.owner, lease.token,
                ),
            )  # fmt: skip
        if not changed:
            raise _fenced(promotion)

    def send(self, promotion: str, signal: Signalled) -> None:
        """Put a signal into the inbox and reopen a finished promotion's row for `retry`."""
        with self._database.transaction() as db:
            db.execute(
                "INSERT INTO inbox (promotion, number, body)"
                " SELECT ?, COALESCE(MAX(number), 0) + 1, ? FROM inbox WHERE promotion = ?",
                (promotion, _encode(signal).decode(), promotion),
            )
            if signal.signal == "retry":
                db.execute("UPDATE promotion SET open = 1 WHERE id = ?", (promotion,))

    def collect(self, promotion: str) -> tuple[tuple[int, Signalled], ...]:
        """Return the inbox's signals, oldest first."""
        rows = self._database.query("SELECT number, body FROM inbox WHERE promotion = ? ORDER BY number", promotion)
        return tuple((int(number), _signals.decode(body)) for number, body in rows)

    def absorbed(self, promotion: str, up_to: int) -> None:
        """Remove absorbed signals."""
        with self._database.transaction() as db:
            db.execute("DELETE FROM inbox WHERE promotion = ? AND number <= ?", (promotion, up_to))


def _insert(db: Connection, entry: Entry) -> None:
    db.execute(
        "INSERT INTO event (promotion, seq, at, body, previous, hash) VALUES (?, ?, ?, ?, ?, ?)",
        (entry.promotion, entry.seq, entry.at, _encode(entry.event).decode(), entry.previous, entry.hash),
    )


def _fenced(promotion: str) -> ConflictError:
    return ConflictError(
        f"another process took {promotion} over",
        code="engine.fenced",
        hint="`vivido status` shows who drives it; nothing was written by this one.",
    )
