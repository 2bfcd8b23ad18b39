"""What goes on by itself: `promote: automatically`, and what an abort finds out before it ends."""

import pytest

from vivido.process import run
from vivido.testing.miniature import Miniature

pytestmark = pytest.mark.real("ssh-keygen", "git")


def test_a_release_goes_on_to_where_promotion_is_automatic(mini: Miniature) -> None:
    text = (mini.clone / "vivido.yaml").read_text().replace("  staging:\n", "  staging:\n    promote: automatically\n")
    mini.commit({"vivido.yaml": text.encode()}, "Promote to staging by itself")
    run(["git", "-C", str(mini.clone), "pull", "--quiet"])
    release = mini.release("v1")
    mini.good("promote", "dev", "--yes")
    mini.good("run", "--once")
    columns = mini.good("status", "-o", "json").json()["columns"]
    assert [c["release"] for c in columns] == [release, release, ""]


@pytest.mark.parametrize(("died", "commits"), [("engine.commit.began", 0), ("engine.commit.ended", 2)])
def test_an_abort_of_one_that_died_in_its_commit_undoes_what_is_there_and_makes_nothing(
    mini: Miniature, died: str, commits: int
) -> None:
    mini.release("v1")
    before = len(mini.log())
    killed = mini.run("promote", "dev", "--yes", environ={"VIVIDO_CRASH_AT": died})
    assert killed.code == -9
    mini.good("abort", "dev", "--reason", "changed my mind", "--yes")
    assert len(mini.log()) == before + commits
    assert mini.good("history", "-o", "json").json()[0]["status"] == "aborted"
    column = mini.good("status", "-o", "json").json()["columns"][0]
    assert (column["release"], column["open"]) == ("", [])
    assert mini.good("ledger", "verify").code == 0
