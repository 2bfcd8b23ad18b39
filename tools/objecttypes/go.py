"""Read from Go sources which fields are pointers."""

import re
from pathlib import Path

Pointers = dict[str, dict[str, bool]]
"""By type (`core/v1.Container`) and field, whether it is a pointer: whether it can say “nothing” beside its zero."""

_STRUCT = re.compile(r"^type (\w+) struct \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_FIELD = re.compile(r"^\t(?:(\w+) )?\s*(\*?)([\[\]\w.{}]+)\s+`json:\"([^\",]*)((?:,\w+)*)\"", re.MULTILINE)


def read_types(trees: list[Path]) -> Pointers:
    """Return every struct of `GROUP/VERSION/*types.go` below the trees, embedded structs merged in."""
    fields: Pointers = {}
    embedded: dict[str, list[str]] = {}
    for path in sorted(p for tree in trees for p in tree.rglob("*types.go")):
        package = "/".join(path.parent.parts[-2:])
        for name, body in _STRUCT.findall(path.read_text(encoding="utf-8")):
            _read_struct(body, f"{package}.{name}", fields, embedded)
    for name, parts in embedded.items():
        for part in parts:
            fields[name] |= fields.get(f"{name.rpartition('.')[0]}.{part}", {})
    return fields


def _read_struct(body: str, name: str, fields: Pointers, embedded: dict[str, list[str]]) -> None:
    own = fields.setdefault(name, {})
    for field, star, kind, key, flags in _FIELD.findall(body):
        if key:
            own[key] = bool(star)
        elif not field or "inline" in flags:
            embedded.setdefault(name, []).append(kind)
