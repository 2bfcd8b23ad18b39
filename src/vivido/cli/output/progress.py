"""Live progress: one line per fact, with the time since the start, on standard error."""

import sys
import time

from vivido.cli.output.fold import fold
from vivido.cli.output.patience import Patience
from vivido.cli.output.style import paint
from vivido.engine.runner import Listener
from vivido.model.event import Event, Finished, Signalled, StepBegan, StepEnded
from vivido.model.gate import Outcome

_MARKS = {
    Outcome.PASSED: ("✓", "green"),
    Outcome.FAILED: ("✗", "red"),
    Outcome.PENDING: ("…", "yellow"),
    Outcome.BLIND: ("?", "yellow"),
    Outcome.SKIPPED: ("-", "dim"),
}


_HANG = 10
"""Columns before a line's own text: the time and the mark."""


class Progress:
    """Tells what happens to promotions while this process drives them."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._start = time.monotonic()
        self._last = ""
        self._patience = Patience(self._print)

    def listener(self) -> Listener:
        """Return what the runner tells."""
        return Listener(fact=self._fact, line=self._line, done=self._patience.end)

    def _fact(self, promotion: str, event: Event) -> None:
        match event:
            case StepEnded(step, _, judgment):
                mark, colour = _MARKS[judgment.outcome]
                self._print(f"{paint(mark, colour, sys.stderr)} {promotion} {step}: {judgment.reason}")
            case Signalled(signal, by, reason):
                self._print(f"! {promotion} {by} said {signal}" + (f": {reason}" if reason else ""))
            case Finished(status, reason):
                colour = "green" if status == "succeeded" else "red"
                first = reason.splitlines()[0] if reason else ""
                self._print(f"= {promotion} {paint(status, colour, sys.stderr)}: {first}")
            case StepBegan(step):
                self._wait(f"  {promotion} {step}: under way")
            case _:
                return

    def _line(self, promotion: str, step: str, text: str) -> None:
        line = f"  {promotion} {step}: {text}"
        if line != self._last:  # What is tried again and again is told once.
            self._print(paint(line, "dim", sys.stderr))
        self._last = line
        self._wait(line, told=True)

    def _wait(self, line: str, *, told: bool = False) -> None:
        if not self._quiet:
            self._patience.begin(line, told=told)

    def _print(self, text: str) -> None:
        if not self._quiet:
            elapsed = time.monotonic() - self._start
            sys.stderr.write(fold(f"{elapsed:6.1f}s {text}", sys.stderr, hang=_HANG) + "\n")
            sys.stderr.flush()
