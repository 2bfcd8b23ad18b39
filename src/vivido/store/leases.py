"""Leases and the queue in SQL. Every change is one conditional statement, so it is atomic on both databases."""

from collections.abc import Callable

from vivido.engine.journal import Lease, Queued
from vivido.store.database import Database


class SqlLeases:
    """Implements `engine.journal.Leases`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(
        self, project: str, environment: str, owner: str, now: int, ttl: int, gone: Callable[[str], bool]
    ) -> Lease | None:
        """Take the environment's lease, None where another living owner has it."""
        with self._database.transaction() as db:
            db.execute(
                "INSERT INTO lease (project, environment, owner, token, until) VALUES (?, ?, '', 0, 0)"
                " ON CONFLICT (project, environment) DO NOTHING",
                (project, environment),
            )
            rows, _ = db.execute(
                "SELECT owner, token, until FROM lease WHERE project = ? AND environment = ?", (project, environment)
            )
            holder, token, until = rows[0]
            if until > now and holder not in ("", owner) and not gone(holder):
                return None
            _, taken = db.execute(
                "UPDATE lease SET owner = ?, token = ?, until = ?"
                " WHERE project = ? AND environment = ? AND token = ? AND owner = ? AND until = ?",
                (owner, token + 1, now + ttl, project, environment, token, holder, until),
            )
        return Lease(project, environment, owner, token + 1, now + ttl) if taken else None

    def renew(self, lease: Lease, now: int, ttl: int) -> Lease | None:
        """Prolong a lease; None where it was lost."""
        with self._database.transaction() as db:
            _, kept = db.execute(
                "UPDATE lease SET until = ? WHERE project = ? AND environment = ? AND owner = ? AND token = ?",
                (now + ttl, lease.project, lease.environment, lease.owner, lease.token),
            )
        return Lease(lease.project, lease.environment, lease.owner, lease.token, now + ttl) if kept else None

    def release(self, lease: Lease) -> None:
        """Give it back; the token stays, so that a late write of this holder is still refused."""
        with self._database.transaction() as db:
            db.execute(
                "UPDATE lease SET owner = '', until = 0 WHERE project = ? AND environment = ? AND owner = ? AND token = ?",
                (lease.project, lease.environment, lease.owner, lease.token),
            )

    def holder(self, project: str, environment: str, now: int) -> str:
        """Return who drives an environment now; empty where nobody does."""
        rows = self._database.query(
            "SELECT owner FROM lease WHERE project = ? AND environment = ? AND until > ?", project, environment, now
        )
        return str(rows[0][0]) if rows else ""

    def open_promotions(self, project: str, environment: str | None = None) -> tuple[Queued, ...]:
        """Return the promotions that are not final, oldest first."""
        rows = self._database.query(
            "SELECT p.id, p.environment, p.kind, p.status, p.due, p.queue,"
            " EXISTS (SELECT 1 FROM inbox i WHERE i.promotion = p.id)"
            " FROM promotion p WHERE p.project = ? AND p.open = 1 AND (p.environment = ? OR ? = '')"
            " ORDER BY p.created, p.id",
            project,
            environment or "",
            environment or "",
        )
        return tuple(Queued(i, e, k, s, d, q, bool(signalled)) for i, e, k, s, d, q, signalled in rows)
