"""`run`: real commands, run by a real shell."""

import json
import os
import shlex
import time
from pathlib import Path

import msgspec
import pytest
from gate_situation import DIGEST, context, subject
from hypothesis import given
from hypothesis import strategies as st

from vivido.gates.command import KEPT, fill_in
from vivido.gates.interface import Subject
from vivido.gates.run import RunGate, RunOptions
from vivido.model.canonical import canonical
from vivido.model.gate import Judgment, Outcome
from vivido.process import run as run_program

GATE = RunGate()


def judged(root: Path, options: RunOptions, about: Subject | None = None, told: list[str] | None = None) -> Judgment:
    about = about or subject()
    seen = GATE.observe(options, about, context(root, told=told))
    # What was seen goes through the ledger as JSON, and must be judged the same afterwards.
    replayed = json.loads(canonical(seen))
    judgment = GATE.judge(options, about, seen, 1)
    assert GATE.judge(options, about, replayed, 2) == judgment
    return judgment


@pytest.mark.parametrize(
    ("command", "outcome", "said"),
    [
        ("true", Outcome.PASSED, "succeeded"),
        ("exit 3", Outcome.FAILED, "exit code 3"),
        ("no-such-program-here", Outcome.BLIND, "was not found (exit code 127)"),
        ("./here.txt", Outcome.BLIND, "could not be executed (exit code 126)"),
        ("kill -KILL $$", Outcome.BLIND, "SIGKILL"),
        ("sh -c 'kill -SEGV $$'; exit $?", Outcome.BLIND, "SIGSEGV"),
        ("exit 128", Outcome.FAILED, "exit code 128"),
        ("exit 255", Outcome.FAILED, "exit code 255"),
    ],
)
def test_the_exit_code_decides(tmp_path: Path, command: str, outcome: Outcome, said: str) -> None:
    (tmp_path / "here.txt").write_text("no program")
    judgment = judged(tmp_path, RunOptions(command))
    assert judgment.outcome is outcome
    assert said in judgment.reason
    assert bool(judgment.unmet) is (outcome is not Outcome.PASSED)


def test_what_takes_too_long_is_stopped_with_its_children_and_failed(tmp_path: Path) -> None:
    judgment = judged(tmp_path, RunOptions("sleep 600 & echo $! > child; wait", timeout="2s"))
    assert judgment.outcome is Outcome.FAILED
    assert "longer than 2s" in judgment.reason
    child = int((tmp_path / "child").read_text())
    deadline = time.monotonic() + 30
    while _runs(child):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_process_left_behind_is_not_waited_for(tmp_path: Path) -> None:
    judgment = judged(tmp_path, RunOptions("setsid sleep 600 & echo $! > child", timeout="1m"))
    os.kill(int((tmp_path / "child").read_text()), 9)
    assert judgment.outcome is Outcome.PASSED


def test_the_command_is_told_where_and_what(tmp_path: Path) -> None:
    about = subject(url="http://127.0.0.1:8080", urls={"": "x", "web-front": "http://127.0.0.1:81"}, attempt=3)
    judgment = judged(tmp_path, RunOptions("env | grep ^VIVIDO_ | sort > told; pwd >> told"), about)
    told = dict(line.split("=", 1) for line in (tmp_path / "told").read_text().splitlines() if "=" in line)
    assert (
        told.items()
        >= {
            "VIVIDO_URL": "http://127.0.0.1:8080",
            "VIVIDO_URL_WEB_FRONT": "http://127.0.0.1:81",
            "VIVIDO_ENVIRONMENT": "staging",
            "VIVIDO_RELEASE": "r-0123456789ab",
            "VIVIDO_PROMOTION": "p-1",
            "VIVIDO_GATE": "acceptance",
            "VIVIDO_ATTEMPT": "3",
            "VIVIDO_IMAGE_WEB_FRONT": f"localhost:5000/shop/web@{DIGEST}",
            "VIVIDO_DIGEST_WEB_FRONT": str(DIGEST),
        }.items()
    )
    assert (tmp_path / "told").read_text().splitlines()[-1] == str(tmp_path)
    assert judgment.evidence["attempt"] == 3


def test_placeholders_are_filled_in_and_other_braces_stay(tmp_path: Path) -> None:
    about = subject(url="http://[::1]:80/x?q=1#y")
    command = "url=a; echo {url} {environment} {release} ${url} {other} '{url}' > told"
    assert judged(tmp_path, RunOptions(command), about).outcome is Outcome.PASSED
    assert (tmp_path / "told").read_text().startswith("http://[::1]:80/x?q=1#y staging r-0123456789ab a {other}")


@pytest.mark.parametrize(
    "url", ["http://x/$(touch${IFS}hit)", "http://x/`touch hit`", "http://x/;touch", "http://x/&a", "'", '"']
)
def test_a_url_that_a_shell_would_interpret_is_not_put_into_a_command(tmp_path: Path, url: str) -> None:
    judgment = judged(tmp_path, RunOptions('echo "{url}"'), subject(url=url))
    assert judgment.outcome is Outcome.BLIND
    assert "$VIVIDO_URL" in judgment.reason


def test_no_url_is_blind_only_for_who_needs_one(tmp_path: Path) -> None:
    assert judged(tmp_path, RunOptions("test {url}")).outcome is Outcome.BLIND
    assert judged(tmp_path, RunOptions('test -z "$VIVIDO_URL"')).outcome is Outcome.PASSED


@given(
    st.text(min_size=1, max_size=30).filter(lambda t: "\0" not in t), st.sampled_from(["{}", "'{}'", '"{}"', "x{}y"])
)
def test_no_value_ever_runs_as_code(value: str, quotes: str) -> None:
    filled, why = fill_in("echo " + quotes.format("{url}"), subject(url=value))
    if not why:
        assert len(shlex.split(filled)) == 2
        done = run_program(["/bin/sh", "-fc", filled], env={"LC_ALL": "C.UTF-8"})
        assert done.returncode == 0
        assert value in done.text


def test_a_retry_is_said_openly(tmp_path: Path) -> None:
    told: list[str] = []
    flaky = RunOptions("test -e once || { touch once; exit 4; }", retries=3)
    judgment = judged(tmp_path, flaky, told=told)
    assert judgment.outcome is Outcome.PASSED
    assert "at the 2nd try; the 1st: the command failed with exit code 4" in judgment.reason
    assert [t["code"] for t in judgment.evidence["tries"]] == [4, 0]
    assert [line.replace(", at most 10m", "") for line in told] == [
        "running the command",
        "running the command, 2nd try",
    ]


def test_retries_end(tmp_path: Path) -> None:
    judgment = judged(tmp_path, RunOptions("echo x >> times; exit 1", retries=2))
    assert judgment.outcome is Outcome.FAILED
    assert "3rd try" in judgment.reason
    assert (tmp_path / "times").read_text() == "x\nx\nx\n"


def test_output_is_kept_in_order_without_secrets_and_escapes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_API_TOKEN", "canary-4711")
    monkeypatch.setenv("SHOP_PASSWORD", "abc")
    command = r"echo one; echo two >&2; printf '\033[31mthree\033[0m\n'; echo $SHOP_API_TOKEN https://u:pw@host/ abc"
    judgment = judged(tmp_path, RunOptions(command), subject(gate="odd/../name"))
    one = judgment.evidence["tries"][0]
    kept = (tmp_path / "state" / one["output"]).read_text()
    assert kept == "one\ntwo\nthree\n*** https://***@host/ abc\n"
    assert one["tail"] == kept
    assert [p.name for p in (tmp_path / "state").iterdir()] == ["odd_.._name-1-1.log"]


def test_only_the_end_of_much_output_is_kept(tmp_path: Path) -> None:
    judgment = judged(tmp_path, RunOptions("head -c 3000000 /dev/zero | tr '\\0' x | fold -w 99; echo; echo the end"))
    kept = (tmp_path / "state" / judgment.evidence["tries"][0]["output"]).read_text()
    assert kept.startswith("[earlier output was cut]\n")
    assert kept.endswith("the end\n")
    assert len(kept) <= KEPT + 30
    assert len(judgment.evidence["tries"][0]["tail"]) <= 4000


def test_a_missing_directory_is_blind(tmp_path: Path) -> None:
    where = msgspec.structs.replace(context(tmp_path), root=str(tmp_path / "gone"))
    seen = GATE.observe(RunOptions("true"), subject(), where)
    assert GATE.judge(RunOptions("true"), subject(), seen, 1).outcome is Outcome.BLIND


def test_output_that_cannot_be_kept_is_blind(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the directory should be")
    judgment = judged(tmp_path, RunOptions("true"))
    assert judgment.outcome is Outcome.BLIND
    assert "cannot be kept" in judgment.reason


def test_nothing_seen_is_blind() -> None:
    assert GATE.judge(RunOptions("true"), subject(), {}, 1).outcome is Outcome.BLIND
    without_report = {"tries": [{"code": 0, "timed_out": False, "report": None}]}
    assert GATE.judge(RunOptions("true", junit="*.xml"), subject(), without_report, 1).outcome is Outcome.BLIND


REPORT = '<testsuite tests="{tests}">{cases}</testsuite>'
GOOD = '<testcase classname="shop" name="pays"/>'
BAD = '<testcase classname="shop" name="ships"><failure message="no"/></testcase>'
SKIP = '<testcase name="later"><skipped/></testcase>'
FLAKY = '<testcase name="shaky"><flakyFailure/></testcase>'


@pytest.mark.parametrize(
    ("cases", "code", "outcome", "said"),
    [
        (GOOD, 0, Outcome.PASSED, "1 tests passed"),
        (GOOD + SKIP + FLAKY, 0, Outcome.PASSED, "2 tests passed, 1 skipped, 1 only after they had failed"),
        (GOOD + BAD, 0, Outcome.FAILED, "1 of 2 tests failed: shop.ships"),
        (BAD * 5, 1, Outcome.FAILED, "5 of 5 tests failed: shop.ships, shop.ships, shop.ships and others"),
        (GOOD, 1, Outcome.FAILED, "exit code 1"),
        ("", 0, Outcome.BLIND, "no test in it"),
        ("", 1, Outcome.FAILED, "exit code 1"),
        (SKIP, 0, Outcome.BLIND, "every test was skipped"),
        ("<broken", 0, Outcome.BLIND, "cannot be read"),
    ],
)
def test_the_report_decides_too(tmp_path: Path, cases: str, code: int, outcome: Outcome, said: str) -> None:
    text = REPORT.format(tests=1, cases=cases)
    options = RunOptions(
        f"mkdir -p out/a; printf %s {shlex.quote(text)} > out/a/r.xml; exit {code}", junit="out/**/*.xml"
    )
    judgment = judged(tmp_path, options)
    assert judgment.outcome is outcome
    assert said in judgment.reason


def test_a_report_of_an_earlier_run_is_no_evidence(tmp_path: Path) -> None:
    (tmp_path / "r.xml").write_text(REPORT.format(tests=1, cases=GOOD))
    judgment = judged(tmp_path, RunOptions("true", junit="*.xml"))
    assert judgment.outcome is Outcome.BLIND
    assert "of an earlier run" in judgment.reason
    again = judged(tmp_path, RunOptions("cp r.xml x; cat x > r.xml", junit="r.xml"))
    assert again.outcome is Outcome.PASSED


def test_no_report_is_blind(tmp_path: Path) -> None:
    judgment = judged(tmp_path, RunOptions("true", junit="*.xml"))
    assert judgment.outcome is Outcome.BLIND
    assert "no report was written to *.xml" in judgment.reason


@pytest.mark.parametrize(
    "bad",
    [
        {"command": " "},
        {"command": "x", "timeout": "0s"},
        {"command": "x", "timeout": "soon"},
        {"command": "x", "junit": "/etc/x.xml"},
        {"command": "x", "junit": "../x.xml"},
        {"command": "x", "junit": "a**/x.xml"},
        {"command": "x", "retries": 11},
        {"command": "x", "retries": -1},
        {"command": "x", "retry": 1},
    ],
)
def test_options_that_could_never_be_met_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(bad, RunOptions)
