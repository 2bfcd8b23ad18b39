"""What a command loads is its start-up time: held by names, not by milliseconds."""

import subprocess
import sys
from pathlib import Path

import pytest

from vivido.testing.miniature import Miniature

HEAVY = ("pygit2", "httpx2", "psycopg", "rich", "jsonschema_rs", "asyncio", "email.message", "importlib.metadata")


def _loaded(code: str, cwd: Path, environ: dict[str, str]) -> set[str]:
    text = f"import sys\n{code}\nprint(*sorted(sys.modules), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=cwd, env=environ, capture_output=True, text=True, check=True
    )
    return set(done.stderr.split())


def test_version_loads_next_to_nothing(tmp_path: Path) -> None:
    loaded = _loaded("from vivido.cli.app import run; run(['--version'])", tmp_path, {"PATH": "/usr/bin:/bin"})
    assert not loaded & {"cyclopts", "msgspec", "yaml", "sqlite3", *HEAVY}


@pytest.mark.real("git", "ssh-keygen")
def test_status_loads_neither_git_nor_http_nor_a_server_database(mini: Miniature) -> None:
    environ = {"PATH": "/usr/bin:/bin", **mini.environ}
    for again in (False, True):
        loaded = _loaded("from vivido.cli.app import run; run(['status'])", mini.clone, environ)
        assert not loaded & set(HEAVY)
        assert "vivido.app.executors" not in loaded
        # What the file declares is kept: it is neither read as YAML nor checked a second time.
        assert bool(loaded & {"yaml", "vivido.gates.kinds"}) is not again
