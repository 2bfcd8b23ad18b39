import msgspec
import pytest

from vivido.errors import ConflictError, IntegrityError
from vivido.model.record import Deployed, Pin
from vivido.model.reference import Digest, Repository
from vivido.model.release import Artifact, Release, ReleaseRecord, Revision
from vivido.store.database import Database
from vivido.store.journal import SqlJournal
from vivido.store.records import Records
from vivido.testing.simulator import PROJECT, plan

NOW = 1_750_000_000_000_000


@pytest.fixture
def records(database: Database) -> Records:
    return Records(database, PROJECT)


def _release(name: str) -> Release:
    digest = Digest("sha256:" + "0" * 64)
    return Release((Artifact("web", Repository("localhost:5000", "shop/web"), digest),), Revision("config", name))


def _deployed(promotion: str, since: int = NOW, environment: str = "production") -> Deployed:
    return Deployed(environment, _release(promotion), f"content of {promotion}", "abc", promotion, since)


def test_releases_are_kept_newest_first(records: Records) -> None:
    made = [ReleaseRecord(_release(str(n)), NOW + n, "ann", ("a@example.com",), "note ü") for n in range(3)]
    for record in made:
        records.add_release(record)
    assert records.releases() == tuple(reversed(made))
    assert records.releases(limit=1) == (made[2],)
    assert records.release(made[0].release.id) == made[0]
    assert records.release("r-unknown") is None


def test_a_release_that_is_known_stays_as_it_was(records: Records) -> None:
    records.add_release(ReleaseRecord(_release("a"), NOW, "ann"))
    records.add_release(ReleaseRecord(_release("a"), NOW + 1, "ben"))
    assert [r.created_by for r in records.releases()] == ["ann"]


def test_projects_are_apart(records: Records, database: Database) -> None:
    records.add_release(ReleaseRecord(_release("a"), NOW, "ann"))
    records.add_deployed(_deployed("p-1"))
    records.set_pin(Pin("production", "r-1", "ann", NOW, "bad"))
    SqlJournal(database).start(plan("p-1"), NOW)
    other = Records(database, "another")
    assert (other.releases(), other.deployed("production"), other.pins("production"), other.promotions()) == (
        (), (), (), (),
    )  # fmt: skip


def test_what_runs_is_what_was_recorded_last(records: Records) -> None:
    for number in range(3):
        records.add_deployed(_deployed(f"p-{number}", NOW + number))
    records.add_deployed(_deployed("p-9", environment="staging"))
    assert records.deployed("production") == (_deployed("p-2", NOW + 2),)
    assert [d.promotion for d in records.deployed("production", limit=9)] == ["p-2", "p-1", "p-0"]
    assert records.deployed("nowhere") == ()


def test_the_last_recorded_is_the_newest_although_a_clock_ran_ahead(records: Records) -> None:
    records.add_deployed(_deployed("p-1", NOW + 60_000_000))
    records.add_deployed(_deployed("p-2", NOW))
    assert records.deployed("production") == (_deployed("p-2", NOW + 60_000_001),)


def test_recording_again_changes_nothing(records: Records) -> None:
    records.add_deployed(_deployed("p-1", NOW))
    records.add_deployed(_deployed("p-2", NOW + 1))
    records.add_deployed(_deployed("p-1", NOW + 2))
    assert [d.promotion for d in records.deployed("production", limit=9)] == ["p-2", "p-1"]


def test_what_was_undone_is_forgotten(records: Records) -> None:
    records.add_deployed(_deployed("p-1", NOW))
    records.add_deployed(_deployed("p-2", NOW + 1))
    assert records.remove_deployed("production", "p-2")
    assert not records.remove_deployed("production", "p-2")
    assert [d.promotion for d in records.deployed("production", limit=9)] == ["p-1"]


def test_a_pin_holds_until_it_is_lifted(records: Records) -> None:
    pins = [Pin("production", f"r-{n}", "ann", NOW + n, "sells below cost") for n in range(2)]
    for pin in reversed(pins):
        records.set_pin(pin)
    assert records.pins("production") == tuple(pins)
    assert records.pins("staging") == ()
    records.set_pin(msgspec.structs.replace(pins[0], lifted_by="ben", lifted_because="mended"))
    assert records.pins("production") == (pins[1],)
    again = msgspec.structs.replace(pins[0], at=NOW + 9, reason="again")
    records.set_pin(again)
    assert records.pins("production") == (pins[1], again)


def test_promotions_are_listed_newest_first_and_filtered(records: Records, database: Database) -> None:
    journal = SqlJournal(database)
    for number, environment in enumerate(("production", "staging", "production")):
        journal.start(plan(f"p-{number}", environment), NOW + number)
    assert [r.id for r in records.promotions()] == ["p-2", "p-1", "p-0"]
    assert [r.id for r in records.promotions("production")] == ["p-2", "p-0"]
    assert [r.id for r in records.promotions(limit=1)] == ["p-2"]
    release = plan("p-0").release.id
    row = records.promotions("production", release)[0]
    assert (row.id, row.release, row.status, row.seq, row.created) == ("p-0", release, "queued", 1, NOW)
    assert row.head == journal.read("p-0")[-1].hash
    assert records.promotions("staging", release) == ()


def test_a_record_that_cannot_be_read_is_told(records: Records, database: Database) -> None:
    records.add_release(ReleaseRecord(_release("a"), NOW, "ann"))
    with database.transaction() as db:
        db.execute("UPDATE release SET body = ?", ('{"release": 7}',))
    with pytest.raises(IntegrityError, match="cannot read") as caught:
        records.releases()
    assert caught.value.code == "state.record"


def test_an_entry_that_cannot_be_read_is_told(database: Database) -> None:
    journal = SqlJournal(database)
    journal.start(plan("p-1"), NOW)
    with database.transaction() as db:
        db.execute("UPDATE event SET body = ? WHERE promotion = ?", ('{"type":"from the future"}', "p-1"))
    with pytest.raises(IntegrityError, match="cannot read") as caught:
        journal.read("p-1")
    assert caught.value.code == "engine.journal"


def test_a_row_twice_is_refused(database: Database) -> None:
    with pytest.raises(ConflictError) as caught, database.transaction() as db:
        for _ in range(2):
            db.execute("INSERT INTO lease (project, environment, owner, token, until) VALUES ('p', 'e', '', 0, 0)")
    assert caught.value.code == "state.row"
    assert database.query("SELECT COUNT(*) FROM lease") == [(0,)]


class TestVerify:
    def test_a_chain_holds(self, database: Database) -> None:
        journal = SqlJournal(database)
        journal.start(plan("p-1"), NOW)
        assert journal.verify("p-1") is None
        assert journal.verify("p-9") == "there is no such promotion"

    def test_a_changed_body_is_found(self, database: Database) -> None:
        journal = SqlJournal(database)
        journal.start(plan("p-1"), NOW)
        with database.transaction() as db:
            db.execute("UPDATE event SET body = replace(body, 'somebody', 'mallory')")
        assert journal.verify("p-1") == "entry 1 was changed after it was written"

    def test_a_body_of_an_older_version_holds(self, database: Database) -> None:
        from vivido.engine.chain import GENESIS, seal

        journal = SqlJournal(database)
        journal.start(plan("p-1"), NOW)
        body = '{"plan":{},"type":"started","was":"written before"}'
        sealed = seal("p-1", 1, NOW, body.encode(), GENESIS)
        with database.transaction() as db:
            db.execute("UPDATE event SET body = ?, hash = ?", (body, sealed))
            db.execute("UPDATE promotion SET head = ?", (sealed,))
        assert journal.verify("p-1") is None

    def test_a_missing_end_is_found(self, database: Database) -> None:
        journal = SqlJournal(database)
        journal.start(plan("p-1"), NOW)
        with database.transaction() as db:
            db.execute("UPDATE promotion SET seq = 2, head = 'cut off'")
        assert journal.verify("p-1") == "the newest entry is not entry 2, which the promotion ends with"
