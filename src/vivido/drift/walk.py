"""Two objects side by side, field by field, by what is known of each field."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import msgspec

from vivido.drift.grouping import group_of, remark_of
from vivido.drift.items import by_key, members, named, numbered, reordered
from vivido.drift.naming import Side
from vivido.drift.normal import is_zero, normal_bytes
from vivido.drift.opened import opened
from vivido.drift.schema import ANY, UNKNOWN, Fields, Rule, below, object_fields
from vivido.model.difference import ABSENT, Difference, ObjectIdentity, Path, Remark, Sort
from vivido.model.objects import Manifest
from vivido.text.quantity import quantity

_encode = msgspec.json.Encoder().encode
_NOTHING: tuple[Any, ...] = (ABSENT, None)


def same(left: Any, right: Any) -> bool:
    """Say whether two values are the same JSON, written alike: to Python 1 and True are equal, to a server they are not."""
    return left == right and _encode(left) == _encode(right)


class Walk:
    """Collects the differences between two objects that are the same object."""

    def __init__(self, identity: ObjectIdentity, left: Side, right: Side) -> None:
        self._object = identity
        self._left = left
        self._right = right
        self.found: list[Difference] = []

    def objects(self, left: Manifest, right: Manifest) -> list[Difference]:
        """Compare two objects; returns what was found, sorted by path."""
        if not same(left, right):
            version = left.get("apiVersion")
            # Of two versions of a kind neither's fields can be taken for the other's.
            known = version if type(version) is str and version == right.get("apiVersion") else ""
            self._fields((), left, right, object_fields(known, self._object.kind))
            self.found.sort(key=lambda d: d.path)
        return self.found

    def whole(self, left: Any, right: Any) -> list[Difference]:
        """Tell of an object that is on one side only."""
        self._tell((), left, right)
        return self.found

    def _fields(self, path: Path, left: Mapping[str, Any], right: Mapping[str, Any], fields: Fields) -> None:
        # Nearly all of an audit's time is spent here: what is equal costs no call and no path.
        rules, rest, kinds, common = fields.rules, fields.rest, self._KINDS, 0
        for name, a in left.items():
            b = right.get(name, ABSENT)
            common += b is not ABSENT
            if a is b or (a == b and (type(a) is str or _encode(a) == _encode(b))):
                continue
            rule = rules.get(name, rest)
            kinds[rule.kind](self, (*path, name), a, b, rule)
        if common != len(right):
            for name, b in right.items():
                if name not in left:
                    rule = rules.get(name, rest)
                    kinds[rule.kind](self, (*path, name), ABSENT, b, rule)

    def _any(self, path: Path, left: Any, right: Any, rule: Rule) -> None:
        if type(left) is dict and type(right) is dict:
            self._fields(path, left, right, UNKNOWN)
        elif type(left) is list and type(right) is list:
            self._unknown_items(path, left, right)
        elif not self._is_same_name(path, left, right):
            self._tell(path, left, right)

    def _unknown_items(self, path: Path, left: list[Any], right: list[Any]) -> None:
        before, after = named(left, self._left), named(right, self._right)
        if before is None or after is None:
            before, after = numbered(left), numbered(right)
        self._items(path, before, after, UNKNOWN, ordered=True)

    def _is_same_name(self, path: Path, left: Any, right: Any) -> bool:
        return type(left) is str and type(right) is str and self._left.is_same_text(path, left, self._right, right)

    def _kept(self, path: Path, left: Any, right: Any, rule: Rule) -> None:
        if not (left in _NOTHING and right in _NOTHING):
            self._any(path, left, right, rule)

    def _zero(self, path: Path, left: Any, right: Any, rule: Rule) -> None:
        lacking = left in _NOTHING or right in _NOTHING
        if not (lacking and (left is ABSENT or is_zero(left)) and (right is ABSENT or is_zero(right))):
            self._any(path, left, right, rule)

    def _quantity(self, path: Path, left: Any, right: Any, rule: Rule) -> None:
        number = quantity(left)
        if number is None or number != quantity(right):
            self._kept(path, left, right, rule)

    def _struct(self, path: Path, left: Any, right: Any, rule: Rule) -> None:
        if type(left) is dict and type(right) is dict:
            self._fields(path, left, right, below(rule))
        else:
            self._kept(path, left, right, rule)

    def _mapping(self, path: Path, left: Any, right: Any, rule: Rule) -> None:
        """Compare two maps, one of which may not be written."""
        if type(left) is dict and type(right) is dict:
            self._fields(path, left, right, below(rule))
            return
        before = {} if left in _NOTHING else left
        after = {} if right in _NOTHING else right
        if type(before) is dict and type(after) is dict:
            self._fields(path, before, after, below(rule))
        else:
            self._any(path, left, right, rule)

    def _content(self, path: Path, left: Any, right: Any, rule: Rule) -> None:
        both = opened(path[-1], left, right) if type(left) is str and type(right) is str else None
        if both is None:
            self._any(path, left, right, ANY)
            return
        known = len(self.found)
        self._any(path, both[0], both[1], ANY)
        if len(self.found) == known:
            self._tell(path, left, right, "spelling")

    def _map(self, path: Path, left: Any, right: Any, rule: Rule) -> None:
        self._keyed(path, left, right, rule, ordered=False)

    def _ordered(self, path: Path, left: Any, right: Any, rule: Rule) -> None:
        self._keyed(path, left, right, rule, ordered=True)

    def _keyed(self, path: Path, left: Any, right: Any, rule: Rule, *, ordered: bool) -> None:
        lists = _lists(left, right)
        if lists is None:
            self._any(path, left, right, rule)
            return
        before, after = by_key(lists[0], rule.keys, self._left), by_key(lists[1], rule.keys, self._right)
        if before is None or after is None:
            before, after, ordered = numbered(lists[0]), numbered(lists[1]), False
        self._items(path, before, after, below(rule), ordered=ordered)

    def _positions(self, path: Path, left: Any, right: Any, rule: Rule) -> None:
        lists = _lists(left, right)
        if lists is None:
            self._any(path, left, right, rule)
        else:
            self._items(path, numbered(lists[0]), numbered(lists[1]), below(rule), ordered=False)

    def _set(self, path: Path, left: Any, right: Any, rule: Rule) -> None:
        lists = _lists(left, right)
        sets = lists and (members(lists[0], self._left), members(lists[1], self._right))
        if not sets or sets[0] is None or sets[1] is None:
            self._atomic(path, left, right, rule)
        else:
            self._items(path, sets[0], sets[1], UNKNOWN, ordered=False)

    def _items(self, path: Path, left: dict[str, Any], right: dict[str, Any], fields: Fields, *, ordered: bool) -> None:
        moved = reordered(left, right) if ordered else None
        if moved:
            group = group_of(self._object.kind, path, *moved)
            self.found.append(Difference(self._object, path, Sort.ORDER, group, *moved))
        self._fields(path, left, right, fields)

    def _item(self, path: Path, left: Any, right: Any, rule: Rule) -> None:
        if type(left) is not dict or type(right) is not dict:
            self._tell(path, left, right)
            return
        defaults = rule.defaults
        if defaults:
            left, right = {**defaults, **left}, {**defaults, **right}
        self._fields(path, left, right, below(rule))

    def _atomic(self, path: Path, left: Any, right: Any, rule: Rule) -> None:
        lists = _lists(left, right)
        if lists is None:
            self._any(path, left, right, ANY)
        elif normal_bytes(lists[0], rule, self._left) != normal_bytes(lists[1], rule, self._right):
            self._tell(path, left, right)

    def _skip(self, path: Path, left: Any, right: Any, rule: Rule) -> None:
        """Nothing to compare."""

    def _tell(self, path: Path, left: Any, right: Any, remark: Remark = "") -> None:
        sort = Sort.ONLY_RIGHT if left is ABSENT else Sort.ONLY_LEFT if right is ABSENT else Sort.CHANGED
        group = group_of(self._object.kind, path, left, right)
        self.found.append(Difference(self._object, path, sort, group, left, right, remark or remark_of(path)))

    _KINDS: ClassVar[dict[str, Callable[["Walk", Path, Any, Any, Rule], None]]] = {
        "any": _any,
        "kept": _kept,
        "zero": _zero,
        "quantity": _quantity,
        "quantities": _mapping,
        "mapping": _mapping,
        "struct": _struct,
        "part": _mapping,
        "map": _map,
        "ordered": _ordered,
        "item": _item,
        "set": _set,
        "atomic": _atomic,
        "bag": _atomic,
        "positions": _positions,
        "contents": _mapping,
        "content": _content,
        "skip": _skip,
    }


def _lists(left: Any, right: Any) -> tuple[list[Any], list[Any]] | None:
    before, after = ([] if side in _NOTHING else side for side in (left, right))
    return (before, after) if type(before) is list and type(after) is list else None
