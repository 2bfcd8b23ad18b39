"""Write the table of object types anew: `PYTHONPATH=tools python -m objecttypes DEFINITIONS TYPES… > kubernetes.json`.

The table's place is `src/vivido/drift/kubernetes.json`. Done by hand when a version of Kubernetes brings fields that matter;
nothing of it is needed to build, test or use Vivido.

DEFINITIONS: `_definitions.json` of one version out of the Python package `kubernetes-validate`: lists, their keys, quantities.
TYPES: source trees of `k8s.io/api` and `k8s.io/apimachinery` of that version, for what a schema cannot say: which fields are Go
pointers, so that a zero is not the same as nothing.
"""

import json
import sys
from pathlib import Path
from typing import Any

from objecttypes.go import Pointers, read_types
from objecttypes.orders import BAGS, FINER, KEY_DEFAULTS, ORDERED

LEFT_OUT = (
    "alpha",
    "io.k8s.api.events",
    "io.k8s.api.authentication",
    "io.k8s.api.authorization",
    "io.k8s.kube-aggregator",
)
"""Kinds that nobody keeps in Git."""
_QUANTITY = ".Quantity"


def main(arguments: list[str]) -> None:
    """Read the sources, print the table."""
    definitions = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))["$defs"]
    table = Table(definitions, read_types([Path(p) for p in arguments[1:]]))
    kinds = table.kinds()
    origin = "kubernetes-validate and k8s.io/api, k8s.io/apimachinery; see tools/objecttypes"
    whole = {"origin": origin, "version": Path(arguments[0]).parent.name, "kinds": kinds, "types": table.types}
    sys.stdout.write(json.dumps(whole, indent=0, sort_keys=True) + "\n")
    sys.stderr.write(f"{len(kinds)} kinds, {len(table.types)} types, {table.unknown} fields without a Go type\n")


class Table:
    """The types reached from the kinds."""

    def __init__(self, definitions: dict[str, Any], pointers: Pointers) -> None:
        self._definitions = definitions
        self._pointers = pointers
        self.types: dict[str, dict[str, str]] = {}
        self.unknown = 0

    def kinds(self) -> dict[str, str]:
        """Return the type of every kind, and collect what those types consist of."""
        found: dict[str, str] = {}
        for name, definition in self._definitions.items():
            for one in definition.get("x-kubernetes-group-version-kind", ()):
                if any(part in name for part in LEFT_OUT) or one["kind"].endswith("List") or one["group"] == "*":
                    continue
                if "metadata" in definition.get("properties", {}):
                    version = f"{one['group']}/{one['version']}" if one["group"] else one["version"]
                    found[f"{version}/{one['kind']}"] = self._type(name)
        return found

    def _type(self, name: str) -> str:
        short = _short(name)
        if short not in self.types:
            self.types[short] = {}
            fields = self._definitions[name].get("properties", {})
            told = {field: self._field(name, field, schema) for field, schema in fields.items() if field != "status"}
            self.types[short].update({field: rule for field, rule in told.items() if rule})
        return short

    def _field(self, owner: str, field: str, schema: dict[str, Any]) -> str:
        """Return a field's rule as `drift.schema` reads it; empty where nothing is to say."""
        types = schema.get("type", ())
        if "array" in types:
            return self._list(owner, field, schema)
        target = schema.get("$ref", "").rpartition("/")[2]
        if target.endswith(_QUANTITY):
            return "quantity"
        if "object" in types and "additionalProperties" in schema:
            values = schema["additionalProperties"].get("$ref", "").rpartition("/")[2]
            return "quantities" if values.endswith(_QUANTITY) else self._with("mapping", values)
        if "properties" in self._definitions.get(target, {}):
            return self._with("struct" if self._is_pointer(owner, field) else "part", target)
        scalar = not target and not {"object"} & set(types)
        return "zero" if scalar and not self._is_pointer(owner, field) else ""

    def _list(self, owner: str, field: str, schema: dict[str, Any]) -> str:
        items = schema["items"].get("$ref", "").rpartition("/")[2]
        place = f"{owner.rpartition('.')[2]}.{field}"
        kind = schema.get("x-kubernetes-list-type", "list")
        if kind == "map":
            keys = [k + KEY_DEFAULTS.get(f"{place}.{k}", "") for k in schema["x-kubernetes-list-map-keys"]]
            return self._with(("ordered:" if place in ORDERED else "map:") + ",".join(keys), items)
        if kind == "atomic":
            kind = "bag" if place in BAGS else FINER.get(place, "atomic")
        return self._with(kind, items)

    def _with(self, rule: str, target: str) -> str:
        if target and "properties" in self._definitions[target]:
            return f"{rule} {self._type(target)}"
        return rule

    def _is_pointer(self, owner: str, field: str) -> bool:
        known = self._pointers.get(_short(owner), {}).get(field)
        self.unknown += known is None
        return known is not False


def _short(name: str) -> str:
    """`io.k8s.api.core.v1.Container` becomes `core/v1.Container`."""
    *_, group, version, kind = name.split(".")
    return f"{group}/{version}.{kind}"


if __name__ == "__main__":
    main(sys.argv[1:])
