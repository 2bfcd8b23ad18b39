"""The demo's story on real parts in each layout, in a workspace of the test's own, as far as the layouts tell it differently."""

import os
import subprocess
import uuid
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest

from demo import acts, same
from demo.__main__ import following, main
from demo.clean import clean, layout_here
from demo.layouts.kinds import KINDS
from demo.shop import ENVIRONMENTS, EXAMPLE, PROJECT
from demo.story import StoryError
from demo.workspace import Workspace, prepare

parts = pytest.mark.real("podman", "buildah", "haproxy", "docker-registry", "busybox", "git", "ssh-keygen", "kubectl")


@contextmanager
def _prepared(layout: str, home: Path) -> Generator[Workspace]:
    name = f"s{uuid.uuid4().hex[:8]}"
    try:
        yield prepare(layout, home, name, port=0)
    finally:
        assert clean(home, name)
        assert not home.exists()


def _all(versions: Mapping[str, str]) -> Mapping[str, Mapping[str, str]]:
    return dict.fromkeys(ENVIRONMENTS, versions)


def _offered(space: Workspace, commands: Iterable[tuple[str, str]]) -> None:
    """What is offered at the end works as it is written."""
    for command, _ in commands:
        here = command.replace("../../tools", str(PROJECT / "tools"))
        done = subprocess.run(
            ["sh", "-ec", f". ../env; {here}"],
            cwd=space.shop,
            env={**os.environ, "BROWSER": "true"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in (0, 10), f"{command}: {done.stdout}{done.stderr}"
        assert done.stdout or command.startswith("git apply"), f"{command} says nothing"


def _first(space: Workspace) -> same.Statement:
    acts.to_production(space)
    acts.compare(space)
    return acts.alike(space, _all(acts.FIRST))


def _with_hotfix(space: Workspace) -> same.Statement:
    acts.to_production(space)
    acts.stopped_in_staging(space)
    acts.under_load(space)
    return acts.alike(space, _all(acts.THIRD))


def _files(service: str) -> dict[str, str]:
    """Return name → SHA-256 of what an image of the example has in `/app`."""
    base, own = EXAMPLE / "base", EXAMPLE / service
    files = [base / "http.sh", base / "serve.sh", own / "VERSION", *own.glob("*.sh")]
    return {f.name: sha256(f.read_bytes()).hexdigest() for f in files}


@parts
@pytest.mark.parametrize(
    ("layout", "tell"), [("branches", _with_hotfix), ("repositories", _first), ("directories", _first)]
)
def test_the_story_is_told_and_ends_with_the_same_environments(
    layout: str, tell: Callable[[Workspace], same.Statement], tmp_path: Path
) -> None:
    home = tmp_path / "demo"
    with _prepared(layout, home) as space:
        assert layout_here(home) == layout
        stated = tell(space)
        _, *every, _ = following(space.layout)
        _offered(space, every if layout == "directories" else space.layout.next)
    assert all(p["command"][-1] == "/app/serve.sh" for state in stated.values() for p in state["programs"])
    if tell is _first:
        told = [(p["service"], p["files"]) for state in stated.values() for p in state["programs"]]
        assert len(told) == 8
        assert all(files == _files(service) for service, files in told)
    # A comparison that cannot fail would show nothing.
    with pytest.raises(StoryError, match="answers of dev"):
        same.confirm("dev", stated["dev"], {"web": "9.9.9", "api": "1.0.0"})


@pytest.mark.real("kubectl")
def test_environments_are_told_apart_by_what_they_are() -> None:
    states = [same.expected(environment, acts.FIRST) for environment in ENVIRONMENTS]
    assert len({same.fingerprint(state) for state in states}) == len(ENVIRONMENTS)
    assert [len(state["containers"]) for state in states] == [2, 2, 4]
    production = states[-1]["containers"]
    assert {(c["memory"], c["processors"]) for c in production} == {(128 * 2**20, 1)}
    assert {"SHOP_NAME": "Tea and mugs", "API_URL": "http://api", "LOG_LEVEL": "warning"} in [
        c["settings"] for c in production
    ]
    # Without a limit where this machine's containers can have none, and with it where they can.
    (limits,) = {
        (c["memory"], c["processors"]) for c in same.expected("production", acts.FIRST, {"memory"})["containers"]
    }
    assert limits == (128 * 2**20, 0)


@pytest.mark.parametrize("wrong", ["branch", "Directories", "directories "])
def test_a_layout_that_is_none_is_refused_with_those_that_are(wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check", "--layout", wrong]) == 2
    said = capsys.readouterr().out
    assert all(layout in said for layout in (wrong, *KINDS, "all"))


def _states() -> dict[str, same.State]:
    return {
        environment: {
            "objects": {"ConfigMap/web": {"data": {"LOG_LEVEL": "info"}}},
            "containers": [{"service": "web", "memory": 64}, {"service": "api", "memory": 64}],
            "answers": {"web": "1.2.0"},
        }
        for environment in ENVIRONMENTS
    }


def test_layouts_that_came_to_the_same_are_said_to(capsys: pytest.CaptureFixture[str]) -> None:
    acts.the_same_everywhere({layout: _states() for layout in KINDS})
    said = capsys.readouterr().out
    assert said.count(" same\n") == len(ENVIRONMENTS)
    assert "DIFFERENT" not in said


def test_what_differs_between_layouts_is_named_with_what_each_has(capsys: pytest.CaptureFixture[str]) -> None:
    other = _states()
    other["staging"]["containers"][1]["memory"] = 32
    del other["production"]["objects"]["ConfigMap/web"]["data"]["LOG_LEVEL"]
    with pytest.raises(StoryError) as stopped:
        acts.the_same_everywhere({"directories": _states(), "branches": other})
    assert "staging/containers/1/memory: directories has 64; branches has 32" in str(stopped.value)
    assert 'production/objects/ConfigMap/web/data/LOG_LEVEL: directories has "info"; branches has nothing' in str(
        stopped.value
    )
    said = capsys.readouterr().out
    assert [line.split()[-1] for line in said.splitlines()[-3:]] == ["same", "DIFFERENT", "DIFFERENT"]


@pytest.mark.parametrize("layout", ["", *KINDS, "all"])
def test_the_layout_is_directories_where_none_is_named(layout: str) -> None:
    assert main(["--check", "--layout", layout]) == 0
