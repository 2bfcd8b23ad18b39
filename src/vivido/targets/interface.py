"""The port of every target: five verbs, each idempotent by the generation it is given.

The life of a generation: `check` finds what stands in the way before anything changes; `stage` brings it up beside what
runs and probes it, without traffic; `switch` gives it the traffic; `settle` drains and removes every other one. Each verb may
be called again after a crash at any instruction and then finds what is already done.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, Protocol, runtime_checkable

import msgspec

from vivido.model.objects import Rendered
from vivido.model.observation import Observation
from vivido.model.problem import Problem
from vivido.model.reference import Digest


class Desired(msgspec.Struct, frozen=True):
    """One generation of an environment: what should run there."""

    project: str
    environment: str
    generation: str
    """Names this bringing-up, stable over restarts: the first 12 characters of the content hash."""
    release: str
    promotion: str
    """Id of the promotion that brings it; handed to users' commands as `VIVIDO_PROMOTION`."""
    rendered: Rendered
    images: dict[str, str]
    """Service → `registry/path@sha256:…`."""
    commit: str = ""
    """The commit on the environment's branch that says all this; empty before it is made."""


class Live(msgspec.Struct, frozen=True):
    """What a target says that it runs, now."""

    generation: str
    """Empty where nothing of Vivido's runs there."""
    release: str
    digests: dict[str, Digest]
    """Service → digest that runs. A service whose digest cannot be told is missing."""
    healthy: bool | None
    """None where the target cannot tell."""
    detail: str = ""
    urls: dict[str, str] = {}
    """Kubernetes Service name (or `""` for the one) → URL from this machine."""


class TargetContext(msgspec.Struct, frozen=True):
    """What a target is given besides what should run. Built by `app` for one environment."""

    project: str
    """The project's name; with the environment's it names what the target makes."""
    root: str
    """Absolute path of the project's directory; users' commands run there."""
    state: str
    """Absolute path of a directory of this environment's own, for sockets and files that may be lost."""
    plain_http: tuple[str, ...]
    """Registries spoken to without TLS."""
    secret: Callable[[str, str], str | None]
    """(secret name, key) → its value, None where the file names no source. Loaded only when called."""
    progress: Callable[[str], None]
    """Takes one line for the person who waits."""
    now: Callable[[], int]
    """Microseconds since 1970."""
    secret_keys: Callable[[str], tuple[str, ...]] = lambda _: ()
    """Secret name → keys that the file gives sources for. No value is loaded."""


class Target(Protocol):
    """One environment's target. Failures are `vivido.errors`; a refusal known beforehand is a `Problem`."""

    def check(self, desired: Desired) -> tuple[Problem, ...]:
        """Say everything that would stop it, before anything changes. No effect."""
        ...

    def stage(self, desired: Desired) -> None:
        """Bring the generation up beside what runs, ready and probed, without traffic.

        Raises:
            RefusedError: `target.not-ready`: it did not come up; what it printed is in the message. What ran still runs.
        """
        ...

    def switch(self, desired: Desired) -> None:
        """Give the generation the traffic of all its Services, or of none."""
        ...

    def settle(self, keep: str) -> None:
        """Drain and remove every generation but `keep`; an empty `keep` removes all."""
        ...

    def current(self) -> Live:
        """Say what serves now. No effect."""
        ...


@runtime_checkable
class Observable(Protocol):
    """A target whose environment can be looked into; one without these verbs has artifact drift only."""

    def observe(self, desired: Desired) -> Observation:
        """Return what should be there and what is, in one shape. No effect, and no secret value in it."""
        ...

    def clear(self, names: tuple[str, ...]) -> None:
        """Take what nobody declared out of the environment: the names of objects that only the living side has. Idempotent."""
        ...


class Stranger(msgspec.Struct, frozen=True):
    """Something that runs where a target brings environments up, and that no Vivido brought there."""

    name: str
    images: tuple[str, ...]
    """`registry/path@sha256:…`: every name of the content that it really runs."""
    words: tuple[str, ...] = ()
    """What may say whose it is: its name, its group, its networks, its labels."""
    how: str = ""
    """Who keeps it, as far as it is known: `compose`, `pod shop-web`."""


@runtime_checkable
class Surveying(Protocol):
    """A target that sees what others started beside it; of one without it only `current` is known."""

    def strangers(self) -> tuple[Stranger, ...]:
        """Return what runs there and bears no mark of any Vivido. No effect.

        Raises:
            ToolError: It could not be asked.
        """
        ...


class TargetKind(Protocol):
    """A kind of target, as listed in `KINDS` and found through the entry-point group `vivido.targets`."""

    options: ClassVar[type[msgspec.Struct]]
    """Frozen struct of its options in the file; its docstrings are the reference."""
    shorthand: ClassVar[str]
    """The option that a bare scalar stands for; empty where the kind takes none."""

    def open(self, options: Any, context: TargetContext, environment: str, environ: Mapping[str, str]) -> Target:
        """Make the target of one environment."""
        ...


@runtime_checkable
class Pulling(Protocol):
    """A kind whose environments fetch what a branch says by themselves; one without this verb is brought up by promotions alone."""

    def pulls(self, options: Any) -> bool:
        """Say whether an environment with these options runs whatever its branch says, promoted or not."""
        ...


class Contents(msgspec.Struct, frozen=True):
    """What of an environment is there, in words for the person who decides."""

    goes: tuple[str, ...]
    """What emptying removes; empty where nothing is there."""
    stays: tuple[str, ...] = ()
    """What it leaves: data that nobody asked to remove."""


@runtime_checkable
class Emptiable(Protocol):
    """A target that can be emptied; one without it has no `vivido down`."""

    def contents(self, *, volumes: bool) -> Contents:
        """Say what emptying would remove, with `volumes` the data too. No effect.

        Raises:
            ConflictError: It is not this installation's to remove.
        """
        ...

    def empty(self, *, volumes: bool) -> None:
        """Stop and remove all of it; what is gone already is not missed.

        Raises:
            ConflictError: It is not this installation's to remove.
        """
        ...


@runtime_checkable
class LogSource(Protocol):
    """A target's kind that can show what its services print; a kind without it has no `vivido logs`."""

    def logs(
        self,
        context: TargetContext,
        environment: str,
        environ: Mapping[str, str],
        *,
        service: str,
        follow: bool,
        lines: int,
    ) -> Iterator[str]:
        """Yield lines, each with the name of what printed it before it; with `follow` until the caller stops."""
        ...
