"""What a checked file relies on besides its text: what its paths lead to. Light, as `file` is."""

import os
import stat
from collections.abc import Iterable
from typing import Literal, NamedTuple

CONTAINERFILES = ("Containerfile", "Dockerfile")


class Fact(NamedTuple):
    """One path that was found as it has to be, and to lead nowhere else.

    Attributes:
        path: From the directory of `vivido.yaml`, as Git has it.
        kind: `directory`, `file`, `any`, `context` (a directory with a Containerfile), or empty where nothing need be there.
    """

    path: str
    kind: Literal["directory", "file", "any", "context", ""]


def hold(facts: Iterable[Fact], top: str) -> bool:
    """Say whether all facts are still so. Where a symbolic link is on the way that is not told: no.

    Args:
        facts: What was found.
        top: The real path of the directory of `vivido.yaml`.
    """
    known: dict[str, int] = {}
    return all(_holds(fact, top, known) for fact in facts)


def _holds(fact: Fact, top: str, known: dict[str, int]) -> bool:
    *above, last = fact.path.split("/")
    at = top
    for part in above:
        at = f"{at}/{part}"
        # Thousands of services lie beside each other.
        mode = known[at] = known.get(at) or _mode(at)
        if not stat.S_ISDIR(mode):
            return mode == 0 and fact.kind == ""
    at = f"{at}/{last}"
    mode = _mode(at)
    match fact.kind:
        case "directory":
            return stat.S_ISDIR(mode)
        case "file":
            return stat.S_ISREG(mode)
        case "context":
            return stat.S_ISDIR(mode) and any(stat.S_ISREG(_mode(f"{at}/{name}")) for name in CONTAINERFILES)
        case "any":
            return mode != 0 and not stat.S_ISLNK(mode)
        case _:
            return not stat.S_ISLNK(mode)


def _mode(path: str) -> int:
    """Return the mode of what is at a path, of a link its own; 0 where nothing is."""
    try:
        return os.lstat(path).st_mode
    except OSError:
        return 0
