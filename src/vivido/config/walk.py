"""Hold a tree against a JSON Schema and say every difference at its place, in words for people.

Reads the very schema that is shipped, as far as structs make use of JSON Schema; `$ref`, `anyOf` (chosen by type, or by tag),
`oneOf` of `required` (exactly one of these keys). Tests hold its verdicts against an independent validator.
"""

import re
from typing import Any

from vivido.config import wording
from vivido.config.diagnostic import Place, Report, shown
from vivido.config.node import Entry, Mapping, Node, Scalar, Sequence
from vivido.config.scalar import two_readings
from vivido.text.nearest import nearest

Schema = dict[str, Any]


def walk(node: Node, schema: Schema, report: Report) -> None:
    """Note everything in which a tree differs from a schema."""
    _Walker(schema.get("$defs", {}), report).node(node, schema, "the file", node)


class _Walker:
    def __init__(self, definitions: Schema, report: Report) -> None:
        self._definitions = definitions
        self._report = report

    def node(self, node: Node, schema: Schema, where: str, owner: Place) -> None:
        """Check one node. `owner` is where its key stands: the place of what is missing inside."""
        schema = self._resolved(schema)
        if self._report.full:
            return
        if "anyOf" in schema:
            self._any_of(node, schema, where, owner)
        elif not _fits(node, schema):
            self._say(node, "config.type", wording.wrong_type(where, node, _types(schema)))
        elif isinstance(node, Mapping):
            self._mapping(node, schema, where, owner)
        elif isinstance(node, Sequence):
            self._sequence(node, schema, where, owner)
        else:
            self._scalar(node, schema, where)

    def _say(self, at: Place, code: str, words: tuple[str, str]) -> None:
        self._report.add(at, code, *words)

    def _resolved(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            schema = self._definitions[schema["$ref"].rpartition("/")[2]]
        return schema

    def _branches(self, schema: Schema) -> list[Schema]:
        schema = self._resolved(schema)
        return [b for s in schema["anyOf"] for b in self._branches(s)] if "anyOf" in schema else [schema]

    def _any_of(self, node: Node, schema: Schema, where: str, owner: Place) -> None:
        branches = self._branches(schema)
        fitting = [b for b in branches if _fits(node, b)]
        if isinstance(node, Mapping) and (discriminator := self._discriminator(schema)):
            fitting = self._tagged(node, discriminator, where, owner)
        elif not fitting:
            self._say(node, "config.type", wording.wrong_type(where, node, [t for b in branches for t in _types(b)]))
        if fitting:
            best = fitting[0] if len(fitting) == 1 else min(fitting, key=lambda b: self._mistakes(node, b))
            self.node(node, best, where, owner)

    def _discriminator(self, schema: Schema) -> Schema | None:
        """Return what tells the branches apart that are mappings, also where they stand beside other types."""
        schema = self._resolved(schema)
        inside = (self._discriminator(s) for s in schema.get("anyOf", ()))
        return schema.get("discriminator") or next((d for d in inside if d), None)

    def _tagged(self, node: Mapping, discriminator: Schema, where: str, owner: Place) -> list[Schema]:
        name: str = discriminator["propertyName"]
        tag, branches = node.get(name), discriminator["mapping"]
        if isinstance(tag, Scalar) and tag.value in branches:
            return [{"$ref": branches[tag.value]}]
        if isinstance(tag, Scalar):
            self._say(tag, "config.value", wording.not_in(_within(where, name), tag, list(branches), ""))
        else:
            hint = f"Write “{name}: …”: {wording.either(list(branches))}."
            self._report.add(owner, "config.missing", f"{where} lacks “{name}”", hint)
        return []

    def _mistakes(self, node: Node, schema: Schema) -> int:
        trial = Report("")
        _Walker(self._definitions, trial).node(node, schema, "", node)
        return len(trial.diagnostics())

    def _mapping(self, node: Mapping, schema: Schema, where: str, owner: Place) -> None:
        known: Schema = schema.get("properties", {})
        excused = self._unknown_keys(node, schema, where)
        for entry in node.entries:
            if entry.key in known:
                self.node(entry.value, known[entry.key], _within(where, entry.key), entry)
            elif isinstance(other := schema.get("additionalProperties"), dict):
                self._key(entry, schema.get("propertyNames", {}), where)
                self.node(entry.value, other, _within(where, entry.key), entry)
        for key in schema.get("required", ()):
            if node.get(key) is None and key not in excused:
                self._report.add(owner, "config.missing", f"{where} lacks “{key}”", f"Add “{key}: …”.")
        self._exactly_one(node, schema, where, owner, excused)
        if len(node.entries) < schema.get("minProperties", 0):
            self._report.add(owner, "config.empty", f"{where} has nothing in it", "Add at least one.")
        elif len(node.entries) > schema.get("maxProperties", len(node.entries)):
            message = f"{where} has more than {schema['maxProperties']}"
            self._report.add(owner, "config.too-many", message, "Split it into several projects.")

    def _unknown_keys(self, node: Mapping, schema: Schema, where: str) -> set[str]:
        """Note unknown keys; return the keys that were probably meant: their absence is the same mistake."""
        if schema.get("additionalProperties") is not False:
            return set()
        known, choices = list(schema.get("properties", {})), _choices(schema)
        excused: set[str] = set()
        for entry in node.entries:
            if entry.key not in known and not self._report.full:
                free = [k for k in known if node.get(k) is None]
                words = wording.unknown_key(where, entry.key, free, schema.get("title", ""), choices)
                self._say(entry, "config.unknown-key", words)
                excused |= {nearest(entry.key, free) or "", *choices}
        return excused

    def _exactly_one(self, node: Mapping, schema: Schema, where: str, owner: Place, excused: set[str]) -> None:
        choices = _choices(schema)
        present = [c for c in choices if node.get(c) is not None]
        if choices and len(present) != 1 and not (excused and not present):
            self._say(owner, "config.one-of", wording.not_one(where, present, choices, schema.get("title", "")))

    def _key(self, entry: Entry, schema: Schema, where: str) -> None:
        if "pattern" in schema and not _matches(schema["pattern"], entry.key):
            message = f"the key {shown(entry.key)} of {where} is not {schema.get('title', 'allowed')}"
            self._report.add(entry, "config.key", message, "Choose another name.")

    def _sequence(self, node: Sequence, schema: Schema, where: str, owner: Place) -> None:
        first: list[Schema] = schema.get("prefixItems", [])
        for n, item in enumerate(node.items):
            rest = schema.get("items")
            if n < len(first) or isinstance(rest, dict):
                self.node(item, first[n] if n < len(first) else rest or {}, f"{where}[{n}]", item)
        least, most = schema.get("minItems", 0), schema.get("maxItems", len(node.items))
        if len(node.items) < least:
            self._report.add(owner, "config.empty", f"{where} needs {least} or more", "Add what is missing.")
        elif len(node.items) > most:
            self._report.add(owner, "config.too-many", f"{where} takes at most {most}", "Remove the others.")

    def _scalar(self, node: Scalar, schema: Schema, where: str) -> None:
        if isinstance(node.value, int | float) and node.plain and two_readings(node.text):
            self._say(node, "yaml.number", wording.two_numbers(where, node))
        elif "enum" in schema and not any(_same(node.value, a) for a in schema["enum"]):
            self._say(node, "config.value", wording.not_in(where, node, schema["enum"], schema.get("title", "")))
        elif isinstance(node.value, str):
            self._text(node, node.value, schema, where)
        elif isinstance(node.value, int | float) and not isinstance(node.value, bool):
            self._number(node, node.value, schema, where)

    def _text(self, node: Scalar, text: str, schema: Schema, where: str) -> None:
        least, most = schema.get("minLength", 0), schema.get("maxLength", len(text))
        pattern = schema.get("pattern")
        if (pattern and not _matches(pattern, text)) or not least <= len(text) <= most:
            told = "its value" if schema.get("writeOnly") else shown(text)
            self._say(node, "config.value", wording.unfitting(where, told, schema))

    def _number(self, node: Scalar, value: float, schema: Schema, where: str) -> None:
        limits = {
            "minimum": (value >= schema.get("minimum", value), "at least"),
            "maximum": (value <= schema.get("maximum", value), "at most"),
            "exclusiveMinimum": (value > schema.get("exclusiveMinimum", value - 1), "more than"),
            "exclusiveMaximum": (value < schema.get("exclusiveMaximum", value + 1), "less than"),
        }
        for key, (kept, word) in limits.items():
            if not kept:
                message = f"{where} is {node.text[:30]}; it has to be {word} {schema[key]}"
                self._report.add(node, "config.value", message, "Write another number.")


def _types(schema: Schema) -> list[str]:
    if "type" in schema:
        return [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    return list(dict.fromkeys(wording.json_type_of(v) for v in schema.get("enum", ())))


def _fits(node: Node, schema: Schema) -> bool:
    wanted, found = _types(schema), wording.json_type(node)
    if not wanted or found in wanted:
        return True
    if found == "integer":
        return "number" in wanted
    # JSON Schema: 2.0 is an integer.
    return (
        found == "number" and "integer" in wanted and isinstance(node, Scalar) and float(str(node.value)).is_integer()
    )


def _choices(schema: Schema) -> list[str]:
    return [c["required"][0] for c in schema.get("oneOf", ())]


def _same(value: Any, allowed: Any) -> bool:
    return value == allowed and isinstance(value, bool) == isinstance(allowed, bool)


def _matches(pattern: str, text: str) -> bool:
    # To Python `$` also matches before a last line feed; to JSON Schema it does not.
    return re.search(re.sub(r"\$$", r"\\Z", pattern), text) is not None


def _within(where: str, key: str) -> str:
    name = key if re.fullmatch(r"[\w.-]{1,60}", key) else shown(key)
    return name if where == "the file" else f"{where}.{name}"
