"""What is known of the fields of Kubernetes' own objects: how each is compared.

The table is `kubernetes.json`, made by `tools/objecttypes`. A field's rule is a word, for lists with the keys of their items, and
the type of what is below: `map:containerPort,protocol=TCP core/v1.ContainerPort`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import msgspec

Key = tuple[tuple[str, ...], str]
"""A field that is part of a merge key, as a path into the item, and the value that it has where it is not written."""


@dataclass(slots=True, eq=False)
class Rule:
    """How one field is compared. There is one of each field, so that they are told apart by which they are.

    Attributes:
        kind: One of `any` (nothing is known), `kept` (a known field whose zero is not nothing), `zero` (a scalar whose zero is the
            same as nothing), `quantity`, `quantities` and `mapping` (maps with free keys), `struct` (a pointer: empty is not
            nothing), `part` (a struct that is always there), `item` (of a list), `map` and `ordered` (lists with merge keys),
            `set`, `atomic`, `bag` (atomic, without order), `positions`, `contents` (of a ConfigMap), `content` and `skip`.
        keys: The merge key of lists and of their items.
        target: The type of what is below, empty where nothing is known of it.
        defaults: What fields of the merge key are where they are not written.
    """

    kind: str
    keys: tuple[Key, ...] = ()
    target: str = ""
    defaults: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.defaults = {way[0]: default for way, default in self.keys if default}


ANY, KEPT, SKIP, QUANTITY = Rule("any"), Rule("kept"), Rule("skip"), Rule("quantity")
_CONTENT = Rule("content")


_SOURCE = Path(__file__).parent / "kubernetes.json"


class _Table(msgspec.Struct, frozen=True):
    kinds: dict[str, str]
    types: dict[str, dict[str, str]]


@dataclass(slots=True, eq=False)
class Fields:
    """The rules of a type's fields.

    Attributes:
        rules: By name.
        rest: For every other field.
    """

    rules: Mapping[str, Rule] = field(default_factory=dict[str, Rule])
    rest: Rule = ANY

    def but(self, **rules: Rule) -> "Fields":
        """Return the same with other rules for some fields."""
        return Fields({**self.rules, **rules}, self.rest)


UNKNOWN = Fields()
"""The fields of something of which nothing is known."""
_META = "meta/v1.ObjectMeta"
_SERVERS_OWN = ("creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid")
"""What a server writes into an object's metadata; in a file it means nothing."""


@cache
def fields_of(target: str) -> Fields:
    """Return the fields of a type; of an empty name, those of something unknown."""
    told = _table().types.get(target)
    return UNKNOWN if told is None else Fields({name: _rule(text) for name, text in told.items()}, KEPT)


@cache
def object_fields(version: str, kind: str) -> Fields:
    """Return the fields of a kind of object.

    Its name and namespace are left out, for they are its identity; `status` and what servers write into `metadata` too.

    Args:
        version: `apps/v1`.
        kind: `Deployment`.
    """
    if kind == "Terraform":
        return _ROOT_MODULE
    target = _table().kinds.get(f"{version}/{kind}", "")
    own = fields_of(target).but(metadata=Rule("part", (), "metadata"), status=SKIP)
    return own.but(data=Rule("contents")) if target == "core/v1.ConfigMap" else own


_ROOT_MODULE = Fields({"spec": Rule("part", (), "terraform")})
"""A root module as `vivido.render.terraform` makes it."""
_TERRAFORM = Fields({"images": SKIP, "unknown": SKIP})
"""Found in the rest of it once more: where images stand, and what only Terraform can work out."""


@cache
def below(rule: Rule) -> Fields:
    """Return the rules of what a field holds: its fields, its keys or its items."""
    match rule.kind:
        case "quantities":
            return Fields({}, QUANTITY)
        case "contents":
            return Fields({}, _CONTENT)
        case "mapping" | "positions":
            return Fields({}, Rule("struct", (), rule.target) if rule.target else ANY)
        case "map" | "ordered":
            return Fields({}, Rule("item", rule.keys, rule.target))
        case _:
            special = {"metadata": _object_metadata, "terraform": lambda: _TERRAFORM}.get(rule.target)
            return special() if special else fields_of(rule.target)


@cache
def _object_metadata() -> Fields:
    left_out = ("name", "namespace", *_SERVERS_OWN)
    return fields_of(_META).but(**dict.fromkeys(left_out, SKIP))


@cache
def _table() -> _Table:
    return msgspec.json.decode(_SOURCE.read_bytes(), type=_Table)


def _rule(text: str) -> Rule:
    head, _, target = text.partition(" ")
    kind, _, keys = head.partition(":")
    return Rule(kind, tuple(_key(key) for key in keys.split(",") if key), target)


def _key(text: str) -> Key:
    name, _, default = text.partition("=")
    return tuple(name.split("/")), default
