"""The journal of promotions in SQL: appends fenced by the environment's lease."""

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from vivido.engine.chain import GENESIS, Link, link, seal, weakest
from vivido.engine.journal import Lease, Progress
from vivido.engine.state import Status
from vivido.errors import ConflictError, IntegrityError, NotFoundError
from vivido.model.canonical import canonical
from vivido.model.event import Entry, Event, Signalled, Started
from vivido.model.plan import Plan
from vivido.store.database import Connection, Database

_T = TypeVar("_T")
_events = msgspec.json.Decoder(Event)
_signals = msgspec.json.Decoder(Signalled)


class SqlJournal:
    """Implements `engine.journal.Journal`, the starting of promotions, and their inbox."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, plan: Plan, at: int) -> Entry:
        """Write a promotion's first entry. Known already: nothing is written, the entry there is returned."""
        entry = link(plan.promotion, 1, at, Started(plan), GENESIS)
        with self._database.transaction() as db:
            # The queue is in the order of starting, also where the clock of another machine ran ahead.
            rows, _ = db.execute(
                "SELECT COALESCE(MAX(created), 0) FROM promotion WHERE project = ? AND environment = ?",
                (plan.project, plan.environment),
            )
            created = max(at, int(rows[0][0]) + 1)
            _, added = db.execute(
                "INSERT INTO promotion (id, project, environment, kind, release, content, queue, status, open, due,"
                " created, updated, seq, head) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, 1, ?)"
                " ON CONFLICT (id) DO NOTHING",
                (
                    plan.promotion, plan.project, plan.environment, plan.kind, plan.release.id, plan.content,
                    plan.queue, Status.QUEUED, at, created, at, entry.hash,
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
            _take(db, lease, promotion)
            rows, _ = db.execute("SELECT head FROM promotion WHERE id = ? AND seq = ?", (promotion, after))
            if not rows:
                raise _fenced(promotion)
            entries: list[Entry] = []
            previous = str(rows[0][0])
            for seq, event in enumerate(events, start=after + 1):
                entry = link(promotion, seq, at, event, previous)
                _insert(db, entry)
                entries.append(entry)
                previous = entry.hash
            _, changed = db.execute(
                "UPDATE promotion SET seq = ?, head = ?, status = ?, open = ?, due = ?, updated = ?"
                " WHERE id = ? AND seq = ? AND project = ? AND environment = ?",
                (
                    after + len(events), previous, progress.status, int(not Status(progress.status).final),
                    progress.due, at, promotion, after, lease.project, lease.environment,
                ),
            )  # fmt: skip
            if not changed:
                raise _fenced(promotion)
        return tuple(entries)

    def read(self, promotion: str) -> tuple[Entry, ...]:
        """Return all entries in order; empty where there is no such promotion.

        Raises:
            IntegrityError: `engine.journal`: an entry that this version cannot read.
        """
        rows = self._database.query(
            "SELECT seq, at, body, previous, hash FROM event WHERE promotion = ? ORDER BY seq", promotion
        )
        return tuple(
            Entry(promotion, seq, at, _decode(_events, body, promotion), prev, own) for seq, at, body, prev, own in rows
        )

    def verify(self, promotion: str) -> str | None:
        """Say what is wrong with a promotion's hash chain, as it was written; None where it holds."""
        rows = self._database.query(
            "SELECT seq, previous, hash, at, body FROM event WHERE promotion = ? ORDER BY seq", promotion
        )
        chain = [Link(s, p, h, seal(promotion, s, at, body.encode(), p)) for s, p, h, at, body in rows]
        heads = self._database.query("SELECT seq, head FROM promotion WHERE id = ?", promotion)
        if not heads:
            return "there is no such promotion"
        problem = weakest(chain)
        if problem is None and [(entry.seq, entry.hash) for entry in chain[-1:]] != heads:
            return f"the newest entry is not entry {heads[0][0]}, which the promotion ends with"
        return problem

    def schedule(self, promotion: str, progress: Progress, lease: Lease) -> None:
        """Note how it stands without a new fact."""
        with self._database.transaction() as db:
            _take(db, lease, promotion)
            db.execute(
                "UPDATE promotion SET status = ?, due = ? WHERE id = ? AND project = ? AND environment = ?",
                (progress.status, progress.due, promotion, lease.project, lease.environment),
            )

    def send(self, promotion: str, signal: Signalled) -> None:
        """Put a signal into the inbox; `retry` opens a promotion that was refused again.

        Raises:
            NotFoundError: `promotion.unknown`.
            ConflictError: `promotion.over`: it is over in a way that cannot be tried again; `promotion.newer`: a newer
                one is under way or has succeeded in its environment.
        """
        with self._database.transaction() as db:
            # First of all, because it locks the row on PostgreSQL: two signals at once get different numbers.
            _, known = db.execute("UPDATE promotion SET sent = sent + 1 WHERE id = ?", (promotion,))
            if not known:
                raise NotFoundError(
                    f"there is no promotion {promotion}", code="promotion.unknown", hint="`vivido history` lists them."
                )
            if signal.signal == "retry":
                _reopen(db, promotion)
            db.execute(
                "INSERT INTO inbox (promotion, number, body) SELECT id, sent, ? FROM promotion WHERE id = ?",
                (canonical(signal).decode(), promotion),
            )

    def collect(self, promotion: str) -> tuple[tuple[int, Signalled], ...]:
        """Return the inbox's signals, oldest first."""
        rows = self._database.query("SELECT number, body FROM inbox WHERE promotion = ? ORDER BY number", promotion)
        return tuple((int(number), _decode(_signals, body, promotion)) for number, body in rows)

    def absorbed(self, promotion: str, up_to: int) -> None:
        """Remove absorbed signals."""
        with self._database.transaction() as db:
            db.execute("DELETE FROM inbox WHERE promotion = ? AND number <= ?", (promotion, up_to))


def _take(db: Connection, lease: Lease, promotion: str) -> None:
    """Make sure that the lease is held, until the transaction's end.

    The update changes nothing. It locks the row, so that on PostgreSQL nobody claims the lease between this check and the commit.
    """
    _, held = db.execute(
        "UPDATE lease SET token = token WHERE project = ? AND environment = ? AND owner = ? AND token = ?",
        (lease.project, lease.environment, lease.owner, lease.token),
    )
    if not held:
        raise _fenced(promotion)


def _reopen(db: Connection, promotion: str) -> None:
    """Open what was refused for another try, unless the environment has moved on. What is open stays as it is."""
    rows, _ = db.execute("SELECT open, status, environment FROM promotion WHERE id = ?", (promotion,))
    is_open, status, environment = rows[0]
    if is_open:
        return
    if status != Status.REFUSED:
        raise ConflictError(
            f"{promotion} is {status}: of what is over, only what was refused can be tried again",
            code="promotion.over",
            hint=f"Promote its release again: vivido promote {environment}",
        )
    newer, _ = db.execute(
        "SELECT n.id FROM promotion n, promotion p WHERE p.id = ? AND n.project = p.project"
        " AND n.environment = p.environment AND n.created > p.created AND (n.open = 1 OR n.status = ?)"
        " ORDER BY n.created DESC LIMIT 1",
        (promotion, Status.SUCCEEDED),
    )
    if newer:
        raise ConflictError(
            f"{promotion} is too old to be tried again: {newer[0][0]} came to {environment} after it",
            code="promotion.newer",
            hint=f"Promote its release again: vivido promote {environment}",
        )
    db.execute("UPDATE promotion SET open = 1, status = ? WHERE id = ?", (Status.QUEUED, promotion))


def _insert(db: Connection, entry: Entry) -> None:
    db.execute(
        "INSERT INTO event (promotion, seq, at, body, previous, hash) VALUES (?, ?, ?, ?, ?, ?)",
        (entry.promotion, entry.seq, entry.at, canonical(entry.event).decode(), entry.previous, entry.hash),
    )


def _decode(decoder: msgspec.json.Decoder[_T], body: str, promotion: str) -> _T:
    try:
        return decoder.decode(body)
    except msgspec.DecodeError as e:
        raise IntegrityError(
            f"the journal of {promotion} holds an entry that this Vivido cannot read: {e}",
            code="engine.journal",
            hint="Was it written by a newer Vivido? Then update this one. `vivido ledger verify` says whether it is damaged.",
        ) from e


def _fenced(promotion: str) -> ConflictError:
    return ConflictError(
        f"another process took {promotion} over",
        code="engine.fenced",
        hint="`vivido status` shows who drives it; nothing was written by this one.",
    )
