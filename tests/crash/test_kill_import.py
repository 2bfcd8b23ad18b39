"""kill -9 at every crashpoint of an import, then the same command again: everything is taken in, once, and nothing was applied."""

import re

import pytest

from vivido.testing.miniature import Miniature, miniature

pytestmark = pytest.mark.real("ssh-keygen", "git")


def _brown(mini: Miniature) -> None:
    """Let Git say what runs: nobody promoted it."""
    digests = mini.push("v1")
    files: dict[str, bytes | None] = {}
    for service, digest in digests.items():
        path = mini.manifest(service, "dev")
        files[path] = re.sub(r"image: .*", f"image: {mini.repository(service)}@{digest}", mini.file(path)).encode()
    mini.commit(files, "Run v1")
    mini.pull()


def test_an_import_killed_anywhere_takes_in_everything_once(
    mini: Miniature, tmp_path_factory: pytest.TempPathFactory
) -> None:
    _brown(mini)
    log = mini.root / "points"
    mini.good("import", "dev", "--yes", "--dry-run")
    ran = mini.run("import", "dev", "--yes", environ={"VIVIDO_CRASH_LOG": str(log)})
    assert ran.code == 0, ran.err
    names = log.read_text().splitlines()
    points = list(dict.fromkeys(f"{n}#{1 if names.index(n) == i else names.count(n)}" for i, n in enumerate(names)))
    assert {p.partition(".")[0] for p in points} >= {"engine", "git", "journal"}
    for point in points:
        with miniature(tmp_path_factory.mktemp("killed") / "mini") as other:
            _brown(other)
            killed = other.run("import", "dev", "--yes", environ={"VIVIDO_CRASH_AT": point})
            assert killed.code == -9, (point, killed.err)
            other.good("import", "dev", "--yes")
            column = other.good("status", "-o", "json").json()["columns"][0]
            release = column["release"]
            assert release, point
            assert column["open"] == [], point
            assert other.log() == [f"Take in {release} (api, web) in dev", "Run v1", "Start"], point
            assert other.applied == [], point
            assert len(other.good("history", "-o", "name").out.split()) == 1, point
            assert other.good("ledger", "verify").code == 0
