"""Which values of a chart say something now, and how each would say something else. Pure over tree functions."""

from collections.abc import Iterator
from typing import Any

from vivido.errors import InputError
from vivido.layouts import charts, helm
from vivido.layouts.interface import Place
from vivido.layouts.wish import Value
from vivido.render.chart import read_chart
from vivido.render.tree import List, Read
from vivido.text.quantity import quantity
from vivido.yamledit.document import Documents
from vivido.yamledit.edit import Edit, Path


def candidates(place: Place, old: Any, new: Value, read: Read, listing: List) -> list[dict[str, bytes]]:
    """Return edits of the environment's own values file, one for each value that says what a rendered object says.

    Args:
        place: The chart with its values files.
        old: What the object says.
        new: What it shall say; None: nothing.
        read: Reads a file.
        listing: Lists a directory.
    """
    chart = read_chart(place.directory, read, listing)
    if isinstance(chart, tuple):
        return []
    values, file = helm.values_of(place, chart, read), charts.own_file(place)
    found: list[dict[str, bytes]] = []
    for path, leaf in _leaves((), values):
        if not _same(leaf, old):
            continue
        try:
            documents = Documents(read(file) or b"", file)
            found.append({file: documents.apply(_edits(documents, path, _like(leaf, new), values))})
        except InputError:
            continue  # It stands in a list of another file, or behind an anchor.
    return found


def _leaves(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _leaves((*path, str(key)), below)
    elif isinstance(value, list):
        yield path, value
        for number, below in enumerate(value):
            yield from _leaves((*path, number), below)
    else:
        yield path, value


def _same(leaf: Any, old: Any) -> bool:
    if isinstance(leaf, bool) or isinstance(old, bool) or isinstance(leaf, list) or isinstance(old, list):
        return leaf == old
    numbers = quantity(leaf), quantity(old)
    return str(leaf) == str(old) or (numbers[0] is not None and numbers[0] == numbers[1])


def _like(leaf: Any, new: Value) -> Any:
    """Return a new value as the old one is written: a number stays one."""
    if isinstance(leaf, int) and not isinstance(leaf, bool) and isinstance(new, str) and new.isdigit():
        return int(new)
    return list(new) if isinstance(new, tuple) else new


def _edits(documents: Documents, path: Path, value: Any, values: Any) -> list[Edit]:
    if not any(isinstance(step, int) for step in path) and not isinstance(value, list):
        return helm.changes(documents, {path: value}, values)
    # Helm does not merge lists: one of another file would have to be written out whole.
    return [documents.replace(path, value)]
