"""The surface: help, formats, exit codes, errors."""

import importlib
import json
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cyclopts import App

from vivido.cli import app
from vivido.cli.examples import EXAMPLES
from vivido.errors import Exit
from vivido.testing.miniature import Miniature

real = pytest.mark.real("git", "ssh-keygen")


def test_the_summaries_are_the_first_lines_of_the_docstrings_or_of_the_groups_help() -> None:
    for name, (place, summary) in app._COMMANDS.items():
        module, _, function = place.partition(":")
        found = getattr(importlib.import_module(f"vivido.cli.{module}"), function)
        text = found.help if function.endswith("_app") else (found.__doc__ or "")
        first = " ".join(text.split("\n\n")[0].split())
        words = set(summary.rstrip(".").lower().replace(":", "").replace(",", "").split())
        assert len(words & set(first.lower().replace(":", "").replace(",", "").rstrip(".").split())) >= 3, name


@pytest.mark.parametrize("command", sorted(app._COMMANDS))
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.run([command, "--help"]) == Exit.OK
    out = capsys.readouterr().out
    assert f"vivido {command}" in out
    assert max(len(line) for line in out.splitlines()) <= 80


def _leaves(one: App, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], App]]:
    for name in one:
        if not name.startswith("-"):
            if one[name].default_command:
                yield (*words, name), one[name]
            yield from _leaves(one[name], (*words, name))


def test_every_command_has_examples_that_it_understands() -> None:
    leaves = {" ".join(words) for words, _ in _leaves(app.build_app())}
    assert leaves == set(EXAMPLES)
    for words, told in EXAMPLES.items():
        for typed, _ in told:
            asked = shlex.split(typed.partition(" >")[0])
            assert asked[: len(words.split())] == words.split()
            # Whatever is no such command, flag or value is an error here.
            app.build_app().parse_args(asked, exit_on_error=False, print_error=False)


@pytest.mark.parametrize(("asked", "example"), [("promote", "promote staging --dry-run"), ("pin lift", "pin lift")])
def test_help_shows_the_examples(asked: str, example: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.run([*asked.split(), "--help"]) == Exit.OK
    assert f" vivido {example}" in capsys.readouterr().out


def test_flags_have_counterparts_only_where_they_mean_something_and_positions_are_no_flags(
    capsys: pytest.CaptureFixture[str],
) -> None:
    negatives: set[str] = set()
    for words, one in _leaves(app.build_app()):
        assert app.run([*words, "--help"]) == Exit.OK
        told = capsys.readouterr().out
        negatives |= set(re.findall(r"--(?:no|empty)-[a-z-]+", told))
        for argument in one.assemble_argument_collection():
            if argument.index is not None:
                assert f"--{argument.field_info.names[0]}" not in told, words
    assert negatives == {"--no-wait", "--no-browser"}


def test_a_counterpart_that_means_nothing_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["promote", "dev", "--no-yes"], ["pin", "lift", "--environment", "dev", "r-1", "--reason", "x"]):
        assert app.run(arguments) == Exit.INPUT
    assert "--no-yes" in capsys.readouterr().err


def test_a_wrong_flag_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.run(["promote", "--no-such-flag"]) == Exit.INPUT
    said = capsys.readouterr()
    assert "--no-such-flag" in said.err
    assert "vivido promote --help" in said.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["layout", "convert"], "--to requires an argument: directories, repositories, branches"),
        (["layout", "convert", "--to", "folders"], "vivido layout convert --help"),
        (["status", "staging"], "no more words: staging"),
        (["layout", "change"], "vivido layout --help"),
    ],
)
def test_what_a_command_does_not_take_is_told_with_what_it_takes(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.run(words) == Exit.INPUT
    assert told in " ".join(capsys.readouterr().err.split())


def test_an_unknown_command_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.run(["promtoe"]) == Exit.INPUT
    said = capsys.readouterr()
    assert "promote" in said.out + said.err


def test_without_a_file_it_says_how_to_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert app.run(["status"]) == Exit.NOT_FOUND
    assert "vivido init" in capsys.readouterr().err


def test_all_mistakes_of_the_file_are_told_once_with_their_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "vivido.yaml").write_text("project: Shop\nservces: {}\nenvironments: {dev: {target: podmn}}\n")
    assert app.run(["config", "check"]) == Exit.INPUT
    said = capsys.readouterr().err
    for place in ("vivido.yaml:1:10", "vivido.yaml:2:1", "vivido.yaml:3:30"):
        assert said.count(place) == 1, said


@real
def test_status_in_every_format(mini: Miniature) -> None:
    release = mini.release("v1")
    mini.good("promote", "dev", "--yes")
    text = mini.good("status").out
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "\x1b" not in text
    assert release in text
    assert json.loads(mini.good("status", "-o", "json").out)["columns"][0]["release"] == release
    assert f"release: {release}" in mini.good("status", "-o", "yaml").out
    assert mini.good("status", "-o", "name").out.split() == [release]
    assert mini.good().out.split()[:6] == mini.good("status").out.split()[:6]


@real
def test_a_change_is_asked_for_and_a_program_is_never_asked(mini: Miniature) -> None:
    mini.release("v1")
    ran = mini.run("promote", "dev")
    assert ran.code == Exit.INPUT
    assert "--yes" in ran.err
    assert mini.applied == []


@real
def test_a_dry_run_changes_nothing(mini: Miniature) -> None:
    mini.release("v1")
    commits = mini.log()
    ran = mini.good("promote", "dev", "--dry-run")
    assert "Way back: none: dev is empty" in ran.out
    assert (mini.log(), mini.applied) == (commits, [])
    assert mini.good("history", "-o", "json").json() == []


@real
def test_diff_tells_by_its_exit_code(mini: Miniature) -> None:
    first = mini.release("v1")
    mini.good("promote", "dev", "--yes")
    assert mini.run("diff", "dev", "--release", first).code == Exit.OK
    second = mini.release("v2")
    ran = mini.run("diff", "dev", "--release", second)
    assert ran.code == Exit.DIFFERENT
    assert "2 differences in 2 objects" in ran.out
    assert "/image:" in ran.out
    assert mini.run("diff", second).code == Exit.DIFFERENT
    assert mini.run("diff", "web", f"{first}..{second}").code == Exit.DIFFERENT


@real
def test_unknown_things_are_not_found_and_what_there_is_is_named(mini: Miniature) -> None:
    ran = mini.run("promote", "prodution", "--yes")
    assert ran.code == Exit.NOT_FOUND
    assert "dev, staging, production" in ran.err
    assert mini.run("why", "p-0000").code == Exit.NOT_FOUND
    assert mini.run("promote", "dev", "--release", "r-0000", "--yes").code == Exit.NOT_FOUND


@real
def test_the_registry_out_of_reach_is_said_and_freezes(mini: Miniature) -> None:
    mini.release("v1")
    mini.registry.stopped.set()
    file = mini.clone / "vivido.yaml"
    file.write_text(file.read_text().replace(mini.registry.host, "127.0.0.1:1"))
    ran = mini.run("release", "create", "--artifact", "web=127.0.0.1:1/mini/web:edge")
    assert ran.code == Exit.UNREACHABLE
    assert "127.0.0.1:1" in ran.err


@real
def test_no_secret_of_the_environment_reaches_the_state(mini: Miniature) -> None:
    os.environ["MINI_SECRET"] = "hunter2-hunter2"
    try:
        mini.release("v1")
        mini.good("promote", "dev", "--yes")
    finally:
        del os.environ["MINI_SECRET"]
    for path in (mini.root / "state").rglob("*"):
        if path.is_file():
            assert b"hunter2-hunter2" not in path.read_bytes(), path


@real
def test_what_failed_last_stands_in_the_matrix(mini: Miniature) -> None:
    mini.to_production(mini.release("v1"))
    bad = mini.release("v2")
    mini.good("promote", "dev", "--yes")
    (mini.root / "broken").touch()
    mini.run("promote", "staging", "--yes")
    text = mini.good("status").out
    assert f"{bad} → staging: went-back" in text
    assert "vivido why staging" in text


@real
def test_two_environments_are_compared(mini: Miniature) -> None:
    mini.to_production(mini.release("v1"))
    ran = mini.run("diff", "staging", "production")
    assert ran.code == Exit.DIFFERENT
    assert "    spec/replicas: 2 → 3\n" in ran.out
    assert mini.run("diff", "staging..production").out == ran.out
    told = mini.run("diff", "web", "staging", "production", "-o", "json").json()
    (replicas,) = [d for d in told["differences"] if d["path"] == ["spec", "replicas"]]
    assert (replicas["group"], replicas["left"], replicas["right"]) == ("capacity", 2, 3)
    assert (
        "| `Deployment/web/spec/replicas` | `2` | `3` |"
        in mini.run("diff", "staging..production", "-o", "markdown").out
    )
    assert "│" in mini.run("diff", "staging..production", "--side-by-side").out


@real
def test_what_is_not_there_is_named_by_diff(mini: Miniature) -> None:
    mini.to_production(mini.release("v1"))
    ran = mini.run("diff", "stagin")
    assert ran.code == Exit.NOT_FOUND
    assert "stagin" in ran.err
    ran = mini.run("diff", "dev", "staging", "production")
    assert ran.code == Exit.INPUT
    assert "more than two sides" in ran.err
    ran = mini.run("status", "-o", "markdown")
    assert ran.code == Exit.INPUT
    assert "no output as markdown" in ran.err
    assert mini.run("diff").code == Exit.OK


@real
def test_the_same_artifacts_and_configuration_are_the_same_release(mini: Miniature) -> None:
    first = mini.release("v1")
    mini.good("promote", "dev", "--yes")
    assert mini.release("v1") == first
    (mini.clone / "new").write_text("x")
    for args in (["add", "new"], ["commit", "--quiet", "--message", "Not pushed"]):
        subprocess.run(["git", *args], cwd=mini.clone, check=True)
    assert "is not pushed" in mini.good("release", "create").err


@real
def test_a_pause_says_who_and_why_and_how_it_goes_on(mini: Miniature) -> None:
    mini.release("v1")
    for environment in ("dev", "staging", "production"):
        mini.run("promote", environment, "--yes")
    mini.good("pause", "production", "--reason", "lunch")
    why = mini.good("why", "production").out
    assert "lunch" in why
    assert "vivido resume production" in why


def test_completion_is_printed_and_changes_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert app.run(["completion", "bash"]) == Exit.OK
    assert "promote" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_init_says_what_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert app.run(["init"]) == Exit.INPUT
    assert "neither a Containerfile" in capsys.readouterr().err
    (tmp_path / "Containerfile").write_text("FROM scratch\n")
    (tmp_path / "deploy").mkdir()
    spec = "spec: {template: {spec: {containers: [{name: web, image: web}]}}}"
    manifest = f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web}}\n{spec}\n"
    (tmp_path / "deploy" / "web.yaml").write_text(manifest)
    code = app.run(["init"])
    said = capsys.readouterr().err
    assert code == Exit.INPUT
    assert "--registry" in said
    assert app.run(["init", "--registry", "https://u:secret@r.example.com/x"]) == Exit.INPUT
    said = capsys.readouterr().err
    assert "an address with a password" in said
    assert "Give --registry" in said
    assert "secret" not in said
    assert not (tmp_path / "vivido.yaml").exists()
    assert app.run(["init", "--registry", "registry.example.com/team"]) == Exit.OK
    assert app.run(["config", "check"]) == Exit.OK
    with (tmp_path / "vivido.yaml").open("a") as file:
        file.write("projct: x\nregistri: y\n")
    capsys.readouterr()
    assert app.run(["config", "check", "-o", "json"]) == Exit.INPUT
    assert [p["code"] for p in json.loads(capsys.readouterr().out)["problems"]] == ["config.unknown-key"] * 2


def test_init_names_what_a_repository_with_a_chart_alone_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Containerfile").write_text("FROM scratch\n")
    (tmp_path / "chart").mkdir()
    (tmp_path / "chart" / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 1.0.0\n")
    assert app.run(["init", "--registry", "registry.example.com/team"]) == Exit.OK
    said = " ".join(capsys.readouterr().err.split())
    assert "chart has no values for each environment; write values-dev.yaml" in said
    assert "config: chart  # a Helm chart" in (tmp_path / "vivido.yaml").read_text()
    assert app.run(["config", "check"]) == Exit.OK
