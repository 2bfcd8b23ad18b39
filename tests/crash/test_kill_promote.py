"""kill -9 at every crashpoint of a promotion and of a rollback, then `vivido run`: as if nothing had happened."""

import pytest

from vivido.testing.miniature import Miniature

pytestmark = pytest.mark.real("ssh-keygen", "git")


def _points(mini: Miniature, *command: str) -> list[str]:
    """Run a command undisturbed and return the crashpoints that it passes, each as often as it is passed."""
    log = mini.root / "points"
    log.unlink(missing_ok=True)
    ran = mini.run(*command, environ={"VIVIDO_CRASH_LOG": str(log)})
    assert ran.code == 0, ran.err
    names = log.read_text().splitlines()
    return [f"{name}#{names[: i + 1].count(name)}" for i, name in enumerate(names)]


def _effects(mini: Miniature, environment: str, since: int) -> tuple[int, int, int]:
    """Return how many commits, applications and tag writes there were for an environment."""
    commits = [s for s in mini.log() if s.endswith(f"in {environment}")]
    applied = [line for line in mini.applied if line.startswith(environment)]
    tags = [
        r for r in mini.registry.requests[since:] if r.method == "PUT" and r.path.endswith(f"/manifests/{environment}")
    ]
    return len(commits), len(applied), len(tags)


def _sample(points: list[str]) -> list[str]:
    """Each kind of crashpoint at its first and last passage: the ones between them differ in nothing."""
    by_name: dict[str, list[str]] = {}
    for point in points:
        by_name.setdefault(point.partition("#")[0], []).append(point)
    return [p for found in by_name.values() for p in dict.fromkeys((found[0], found[-1]))]


def test_a_promotion_killed_anywhere_ends_as_if_nothing_had_happened(mini: Miniature) -> None:
    first = mini.release("v0")
    points = _sample(_points(mini, "promote", "dev", "--release", first, "--yes"))
    assert {p.partition(".")[0] for p in points} >= {"engine", "git", "journal", "target"}
    for number, point in enumerate(points, start=1):
        release = mini.release(f"v{number}")
        commits, applied, _ = _effects(mini, "dev", 0)
        since = len(mini.registry.requests)
        killed = mini.run("promote", "dev", "--release", release, "--yes", environ={"VIVIDO_CRASH_AT": point})
        assert killed.code == -9, (point, killed.err)
        mini.good("run", "--once")
        after = _effects(mini, "dev", since)
        assert after[0] == commits + 1, f"{point}: commits"
        # The user's command keeps no key: at least once, with a stable generation (semantics §4).
        assert applied + 1 <= after[1] <= applied + 2, f"{point}: applications"
        assert len({line for line in mini.applied[applied:] if line.startswith("dev")}) == 1, point
        assert after[2] <= 2, f"{point}: one tag a service"
        assert mini.tag("web", "dev") == mini.push(f"v{number}")["web"]
        column = mini.good("status", "-o", "json").json()["columns"][0]
        assert (column["release"], column["open"]) == (release, []), point
    assert mini.run("ledger", "verify").code == 0


def test_a_rollback_killed_anywhere_goes_on(mini: Miniature) -> None:
    releases = [mini.release("v1"), mini.release("v2")]
    for release in releases:
        mini.good("promote", "dev", "--release", release, "--yes")
    points = _sample(_points(mini, "rollback", "dev", "--reason", "a test", "--yes"))
    for number, point in enumerate(points):
        bad = mini.release(f"bad{number}")
        mini.good("promote", "dev", "--release", bad, "--yes")
        commits = len(mini.log())
        killed = mini.run("rollback", "dev", "--reason", "a test", "--yes", environ={"VIVIDO_CRASH_AT": point})
        assert killed.code == -9, (point, killed.err)
        mini.good("run", "--once")
        assert len(mini.log()) == commits + 1, point
        column = mini.good("status", "-o", "json").json()["columns"][0]
        assert (column["release"], column["open"]) == (releases[0], []), point
        assert bad in [p["release"] for p in column["pins"]]


def test_going_back_killed_anywhere_still_goes_back(mini: Miniature) -> None:
    good = mini.release("v1")
    mini.good("promote", "dev", "--release", good, "--yes")
    mini.good("promote", "staging", "--release", good, "--yes")
    (mini.root / "broken").touch()
    log = mini.root / "points"
    bad = mini.release("bad")
    mini.good("promote", "dev", "--release", bad, "--yes")
    ran = mini.run("promote", "staging", "--release", bad, "--yes", environ={"VIVIDO_CRASH_LOG": str(log)})
    assert ran.code == 4, ran.err
    names = log.read_text().splitlines()
    points = _sample([f"{name}#{names[: i + 1].count(name)}" for i, name in enumerate(names)])
    for point in points:
        killed = mini.run("promote", "staging", "--release", bad, "--yes", environ={"VIVIDO_CRASH_AT": point})
        assert killed.code == -9, (point, killed.err)
        mini.good("run", "--once")
        column = mini.good("status", "-o", "json").json()["columns"][1]
        assert (column["release"], column["open"]) == (good, []), point
        assert mini.tag("web", "staging") == mini.push("v1")["web"], point
        subjects = mini.log()
        promoted = sum(s.startswith(f"Promote {bad} ") and s.endswith("in staging") for s in subjects)
        assert promoted == subjects.count(f"Go back: {bad} in staging"), point
