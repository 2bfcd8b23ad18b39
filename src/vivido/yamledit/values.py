"""Turn nodes into plain data, as Kubernetes would read them (see `resolve`).

Aliases and merge keys are followed as go-yaml v2 does; keys become strings as in JSON. What JSON cannot hold (`.inf`, `.nan`)
and tags of one's own are refused, and so is a document that grows beyond `MAX_NODES` by its aliases.
"""

import base64
import binascii
import math
import re
from typing import Any

from vivido.errors import InputError
from vivido.yamledit.resolve import Value, resolve
from vivido.yamledit.tree import Alias, Mapping, Node, Scalar, Sequence

MAX_NODES = 1_000_000
"""Values in one document after its aliases are followed; a page of nested aliases can stand for billions."""
MAX_LEVELS = 200
"""Collections inside each other after aliases are followed."""
_WHOLE = re.compile(r"[+]?(?:[0-9_]+|0[xXoObB][0-9a-fA-F_]+)")
"""A number beyond 64 bits with sign is no key to sigs.k8s.io/yaml."""
_CORE = "tag:yaml.org,2002:"


def plain_data(node: Node | None, name: str) -> Any:
    """Return a node as dicts, lists, strings, numbers, booleans and None.

    Args:
        node: A document's root or any node in it; None gives None.
        name: The file's name, for messages.

    Raises:
        InputError: `yaml.alias-bomb`, `yaml.alias-cycle`, `yaml.tag`, `yaml.key`, `yaml.duplicate-key`, `yaml.value` or
            `yaml.merge`, with the position.
    """
    return None if node is None else _Reader(name).read(node)


class _Reader:
    def __init__(self, name: str) -> None:
        self.name = name
        self.left = MAX_NODES
        self.level = 0
        self.following: set[int] = set()

    def read(self, node: Node) -> Any:
        self.left -= 1
        if self.left < 0 or self.level > MAX_LEVELS:
            what = f"its aliases stand for more than {MAX_NODES} values, or {MAX_LEVELS} levels"
            raise self._error(node, "yaml.alias-bomb", what, "Write the values themselves.")
        self.level += 1
        value = self._read(node)
        self.level -= 1
        return value

    def _read(self, node: Node) -> Any:
        if isinstance(node, Alias):
            return self._follow(node)
        if isinstance(node, Mapping):
            return self._mapping(node)
        if isinstance(node, Sequence):
            return [self.read(item) for item in node.items]
        return self._scalar(node) if isinstance(node, Scalar) else None

    def _follow(self, alias: Alias) -> Any:
        if id(alias.target) in self.following:
            raise self._error(alias, "yaml.alias-cycle", f"*{alias.name} contains itself", "Write the value itself.")
        self.following.add(id(alias.target))
        value = self.read(alias.target)
        self.following.discard(id(alias.target))
        return value

    def _mapping(self, node: Mapping) -> dict[str, Any]:
        found: dict[str, Any] = {}
        written: set[str] = set()
        for key, value in node.entries:
            if isinstance(key, Scalar) and key.value == "<<" and not key.style:
                # In its place: go-yaml v2 lets a merge win over the keys that stand before it.
                found.update(self._merge(value))
                continue
            name = self._key(key)
            if name in written:
                # Kubernetes' own reader goes through them in an order that changes from run to run.
                raise self._error(
                    key, "yaml.duplicate-key", f"this is the key “{name}” once more", "Remove one of them."
                )
            written.add(name)
            found[name] = self.read(value)
        return found

    def _merge(self, node: Node) -> dict[str, Any]:
        value = self.read(node)
        # Of several mappings the earlier one wins.
        parts = value[::-1] if isinstance(value, list) else [value]
        if not all(isinstance(part, dict) for part in parts):
            raise self._error(node, "yaml.merge", "“<<” merges mappings only", "Write the keys themselves.")
        return {k: v for part in parts for k, v in part.items()}

    def _key(self, node: Node) -> str:
        value = self.read(node)
        if isinstance(value, bool):
            return "true" if value else "false"
        whole = isinstance(node, Scalar) and isinstance(value, float) and _WHOLE.fullmatch(node.value)
        if value is None or isinstance(value, dict | list) or whole:
            raise self._error(node, "yaml.key", "a key must be a string here", "Quote it, or write it plainly.")
        return str(value)

    def _scalar(self, node: Scalar) -> Value:
        if node.tag and node.tag != "!":
            return self._tagged(node)
        value = node.value if node.style or node.tag else resolve(node.value)
        if isinstance(value, float) and not math.isfinite(value):
            raise self._error(node, "yaml.value", f"Kubernetes knows no {node.value}", "Quote it if a string is meant.")
        return value

    def _tagged(self, node: Scalar) -> Value:
        kind = node.tag.removeprefix(_CORE) if node.tag.startswith(_CORE) else ""
        value = resolve(node.value)
        if kind == "str":
            return node.value
        if kind == "binary":
            return self._binary(node)
        fits = {"null": value is None, "bool": isinstance(value, bool), "int": type(value) is int}
        if fits.get(kind, False):
            return value
        if kind == "float" and type(value) in (int, float) and math.isfinite(float(str(value))):
            return value
        raise self._error(node, "yaml.tag", f"the tag {node.tag[:100]} is not understood here", "Remove the tag.")

    def _binary(self, node: Scalar) -> str:
        try:
            return base64.b64decode("".join(node.value.split()), validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError) as e:
            raise self._error(node, "yaml.value", "this is no base64 of UTF-8 text", "Write the text itself.") from e

    def _error(self, node: Node, code: str, message: str, hint: str) -> InputError:
        return InputError(message, code=code, where=f"{self.name}:{node.position}", hint=hint)
