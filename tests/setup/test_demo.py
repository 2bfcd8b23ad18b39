"""What the demo stands on: customers that count, a registry with a recorded process, a table that tells differences."""

import http.server
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from demo import registry
from demo.digests import Row, table
from demo.load import Customers
from demo.story import Shell, StoryError
from vivido.testing.serving import serving

ONE, OTHER = f"sha256:{'1' * 64}", f"sha256:{'2' * 64}"


@contextmanager
def _shop(answers: list[tuple[int, str]]) -> Generator[str]:
    """A server that gives these answers in turn, the last one ever after."""
    lock = threading.Lock()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with lock:
                status, body = answers.pop(0) if len(answers) > 1 else answers[0]
            if not status:
                return
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    with serving(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as address:
        yield f"http://{address}"


def test_customers_count_versions_and_lose_nothing_that_was_answered() -> None:
    old, new = (200, "web 1.0.0"), (200, "web 1.2.0")
    seen = threading.Event()
    with _shop([old, old, new]) as url, Customers(url, threads=1, pause=0.001) as tally:
        while tally.served("web 1.2.0") < 2:
            seen.wait(0.005)
    assert tally.lost == []
    assert tally.served("web 1.0.0") == 2
    assert tally.median("web 1.0.0") > 0
    assert tally.median("web 9.9.9") == tally.served("web 9.9.9") == 0
    head, old, _new = tally.told()
    assert head.endswith(" requests, 0 lost")
    assert old.startswith("web 1.0.0: 2 pages, ")


@pytest.mark.parametrize("bad", [(502, "web 1.0.0"), (200, "no version"), (0, "")])
def test_customers_call_everything_else_lost(bad: tuple[int, str]) -> None:
    waited = threading.Event()
    with _shop([bad, (200, "web 1.0.0")]) as url, Customers(url, threads=1, pause=0.001) as tally:
        while not tally.seconds:
            waited.wait(0.005)
    assert len(tally.lost) == 1
    assert "1 lost (the first: " in tally.told()[0]


def test_a_refused_connection_is_a_lost_request() -> None:
    waited = threading.Event()
    with Customers("http://127.0.0.1:1", threads=1, pause=0.001) as tally:
        while not tally.lost:
            waited.wait(0.005)
    assert tally.lost[0].startswith("ConnectionRefusedError")


@pytest.mark.parametrize(
    ("row", "same"),
    [
        (Row("web", "dev", ONE, ONE, frozenset({ONE})), True),
        (Row("web", "dev", OTHER, ONE, frozenset({ONE})), False),
        (Row("web", "dev", ONE, OTHER, frozenset({ONE})), False),
        (Row("web", "dev", ONE, ONE, frozenset({ONE, OTHER})), False),
        (Row("web", "dev", ONE, ONE, frozenset()), False),
        (Row("web", "dev", "", "", frozenset()), False),
    ],
)
def test_the_table_tells_whether_all_three_agree(row: Row, same: bool) -> None:
    assert row.same is same
    assert table([row])[-1].endswith(" same") is same


@pytest.mark.real("docker-registry")
def test_the_registry_is_started_asked_and_stopped_by_its_recorded_process(tmp_path: Path) -> None:
    home = tmp_path / "registry"
    port = registry.start(home)
    pid = int((home / "pid").read_text())
    assert registry.port(home) == port
    assert registry.digest(port, "shop/web", "production") == ""
    assert registry.stop(home)
    assert not Path(f"/proc/{pid}").exists()
    assert not registry.stop(home)


def test_another_program_under_the_recorded_number_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "pid").write_text("1\n")
    assert not registry.stop(tmp_path)


def test_the_shell_shows_what_it_types_and_stops_at_an_unexpected_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shell = Shell(tmp_path, {"WHO": "Bob"})
    said = shell.type("sh -c 'echo hello $WHO; exit 3'", expect=(3,))
    assert (said.code, said.text) == (3, "hello Bob\n")
    assert "$ sh -c 'echo hello $WHO; exit 3'" in capsys.readouterr().out
    with pytest.raises(StoryError, match="ended with 3, expected 0"):
        shell.type("sh -c 'exit 3'")
    with pytest.raises(StoryError, match="no such thing"):
        shell.ask("sh", "-c", "echo no such thing >&2; exit 1")
