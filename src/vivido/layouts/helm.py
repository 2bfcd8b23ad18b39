"""Promoting with Helm: the environment's own values file says which digest is run."""

from collections.abc import Collection, Mapping
from typing import Any

from vivido.errors import InputError
from vivido.layouts import charts, spots
from vivido.layouts.interface import Place
from vivido.layouts.matching import Matcher
from vivido.layouts.missing import not_found
from vivido.model.problem import Problem
from vivido.model.project import ImageValues, Service
from vivido.model.release import Artifact
from vivido.render.chart import Chart, Values, merged, read_chart, read_values
from vivido.render.objects import problem
from vivido.render.tree import List, Read
from vivido.yamledit.document import Documents
from vivido.yamledit.edit import Edit, Path
from vivido.yamledit.tree import Mapping as MappingNode


def edits(
    place: Place,
    services: Collection[Service],
    artifacts: Collection[Artifact],
    matcher: Matcher,
    read: Read,
    listing: List,
) -> dict[str, bytes] | tuple[Problem, ...]:
    """Set the values that name the artifacts' images, in the environment's own values file; see `spots` for which.

    Only what differs from the values as Helm would merge them is written.
    """
    chart = read_chart(place.directory, read, listing)
    if isinstance(chart, tuple):
        return chart
    path = charts.own_file(place)
    by_name = {s.name: s for s in services}
    try:
        values = values_of(place, chart, read)
        wanted: dict[Path, str] = {}
        problems: list[Problem] = []
        for artifact in artifacts:
            mine = _spots(by_name[artifact.service], values, matcher)
            if not mine:
                there = [spot.image for spot in spots.found(values)]
                problems.append(not_found(artifact.service, place.directory, matcher, there, _HINT))
            for spot in mine:
                wanted |= spots.wanted(spot, artifact)
        if problems:
            return tuple(problems)
        documents = Documents(read(path) or b"", path)
        made = changes(documents, wanted, values)
        return {path: documents.apply(made)} if made else {}
    except InputError as e:
        return (problem(e),)


_HINT = (
    "Say where the values name it: `config: {{helm: …, image: {{repository: …, digest: …}}}}` of {service}, "
    "or add the name there to `replaces:`."
)


def read_images(
    place: Place, services: Collection[Service], matcher: Matcher, read: Read, listing: List
) -> dict[str, str]:
    """Return the first image of each service as the values name it.

    Raises:
        InputError: A file is no YAML, or the chart's dependencies cannot be followed.
    """
    chart = read_chart(place.directory, read, listing)
    if isinstance(chart, tuple):
        raise InputError(chart[0].message, code=chart[0].code, hint=chart[0].hint, where=chart[0].where)
    values = values_of(place, chart, read)
    found: dict[str, str] = {}
    for service in services:
        mine = _spots(service, values, matcher)
        if mine:
            image = mine[0].image
            bare = "tag" in mine[0].parts and not mine[0].values["tag"] and "@" not in image
            found[service.name] = f"{image}:{chart.app_version}" if bare and chart.app_version else image
    return found


def values_of(place: Place, chart: Chart, read: Read) -> Values:
    """Return the values as Helm merges them: the chart's, then those of each file."""
    values = chart.values
    for path in place.helm.values if place.helm else ():
        values = merged(values, read_values(path, read))
    return values


def changes(documents: Documents, wanted: Mapping[Path, Any], now: Values) -> list[Edit]:
    """Return the edits of a values file that make values those; what Helm would merge to the same is left out.

    Raises:
        InputError: As the edits of a document.
    """
    return list(_edits(documents, _tree(wanted), now))


def _spots(service: Service, values: Values, matcher: Matcher) -> list[spots.Spot]:
    if service.chart is not None and service.chart.image != ImageValues():
        return [spots.told(service.chart.image, values)]
    return [spot for spot in spots.found(values) if spots.owner(spot, matcher) == service.name]


def _tree(changes: Mapping[Path, Any]) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for path, value in changes.items():
        at = root
        for step in path[:-1]:
            at = at.setdefault(str(step), {})
        at[str(path[-1])] = value
    return root


def _edits(documents: Documents, wanted: dict[str, Any], now: Any, at: Path = ()) -> list[Edit]:
    """Return the edits that make values those: what is there is replaced, what is not is added below what is."""
    made: list[Edit] = []
    for key, value in wanted.items():
        there = now.get(key) if isinstance(now, dict) else None
        path = (*at, key)
        node = documents.find(path)
        if isinstance(value, dict) and isinstance(node, MappingNode):
            made += _edits(documents, value, there, path)
        elif isinstance(value, dict):
            missing = _missing(value, there)
            if missing:
                made.append(documents.insert(at, key, missing))
        elif there != value:
            made.append(documents.replace(path, value) if node is not None else documents.insert(at, key, value))
    return made


def _missing(wanted: dict[str, Any], now: Any) -> dict[str, Any]:
    """Return what of some values differs from others."""
    found: dict[str, Any] = {}
    for key, value in wanted.items():
        there = now.get(key) if isinstance(now, dict) else None
        if isinstance(value, dict):
            if below := _missing(value, there):
                found[key] = below
        elif there != value:
            found[key] = value
    return found
