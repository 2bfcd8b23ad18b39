"""`approve`: people decide, each with a signature over exactly this content and this plan."""

from typing import Annotated, Any, ClassVar

import msgspec

from vivido.gates.interface import GateContext, Subject
from vivido.gates.option import Duration, positive
from vivido.model.gate import Judgment


class ApproveOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Wait for signed approvals of people."""

    by: str | tuple[str, ...]
    """Who may approve: a person or a group of the file, or a list of them."""
    count: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1
    """How many different people must approve."""
    not_: tuple[str, ...] = msgspec.field(default=("author",), name="not")
    """Who must not, though named in `by`: `author`, people, groups. `[]` lets everybody in `by` approve."""
    expires: Duration = "7d"
    """How long an approval is good for. One that has expired is void."""

    def __post_init__(self) -> None:
        """Refuse what nobody could meet."""
        if not allowed_names(self) or not all(allowed_names(self)):
            raise ValueError("by: names nobody")
        positive("expires", self.expires)


def allowed_names(options: ApproveOptions) -> tuple[str, ...]:
    """Return the people and groups that `by` names."""
    return (options.by,) if isinstance(options.by, str) else options.by


class ApproveGate:
    """A gate that people open."""

    options: ClassVar[type[msgspec.Struct]] = ApproveOptions
    shorthand: ClassVar[str] = "by"
    moment: ClassVar[str] = "before"

    def observe(self, options: ApproveOptions, subject: Subject, context: GateContext) -> dict[str, Any]:
        """Collect and check the signatures."""
        raise NotImplementedError

    def judge(self, options: ApproveOptions, subject: Subject, seen: dict[str, Any], now: int) -> Judgment:
        """Count the people."""
        raise NotImplementedError
