"""PostgreSQL, through psycopg: the same statements, shared by several machines. Needs the extra `vivido[postgres]`."""

from collections.abc import Sequence
from typing import Any, LiteralString, cast

from vivido.errors import ConflictError, Error, InputError, UnreachableError
from vivido.store.database import LOST, Row
from vivido.text.redact import redact


class PostgresConnection:
    """One thread's connection, in autocommit between transactions."""

    def __init__(self, url: str) -> None:
        try:
            import psycopg
        except ImportError as e:
            raise InputError(
                "state on PostgreSQL needs psycopg, which is not installed",
                code="state.extra",
                hint="Install vivido[postgres].",
            ) from e
        self._errors = psycopg
        try:
            self._db = psycopg.connect(url, autocommit=True, connect_timeout=10)
        except psycopg.ProgrammingError as e:
            raise InputError(
                f"PostgreSQL does not understand the state's URL: {redact(str(e)).strip()}",
                code="state.url",
                hint="Write postgresql://host/database.",
            ) from e
        except psycopg.Error as e:
            raise self._wrapped(e, "state.unusable") from e

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> tuple[list[Row], int]:
        """Run one statement."""
        try:
            # The statements are constants of this package; only their parameter style differs.
            cursor = self._db.execute(cast(LiteralString, sql.replace("?", "%s")), parameters or None)
            rows = cursor.fetchall() if cursor.description else []
        except self._errors.Error as e:
            raise self._wrapped(e, LOST if self._db.closed else "state.unusable") from e
        return rows, cursor.rowcount

    def begin(self) -> None:
        """Start a transaction."""
        self.execute("BEGIN")

    def commit(self) -> None:
        """Make it durable."""
        self.execute("COMMIT")

    def rollback(self) -> None:
        """Forget it."""
        self.execute("ROLLBACK")

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def _wrapped(self, error: Exception, code: str) -> Error:
        text = redact(str(error)).strip().partition("\n")[0]
        if isinstance(error, self._errors.IntegrityError):
            return ConflictError(f"the state refused a row: {text}", code="state.row")
        if isinstance(error, self._errors.errors.UndefinedTable):
            code = "state.no-table"
        return UnreachableError(
            f"PostgreSQL: {text}",
            code=code,
            hint="Is the server up, and does `psql` get in?",
            retry_after=5,
        )
