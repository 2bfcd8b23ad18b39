"""The tables, and how an older file becomes a newer one.

Instants are microseconds since 1970 (BIGINT); bodies are canonical JSON (TEXT). Each migration runs once, in one transaction
with the raised version number, so that a kill in the middle leaves the old version whole.
"""

from vivido.crashpoint import crashpoint
from vivido.errors import Error, InputError, UnreachableError
from vivido.store.database import Database

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE promotion (
            id TEXT PRIMARY KEY, project TEXT NOT NULL, environment TEXT NOT NULL, kind TEXT NOT NULL,
            release TEXT NOT NULL, content TEXT NOT NULL, queue TEXT NOT NULL, status TEXT NOT NULL,
            open INTEGER NOT NULL, due BIGINT, created BIGINT NOT NULL, updated BIGINT NOT NULL,
            seq INTEGER NOT NULL, head TEXT NOT NULL)""",
        "CREATE INDEX promotion_open ON promotion (project, open, environment, created)",
        "CREATE INDEX promotion_history ON promotion (project, environment, created)",
        """CREATE TABLE event (
            promotion TEXT NOT NULL REFERENCES promotion (id), seq INTEGER NOT NULL, at BIGINT NOT NULL,
            body TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (promotion, seq))""",
        """CREATE TABLE inbox (
            promotion TEXT NOT NULL REFERENCES promotion (id), number BIGINT NOT NULL, body TEXT NOT NULL,
            PRIMARY KEY (promotion, number))""",
        """CREATE TABLE lease (
            project TEXT NOT NULL, environment TEXT NOT NULL, owner TEXT NOT NULL, token BIGINT NOT NULL,
            until BIGINT NOT NULL, PRIMARY KEY (project, environment))""",
        """CREATE TABLE release (
            project TEXT NOT NULL, id TEXT NOT NULL, created BIGINT NOT NULL, body TEXT NOT NULL,
            PRIMARY KEY (project, id))""",
        """CREATE TABLE deployed (
            project TEXT NOT NULL, environment TEXT NOT NULL, since BIGINT NOT NULL, promotion TEXT NOT NULL,
            body TEXT NOT NULL, PRIMARY KEY (project, environment, since, promotion))""",
        """CREATE TABLE pin (
            project TEXT NOT NULL, environment TEXT NOT NULL, release TEXT NOT NULL, at BIGINT NOT NULL,
            body TEXT NOT NULL, PRIMARY KEY (project, environment, release))""",
    ),
    (
        # How many signals a promotion was ever sent: the numbers in its inbox are never used twice.
        "ALTER TABLE promotion ADD COLUMN sent BIGINT NOT NULL DEFAULT 0",
        "UPDATE promotion SET sent = (SELECT COALESCE(MAX(number), 0) FROM inbox WHERE inbox.promotion = promotion.id)",
    ),
    ("CREATE TABLE audit (project TEXT PRIMARY KEY, at BIGINT NOT NULL, body TEXT NOT NULL)",),
)


def migrate(database: Database) -> None:
    """Bring the tables to this version's form.

    Raises:
        InputError: `state.newer`: a newer Vivido wrote this state.
    """
    version = _version(database)
    if version > len(MIGRATIONS):
        raise InputError(
            f"the state was written by a newer Vivido (its form is {version}, this one knows {len(MIGRATIONS)})",
            code="state.newer",
            hint="Update Vivido on this machine.",
        )
    for number in range(version, len(MIGRATIONS)):
        _raise_to(database, number)


def _version(database: Database) -> int:
    try:
        return _read(database)
    except UnreachableError as e:
        if e.code != "state.no-table":
            raise
    try:
        with database.transaction() as db:
            db.execute("CREATE TABLE IF NOT EXISTS form (one INTEGER PRIMARY KEY, version INTEGER NOT NULL)")
            db.execute("INSERT INTO form (one, version) VALUES (1, 0) ON CONFLICT (one) DO NOTHING")
    except Error as e:
        return _made_meanwhile(database, e)
    return _read(database)


def _made_meanwhile(database: Database, refusal: Error) -> int:
    """Read what another process made while this one was refused: PostgreSQL lets one of several create a table, and only that."""
    try:
        return _read(database)
    except UnreachableError:
        raise refusal from None


def _read(database: Database) -> int:
    return int(database.query("SELECT version FROM form")[0][0])


def _raise_to(database: Database, number: int) -> None:
    with database.transaction() as db:
        # The conditional update lets exactly one of several starting processes migrate.
        _, changed = db.execute("UPDATE form SET version = ? WHERE version = ?", (number + 1, number))
        if changed:
            for statement in MIGRATIONS[number]:
                db.execute(statement)
                crashpoint("store.migrate.after")
