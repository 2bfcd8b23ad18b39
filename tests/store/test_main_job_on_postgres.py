"""The whole main job with its state on a real PostgreSQL, through the command line."""

from itertools import count
from pathlib import Path

import pytest

from vivido.app.run import forever
from vivido.app.workspace import open_workspace
from vivido.process import run
from vivido.testing.miniature import Miniature, miniature
from vivido.testing.postgres import PostgresServer

pytestmark = pytest.mark.real("ssh-keygen", "git")


def _keep_state_in(mini: Miniature, url: str) -> None:
    text = (mini.clone / "vivido.yaml").read_text()
    mini.commit({"vivido.yaml": f"{text}state: {url}\n".encode()}, "Keep the state in PostgreSQL")
    run(["git", "-C", str(mini.clone), "pull", "--quiet"])


def test_a_release_goes_to_production_and_back(postgres: PostgresServer, tmp_path: Path) -> None:
    with miniature(tmp_path / "mini") as mini:
        _keep_state_in(mini, postgres.schema())
        first, second = mini.release("v1"), mini.release("v2")
        mini.to_production(first)
        died = {"VIVIDO_CRASH_AT": "engine.commit.ended"}
        assert mini.run("promote", "dev", "--release", second, "--yes", environ=died).code == -9
        mini.good("run", "--once")
        mini.good("rollback", "dev", "--reason", "it sells below cost", "--yes")
        columns = mini.good("status", "-o", "json").json()["columns"]
        assert [c["release"] for c in columns] == [first] * 3
        assert [p["release"] for p in columns[0]["pins"]] == [second]
        assert mini.run("ledger", "verify").code == 0
        assert not list((mini.root / "state").glob("*.db")), "nothing is kept in a file"


def test_a_runner_outlives_a_server_that_went_away_for_a_while(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with miniature(tmp_path / "mini") as mini:
        url = postgres.database()
        name = url.removeprefix("postgresql:///").partition("?")[0]
        _keep_state_in(mini, url)
        release = mini.release("v1")
        for variable, value in mini.environ.items():
            monkeypatch.setenv(variable, value)
        told: list[str] = []
        rounds = count()

        def wait(_: float) -> bool:
            match next(rounds):
                case 0:
                    assert told == []
                    postgres.rename(name, f"{name}_away")
                case 1:
                    assert len(told) == 1
                    postgres.rename(f"{name}_away", name)
                    mini.good("promote", "dev", "--yes", "--no-wait")
                case _:
                    return True
            return False

        ws = open_workspace(mini.clone)
        with ws.registry:
            forever(ws, None, wait, told.append, tags_every=10**18)
        deployed = ws.records.deployed("dev")
        ws.close()
        assert "PostgreSQL" in told[0]
        assert [d.release.id for d in deployed] == [release]
