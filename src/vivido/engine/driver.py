"""The port of whatever hosts `decide`: the embedded runner here, an existing durable engine elsewhere."""

from typing import Protocol

from vivido.model.event import Signalled
from vivido.model.plan import Plan


class Driver(Protocol):
    """Starts promotions, hands them signals, and lets time pass."""

    def start(self, plan: Plan) -> None:
        """Make a promotion known. Idempotent by the plan's promotion id."""
        ...

    def signal(self, promotion: str, signal: Signalled) -> None:
        """Hand a signal over; it is absorbed by whoever drives the promotion."""
        ...

    def tick(self, only: frozenset[str] | None = None) -> int | None:
        """Do all that can be done now, in these environments or in all.

        Returns:
            Microseconds since 1970 when something will be due; None where nothing will be without a signal.
        """
        ...
