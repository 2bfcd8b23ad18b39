"""Releases of configuration alone: what they do not change is passed with the evidence of the same content, and nothing else is."""

import msgspec
import pytest

from vivido.app.unchanged import brought_to
from vivido.model.project import Environment, Kinded
from vivido.process import run
from vivido.testing.miniature import Miniature

pytestmark = pytest.mark.real("ssh-keygen", "git")


def _edit(mini: Miniature, *environments: str) -> str:
    """Edit the logging of some environments, and make a release of that alone."""
    for environment in environments:
        path = mini.manifest("web", environment)
        mini.commit({path: mini.file(path).replace("info", "debug").encode()}, f"Debug {environment}")
    return mini.good("release", "create", "-o", "name").out.strip()


def test_an_edit_of_productions_overlay_goes_straight_to_productions_gates(mini: Miniature) -> None:
    first = mini.release("v1")
    mini.to_production(first)
    passed = mini.good("history", "staging", "-o", "json").json()[0]["promotion"]
    path = mini.manifest("web", "production")
    mini.commit({path: mini.file(path).replace("info", "debug").encode()}, "Debug production")
    made = mini.good("release", "create")
    second = made.out.split()[0]
    assert f"staging is unchanged by it: the same passed there as {first}" in made.err
    commits = mini.log()
    nothing = mini.good("promote", "staging", "--release", second, "--yes")
    assert "staging is unchanged by" in nothing.err
    assert mini.log() == commits
    columns = mini.good("status", "-o", "json").json()["columns"]
    assert [(c["behind"], c["unchanged"]) for c in columns] == [(0, second), (0, second), (1, "")]
    # Without a name it is this release that is meant, not the one that runs in staging.
    waits = mini.run("promote", "production", "--yes")
    assert waits.code == 9, waits.err
    assert f"Unchanged: staging, passed as {first} ({passed})" in waits.err
    assert f"unchanged: staging (passed as {first}, {passed})" in mini.good("why", "production").out
    assert mini.approve("production").code == 0
    assert mini.log()[: len(mini.log()) - len(commits)] == [f"Promote {second} (api, web) in production"]
    shown = run(["git", "-C", str(mini.origin), "log", "-1", "--format=%B", "main"]).text
    assert f"Vivido-Unchanged: staging={passed}" in shown
    promotion = mini.good("history", "production", "-o", "json").json()[0]["promotion"]
    assert f"staging is unchanged, as {passed} passed it" in mini.good("history", promotion).out
    assert "debug" in mini.file(path)
    assert mini.good("ledger", "verify").code == 0


def test_what_changes_on_the_way_has_to_pass_there_first(mini: Miniature) -> None:
    mini.to_production(mini.release("v1"))
    second = _edit(mini, "staging", "production")
    refused = mini.run("promote", "production", "--release", second, "--yes")
    assert refused.code == 3
    assert f"{second} has not passed staging yet" in refused.err
    mini.good("promote", "staging", "--release", second, "--yes")
    assert mini.run("promote", "production", "--release", second, "--yes").code == 9


def test_the_same_content_on_another_target_is_not_there_yet(mini: Miniature) -> None:
    mini.to_production(mini.release("v1"))
    lines = mini.file("vivido.yaml").splitlines()
    _, staging, _ = [n for n, line in enumerate(lines) if line.startswith("    target: ")]
    lines[staging] = "    target: none"
    text = "\n".join(lines) + "\n"
    (mini.clone / "vivido.yaml").write_text(text)
    mini.commit({"vivido.yaml": text.encode()}, "Run staging elsewhere")
    second = mini.good("release", "create", "-o", "name").out.strip()
    refused = mini.run("promote", "production", "--release", second, "--yes")
    assert refused.code == 3
    assert f"{second} has not passed staging yet" in refused.err


def test_a_target_is_known_again_when_its_options_come_back_from_the_journal() -> None:
    here = Environment("dev", "", Kinded("podman", {"ignore": ("Deployment/tmp",), "ports": {"web": 8080}}))
    back = msgspec.json.decode(msgspec.json.encode(here), type=Environment)
    assert brought_to(back) == brought_to(here)
    assert brought_to(Environment("dev", "", Kinded("podman", {"ignore": ()}))) != brought_to(here)


def test_the_same_content_under_other_gates_has_not_passed_them(mini: Miniature) -> None:
    mini.to_production(mini.release("v1"))
    text = mini.file("vivido.yaml").replace(
        "        name: acceptance\n", "        name: acceptance\n      - run: 'true'\n"
    )
    (mini.clone / "vivido.yaml").write_text(text)
    mini.commit({"vivido.yaml": text.encode()}, "Test more in staging")
    second = _edit(mini, "production")
    refused = mini.run("promote", "production", "--release", second, "--yes")
    assert refused.code == 3
    assert f"{second} has not passed staging yet" in refused.err
    assert mini.run("promote", "staging", "--release", second, "--yes").code == 0
    assert mini.run("promote", "production", "--release", second, "--yes").code == 9


def test_evidence_is_void_once_the_same_content_was_rolled_back(mini: Miniature) -> None:
    mini.to_production(mini.release("v1"))
    bad = mini.release("v2")
    mini.to_production(bad)
    second = _edit(mini, "production")
    assert mini.run("promote", "production", "--release", second, "--yes").code == 9
    mini.good("rollback", "staging", "--reason", "it leaks", "--yes")
    ran = mini.approve("production")
    assert ran.code == 3, ran.err
    assert f"{bad}, which is the same in staging, is pinned out of it: it leaks" in ran.err
    assert mini.run("promote", "production", "--release", second, "--yes").code == 3
