"""Say what is waited for, and for how long already, while nothing else is said."""

import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from vivido.cli.output.emit import say

_FIRST = 1.0
"""Seconds of silence after which a person is told what is waited for, where nothing was said yet."""

_NEXT, _RARE = 5.0, 60.0
"""Seconds until the person is told again: as many as were waited already, within these."""


class Silence:
    """One wait: when the person is to be told that it still lasts. Reads no clock.

    Args:
        what: What is waited for.
        since: When it began, in seconds of a clock that only goes forward.
        told: The person was told what it is.
    """

    def __init__(self, what: str, since: float, *, told: bool = False) -> None:
        self._what = what
        self._since = since
        self.due = since + (_NEXT if told else _FIRST)

    def line(self, now: float) -> str:
        """Return what is to be said now; empty where nothing is."""
        if now < self.due:
            return ""
        lasted = now - self._since
        self.due = now + min(_RARE, max(_NEXT, lasted))
        return f"{self._what} ({lasted:.0f} s so far)"


class Patience:
    """Tells about the wait that lasts now, from a thread of its own; there is one at most.

    Args:
        tell: Takes a line; None: nobody is told.
    """

    def __init__(self, tell: Callable[[str], None] | None) -> None:
        self._tell = tell
        self._silence: Silence | None = None
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def begin(self, what: str, *, told: bool = False) -> None:
        """Wait for something from now on, instead of what was waited for."""
        if self._tell is None:
            return
        with self._changed:
            self._silence = Silence(what, time.monotonic(), told=told)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="patience", daemon=True)
                self._thread.start()
            self._changed.notify()

    def end(self) -> None:
        """Nothing is waited for."""
        with self._changed:
            self._silence = None

    def _run(self) -> None:
        with self._changed:
            while True:
                now = time.monotonic()
                line = self._silence.line(now) if self._silence else ""
                if line and self._tell is not None:
                    self._tell(line)
                self._changed.wait(max(0.0, self._silence.due - now) if self._silence else None)


@contextmanager
def patience(what: str, *, quiet: bool = False) -> Generator[None]:
    """Tell a person who waits at a terminal what for, once it takes more than a second; a log is told nothing.

    Args:
        what: What is waited for.
        quiet: Say nothing.
    """
    waiting = at_terminal(quiet=quiet)
    waiting.begin(what)
    try:
        yield
    finally:
        waiting.end()


def at_terminal(*, quiet: bool = False) -> Patience:
    """Return what tells a person at a terminal; without one, or `quiet`, it tells nobody."""
    heard = sys.stderr.isatty() and not quiet
    return Patience((lambda line: say(f"… {line}")) if heard else None)
