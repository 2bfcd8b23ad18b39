"""How gates put into words what they judged."""

from typing import Any

import msgspec

from vivido.gates.interface import Subject
from vivido.model.gate import Judgment, Outcome, Unmet


def nth(number: int) -> str:
    """Return `1st`, `2nd`, `3rd`, `11th`."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def plain(value: Any) -> Any:
    """Return structs and tuples as the JSON data that the ledger would give back."""
    return msgspec.json.decode(msgspec.json.encode(value))


def evidence(subject: Subject, seen: dict[str, Any]) -> dict[str, Any]:
    """Return what a gate saw with the attempt in which it saw it: nobody passes at the 3rd attempt unnoticed."""
    return {**seen, "attempt": subject.attempt, "content": subject.content}


def not_met(
    outcome: Outcome, reason: str, subject: Subject, seen: dict[str, Any], *, look_again: int | None = None
) -> Judgment:
    """Return a failed or blind judgment that tells how to try again."""
    unmet = Unmet(f"gate {subject.gate}: {reason}", next=f"vivido retry {subject.promotion}")
    return Judgment(outcome, reason, evidence(subject, seen), (unmet,), look_again)
