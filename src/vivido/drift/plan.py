"""What Terraform would change, from `terraform show -json PLAN`, as two renderings for the differ. Pure.

Format: developer.hashicorp.com/terraform/internals/json-format, major version 1. A plan holds values that Terraform itself does not
show: those that it marks as sensitive become HMACs, and so does the same text wherever else it stands, because computed attributes
carry it on without the mark.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from vivido.drift.secrecy import sealed
from vivido.errors import InputError
from vivido.model.objects import Manifest, Rendered

MAX_BYTES = 64 * 1024 * 1024
"""Larger plans are refused."""
API = "terraform.vivido.dev/plan"
UNKNOWN = "(known after apply)"
"""What stands for a value that Terraform does not know yet."""
_MAJOR = "1"
_SHORTEST = 4
"""Characters below which a sensitive text is masked only where it is marked: every “1” would be one."""
_QUIET = (["no-op"], ["read"])
_MOST_LEVELS = 200


def sides(data: bytes, name: str, key: bytes) -> tuple[Rendered, Rendered]:
    """Return what is there and what would be, one object for each resource and output that changes.

    Args:
        data: The plan as JSON.
        name: The file, for messages.
        key: Key of the HMACs.

    Raises:
        InputError: `plan.unreadable`, `plan.version`, `plan.errored`, `plan.too-big`.
    """
    plan = read_plan(data, name)
    found = list(changes(plan, name))
    secret = {text for _, _, change in found for text in _marked(change)}
    mask = _Mask(key, tuple(sorted((s for s in secret if len(s) >= _SHORTEST), key=len, reverse=True)))
    before, after = list[Manifest](), list[Manifest]()
    for kind, address, change in found:
        actions = change["actions"]
        old = mask.values(change.get("before"), change.get("before_sensitive"), False)
        new = mask.values(change.get("after"), change.get("after_sensitive"), change.get("after_unknown"))
        if actions != ["create"]:
            before.append(_object(kind, address, old, replaced=False))
        if actions not in (["delete"], ["forget"]):
            after.append(_object(kind, address, new, replaced=len(actions) > 1))
    return Rendered(tuple(before), "terraform state"), Rendered(tuple(after), "terraform plan")


def read_file(file: Path, name: str) -> bytes:
    """Return a plan's bytes.

    Args:
        file: Where it is.
        name: How messages call it.

    Raises:
        InputError: `plan.missing`, `plan.too-big`.
    """
    try:
        if file.stat().st_size > MAX_BYTES:
            raise _too_big(name, file.stat().st_size)
        return file.read_bytes()
    except OSError as e:
        what = f"{name} cannot be read: {e.strerror}"
        raise InputError(what, code="plan.missing", where=name, hint="Name the file.") from e


def read_plan(data: bytes, name: str) -> dict[str, Any]:
    """Return a plan.

    Raises:
        InputError: As `sides`.
    """
    if len(data) > MAX_BYTES:
        raise _too_big(name, len(data))
    try:
        plan = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise _unreadable(name, "is no JSON") from None
    version = plan.get("format_version") if isinstance(plan, dict) else None
    if not isinstance(version, str) or ("resource_changes" not in plan and "planned_values" not in plan):
        raise _unreadable(name, "is no plan")
    if version.partition(".")[0] != _MAJOR:
        what = f"{name} has format version {version[:20]}; only {_MAJOR}.x is understood"
        raise InputError(what, code="plan.version", where=name, hint="Make it with Terraform 1.x or OpenTofu 1.x.")
    if plan.get("errored") is True:
        what, hint = f"{name} is of a plan that failed", "Mend what terraform complains about, and plan again."
        raise InputError(what, code="plan.errored", where=name, hint=hint)
    return plan


def changes(plan: Mapping[str, Any], name: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield kind, address and change of everything that changes; an output's kind is `output`.

    Raises:
        InputError: `plan.unreadable`.
    """
    outputs: Any = {} if plan.get("output_changes") is None else plan["output_changes"]
    resources: Any = [] if plan.get("resource_changes") is None else plan["resource_changes"]
    if not isinstance(resources, list) or not isinstance(outputs, dict):
        raise _unreadable(name, "is no plan")
    every = [
        (r.get("type"), r.get("address"), r.get("change")) if isinstance(r, dict) else (None,) * 3 for r in resources
    ]
    every += [("output", output, change) for output, change in outputs.items()]
    for kind, address, change in every:
        actions = change.get("actions") if isinstance(change, dict) else None
        named = isinstance(kind, str) and isinstance(address, str)
        if not named or not isinstance(change, dict) or not isinstance(actions, list) or not actions:
            raise _unreadable(name, "has a change that is none")
        if actions not in _QUIET:
            yield str(kind), str(address), change


def _too_big(name: str, size: int) -> InputError:
    what = f"{name} has {size} bytes; more than {MAX_BYTES} are not read"
    return InputError(what, code="plan.too-big", where=name, hint="Plan fewer resources at once.")


def _unreadable(name: str, what: str) -> InputError:
    hint = "Make it with: terraform show -json PLAN > FILE"
    return InputError(f"{name} {what}", code="plan.unreadable", where=name, hint=hint)


def _marked(change: Mapping[str, Any]) -> Iterator[str]:
    for side in ("before", "after"):
        yield from _texts(change.get(side), change.get(f"{side}_sensitive"))


def _texts(value: Any, mark: Any) -> Iterator[str]:
    """Yield the texts of a value at the places that are marked."""
    if mark is True:
        parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        if isinstance(value, str):
            yield value
        for part in parts:
            yield from _texts(part, True)
    elif isinstance(mark, dict) and isinstance(value, dict):
        for key, below in mark.items():
            yield from _texts(value.get(key), below)
    elif isinstance(mark, list) and isinstance(value, list):
        for part, below in zip(value, mark, strict=False):
            yield from _texts(part, below)


class _Mask:
    def __init__(self, key: bytes, secret: tuple[str, ...]) -> None:
        self._key, self._secret = key, secret

    def values(self, value: Any, mark: Any, unknown: Any, level: int = 0) -> Any:
        """Return a value without what is marked, and with a word for what is unknown."""
        if unknown is True:
            return UNKNOWN
        if mark is True or level > _MOST_LEVELS:
            return value if value is None else sealed(value, self._key)
        if isinstance(value, dict) or isinstance(unknown, dict):
            return self._object(value if isinstance(value, dict) else {}, mark, unknown, level)
        if isinstance(value, list):
            return [self.values(v, _at(mark, n), _at(unknown, n), level + 1) for n, v in enumerate(value)]
        if isinstance(value, str) and any(secret in value for secret in self._secret):
            return sealed(value, self._key)
        return value

    def _object(self, value: dict[str, Any], mark: Any, unknown: Any, level: int) -> dict[str, Any]:
        hidden = unknown if isinstance(unknown, dict) else {}
        marks = mark if isinstance(mark, dict) else {}
        keys = [*value, *(key for key in hidden if key not in value and hidden[key] not in (False, {}, []))]
        return {key: self.values(value.get(key), marks.get(key), hidden.get(key), level + 1) for key in keys}


def _at(marks: Any, number: int) -> Any:
    return marks[number] if isinstance(marks, list) and number < len(marks) else None


def _object(kind: str, address: str, values: Any, *, replaced: bool) -> Manifest:
    made: Manifest = {"apiVersion": API, "kind": kind, "metadata": {"name": address}, "values": values}
    return {**made, "replaced": True} if replaced else made
