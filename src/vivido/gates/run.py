"""`run`: a command of the user's decides."""

import signal
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar

import msgspec

from vivido.errors import ToolError
from vivido.gates.command import fill_in, run_once
from vivido.gates.interface import GateContext, Subject
from vivido.gates.junit import Report, stamps, summarise
from vivido.gates.option import Retries
from vivido.gates.telling import evidence, not_met, nth, plain
from vivido.model.gate import Judgment, Outcome
from vivido.text.redact import printable, redact
from vivido.time.clock import SECOND, parse_duration
from vivido.time.option import Duration, positive

_NOT_RUN = {126: "could not be executed", 127: "was not found"}


class RunOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Run a command against the environment; exit code 0 passes."""

    command: str
    """A shell command, run in the project's directory. `{url}`, `{environment}` and `{release}` are filled in. These variables
    are set: `VIVIDO_URL`, `VIVIDO_URL_<SERVICE>`, `VIVIDO_ENVIRONMENT`, `VIVIDO_RELEASE`, `VIVIDO_PROMOTION`, `VIVIDO_GATE`,
    `VIVIDO_ATTEMPT`, `VIVIDO_IMAGE_<SERVICE>`, `VIVIDO_DIGEST_<SERVICE>`."""
    timeout: Duration = "10m"
    """How long one try may take. A try that takes longer is killed and counts as failed."""
    junit: str = ""
    """Where the command writes JUnit XML, relative to the project's directory; `*` and `**` are understood. The reports must be
    written by this run, hold at least one test that ran, and no failure."""
    retries: Retries = 0
    """How many further tries a failure gets. A pass after a retry says so."""

    def __post_init__(self) -> None:
        """Refuse what could never be run."""
        if not self.command.strip():
            raise ValueError("command: is empty")
        positive("timeout", self.timeout)
        path = PurePosixPath(self.junit)
        if path.is_absolute() or ".." in path.parts:
            raise ValueError("junit: must stay inside the project's directory")
        if any("**" in part and part != "**" for part in path.parts) or "\0" in self.junit:
            raise ValueError("junit: ** stands alone between slashes")


class RunGate:
    """A gate that runs a command.

    It passes at exit code 0, with reports that bear it out where `junit` is given. It is blind where nothing was judged: the
    command was not found or could not be executed (127, 126), a signal ended it, a report is missing, old, unreadable or
    has no test that ran. Everything else, a timeout too, is failed.
    """

    options: ClassVar[type[msgspec.Struct]] = RunOptions
    shorthand: ClassVar[str] = "command"
    moment: ClassVar[str] = "after"

    def observe(self, options: RunOptions, subject: Subject, context: GateContext) -> dict[str, Any]:
        """Run the command, and again after a failure as often as `retries` says.

        Returns `{"error": …}`, or `{"command": …, "tries": [{code, timed_out, milliseconds, output, tail, report}]}`.
        The command is run at least once: after a crash it may run again, with the same promotion, gate and attempt in
        its variables.
        """
        command, why = fill_in(options.command, subject)
        if why:
            return {"error": why}
        tries: list[dict[str, Any]] = []
        timeout = parse_duration(options.timeout) / SECOND
        root = Path(context.root)
        for number in range(1, options.retries + 2):
            before = stamps(root, options.junit) if options.junit else {}
            context.progress(
                f"running the command, at most {options.timeout}" + (f", {nth(number)} try" if number > 1 else "")
            )
            try:
                done = run_once(command, subject, context, number, timeout)
            except ToolError as e:
                return {"error": e.message}
            except OSError as e:
                return {"error": f"the command's output cannot be kept in {context.state}: {e.strerror}"}
            report = summarise(root, options.junit, before) if options.junit else None
            tries.append(plain({**msgspec.structs.asdict(done), "report": report}))
            if _verdict(options, tries[-1])[0] is Outcome.PASSED:
                break
        return {"command": redact(printable(command)), "tries": tries}

    def judge(self, options: RunOptions, subject: Subject, seen: dict[str, Any], now: int) -> Judgment:
        """Judge the last try; the ones before it are told of."""
        tries: list[dict[str, Any]] = seen.get("tries") or []
        if not tries:
            return not_met(Outcome.BLIND, seen.get("error") or "the command was not run", subject, seen)
        outcome, reason = _verdict(options, tries[-1])
        if len(tries) > 1:
            reason += f", at the {nth(len(tries))} try; the 1st: {_verdict(options, tries[0])[1]}"
        if outcome is Outcome.PASSED:
            return Judgment(outcome, reason, evidence(subject, seen))
        return not_met(outcome, reason, subject, seen)


def _verdict(options: RunOptions, one: dict[str, Any]) -> tuple[Outcome, str]:
    code = one["code"]
    report = msgspec.convert(one["report"], Report) if one.get("report") else None
    if one["timed_out"]:
        return Outcome.FAILED, f"the command took longer than {options.timeout} and was stopped"
    if ended_by := _signal(code):
        return Outcome.BLIND, f"the command was ended by {ended_by}"
    if code in _NOT_RUN:
        return Outcome.BLIND, f"the command {_NOT_RUN[code]} (exit code {code})"
    if report and report.failures + report.errors:
        return Outcome.FAILED, _told(report)
    if code:
        return Outcome.FAILED, f"the command failed with exit code {code}"
    if report is None:
        missing = bool(options.junit)
        return (Outcome.BLIND, "no report was read") if missing else (Outcome.PASSED, "the command succeeded")
    if report.fault:
        return Outcome.BLIND, f"the command succeeded, but {report.fault}"
    return Outcome.PASSED, _told(report)


def _told(report: Report) -> str:
    bad = report.failures + report.errors
    if bad:
        names = ", ".join(report.failed[:3]) + (" and others" if bad > 3 else "")
        return f"{bad} of {max(report.tests, bad)} tests failed: {names}" if report.failed else f"{bad} tests failed"
    told = f"{report.tests - report.skipped} tests passed"
    told += f", {report.skipped} skipped" if report.skipped else ""
    return told + (f", {report.flaky} only after they had failed" if report.flaky else "")


def _signal(code: int) -> str:
    # A shell reports a child's signal as 128 + its number.
    number = -code if code < 0 else code - 128
    try:
        return signal.Signals(number).name
    except ValueError:
        return ""
