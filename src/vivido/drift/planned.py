"""What a Terraform plan would destroy, and whether it was made of the module that is promoted. Pure.

A plan (`drift.plan`) names no commit. What it does hold are the values of the root module's variables and the configuration as
Terraform read it (developer.hashicorp.com/terraform/internals/json-format); both are held against what is promoted.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import msgspec

from vivido.drift.plan import changes
from vivido.model.objects import Manifest
from vivido.render.terraform.clear import HIDDEN
from vivido.render.terraform.values import text_of

DESTROY, REPLACE = "destroy", "replace"
_REASONS = "because_"
"""What Terraform's words for the reason of an action contain before the reason itself: `replace_because_tainted`."""


class Destroyed(msgspec.Struct, frozen=True):
    """A resource that would not stay."""

    address: str
    what: str
    """`destroy` or `replace`."""
    why: str = ""
    """Terraform's own word for it, such as `cannot_update`; empty where it says none."""


def destroyed(plan: Mapping[str, Any], name: str) -> tuple[Destroyed, ...]:
    """Return the resources that a plan would destroy or replace, in its order.

    Args:
        plan: As `drift.plan.read_plan` returned it.
        name: The file, for messages.

    Raises:
        InputError: `plan.unreadable`.
    """
    reasons = {r.get("address"): str(r.get("action_reason") or "") for r in _mappings(plan.get("resource_changes"))}
    return tuple(
        Destroyed(address, REPLACE if "create" in change["actions"] else DESTROY, _why(reasons.get(address, "")))
        for kind, address, change in changes(plan, name)
        if kind != "output" and "delete" in change["actions"]
    )


def counts(plan: Mapping[str, Any], name: str) -> dict[str, int]:
    """Return how many resources a plan would change, by action: `{"create": 2, "delete+create": 1}`."""
    found: dict[str, int] = {}
    for kind, _, change in changes(plan, name):
        if kind != "output":
            action = "+".join(map(str, change["actions"]))
            found[action] = found.get(action, 0) + 1
    return found


def foreign(plan: Mapping[str, Any], data: bytes, module: Manifest, digests: Collection[str]) -> tuple[str, ...]:
    """Return why a plan is not of what is promoted, a phrase each; empty where nothing speaks against it.

    No value is told: one of them may be a secret.

    Args:
        plan: As it was read.
        data: Its bytes.
        module: The root module's object, as it is promoted.
        digests: Of the release's images, `sha256:…`.
    """
    spec = module["spec"]
    mine = msgspec.json.encode(spec)
    named = [d for d in digests if d.partition(":")[2].encode() in mine]
    return (
        *(["the module names no image of the release"] if not named else ()),
        *(f"it does not name {d[:19]}" for d in named if d.partition(":")[2].encode() not in data),
        *_variables(_mapping(plan.get("variables")), spec),
        *_configuration(_mapping(_mapping(plan.get("configuration")).get("root_module")), spec),
    )


def unfinished(plan: Mapping[str, Any]) -> str:
    """Say what a plan leaves open; empty where it is the whole of what Terraform would do."""
    if plan.get("deferred_changes") or plan.get("complete") is False:
        return "Terraform put some changes off: what they would do is not known"
    return ""


def _why(reason: str) -> str:
    return reason.rpartition(_REASONS)[2]


def _variables(given: Mapping[str, Any], spec: Mapping[str, Any]) -> Iterator[str]:
    untold = {key.removeprefix("var.") for key in spec.get("unknown", ())} | set(spec.get("undeclared", ()))
    for name, mine in sorted(spec.get("variables", {}).items()):
        if mine == HIDDEN or name in untold:
            continue
        other = given.get(name)
        if not isinstance(other, Mapping) or "value" not in other:
            yield f"it has no variable {name}"
        elif not _agree(mine, other["value"]):
            yield f"its variable {name} has another value"


def _configuration(root: Mapping[str, Any], spec: Mapping[str, Any]) -> Iterator[str]:
    """Compare resources, calls and what is written out in them; what is computed Terraform keeps as references only."""
    mine = dict(spec.get("resources", {})) | {f"data.{name}": said for name, said in spec.get("data", {}).items()}
    listed = [r for r in _mappings(root.get("resources")) if r.get("mode") in ("managed", "data")]
    theirs = {str(r.get("address")): _mapping(r.get("expressions")) for r in listed}
    managed = {str(r.get("address")) for r in listed if r["mode"] == "managed"}
    yield from (f"it has no {name}" for name in sorted(mine.keys() - theirs.keys()))
    # Data may stand inside a check, which is no resource of the module's.
    yield from (f"it has {name}, which the module has not" for name in sorted(managed - mine.keys()))
    calls, called = spec.get("modules", {}), _mapping(root.get("module_calls"))
    yield from (f"it has no module {name}" for name in sorted(calls.keys() - called.keys()))
    yield from (f"it has a module {name}, which is not there" for name in sorted(called.keys() - calls.keys()))
    for name in sorted(mine.keys() & theirs.keys()):
        yield from _written(name, mine[name], theirs[name])
    for name in sorted(calls.keys() & called.keys()):
        yield from _written(f"module.{name}", calls[name], _mapping(_mapping(called[name]).get("expressions")))


def _written(at: str, mine: Any, theirs: Mapping[str, Any]) -> Iterator[str]:
    for name, value in sorted(mine.items()) if isinstance(mine, Mapping) else ():
        other = theirs.get(name)
        plain = not isinstance(value, dict | list) and not (
            isinstance(value, str) and ("{" in value or value == HIDDEN)
        )
        if (
            plain
            and isinstance(other, Mapping)
            and "constant_value" in other
            and not _agree(value, other["constant_value"])
        ):
            yield f"{at}.{name} has another value in it"


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    return [_mapping(one) for one in value] if isinstance(value, list) else []


def _agree(mine: Any, other: Any) -> bool:
    """Say whether two values are one to Terraform, whatever types it turned them into."""
    if isinstance(mine, Mapping):
        # A type may add attributes that are not given, and leave out those that it does not know.
        return isinstance(other, Mapping) and all(_agree(v, other[k]) for k, v in mine.items() if k in other)
    if isinstance(mine, list):
        return isinstance(other, list) and _texts(mine) == _texts(other)
    return text_of(mine) == text_of(other) if mine is not None else other is None


def _texts(values: list[Any]) -> list[str]:
    # A set has another order, and each thing in it once.
    return sorted({text_of(v) or msgspec.json.encode(v, order="sorted").decode() for v in values})
