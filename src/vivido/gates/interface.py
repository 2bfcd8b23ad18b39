"""The port of every gate: look once, judge purely, so that a verdict can be replayed from what was seen."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Protocol

import msgspec

from vivido.errors import ToolError
from vivido.model.actor import Roster
from vivido.model.approval import Approval
from vivido.model.gate import Judgment
from vivido.model.release import Artifact

if TYPE_CHECKING:
    from vivido.drift.parity.seen import Seen
    from vivido.model.objects import Rendered


def _nothing(environment: str, other: str, release: str) -> NoReturn:
    raise ToolError("nothing can be rendered here", code="gate.no-rendering", hint="Ask where the project is open.")


def _unrendered(environment: str) -> NoReturn:
    return _nothing(environment, "", "")


class Subject(msgspec.Struct, frozen=True):
    """What is judged: plain values, frozen with the plan or read from the promotion's state."""

    promotion: str
    gate: str
    """The gate's id in its environment."""
    kind: str
    """`promotion` or `rollback`."""
    project: str
    environment: str
    release: str
    artifacts: tuple[Artifact, ...]
    content: str
    plan: str
    """Hash of the plan; approvals are bound to it and to `content`."""
    moment: str
    """`before` or `after`."""
    attempt: int
    """From 1; a retry is said openly in the evidence."""
    roster: Roster
    authors: tuple[str, ...]
    """E-mail addresses of those who count as the author."""
    url: str = ""
    """Where the environment is reached; empty where the target does not say."""
    urls: dict[str, str] = {}
    since: int = 0
    """Microseconds since 1970 when the gate was first open in this promotion."""


class GateContext(msgspec.Struct, frozen=True):
    """What looking may use."""

    root: str
    """Absolute path of the project's directory; commands run there."""
    state: str
    """Absolute path of a directory of this promotion's own, for output that is kept."""
    approvals: Callable[[], tuple[Approval, ...]]
    """What was given for this promotion so far, unchecked."""
    progress: Callable[[str], None]
    now: Callable[[], int]
    """Microseconds since 1970."""
    compared: "Callable[[str, str, str], Seen]" = _nothing
    """Renders two environments with one release (its id) and compares them. It may raise any `Error`."""
    rendered: "Callable[[str], Rendered]" = _unrendered
    """Renders the environment as it is promoted. It may raise any `Error`."""


class GateKind(Protocol):
    """A kind of gate, as listed in `KINDS` and found through the entry-point group `vivido.gates`."""

    options: ClassVar[type[msgspec.Struct]]
    """Frozen struct of its options in the file; its docstrings are the reference."""
    shorthand: ClassVar[str]
    """The option that a bare scalar stands for (`run: pytest`); empty where the kind takes none."""
    moment: ClassVar[str]
    """`before` or `after` where the file says nothing."""

    def observe(self, options: Any, subject: Subject, context: GateContext) -> dict[str, Any]:
        """Look. Returns plain JSON data, no secrets; what could not be seen is data too (`{"error": …}`)."""
        ...

    def judge(self, options: Any, subject: Subject, seen: dict[str, Any], now: int) -> Judgment:
        """Judge what was seen. Pure: the same arguments, the same judgment. No data is `blind`, never `passed`."""
        ...
