"""A promotion's plan: frozen when it starts, so that nothing bends it under way (design §5)."""

from typing import Any

import msgspec

from vivido.model.actor import Roster
from vivido.model.canonical import fingerprint
from vivido.model.project import Environment, GateSpec
from vivido.model.release import Release


class Step(msgspec.Struct, frozen=True):
    """One thing to do. Steps of one phase are open together; a phase begins when the one before is met."""

    id: str
    """Unique in the plan; with the promotion's id it is the idempotency key of the effect."""
    kind: str
    """Names the executor that `app` registered: `check`, `gate`, `stage`, `commit`, `switch`, `settle`, `tag`, `record`, `down`."""
    phase: int
    title: str
    """What a person reads: “commit to shop-config”, “gate acceptance”."""
    options: dict[str, Any] = {}
    commits: bool = False
    """From here on a failure goes back instead of being refused: the outside has been changed."""


class WayBack(msgspec.Struct, frozen=True):
    """How the promotion would be undone, known before it starts (semantics §3)."""

    release: str
    """The release the environment returns to; empty for the first promotion into an empty environment."""
    content: str
    """Hash of its rendered objects."""
    commit: str
    """The commit that is deployed now."""
    summary: str
    """One sentence for the person who decides."""
    accepted: str = ""
    """Why somebody accepted that there is none although something runs; empty where nobody had to."""


class Carried(msgspec.Struct, frozen=True):
    """An environment on the way that the release does not change: passed with the evidence of the same content (semantics §1)."""

    environment: str
    content: str
    """Hash of the rendered objects, that of the release there and of what runs there."""
    promotion: str
    """Whose gates judged exactly this content there."""
    release: str
    """The release that it brought."""


class FoundOwn(msgspec.Struct, frozen=True):
    """A file that belongs to the environment although nobody declared it: it differs, and parity rules allow all of that."""

    path: str
    rules: tuple[str, ...]
    """The rules, each with its reason."""

    @property
    def told(self) -> str:
        """It, as one sentence."""
        return f"{self.path} is found to be its own, by {'; '.join(self.rules)}"


class Plan(msgspec.Struct, frozen=True):
    """All that a promotion will do, and what its gates and approvals are bound to."""

    promotion: str
    kind: str
    """`promotion`, `rollback`, `revert`; `import`: what ran before is taken in; or `down`: the environment is emptied."""
    project: str
    environment: str
    release: Release
    content: str
    """Hash of the rendered objects of the environment at the release's revision with its digests."""
    steps: tuple[Step, ...]
    undo: tuple[Step, ...]
    """What is done instead of the remaining steps when one fails after a step that `commits`."""
    cleanup: tuple[Step, ...]
    """What is done when one fails before that."""
    gates: tuple[GateSpec, ...]
    roster: Roster
    way_back: WayBack
    authors: tuple[str, ...]
    """E-mail addresses of everybody who must not approve as “the author”, lower case (semantics §6)."""
    requested_by: str
    requested_at: int
    """Microseconds since 1970."""
    reason: str = ""
    pins: tuple[str, ...] = ()
    """Releases that a rollback pins out of the environment when it succeeds."""
    base: str = ""
    """Tip of the configuration branch when the plan was made."""
    queue: str = "latest"
    """`latest`: a newer promotion replaces this one while nothing was changed yet; `fifo`: newer ones wait."""
    declared: Environment | None = None
    """The environment as the file declared it when the plan was made: its target, its URL, where its secrets come from."""
    superseded: tuple[str, ...] = ()
    """Commits of people on the environment's branch that may be undone, because the person who asked says so, with the reason."""
    carried: tuple[Carried, ...] = ()
    """Environments before this one that the release does not change, and whose evidence stands for it there."""
    own: tuple[FoundOwn, ...] = ()
    """Layout `branches`: files that stay as the environment's branch has them without being declared its own."""
    version: int = 1
    """Of this struct's meaning; a process refuses a plan it does not understand."""

    @property
    def hash(self) -> str:
        """Hash of gates, roster and kind: what an approval is bound to besides the content.

        Where there is no way back, also of why that was accepted: who approves has to have read it.
        """
        accepted = [self.way_back.accepted] if self.way_back.accepted else []
        return fingerprint([self.kind, self.environment, self.gates, self.roster, self.version, *accepted])
