"""`exit-codes.md`: what the command line exits with, and the error classes behind it."""

import inspect

from reference.text import explained, page, table
from vivido import errors
from vivido.errors import Error, Exit

_INTRODUCTION = """
Exit codes are part of the interface: scripts and CI may branch on them. An error is told on standard error as
`error WHERE: WHAT`, and below it, after an arrow, what to do. `VIVIDO_DEBUG=1` adds where in the code it arose. The stable
codes of single errors are [here](errors.md).
"""
_MEANINGS = {
    Exit.OK: "Done; or there was nothing to do.",
    Exit.UNFORESEEN: "Something that Vivido did not foresee. Please report it.",
    Exit.INPUT: "A flag, a file, an argument or a variable is wrong. Nothing was touched.",
    Exit.REFUSED: "A gate or a rule said no, or it was aborted before anything changed. The environment is as it was.",
    Exit.WENT_BACK: "It failed after its commit and went back by itself. The environment runs what it ran before.",
    Exit.FORBIDDEN: "This person may not do this, or a server refused the credentials.",
    Exit.NOT_FOUND: "There is no such release, environment, promotion, file.",
    Exit.CONFLICT: "Somebody else holds it, or changed it meanwhile; or a newer promotion took its place.",
    Exit.TIMED_OUT: "`--timeout` is over. It stays as it is; `vivido run`, or the same command, goes on.",
    Exit.WAITING: "It waits for a person, or for another promotion. `vivido why` says for whom.",
    Exit.DIFFERENT: "`vivido diff`, `drift`, `parity` or `audit` found a difference;"
    " also if something else could not be judged, which is told.",
    Exit.BLIND: "Something could not be judged or reached, and no difference was found."
    " Nothing was promoted because of that, and nothing rolled back.",
    Exit.INTEGRITY: "Bytes are not what their digest, signature or hash chain says. Never retried.",
    Exit.STUCK: "It failed and could not go back either. A person mends it, then `vivido retry`.",
    Exit.TOOL: "A program is missing, too old, or failed. `vivido doctor` says which.",
    Exit.UNREACHABLE: "A registry, a Git server, a database or a target did not answer. Trying again may help.",
    Exit.INTERRUPTED: "Ctrl-C, or a question was answered with no.",
}


def exits() -> str:
    """Return the page."""
    explained("exit code", (e.name for e in Exit), (e.name for e in _MEANINGS))
    rows = [(str(int(code)), _MEANINGS[code], ", ".join(_classes(code))) for code in Exit]
    return page("Exit codes", _INTRODUCTION, table(("code", "meaning", "in Python, `vivido.errors`"), rows))


def _classes(code: Exit) -> list[str]:
    found = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, Error)]
    return [f"`{c.__name__}`" for c in found if c.exit_code is code]
