"""The whole main job with its state on a real PostgreSQL, through the command line."""

from pathlib import Path

import pytest

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
        first, second = mini.release("v1"), ""
        mini.to_production(first)
        second = mini.release("v2")
        killed = mini.run(
            "promote", "dev", "--release", second, "--yes", environ={"VIVIDO_CRASH_AT": "engine.commit.ended"}
        )
        assert killed.code == -9
        mini.good("run", "--once")
        mini.good("promote", "staging", "--release", second, "--yes")
        mini.run("promote", "production", "--release", second, "--yes")
        assert mini.approve("production").code == 0
        mini.good("rollback", "production", "--reason", "it sells below cost", "--yes")
        columns = mini.good("status", "-o", "json").json()["columns"]
        assert [c["release"] for c in columns] == [second, second, first]
        assert mini.run("ledger", "verify").code == 0
        assert not list((mini.root / "state").glob("*.db")), "nothing is kept in a file"
