"""The service's declared checks: unit tests, static analysis. They run before the build, and the first failure ends it."""

from collections.abc import Callable
from pathlib import Path

from vivido.build.interface import CheckResult
from vivido.errors import RefusedError
from vivido.process import Completed, run
from vivido.text.redact import printable, redact
from vivido.time.clock import SECOND, Now

TIMEOUT = 3600.0
"""Seconds that one check may take."""

KEPT = 20_000
"""Characters of a check's output that are kept: its end."""

SHOWN = 40
"""Lines of it that a failure shows."""


def run_checks(
    commands: tuple[str, ...], root: Path, now: Now, progress: Callable[[str], None], timeout: float = TIMEOUT
) -> tuple[CheckResult, ...]:
    """Run each command by `/bin/sh -c` in `root`, in order.

    Raises:
        RefusedError: `build.check-failed`: one failed or took too long; the message ends with what it printed last.
        ToolError: `tool.missing`: there is no `/bin/sh`.
    """
    results = list[CheckResult]()
    for command in commands:
        said = printable(redact(command))
        progress(f"check: {said}")
        began = now()
        done = run(["/bin/sh", "-c", command], cwd=root, timeout=timeout)
        results.append(CheckResult(said, done.returncode, (now() - began) / SECOND, output_of(done)[-KEPT:]))
        if done.returncode != 0:
            raise _failed(results[-1], timeout)
    return tuple(results)


def output_of(done: Completed) -> str:
    """Return what a program printed on both streams, fit for a person's terminal."""
    text = "\n".join(part for part in (done.text, done.stderr.decode("utf-8", "replace")) if part.strip())
    return printable(redact(text)).strip()


def tail(text: str, lines: int = SHOWN) -> str:
    """Return the last lines of a text."""
    return "\n".join(text.splitlines()[-lines:])


def _failed(result: CheckResult, timeout: float) -> RefusedError:
    how = f"took longer than {timeout:g} s" if result.returncode == 124 else f"exited with {result.returncode}"
    return RefusedError(
        f"the check “{result.command}” {how}; nothing was built\n{tail(result.output)}".rstrip(),
        code="build.check-failed",
        hint="Mend what it found, or take it out of the service's `checks`.",
    )
