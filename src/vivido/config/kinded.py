"""Gates and targets as they are written: `kind`, `{kind: value}` or `{kind: {options}}`."""

from collections.abc import Iterator
from collections.abc import Mapping as Mapped
from typing import Any

import msgspec

from vivido.config.kinds import Kind
from vivido.config.node import Entry, Mapping, Node, Scalar, child, entries, items, plain, text_of


class Written(msgspec.Struct, frozen=True):
    """One gate or target as the file has it."""

    name: str
    """Of its kind."""
    kind: Kind
    value: Node | None
    """What stands after the kind; None where its name stands alone."""
    whole: Node
    """All of it: what a message points at."""

    def option(self, name: str) -> Node | None:
        """Return the value of an option, None where it is left out."""
        if isinstance(self.value, Mapping):
            return self.value.get(name)
        return self.value if name == self.kind.shorthand else None

    def options(self) -> dict[str, Any]:
        """Return the options as plain data, without defaults."""
        if self.value is None:
            return {}
        return plain(self.value) if isinstance(self.value, Mapping) else {self.kind.shorthand: plain(self.value)}


def written(node: Node | None, kinds: Mapped[str, Kind]) -> Written | None:
    """Return what a node says, None where it names no kind or several."""
    if isinstance(node, Scalar):
        name = text_of(node)
        return Written(name, kinds[name], None, node) if name is not None and name in kinds else None
    found = [e for e in entries(node) if e.key in kinds]
    if node is None or len(found) != 1:
        return None
    return Written(found[0].key, kinds[found[0].key], found[0].value, node)


def gates(environment: Entry, kinds: Mapped[str, Kind]) -> Iterator[Written]:
    """Yield the gates of an environment that name a kind."""
    for node in items(child(environment.value, "gates")):
        if (gate := written(node, kinds)) is not None:
            yield gate


def gate_name(gate: Written) -> str | None:
    """Return the name a gate was given."""
    return text_of(child(gate.whole, "name"))


def gate_ids(found: list[Written]) -> list[str]:
    """Return an id for each gate of an environment: its name, or its kind with a number from the second on."""
    taken = {name for gate in found if (name := gate_name(gate))}
    ids: list[str] = []
    for gate in found:
        ids.append(gate_name(gate) or _free(gate.name, taken))
        taken.add(ids[-1])
    return ids


def _free(kind: str, taken: set[str]) -> str:
    number = 2
    name = kind
    while name in taken:
        name, number = f"{kind}-{number}", number + 1
    return name
