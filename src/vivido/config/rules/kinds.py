"""Gates and targets: unique names, and what their option structs declare: references, numbers of people, their own checks."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from vivido.config.diagnostic import Place, Report
from vivido.config.kinded import Written, gate_name, gates, written
from vivido.config.kinds import Kinds, at_most, refers
from vivido.config.node import Entry, Node, Scalar, Sequence, child, entries, items, text_of, texts
from vivido.config.node import Mapping as MappingNode
from vivido.config.rules.paths import Asked, check_path
from vivido.config.rules.reference import unknown
from vivido.errors import InputError
from vivido.text.redact import printable, redact

_AT = re.compile(r" - at `\$(.*)`$", re.DOTALL)
_OPTION = re.compile(r"([a-z][a-z0-9-]*): ")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")


def check_kinds(root: Node, kinds: Kinds, top: Path | None, report: Report) -> None:
    """Check all gates and targets."""
    tables = _tables(root)
    for environment in entries(child(root, "environments")):
        _unique(list(gates(environment, kinds.gates)), environment, report)
        for found in _all(environment, kinds):
            _refers(found, tables, top, report)
            _at_most(found, tables, report)
            _converts(found, report)


def _all(environment: Entry, kinds: Kinds) -> Iterator[Written]:
    if (target := written(child(environment.value, "target"), kinds.targets)) is not None:
        yield target
    yield from gates(environment, kinds.gates)


def _unique(found: list[Written], environment: Entry, report: Report) -> None:
    seen: set[str] = set()
    for gate in found:
        name, at = gate_name(gate), child(gate.whole, "name")
        if name in seen and at is not None:
            message = f"two gates of {environment.key} are named “{name}”; their evidence could not be told apart"
            report.add(at, "config.same-name", message, "Rename one of them.")
        seen |= {name} if name else set()


def _tables(root: Node) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return table → name → the people behind it."""
    people = {e.key: (e.key,) for e in entries(child(root, "people"))}
    groups = {
        e.key: tuple(t for m in items(e.value) if (t := text_of(m)) is not None) for e in entries(child(root, "groups"))
    }
    found = {table: {e.key: () for e in entries(child(root, table))} for table in ("environments", "services")}
    return {**found, "people": people | groups, "groups": groups}


def _refers(found: Written, tables: Mapping[str, Mapping[str, object]], top: Path | None, report: Report) -> None:
    for option, where in refers(found.kind).items():
        table, *others = where.split("|")
        for node in texts(found.option(option)):
            if table == "path":
                check_path(Asked(node, "any"), top, report)
            elif node.text not in tables[table] and node.text not in others:
                noun = {"people": "person or group"}.get(table, table.removesuffix("s"))
                unknown(report, node, node.text, noun, (*tables[table], *others))


def _at_most(found: Written, tables: Mapping[str, Mapping[str, tuple[str, ...]]], report: Report) -> None:
    for option, by in at_most(found.kind).items():
        number, names = found.option(option), [n.text for n in texts(found.option(by))]
        if not isinstance(number, Scalar) or not isinstance(number.value, int) or not names:
            continue
        people = {person for name in names for person in tables["people"].get(name, ())}
        known = all(name in tables["people"] for name in names)
        if known and people and number.value > len(people):
            message = f"“{option}” asks for {number.value}, and {' and '.join(names)} is {len(people)}"
            report.add(number, "config.too-few-people", message, "Ask for fewer, or add people to the group.")


def _converts(found: Written, report: Report) -> None:
    """Let the struct itself have the last word, where the schema found nothing: `__post_init__` may know more.

    A message that begins with an option's name and a colon is placed at that option.
    """
    if report.concerns(_places(found.whole)):
        return
    try:
        msgspec.convert(found.options(), found.kind.options)
    except (msgspec.ValidationError, InputError) as e:
        at = _AT.search(str(e))
        message = printable(redact(_AT.sub("", str(e))))
        option = _OPTION.match(message)
        place = (found.option(option[1]) if option else None) or _place(found, at[1] if at else "")
        report.add(place, "config.value", f"{found.name}: {message}", "The reference of this kind says what it takes.")


def _places(node: Node) -> Iterator[Place]:
    yield node
    if isinstance(node, MappingNode):
        for entry in node.entries:
            yield entry
            yield from _places(entry.value)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _places(item)


def _place(found: Written, path: str) -> Node:
    """Return the node that msgspec's path (`.status[0]`) leads to, or the last one on the way that is there."""
    node = found.value if found.value is not None else found.whole
    for key, index in _STEP.findall(path):
        if isinstance(node, MappingNode):
            node = node.get(key) or node
        elif isinstance(node, Sequence) and index.isdigit():
            node = node.items[int(index)]
    return node
