"""Every command's text fits 80 columns, on a real project in miniature."""

import pytest

from vivido.cli.output.fold import cells
from vivido.testing.command import Ran
from vivido.testing.miniature import Miniature

pytestmark = pytest.mark.real("git", "ssh-keygen")

LONG = "a reason that somebody wrote at length because there was more to say than one line of a terminal can hold"
DIFF = ("+", "-", " ", "@")


class _Narrow:
    """Runs commands at 80 columns and keeps what does not fit."""

    def __init__(self, mini: Miniature) -> None:
        self._mini = mini
        self.wide: list[str] = []

    def __call__(self, *args: str) -> Ran:
        ran = self._mini.run(*args, environ={"COLUMNS": "80"})
        assert "not foresee" not in ran.err, ran.err
        # The diff is a file's: `patch` must be able to read it.
        diff = "diff" if "@@" in ran.out + ran.err else ""
        for line in (ran.out + ran.err).splitlines():
            if cells(line) > 80 and " " in line.strip() and not (diff and line.startswith(DIFF)):
                self.wide.append(f"vivido {' '.join(args)}: {line}")
        return ran


def test_every_command_fits(mini: Miniature) -> None:
    narrow = _Narrow(mini)
    first = mini.release("v1")
    for environment in ("dev", "staging"):
        narrow("promote", environment, "--yes", "--reason", LONG)
    promotion = narrow("promote", "production", "--yes", "-o", "name").out.strip()
    asked = (narrow("why", "production"), narrow("status"), narrow("promote", "production", "--yes"))
    assert all(promotion in ran.out + ran.err for ran in asked)
    assert f"vivido approve {promotion}" in asked[0].out
    approved = narrow("approve", "production", "--key", mini.people["alice"].key.file, "--yes", "--comment", LONG)
    assert mini.tag("web", "dev") in approved.err
    second = mini.release("v2")
    narrow("promote", "dev", "--dry-run")
    narrow("promote", "dev", "--yes")
    (mini.root / "broken").touch()
    assert narrow("promote", "staging", "--yes").code == 4
    for command in ("status", "history", "doctor"):
        narrow(command)
    assert narrow("history", "production").out.count(promotion) == 1
    narrow("history", promotion)
    narrow("why", "staging")
    assert second in narrow("release", "list").out
    assert mini.tag("web", "edge") in narrow("release", "show", second).out
    narrow("release", "create", "--note", LONG)
    narrow("diff", "dev", "--release", first)
    narrow("diff", "dev")
    assert f"vivido pin lift dev {second} --reason …" in _pinned(narrow, second)
    assert narrow("rollback", "dev", "--yes", "--reason", LONG).code == 0
    for command in (["pin", "list"], ["ledger", "verify"], ["status", "--live"], ["config", "check"], ["status"]):
        narrow(*command)
    for wrong in (
        ["rollback", "dev", "--yes"],
        ["promote", "prodution"],
        ["why", "p-none"],
        ["build"],
        ["open", "dev"],
    ):
        assert narrow(*wrong).code != 0
    assert narrow.wide == []


def _pinned(narrow: _Narrow, release: str) -> str:
    narrow("pin", "add", "dev", release, "--reason", LONG)
    refused = narrow("promote", "dev", "--release", release, "--again", "--yes")
    assert refused.code == 3
    narrow("pin", "lift", "dev", release, "--reason", LONG)
    return refused.err


def test_a_matrix_of_many_services_turns(mini: Miniature) -> None:
    names = [f"service-with-a-long-name-{n}" for n in range(8)]
    lines = "".join(f'  {n}: {{image: "{mini.registry.host}/mini/{n}", config: deploy/web}}\n' for n in names)
    file = mini.clone / "vivido.yaml"
    file.write_text(file.read_text().replace("people:\n", lines + "people:\n", 1))
    mini.release("v1")
    mini.run("promote", "dev", "--yes")
    narrow = _Narrow(mini)
    text = narrow("status").out
    assert narrow.wide == []
    assert all(name in text for name in names)
