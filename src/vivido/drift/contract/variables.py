"""A container's environment variables by name, and `$(NAME)` that stands for none of them.

Source of the rules: Kubernetes API reference, Container v1 (`env`, `envFrom`, `command`): `$(NAME)` is replaced by variables that
are defined before, `$$` stands for `$`, and what is not defined stays as it is written.
"""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from vivido.drift.contract.gap import Place
from vivido.drift.contract.needs import sources_of
from vivido.drift.contract.supply import Supply
from vivido.model.foreign import items, strings

_REFERENCE = re.compile(r"\$\$|\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)")
_CONSTANT = re.compile(r"[A-Z_][A-Z0-9_]*")
"""Names that no program has: `$(hostname)` in a command line is the shell's own."""
_LINK = re.compile(r"[A-Z0-9_]+_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_[A-Z0-9_]+)?)")
"""Variables that the kubelet makes of each Service of the namespace (`enableServiceLinks`)."""


class Variables(msgspec.Struct, frozen=True):
    """What a container has."""

    names: frozenset[str]
    any: bool = False
    """It takes all keys of something whose keys are not known: every name may be there."""

    def has(self, name: str) -> bool:
        """Say whether there is a variable of that name, or may be."""
        return self.any or name in self.names


def variables(at: Place, container: dict[str, Any], supply: Supply) -> Variables:
    """Return the variables of a container."""
    taken = taken_whole(at, container, supply)
    own = {str(entry.get("name", "")) for entry in items(container.get("env"))}
    return Variables(taken.names | own, taken.any)


def taken_whole(at: Place, container: dict[str, Any], supply: Supply) -> Variables:
    """Return the variables that come from whole ConfigMaps and Secrets (`envFrom`)."""
    names: set[str] = set()
    open_ = False
    for need, prefix in sources_of(at, container):
        keys = supply.keys(need.kind, at.namespace, need.name)
        open_ |= keys is None
        names |= {prefix + key for key in keys or ()}
    return Variables(frozenset(names), open_)


def undefined(at: Place, container: dict[str, Any], supply: Supply) -> Iterator[tuple[Place, str, bool]]:
    """Yield each `$(NAME)` that stays as it is written: place, name, and whether the variable is defined only after it."""
    whole = taken_whole(at, container, supply)
    if whole.any:
        return
    entries = list(items(container.get("env")))
    every = whole.names | {str(e.get("name", "")) for e in entries}
    before = set(whole.names)
    for number, entry in enumerate(entries):
        name = str(entry.get("name") or number)
        for used in _names(entry.get("value")):
            if used not in before and not _LINK.fullmatch(used):
                yield at.below("env", name, "value"), used, used in every
        before.add(name)
    for field in ("command", "args"):
        for number, text in enumerate(strings(container.get(field))):
            for used in _names(text):
                if used not in every and _CONSTANT.fullmatch(used) and not _LINK.fullmatch(used):
                    yield at.below(field, str(number)), used, False


def _names(text: Any) -> Iterator[str]:
    if isinstance(text, str):
        yield from (match[1] for match in _REFERENCE.finditer(text) if match[1])
