"""The `command` target: the user's commands decide, run at least once, and are read strictly."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from target_situation import DIGEST_A, DIGEST_B, context, desired

from vivido.errors import RefusedError, ToolError
from vivido.targets.command.options import CommandOptions
from vivido.targets.command.report import read_report
from vivido.targets.command.target import KEPT, CommandTarget
from vivido.targets.interface import Target, TargetKind
from vivido.targets.kinds import KINDS
from vivido.targets.record import load, save, write

WEB = f"registry.test/web@{DIGEST_A}"
CONFIG = {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "c"}, "data": {"OCTAL": "0o17", "ON": "on"}}


def open_target(tmp_path: Path, **options: Any) -> Target:
    kind = KINDS["command"]
    return kind.open(msgspec.convert(options, kind.options), context(tmp_path), "dev", {"EXTRA": "given"})


def test_apply_gets_what_should_run_and_current_says_what_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("VIVIDO_")]:
        monkeypatch.delenv(name)
    target = open_target(
        tmp_path,
        apply='env | grep -E "^(VIVIDO_|EXTRA)" > seen; cp "$VIVIDO_MANIFESTS" manifests; echo "web=$VIVIDO_IMAGE_WEB" > runs',
        current="echo '# what runs'; cat runs",
    )
    want = desired(CONFIG, images={"web": WEB, "back-end": f"registry.test/b@{DIGEST_B}"})
    want = msgspec.structs.replace(want, commit="c0ffee")
    assert target.check(want) == ()
    target.stage(want)
    assert not (tmp_path / "seen").exists()
    target.switch(want)
    seen = dict(line.split("=", 1) for line in (tmp_path / "seen").read_text().splitlines())
    manifests = seen.pop("VIVIDO_MANIFESTS")
    assert seen == {
        "EXTRA": "given",
        "VIVIDO_PROJECT": "shop",
        "VIVIDO_ENVIRONMENT": "dev",
        "VIVIDO_RELEASE": want.release,
        "VIVIDO_PROMOTION": "p-1",
        "VIVIDO_GENERATION": want.generation,
        "VIVIDO_COMMIT": "c0ffee",
        "VIVIDO_IMAGE_WEB": WEB,
        "VIVIDO_IMAGE_BACK_END": f"registry.test/b@{DIGEST_B}",
    }
    assert Path(manifests).is_absolute()
    assert list(yaml.safe_load_all((tmp_path / "manifests").read_text())) == [CONFIG]
    live = target.current()
    assert (live.generation, live.release, live.digests) == (want.generation, want.release, {"web": DIGEST_A})
    assert live.healthy is None


def test_somebody_elses_change_is_seen(tmp_path: Path) -> None:
    target = open_target(tmp_path, apply="true", current=f"echo web=registry.test/web@{DIGEST_B}")
    target.switch(desired())
    live = target.current()
    assert (live.generation, live.digests) == ("", {"web": DIGEST_B})
    assert "not what was applied last" in live.detail


def test_current_may_print_json(tmp_path: Path) -> None:
    text = f'{{"services": {{"web": "{WEB}"}}, "healthy": false, "urls": {{"": "http://h"}}, "detail": "slow"}}'
    (tmp_path / "runs").write_text(text)
    target = open_target(tmp_path, apply="true", current="cat runs")
    target.switch(desired())
    live = target.current()
    assert (live.healthy, live.urls, live.detail, live.digests) == (False, {"": "http://h"}, "slow", {"web": DIGEST_A})


def test_without_a_current_command_nothing_is_claimed(tmp_path: Path) -> None:
    target = open_target(tmp_path, apply="true")
    assert target.current().generation == ""
    target.switch(desired())
    live = target.current()
    assert (live.generation, live.digests, live.healthy) == (desired().generation, {}, None)
    target.settle(desired().generation)
    assert target.current().generation
    target.settle("")
    assert target.current().generation == ""


def test_the_check_command_can_refuse(tmp_path: Path) -> None:
    (problem,) = open_target(tmp_path, apply="true", check="echo the cluster is asleep; exit 1").check(desired())
    assert problem.code == "target.check-failed"
    assert "the cluster is asleep" in problem.message
    assert open_target(tmp_path, apply="true", check="true").check(desired()) == ()
    (late,) = open_target(tmp_path, apply="true", check="cat /dev/zero", timeout="100ms").check(desired())
    assert "in time" in late.message


def test_a_failed_apply_says_how_it_ended_and_keeps_its_output(tmp_path: Path) -> None:
    target = open_target(
        tmp_path, apply="head -c 5000 /dev/zero | tr '\\0' x; echo; echo no https://u:pw@host/ here; exit 4"
    )
    with pytest.raises(RefusedError) as e:
        target.switch(desired())
    assert e.value.code == "target.apply-failed"
    assert "exit code 4" in e.value.message
    assert "pw@" not in e.value.message
    assert len(e.value.message) < 2200
    assert len((tmp_path / "state/output/p-1-apply.log").read_bytes()) > 5000
    assert target.current().generation == ""


def test_commands_end_in_time(tmp_path: Path) -> None:
    target = open_target(tmp_path, apply="cat /dev/zero", current="cat /dev/zero", timeout="100ms")
    with pytest.raises(RefusedError, match="did not end in time"):
        target.switch(desired())
    with pytest.raises(ToolError) as e:
        target.current()
    assert e.value.code == "target.current-timeout"


def test_old_outputs_are_forgotten(tmp_path: Path) -> None:
    target = open_target(tmp_path, apply="true")
    (tmp_path / "state/output").mkdir()
    for number in range(KEPT + 5):
        (tmp_path / f"state/output/old-{number}.log").touch()
    target.switch(desired())
    kept = list((tmp_path / "state/output").iterdir())
    assert len(kept) == KEPT
    assert tmp_path / "state/output/p-1-apply.log" in kept


@pytest.mark.parametrize("at", ["command.apply.before", "command.apply.after"])
def test_killed_around_apply_it_runs_again_with_the_same_id(tmp_path: Path, at: str) -> None:
    program = f"""
from pathlib import Path
from target_situation import context, desired
from vivido.targets.command.options import CommandOptions
from vivido.targets.command.target import CommandTarget
options = CommandOptions(apply="echo $VIVIDO_PROMOTION >> ran")
CommandTarget(options, context(Path({str(tmp_path)!r})), "dev", {{}}).switch(desired())
"""
    run = [sys.executable, "-c", program]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    killed = subprocess.run(run, env={**env, "VIVIDO_CRASH_AT": at}, check=False)
    assert killed.returncode == -signal.SIGKILL
    subprocess.run(run, env=env, check=True)
    ran = (tmp_path / "ran").read_text().split()
    assert set(ran) == {"p-1"}
    assert len(ran) == (1 if at.endswith("before") else 2)
    assert open_target(tmp_path, apply="true").current().generation == desired().generation


@pytest.mark.parametrize(
    ("options", "said"),
    [({"apply": " "}, "apply: is empty"), ({"apply": "x", "timeout": "soon"}, "no duration"), ({}, "apply")],
)
def test_options_that_could_never_run_are_refused(options: dict[str, str], said: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=said):
        msgspec.convert(options, CommandOptions)
    with pytest.raises(msgspec.ValidationError, match="longer than nothing"):
        msgspec.convert({"apply": "x", "timeout": "0s"}, CommandOptions)


@pytest.mark.parametrize(
    "output", ["web", "=x", "web=latest", '{"services": {"web": "v1"}}', "{", '{"more": 1}', '{"a":"\ud800"}']
)
def test_what_current_prints_is_read_strictly(output: str) -> None:
    with pytest.raises(ToolError) as e:
        read_report(output)
    assert e.value.code == "target.current-unreadable"


@given(st.text(max_size=100))
def test_any_output_is_a_report_or_a_named_error(output: str) -> None:
    try:
        report = read_report(output)
    except ToolError as e:
        assert e.code == "target.current-unreadable"
    else:
        assert all(d.startswith("sha256:") for d in report.digests.values())


def test_the_kinds_hold_their_port() -> None:
    kinds: dict[str, TargetKind] = KINDS
    assert {"none", "command"} <= set(kinds)
    assert kinds["command"].shorthand == "apply"


def test_none_claims_nothing(tmp_path: Path) -> None:
    kind = KINDS["none"]
    target = kind.open(msgspec.convert({}, kind.options), context(tmp_path), "dev", {})
    assert target.check(desired()) == ()
    target.stage(desired())
    target.switch(desired())
    target.settle("")
    live = target.current()
    assert (live.generation, live.digests, live.healthy) == ("", {}, None)


def test_records_are_whole_or_absent(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "record.json"
    assert load(path, CommandOptions) is None
    save(path, CommandOptions(apply="x"))
    assert load(path, CommandOptions) == CommandOptions(apply="x")
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("{")
    assert load(path, CommandOptions) is None
    with pytest.raises(ToolError) as e:
        write(path / "below-a-file", b"")
    assert e.value.code == "target.state"


def test_the_target_is_what_the_kind_opens(tmp_path: Path) -> None:
    assert isinstance(open_target(tmp_path, apply="true"), CommandTarget)
