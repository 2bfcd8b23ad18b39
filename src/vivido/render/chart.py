"""What a Helm chart consists of, found without running Helm: its dependencies and its default values.

Helm fetches nothing in `helm template`; it wants every dependency in `charts/`. What is neither there nor in a directory of the
repository is refused with its place. Fields: Helm `pkg/chart/v2` (`Chart.yaml`; `requirements.yaml` of charts of the first form).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from vivido.errors import InputError
from vivido.model.problem import Problem
from vivido.render.archive import ENDINGS, chart_files
from vivido.render.detect import CHART
from vivido.render.objects import problem
from vivido.render.tree import List, Read, join, names
from vivido.yamledit.document import Documents
from vivido.yamledit.values import plain_data

VALUES = "values.yaml"
"""The chart's default values."""
_OLD = "requirements.yaml"
"""Where charts of the first form list their dependencies."""
_LOCAL = "file://"
_LEVELS = 5
"""Charts inside each other that are followed."""

Values = dict[str, Any]


class Dependency(NamedTuple):
    """An entry of `dependencies:`.

    Attributes:
        name: Of the chart.
        alias: Under which the parent's values name it; the name where there is none.
        repository: As it is written.
        where: `file:line:column`.
    """

    name: str
    alias: str
    repository: str
    where: str


@dataclass(frozen=True)
class Chart:
    """A chart that was read.

    Attributes:
        directory: Path from the tree's root.
        name: As Chart.yaml calls it.
        app_version: Of what it installs, as text; may be empty.
        values: Default values, those of vendored and local charts under their names.
        local: Name in `charts/` → directory of the repository, of dependencies that stand elsewhere (`file://`).
        closure: All directories that the rendering depends on, its own first.
    """

    directory: str
    name: str
    app_version: str
    values: Values
    local: dict[str, str]
    closure: tuple[str, ...]


def read_chart(directory: str, read: Read, listing: List) -> Chart | tuple[Problem, ...]:
    """Read a chart with all that it depends on."""
    return _read(directory, read, listing, 0)


def _read(directory: str, read: Read, listing: List, level: int) -> Chart | tuple[Problem, ...]:
    path = join(directory, CHART) or CHART
    try:
        documents = _documents(path, read)
        data = _mapping(documents)
        values = _values(join(directory, VALUES) or VALUES, read)
        dependencies = list(_dependencies(directory, documents, data, read))
        vendored = dict(_vendored(directory, read, listing))
    except InputError as e:
        return (problem(e),)
    if not isinstance(data.get("name"), str) or level > _LEVELS:
        what = f"{path} names no chart" if level <= _LEVELS else f"{path} is the {level}th chart inside another"
        return (Problem("render.chart", what, "Correct the file.", path),)
    below: Values = {name: one.values for name, one in vendored.items()}
    local: dict[str, str] = {}
    closure = [directory]
    problems: list[Problem] = []
    for one in dependencies:
        if one.name in vendored:
            below[one.alias] = below.get(one.name, {})
            continue
        made = _local(one, directory, read, listing, level)
        if isinstance(made, Chart):
            local[one.name] = made.directory
            below[one.alias] = made.values
            closure += made.closure
        else:
            problems += made
    problems += _against_lock(directory, vendored, read)
    whole = merged(below, values)
    app_version = str(data.get("appVersion") or "")
    return tuple(problems) or Chart(directory, data["name"], app_version, whole, local, tuple(dict.fromkeys(closure)))


def local_charts(directory: str, read: Read) -> tuple[str, ...]:
    """Return the directories of a chart's dependencies that stand elsewhere in the repository (`file://`)."""
    try:
        documents = _documents(join(directory, CHART) or CHART, read)
        listed = list(_dependencies(directory, documents, _mapping(documents), read))
    except InputError:
        return ()
    paths = [join(directory, d.repository.removeprefix(_LOCAL)) for d in listed if d.repository.startswith(_LOCAL)]
    return tuple(path for path in paths if path is not None)


def merged(under: Values, over: Values) -> Values:
    """Return values over others as Helm puts them together: mappings key by key, null removes, everything else replaces."""
    found = dict(under)
    for key, value in over.items():
        if value is None:
            found.pop(key, None)
        elif isinstance(value, dict):
            below = found.get(key)
            found[key] = merged(below if isinstance(below, dict) else {}, value)
        else:
            found[key] = value
    return found


def read_values(path: str, read: Read) -> Values:
    """Return a values file's content.

    Raises:
        InputError: It is no YAML mapping.
    """
    return _values(path, read)


def _documents(path: str, read: Read) -> Documents | None:
    data = read(path)
    return None if data is None else Documents(data, path)


def _mapping(documents: Documents | None) -> Values:
    if documents is None or not documents.roots:
        return {}
    data = plain_data(documents.roots[0], documents.name)
    if data is not None and not isinstance(data, dict):
        raise InputError(
            f"{documents.name} must be a mapping", code="render.values", where=documents.name, hint="Correct the file."
        )
    return data or {}


def _values(path: str, read: Read) -> Values:
    return _mapping(_documents(path, read))


def _dependencies(directory: str, documents: Documents | None, data: Values, read: Read) -> Iterator[Dependency]:
    other = _documents(join(directory, _OLD) or _OLD, read)
    for at in (documents, other):
        listed = (data if at is documents else _mapping(at)).get("dependencies")
        for number, entry in enumerate(listed if isinstance(listed, list) else []):
            if isinstance(entry, dict) and isinstance(entry.get("name"), str) and at is not None:
                node = at.find(("dependencies", number))
                alias = str(entry.get("alias") or entry["name"])
                where = at.where(node) if node else at.name
                yield Dependency(entry["name"], alias, str(entry.get("repository") or ""), where)


class _Vendored(NamedTuple):
    version: str
    values: Values


def _vendored(directory: str, read: Read, listing: List) -> Iterator[tuple[str, _Vendored]]:
    """Yield what is in `charts/`, by the name in its Chart.yaml."""
    folder = join(directory, "charts") or "charts"
    for name in names(folder, listing):
        path = f"{folder}/{name}"
        files: dict[str, bytes | None] = {}
        if name.endswith(ENDINGS):
            files = dict(chart_files(read(path) or b"") or {})
        elif listing(path):
            files = {file: read(f"{path}/{file}") for file in (CHART, VALUES)}
        if files.get(CHART) is not None:
            data = _mapping(_documents(f"{path}/{CHART}", lambda p, f=files: f.get(p.rpartition("/")[2])))
            values = _mapping(_documents(f"{path}/{VALUES}", lambda p, f=files: f.get(p.rpartition("/")[2])))
            nested = {n: v.values for n, v in _vendored(path, read, listing)} if listing(path) else {}
            yield str(data.get("name")), _Vendored(str(data.get("version") or ""), merged(nested, values))


def _local(one: Dependency, directory: str, read: Read, listing: List, level: int) -> Chart | tuple[Problem, ...]:
    if not one.repository.startswith(_LOCAL):
        what = f"the chart {one.name} is not in {join(directory, 'charts')}: it would have to be fetched"
        hint = f"Vendor it: `helm dependency build {directory or '.'}`, and commit charts/ with Chart.lock."
        return (Problem("render.remote", what, hint, one.where),)
    path = join(directory, one.repository.removeprefix(_LOCAL))
    if path is None:
        what = f"the chart {one.name} is at {one.repository}, which leaves the repository"
        return (Problem("render.outside", what, "Move it into the repository.", one.where),)
    if read(f"{path}/{CHART}") is None:
        what = f"the chart {one.name} is not at {path}"
        return (Problem("render.missing", what, "Correct the path, or commit the chart.", one.where),)
    return _read(path, read, listing, level + 1)


def _against_lock(directory: str, vendored: dict[str, _Vendored], read: Read) -> Iterator[Problem]:
    path = join(directory, "Chart.lock") or ""
    try:
        documents = _documents(path, read)
        listed = _mapping(documents).get("dependencies")
    except InputError as e:
        yield problem(e)
        return
    for number, entry in enumerate(listed if isinstance(listed, list) else []):
        there = vendored.get(str(entry.get("name"))) if isinstance(entry, dict) else None
        if there is None or documents is None or entry.get("version") in (None, there.version):
            continue
        node = documents.find(("dependencies", number))
        what = f"{entry['name']} is locked at {entry['version']}, and charts/ has {there.version or 'no version'}"
        hint = f"Run: helm dependency build {directory or '.'}"
        yield Problem("render.chart-lock", what, hint, documents.where(node) if node else path)
