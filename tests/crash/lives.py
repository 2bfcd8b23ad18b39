"""A promotion that is killed again and again: at every crashpoint of its life, one after the other, by whoever drives it then."""

from collections.abc import Callable, Sequence

from vivido import process
from vivido.testing.command import Ran
from vivido.testing.miniature import Miniature

KILLED = -9
EFFECTS = {
    "git.commit",
    "git.push",
    "registry.manifest",
    "engine.commit",
    "engine.switch",
    "engine.tag",
    "engine.record",
}
"""What every promotion that goes all the way passes."""


def git(mini: Miniature, *args: str) -> str:
    """Ask the project's repository, as everybody sees it, and return the answer."""
    done = process.run(["git", "-C", str(mini.origin), *args])
    assert done.returncode == 0, done.complaint
    return done.text.strip()


def numbered(mini: Miniature, command: Sequence[str], *, code: int = 0) -> list[str]:
    """Run a command undisturbed and return every passage of a crashpoint in their order, as `VIVIDO_CRASH_AT` takes it."""
    log = mini.root / "points"
    log.unlink(missing_ok=True)
    ran = mini.run(*command, environ={"VIVIDO_CRASH_LOG": str(log)})
    assert ran.code == code, ran.err
    names = log.read_text().splitlines()
    return [f"{name}#{names[: i + 1].count(name)}" for i, name in enumerate(names)]


def passed(mini: Miniature, run: "Callable[[dict[str, str]], Ran]") -> list[str]:
    """Run something undisturbed and return the crashpoints that it passes, each once, in their order.

    Those of the journal are left out: they lie within every other one's way, and `test_kill_promote` kills at each of them.
    """
    log = mini.root / "points"
    log.unlink(missing_ok=True)
    ran = run({"VIVIDO_CRASH_LOG": str(log)})
    assert ran.code == 0, ran.err
    return [name for name in dict.fromkeys(log.read_text().splitlines()) if not name.startswith("journal.")]


def lived(mini: Miniature, points: Sequence[str], run: "Callable[[dict[str, str]], Ran]") -> list[str]:
    """Kill something at the first point, and every `vivido run` that goes on with it at the next one; let the last one end.

    Returns:
        The points at which a process was killed.
    """
    killed: list[str] = []
    for point in points:
        ran = run({"VIVIDO_CRASH_AT": point})
        if ran.code == KILLED:
            killed.append(point)
            run = lambda environ: mini.run("run", "--once", environ=environ)  # noqa: E731  the shortest there is
        else:
            assert ran.code == 0, (point, ran.err)
    mini.good("run", "--once")
    return killed


def kinds(points: Sequence[str]) -> set[str]:
    """Return what the points belong to: `git.push`, `engine.commit`, …"""
    return {point.rpartition(".")[0] for point in points}


def settled(mini: Miniature, environment: str, release: str) -> None:
    """See that an environment runs a release, that nothing is open, and that the ledger is whole."""
    columns = mini.good("status", "-o", "json").json()["columns"]
    column = next(c for c in columns if c["environment"] == environment)
    assert (column["release"], column["open"]) == (release, [])
    assert mini.run("ledger", "verify").code == 0


def writes(mini: Miniature, since: int, service: str, tag: str) -> int:
    """Return how often a tag was written, since a number of requests."""
    path = f"/v2/mini/{service}/manifests/{tag}"
    return sum(r.method == "PUT" and r.path == path for r in mini.registry.requests[since:])
