"""The facts of a promotion, in the order in which they became true. The journal holds nothing else."""

from typing import Any

import msgspec

from vivido.model.gate import Judgment
from vivido.model.plan import Plan


class Started(msgspec.Struct, frozen=True, tag="started"):
    """The promotion exists; its plan is frozen."""

    plan: Plan


class StepBegan(msgspec.Struct, frozen=True, tag="began"):
    """A step is being executed. Written before the effect, so that a restart knows that it may have happened."""

    step: str
    attempt: int
    worker: str


class StepEnded(msgspec.Struct, frozen=True, tag="ended"):
    """What came of a step."""

    step: str
    attempt: int
    judgment: Judgment
    facts: dict[str, Any] = {}
    """Values that later steps need: `commit`, `tree`."""


class Signalled(msgspec.Struct, frozen=True, tag="signalled"):
    """A person or a process asked for something."""

    signal: str
    """`pause`, `resume`, `abort`, `retry`, `approve`, `reject`."""
    by: str
    reason: str = ""
    data: dict[str, Any] = {}


class Finished(msgspec.Struct, frozen=True, tag="finished"):
    """The promotion is over."""

    status: str
    reason: str


Event = Started | StepBegan | StepEnded | Signalled | Finished


class Entry(msgspec.Struct, frozen=True):
    """An event in the ledger: its place in the promotion's hash chain."""

    promotion: str
    seq: int
    """From 1, without gaps."""
    at: int
    """Microseconds since 1970, UTC, by the clock of the process that recorded it."""
    event: Event
    previous: str
    """Hash of the entry before; 64 zeros for the first."""
    hash: str
    """SHA-256 over promotion, seq, at, event and previous."""
