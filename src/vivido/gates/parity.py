"""`parity`: what is promoted here differs from what another environment would get only as declared."""

from typing import Any, ClassVar

import msgspec

from vivido.errors import Error
from vivido.gates.interface import GateContext, Subject
from vivido.gates.telling import evidence
from vivido.model.gate import Judgment, Outcome, Unmet
from vivido.text.redact import redact
from vivido.time.clock import rfc3339

_TOLD = 20
"""Findings that are conditions of their own; the evidence has all."""


class ParityOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Compare this environment with another one, both with the release that is promoted."""

    refers: ClassVar[dict[str, str]] = {"against": "environments"}

    against: str
    """The other environment, such as the one that the release shall reach in the end."""


class ParityGate:
    """A gate that asks what another environment will make of the release.

    Both environments are rendered with the release that is promoted, so that a change on its way is no difference, and one that was
    forgotten in the other environment's files is. It passes where every difference is allowed under `parity:`, as that was pushed
    last; it is blind where an environment cannot be rendered. Rules that cover nothing are told by `vivido parity`, not here.
    """

    options: ClassVar[type[msgspec.Struct]] = ParityOptions
    shorthand: ClassVar[str] = "against"
    moment: ClassVar[str] = "before"

    def observe(self, options: ParityOptions, subject: Subject, context: GateContext) -> dict[str, Any]:
        """Render both and compare. Returns `{"error": …}` or what `drift.parity.seen.plain` makes."""
        from vivido.drift.parity.seen import plain

        context.progress(f"{subject.gate}: comparing {subject.environment} with {options.against}")
        try:
            return plain(context.compared(subject.environment, options.against, subject.release))
        except Error as e:
            return {"error": redact(e.message)}

    def judge(self, options: ParityOptions, subject: Subject, seen: dict[str, Any], now: int) -> Judgment:
        """Hold the differences against the rules, at this time."""
        from vivido.drift.parity.seen import findings, of_plain
        from vivido.model.finding import Found, Severity

        if "error" in seen:
            return _blind(seen["error"], subject, seen)
        try:
            whole = of_plain(seen)
        except msgspec.ValidationError as e:
            return _blind(f"what was seen cannot be read: {e}", subject, seen)
        found = [f for f in findings(whole, rfc3339(now)[:10]) if f.severity is Severity.ERROR]
        told = msgspec.json.decode(msgspec.json.encode(found))
        shown = {"against": options.against, "release": whole.release, "findings": told}
        drift = [f for f in found if f.found is not Found.UNJUDGED]
        if not found:
            if not whole.compared:
                return _blind("there is nothing to compare", subject, shown)
            services = len(whole.compared)
            reason = f"{services} service{' differs' if services == 1 else 's differ'} from {options.against} only as declared"
            return Judgment(Outcome.PASSED, reason, evidence(subject, {**shown, "seen": seen}))
        outcome = Outcome.FAILED if drift else Outcome.BLIND
        words = [f"{f.service} {f.at}: {f.message}" if f.at else f"{f.service}: {f.message}" for f in drift or found]
        more = f", and {len(words) - 1} more" if len(words) > 1 else ""
        retry = f"vivido retry {subject.promotion}"
        unmet = tuple(Unmet(f"gate {subject.gate}: {word}", next=retry) for word in words[:_TOLD])
        return Judgment(outcome, f"{words[0]}{more}", evidence(subject, {**shown, "seen": seen}), unmet)


def _blind(why: str, subject: Subject, seen: dict[str, Any]) -> Judgment:
    unmet = Unmet(f"gate {subject.gate}: {why}", next=f"vivido retry {subject.promotion}")
    return Judgment(Outcome.BLIND, why, evidence(subject, seen), (unmet,))
