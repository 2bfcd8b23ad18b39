"""`terraform`: a plan decides that was made of the release before it is promoted."""

import hashlib
import re
from datetime import date
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import msgspec

from vivido.errors import Error
from vivido.gates.interface import GateContext, Subject
from vivido.gates.telling import evidence, not_met, plain
from vivido.model.gate import Judgment, Outcome, Unmet
from vivido.text.redact import printable, redact
from vivido.time.clock import rfc3339

if TYPE_CHECKING:
    from vivido.drift.planned import Destroyed

_TOLD = 20
"""Resources that are conditions of their own; the evidence has all."""


class AllowedResource(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Resources that may go."""

    at: str
    """Their address in the plan; `*` stands for anything: `module.web.aws_instance.*`."""
    because: str
    """Why they may."""
    what: Literal["replace", "destroy"] = "replace"
    """`replace`: made anew; `destroy`: that, or gone for good."""
    until: str = ""
    """The last day, `2027-06-30`; empty: it has none."""

    def __post_init__(self) -> None:
        """Refuse what allows everything, or says nothing."""
        if not self.at.strip("*. ") or not self.because.strip():
            raise ValueError("allow: needs an address and a reason")
        try:
            date.fromisoformat(self.until or "2027-06-30")
        except ValueError:
            raise ValueError("allow: until must be a day such as 2027-06-30") from None


class TerraformOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Forbid a promotion whose Terraform plan destroys or replaces something."""

    refers: ClassVar[dict[str, str]] = {"service": "services"}

    plan: str
    """The file that `terraform show -json PLAN` was written to, in the project's directory. `{release}` must be part of it;
    `{environment}` may be."""
    service: str = ""
    """Whose root module it is of; the first service of those that share it; not needed where the environment has
    one module only."""
    allow: tuple[AllowedResource, ...] = ()
    """Resources that may be replaced or destroyed, each with the reason."""

    def __post_init__(self) -> None:
        """Refuse a file that could be of any release, or of somebody else's."""
        path = PurePosixPath(self.plan)
        if path.is_absolute() or ".." in path.parts or "\0" in self.plan:
            raise ValueError("plan: must stay inside the project's directory")
        if "{release}" not in self.plan:
            raise ValueError("plan: needs {release} in it, for a plan is of one release")


class TerraformGate:
    """A gate that reads a Terraform or OpenTofu plan of the release.

    It fails where a resource would be destroyed or replaced and `allow` has no reason for that. It is blind where there is no
    plan, it cannot be read, failed or is not complete, and where it was made of something else than what is promoted: it
    has to name the digests of the release's images, the same values of variables, the same resources and calls, and the same
    values that are written out in them. A plan cannot say whether the state changed since; so apply that very plan.
    """

    options: ClassVar[type[msgspec.Struct]] = TerraformOptions
    shorthand: ClassVar[str] = "plan"
    moment: ClassVar[str] = "before"

    def observe(self, options: TerraformOptions, subject: Subject, context: GateContext) -> dict[str, Any]:
        """Read the plan and hold it against the module. Returns `{"error": …}`, or what it would do; no value of it."""
        from vivido.drift import planned
        from vivido.drift.plan import read_file, read_plan

        name = options.plan.replace("{release}", subject.release).replace("{environment}", subject.environment)
        context.progress(f"{subject.gate}: reading {name}")
        try:
            module = _module(options, subject, context)
            if isinstance(module, str):
                return {"error": module}
            data = read_file(Path(context.root, name), name)
            plan = read_plan(data, name)
            found = planned.destroyed(plan, name)
            return {
                "file": name,
                "sha256": hashlib.sha256(data).hexdigest(),
                "made": str(plan.get("timestamp") or ""),
                "changes": planned.counts(plan, name),
                "destroyed": plain([msgspec.structs.replace(d, address=_told(d.address)) for d in found]),
                "foreign": [
                    _told(w) for w in planned.foreign(plan, data, module, [a.digest for a in subject.artifacts])
                ],
                "unfinished": planned.unfinished(plan),
            }
        except Error as e:
            return {"error": redact(e.message)}

    def judge(self, options: TerraformOptions, subject: Subject, seen: dict[str, Any], now: int) -> Judgment:
        """Hold what would be destroyed against what is allowed, at this time."""
        from vivido.drift.planned import Destroyed

        if "destroyed" not in seen:
            return not_met(Outcome.BLIND, seen.get("error") or "no plan was read", subject, seen)
        if seen["foreign"]:
            more = f", and {len(seen['foreign']) - 1} more" if len(seen["foreign"]) > 1 else ""
            why = f"{seen['file']} was not made of what is promoted: {seen['foreign'][0]}{more}"
            return not_met(Outcome.BLIND, why, subject, seen)
        if seen["unfinished"]:
            return not_met(Outcome.BLIND, f"{seen['file']}: {seen['unfinished']}", subject, seen)
        found, today = msgspec.convert(seen["destroyed"], list[Destroyed]), rfc3339(now)[:10]
        reasons = [(one, _allowed(options, one, today)) for one in found]
        refused = [one for one, allowed in reasons if allowed is None]
        if refused:
            return _failed(subject, seen, refused)
        told = [f"{_word(one)} {one.address}, because {a.because}" for one, a in reasons if a is not None]
        number = sum(seen["changes"].values())
        changes = f"{number} resource{'s' * (number != 1)} would change"
        reason = f"{changes}; {'; '.join(told)}" if told else f"{changes}, and none would be destroyed"
        return Judgment(Outcome.PASSED, reason, evidence(subject, seen))


def _module(options: TerraformOptions, subject: Subject, context: GateContext) -> Any:
    """Return the root module's object, or why it cannot be told which one is meant."""
    from vivido.render.terraform.kinds import KIND

    every = {o["metadata"]["name"]: o for o in context.rendered(subject.environment).objects if o.get("kind") == KIND}
    # Modules that are called have a point in their names.
    found = {name: o for name, o in every.items() if "." not in name}
    mine = [o for name, o in found.items() if options.service in ("", name)]
    if len(mine) == 1:
        return mine[0]
    whose = f"of {options.service} " if options.service else ""
    there = ", ".join(sorted(found)) or "none"
    return f"there is no single root module {whose}in {subject.environment} ({there}): name its `service:`"


def _allowed(options: TerraformOptions, one: "Destroyed", today: str) -> AllowedResource | None:
    for allowed in options.allow:
        pattern = ".*".join(map(re.escape, re.split(r"\*+", allowed.at)))
        covers = allowed.what == "destroy" or one.what == "replace"
        if covers and (not allowed.until or today <= allowed.until) and re.fullmatch(pattern, one.address):
            return allowed
    return None


def _failed(subject: Subject, seen: dict[str, Any], refused: "list[Destroyed]") -> Judgment:
    words = [f"{_word(one)} {one.address}" + (f" ({one.why})" if one.why else "") for one in refused]
    more = f", and {len(words) - 1} more" if len(words) > 1 else ""
    unmet = tuple(
        Unmet(
            f"gate {subject.gate}: {word}",
            next="plan something else, or give a reason under `allow:` and promote again",
        )
        for word in words[:_TOLD]
    )
    return Judgment(Outcome.FAILED, f"{words[0]}{more}", evidence(subject, seen), unmet)


def _word(one: "Destroyed") -> str:
    return f"the plan would {one.what}"


def _told(text: str) -> str:
    return redact(printable(text))
