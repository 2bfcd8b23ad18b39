"""The errors that reach a person, and their exit codes.

    Error                     1  something Vivido did not foresee
    ├── InputError            2  a flag, a file or an argument is wrong; nothing was touched
    ├── RefusedError          3  a gate or a rule said no; nothing was changed
    ├── ForbiddenError        5  this person may not do this
    ├── NotFoundError         6  there is no such release, environment, promotion…
    ├── ConflictError         7  somebody else holds it, or changed it meanwhile
    ├── IntegrityError       12  bytes are not what their digest, signature or chain says
    ├── ToolError            14  a program is missing, too old, or failed
    └── UnreachableError     20  a registry, Git server or target did not answer; retrying may help

"Could not" that the domain expects is a value (`model.gate.Outcome`, `model.problem.Problem`), not an exception.
Foreign exceptions are wrapped where they are met (the port) and nowhere else. Messages never carry a
secret: whoever makes one passes foreign text through `vivido.text.redact`.
"""

from enum import IntEnum
from typing import ClassVar


class Exit(IntEnum):
    """The exit codes of the command line; stable, documented in docs/reference/exit-codes.md."""

    OK = 0
    UNFORESEEN = 1
    INPUT = 2
    REFUSED = 3
    WENT_BACK = 4
    FORBIDDEN = 5
    NOT_FOUND = 6
    CONFLICT = 7
    TIMED_OUT = 8
    WAITING = 9
    DIFFERENT = 10
    BLIND = 11
    INTEGRITY = 12
    STUCK = 13
    TOOL = 14
    UNREACHABLE = 20
    INTERRUPTED = 130


class Error(Exception):
    """What went wrong, where, why, and what to do next.

    Attributes:
        code: Stable, dotted, documented (`registry.unauthorized`). Scripts may match it.
        hint: What to do next, one imperative sentence; empty where nothing helps.
        where: `file:line:column` or a URL without credentials; empty where it says nothing more.
        retry_after: Seconds after which trying again may help; None means it will not help by itself.
        exit_code: What the command line exits with.
    """

    exit_code: ClassVar[Exit] = Exit.UNFORESEEN
    default_code: ClassVar[str] = "error"

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        hint: str = "",
        where: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.hint = hint
        self.where = where
        self.retry_after = retry_after


class InputError(Error):
    """A flag, a file, an argument or the environment is wrong. Nothing was touched."""

    exit_code = Exit.INPUT
    default_code = "input"


class RefusedError(Error):
    """A gate or a rule said no. Nothing was changed."""

    exit_code = Exit.REFUSED
    default_code = "refused"


class ForbiddenError(Error):
    """This person may not do this."""

    exit_code = Exit.FORBIDDEN
    default_code = "forbidden"


class NotFoundError(Error):
    """There is no such thing; the message lists what there is."""

    exit_code = Exit.NOT_FOUND
    default_code = "not-found"


class ConflictError(Error):
    """Somebody else holds it, or changed it meanwhile."""

    exit_code = Exit.CONFLICT
    default_code = "conflict"


class IntegrityError(Error):
    """Bytes are not what their digest, signature or hash chain says. Never retried."""

    exit_code = Exit.INTEGRITY
    default_code = "integrity"


class ToolError(Error):
    """A program that is needed is missing, too old, or failed."""

    exit_code = Exit.TOOL
    default_code = "tool"


class UnreachableError(Error):
    """A registry, a Git server or a target did not answer; trying again may help."""

    exit_code = Exit.UNREACHABLE
    default_code = "unreachable"


class BlindError(Error):
    """Something could not be judged, so there is no answer. Nothing was changed."""

    exit_code = Exit.BLIND
    default_code = "blind"
