"""Named places around external effects where the tests kill the process.

A no-op in production. `VIVIDO_CRASH_AT=name` (or `name#2` for the second passage) ends the process there with SIGKILL,
so that nothing, no `finally` and no buffer, gets a chance to tidy up. `VIVIDO_CRASH_LOG=file` appends each name
that is passed, which is how the tests learn the list.
"""

import os
import signal
from collections import Counter
from pathlib import Path

_passed: Counter[str] = Counter()


def crashpoint(name: str) -> None:
    """Mark a place where the process may die. Names are `<effect>.before` and `<effect>.after`."""
    log, wanted = os.environ.get("VIVIDO_CRASH_LOG"), os.environ.get("VIVIDO_CRASH_AT")
    if log is None and wanted is None:
        return
    _passed[name] += 1
    if log is not None:
        with Path(log).open("a", encoding="utf-8") as out:
            out.write(f"{name}\n")
    if wanted in (name, f"{name}#{_passed[name]}"):
        os.kill(os.getpid(), signal.SIGKILL)
