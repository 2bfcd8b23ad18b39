"""What changes between two renderings, for people (`diff`) and for programs (`summary`)."""

import difflib
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from vivido.model.canonical import canonical
from vivido.model.objects import Manifest, Rendered, identity, plain_name, same_object
from vivido.render.mask import Masks

WIDTH = 80
"""Columns that a diff's lines are folded to."""
_DIGEST = re.compile(r"(sha256:[0-9a-f]{12})[0-9a-f]{52}")
_FOLD = "… "

Pair = tuple[Manifest | None, Manifest | None]


class Change(NamedTuple):
    """One value that differs.

    Attributes:
        object: Identity of the object (`Deployment/web`), as it is called after the change where it is there.
        path: Keys from the object down, `/` between; items of lists by their `name`, else by number. Empty where the whole
            object comes or goes.
        old: The value before, None where there was none; for a whole object its kind.
        new: The value after, likewise.
    """

    object: str
    path: str
    old: Any
    new: Any


def diff(old: Rendered, new: Rendered) -> str:
    """Return a unified diff, object by object, empty where nothing changes.

    Secret values are shown as numbers, digests by their first 12 characters, lines folded to `WIDTH` columns. A ConfigMap whose
    generated name got another hash is compared with its predecessor.
    """
    return "".join(_one(before, after) for before, after in _changed(old, new))


def summary(old: Rendered, new: Rendered) -> list[Change]:
    """Return every value that differs, in the order of the objects; Secret values as numbers."""
    found: list[Change] = []
    for before, after in _changed(old, new):
        name = identity(after or before or {})
        if before is None or after is None:
            found.append(Change(name, "", before and before.get("kind"), after and after.get("kind")))
        else:
            found.extend(Change(name, "/".join(path), a, b) for path, a, b in _differences((), before, after))
    return found


def _changed(old: Rendered, new: Rendered) -> Iterator[Pair]:
    masks = Masks()
    for before, after in _pairs(masks.masked(old), masks.masked(new)):
        # Bytes, because to Python 1 and True are equal.
        if canonical(before) != canonical(after):
            yield before, after


def _pairs(old: tuple[Manifest, ...], new: tuple[Manifest, ...]) -> list[Pair]:
    before = {same_object(o): o for o in old}
    after = {same_object(o): o for o in new}
    gone = {_without_hash(k): k for k in before if k not in after}
    renamed = {k: gone[_without_hash(k)] for k in after if k not in before and _without_hash(k) in gone}
    pairs: list[Pair] = [(before.get(renamed.get(k, k)), o) for k, o in after.items()]
    kept = {renamed.get(k, k) for k in after}
    pairs += [(o, None) for k, o in before.items() if k not in kept]
    return sorted(pairs, key=lambda pair: same_object(pair[1] or pair[0] or {}))


def _without_hash(key: tuple[str, str, str, str]) -> tuple[str, str, str, str]:
    group, kind, namespace, name = key
    return group, kind, namespace, plain_name(name)


def _one(before: Manifest | None, after: Manifest | None) -> str:
    lines = difflib.unified_diff(
        _lines(before), _lines(after), f"{_title(before)} (now)", f"{_title(after)} (after)", lineterm=""
    )
    # Shortened only now: two digests that begin alike must still differ above.
    shown = (_DIGEST.sub(r"\1", line) for line in lines)
    return "".join(f"{folded}\n" for line in shown for folded in _folded(line))


def _title(manifest: Manifest | None) -> str:
    return identity(manifest) if manifest else "nothing"


def _lines(manifest: Manifest | None) -> list[str]:
    if manifest is None:
        return []
    return yaml.dump(manifest, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=2**20).split("\n")[:-1]


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as such, so that one changed line is one line of the diff."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def _folded(line: str) -> Iterator[str]:
    yield line[:WIDTH]
    rest, step = line[WIDTH:], WIDTH - 1 - len(_FOLD)
    for at in range(0, len(rest), step):
        yield line[0] + _FOLD + rest[at : at + step]


def _differences(path: tuple[str, ...], old: Any, new: Any) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    before, after = _parts(old), _parts(new)
    if before is None or after is None or isinstance(old, dict) != isinstance(new, dict):
        if canonical(old) != canonical(new):
            yield path, old, new
        return
    if isinstance(old, list) and sorted(before) == sorted(after) and list(before) != list(after):
        # The order of containers and variables has a meaning.
        yield path, list(before), list(after)
    for key in [*before, *(k for k in after if k not in before)]:
        yield from _differences((*path, key), before.get(key), after.get(key))


def _parts(value: Any) -> dict[str, Any] | None:
    """Return a collection's parts by key, by the items' names where each has its own, or by number."""
    if isinstance(value, dict):
        return {str(key): part for key, part in value.items()}
    if not isinstance(value, list):
        return None
    names = [item.get("name") if isinstance(item, dict) else None for item in value]
    if all(isinstance(name, str) for name in names) and len(set(names)) == len(names):
        return dict(zip([str(name) for name in names], value, strict=True))
    return {str(number): item for number, item in enumerate(value)}
