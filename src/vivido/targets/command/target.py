"""The five verbs of a `command` target."""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import msgspec

from vivido import process
from vivido.crashpoint import crashpoint
from vivido.errors import RefusedError, ToolError
from vivido.model.problem import Problem
from vivido.model.reference import Digest
from vivido.targets.command.options import CommandOptions, variables
from vivido.targets.command.report import Report, read_report
from vivido.targets.interface import Desired, Live, TargetContext
from vivido.targets.record import load, save
from vivido.text.redact import printable, redact
from vivido.time.option import seconds

TAIL = 2000
"""Characters of a failed command's output that reach the message; all of it is in the file that the message names."""
KEPT = 50
"""Outputs that are kept per environment."""


class Applied(msgspec.Struct, frozen=True):
    """What `apply` did last."""

    generation: str
    release: str
    digests: dict[str, Digest]


class CommandTarget:
    """An environment that the user's own commands change and read."""

    def __init__(
        self, options: CommandOptions, context: TargetContext, environment: str, environ: Mapping[str, str]
    ) -> None:
        self._options = options
        self._context = context
        self._environment = environment
        self._environ = dict(environ)
        self._state = Path(context.state)

    def check(self, desired: Desired) -> tuple[Problem, ...]:
        """Run the `check` command; its output says what stands in the way."""
        if not self._options.check:
            return ()
        done = self._run("check", self._options.check, variables(desired, self._manifests(desired)))
        if done.returncode == 0:
            return ()
        what = "did not end in time" if done.timed_out else f"said no (exit code {done.returncode})"
        return (Problem("target.check-failed", f"the target's `check` command {what}: {_tail(done)}"),)

    def stage(self, desired: Desired) -> None:
        """Do nothing: a command has no way to come up without traffic."""

    def switch(self, desired: Desired) -> None:
        """Run `apply`, at least once.

        Raises:
            RefusedError: `target.apply-failed` or `target.apply-timeout`: the promotion failed, and goes back.
        """
        manifests = self._manifests(desired)
        self._context.progress(f"running the apply command of {desired.environment}, at most {self._options.timeout}")
        crashpoint("command.apply.before")
        done = self._run("apply", self._options.apply, variables(desired, manifests), desired.promotion)
        crashpoint("command.apply.after")
        if done.returncode != 0:
            failed = self._failed("apply", done)
            raise RefusedError(failed.message, code=failed.code, hint=failed.hint)
        digests = {service: Digest(image.rpartition("@")[2]) for service, image in desired.images.items()}
        save(self._record, Applied(desired.generation, desired.release, digests))

    def settle(self, keep: str) -> None:
        """Forget what was applied where nothing is kept; the commands know no removal."""
        if not keep:
            self._record.unlink(missing_ok=True)

    def current(self) -> Live:
        """Run `current` and compare with what was applied last.

        Raises:
            ToolError: `target.current-failed`, `target.current-timeout` or `target.current-unreadable`.
        """
        applied = load(self._record, Applied) or Applied("", "", {})
        if not self._options.current:
            detail = "the target has no `current` command: what runs cannot be told"
            return Live(applied.generation, applied.release, {}, None, detail)
        place = {"VIVIDO_PROJECT": self._context.project, "VIVIDO_ENVIRONMENT": self._environment}
        done = self._run("current", self._options.current, place)
        if done.returncode != 0:
            raise self._failed("current", done)
        return _live(applied, read_report(done.text))

    @property
    def _record(self) -> Path:
        return self._state / "applied.json"

    def _manifests(self, desired: Desired) -> Path:
        """Write the rendered objects as YAML. JSON is YAML, and no reader of YAML 1.1 or 1.2 takes its strings for numbers."""
        documents = (msgspec.json.format(msgspec.json.encode(o), indent=2) for o in desired.rendered.objects)
        path = self._state / "manifests" / f"{desired.generation}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(b"---\n" + d + b"\n" for d in documents))
        return path

    def _run(self, verb: str, command: str, variables: Mapping[str, str], promotion: str = "") -> process.Completed:
        done = process.run(
            ["/bin/sh", "-c", command],
            cwd=self._context.root,
            env={**self._environ, **variables},
            timeout=seconds("timeout", self._options.timeout),
        )
        path = self._output(verb, promotion)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(done.stdout + done.stderr)
        path.chmod(0o600)
        _forget_old(path.parent)
        return done

    def _output(self, verb: str, promotion: str = "") -> Path:
        return self._state / "output" / f"{f'{promotion}-' if promotion else ''}{verb}.log"

    def _failed(self, verb: str, done: process.Completed) -> ToolError:
        what = "did not end in time" if done.timed_out else f"failed with exit code {done.returncode}"
        return ToolError(
            f"the target's `{verb}` command {what}: {_tail(done)}",
            code=f"target.{verb}-{'timeout' if done.timed_out else 'failed'}",
            hint=f"All that it printed is under {self._state / 'output'}; run it by hand, mend it and retry.",
        )


def _live(applied: Applied, report: Report) -> Live:
    ours = all(applied.digests.get(service) == digest for service, digest in report.digests.items())
    if ours:
        return Live(applied.generation, applied.release, report.digests, report.healthy, report.detail, report.urls)
    detail = report.detail or "what runs is not what was applied last"
    return Live("", "", report.digests, report.healthy, detail, report.urls)


def _tail(done: process.Completed) -> str:
    text = printable(redact(done.complaint))
    return text if len(text) <= TAIL else "…" + text[-TAIL:]


def _forget_old(directory: Path) -> None:
    outputs = sorted(directory.iterdir(), key=lambda p: p.stat().st_mtime_ns)
    for path in outputs[:-KEPT]:
        path.unlink(missing_ok=True)


class CommandKind:
    """The kind `command`."""

    options: ClassVar[type[msgspec.Struct]] = CommandOptions
    shorthand: ClassVar[str] = "apply"

    def pulls(self, options: CommandOptions) -> bool:
        """Say what the file says."""
        return options.pulls

    def open(
        self, options: CommandOptions, context: TargetContext, environment: str, environ: Mapping[str, str]
    ) -> CommandTarget:
        """Make the target of one environment."""
        return CommandTarget(options, context, environment, environ)
