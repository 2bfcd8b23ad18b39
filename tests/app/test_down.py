"""Emptying an environment, through the command line, on a target that a package brings."""

from pathlib import Path

import pytest

from vivido.testing.miniature import Miniature
from vivido.testing.toy import install

pytestmark = pytest.mark.real("git", "ssh-keygen")


@pytest.fixture
def mini(mini: Miniature, tmp_path: Path) -> Miniature:
    install(tmp_path / "package")
    mini.environ["PYTHONPATH"] = str(tmp_path / "package")
    lines = mini.file("vivido.yaml").splitlines()
    # staging stays a `command` target, which cannot be emptied.
    places = [n for n, line in enumerate(lines) if line.startswith("    target: {command")]
    for number in (places[0], places[2]):
        lines[number] = "    target: {toy: {}}"
    text = "\n".join(lines) + "\n"
    (mini.clone / "vivido.yaml").write_text(text)
    mini.commit({"vivido.yaml": text.encode()}, "Play")
    return mini


def _up(mini: Miniature, environment: str = "dev") -> str:
    found = mini.root / "state" / "environments" / environment / "up"
    return found.read_text() if found.exists() else ""


def _column(mini: Miniature, environment: str) -> dict[str, object]:
    columns = mini.good("status", "-o", "json").json()["columns"]
    return next(c for c in columns if c["environment"] == environment)


def test_an_environment_is_emptied_and_the_same_release_brings_it_up_again(mini: Miniature) -> None:
    release = mini.release("v1")
    mini.good("promote", "dev", "--yes")
    commits, file = mini.log(), mini.file("deploy/web/dev/app.yaml")
    assert mini.run("down", "dev").code == 2
    shown = mini.good("down", "dev", "--dry-run").out
    assert all(said in shown for said in ("a toy", "its data", f"vivido promote dev --release {release}"))
    assert _up(mini) == release
    down = mini.good("down", "dev", "--yes", "--reason", "the demo is over", "-o", "name").out.strip()
    assert _up(mini) == ""
    assert (mini.log(), mini.file("deploy/web/dev/app.yaml")) == (commits, file)
    column = _column(mini, "dev")
    assert (column["release"], isinstance(column["down"], int)) == (release, True)
    text = mini.good("status").out
    assert "down" in text
    assert f"vivido promote dev --release {release}" in text
    assert "emptying dev: succeeded" in mini.good("why", "dev").out
    assert "asked to empty dev: the demo is over" in mini.good("history", down).out
    assert mini.good("ledger", "verify", down).code == 0
    # What somebody emptied on purpose is no drift.
    assert "it was emptied" in mini.good("drift", "dev").out
    mini.good("promote", "dev", "--release", release, "--yes")
    assert _up(mini) == release
    assert _column(mini, "dev")["down"] is None


def test_without_waiting_it_is_left_to_whoever_runs(mini: Miniature) -> None:
    release = mini.release("v1")
    mini.good("promote", "dev", "--yes")
    left = mini.good("down", "dev", "--yes", "--no-wait", "-o", "name")
    assert f"{left.out.strip()} is queued; it goes on with: vivido run" in left.err
    assert _up(mini) == release
    mini.good("run", "--once")
    assert _up(mini) == ""


def test_data_stays_until_it_is_asked_for(mini: Miniature) -> None:
    mini.release("v1")
    mini.good("promote", "dev", "--yes")
    data = mini.root / "state" / "environments" / "dev" / "data"
    mini.good("down", "dev", "--yes")
    assert data.exists()
    nothing = mini.run("down", "dev", "--yes")
    assert nothing.code == 6
    assert "--volumes" in nothing.err
    mini.good("down", "dev", "--volumes", "--yes")
    assert not data.exists()


def test_a_target_that_cannot_be_emptied_says_so(mini: Miniature) -> None:
    ran = mini.run("down", "staging", "--yes")
    assert ran.code == 2
    assert "[down.unsupported]" in ran.err


def test_who_approves_what_goes_there_approves_this_too(mini: Miniature) -> None:
    release = mini.release("v1")
    mini.to_production(release)
    waits = mini.run("down", "production", "--yes")
    assert waits.code == 9
    assert _up(mini, "production") == release
    assert mini.run("down", "production", "--yes").code == 7
    assert mini.approve("production").code == 0
    assert _up(mini, "production") == ""


def test_killed_while_it_empties_it_goes_on(mini: Miniature) -> None:
    mini.release("v1")
    mini.good("promote", "dev", "--yes")
    killed = mini.run("down", "dev", "--yes", environ={"VIVIDO_CRASH_AT": "target.empty.after"})
    assert killed.code == -9
    mini.good("run", "--once")
    assert _column(mini, "dev")["down"] is not None
