"""Helm charts become configurations: a chart, with values files beside it for environments where there are any."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from vivido.config.conventions import VALUES, VALUES_ENDINGS
from vivido.config.detect.found import Config, Use
from vivido.config.detect.names import in_order, rank, valid
from vivido.config.detect.scan import text

_PLACE = "{environment}"
_IMAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]*(?:/[A-Za-z0-9._-]+)*")
_DEPTH = 20


def charts(root: Path, paths: list[str]) -> tuple[Config, ...]:
    """Return the charts that can be deployed: those that no other chart contains, and that are no library."""
    found = sorted(p.rpartition("/")[0] for p in paths if p == "Chart.yaml" or p.endswith("/Chart.yaml"))
    tops = [d for d in found if not any(d != other and _inside(d, other) for other in found)]
    return tuple(
        _chart(root, d, paths) for d in tops if _mapping(text(root, _join(d, "Chart.yaml"))).get("type") != "library"
    )


def _chart(root: Path, directory: str, paths: list[str]) -> Config:
    beside = [p.removeprefix(f"{directory}/" if directory else "") for p in paths if _inside(p, directory)]
    environments = {e for path in beside for e in _environment(path)}
    # A chart in `chart/` has its values beside that directory, too.
    above, _, name = directory.rpartition("/")
    whole = above if name == "chart" and above else directory
    if whole != directory:
        environments |= {e for p in paths if _inside(p, above) for e in _environment(p.removeprefix(f"{above}/"))}
    values = _mapping(text(root, _join(directory, f"values{VALUES_ENDINGS[0]}")))
    return Config(whole or ".", in_order(environments), False, tuple(dict.fromkeys(_uses(values, 0))), (), helm=True)


def _environment(path: str) -> Iterator[str]:
    """Yield the environment whose values file this is."""
    stem = next((path.removesuffix(e) for e in VALUES_ENDINGS if path.endswith(e)), "")
    for form in VALUES if stem else ():
        head, _, tail = form.partition(_PLACE)
        name = stem[len(head) : len(stem) - len(tail)]
        if stem == f"{head}{name}{tail}" and valid(name) and rank(name) is not None:
            yield name
            return


def _uses(value: Any, depth: int) -> Iterator[Use]:
    """Yield the images that values name: `image: name`, or `image: {repository: name}`."""
    for key, below in value.items() if isinstance(value, Mapping) and depth < _DEPTH else ():
        if key != "image":
            yield from _uses(below, depth + 1)
            continue
        registry = str(below.get("registry") or "") if isinstance(below, Mapping) else ""
        named = str(below.get("repository") or "") if isinstance(below, Mapping) else str(below)
        image = f"{registry}/{named}" if registry and named else named.partition("@")[0]
        if _IMAGE.fullmatch(image):
            yield Use(image)


def _mapping(content: str) -> Mapping[str, Any]:
    try:
        # The base loader makes no objects: all is text, so no tag can do harm.
        found = yaml.load(content, Loader=yaml.CBaseLoader)  # noqa: S506
    except (yaml.YAMLError, RecursionError, ValueError):
        return {}
    return found if isinstance(found, Mapping) else {}


def _inside(path: str, directory: str) -> bool:
    return not directory or path == directory or path.startswith(f"{directory}/")


def _join(directory: str, name: str) -> str:
    return f"{directory}/{name}" if directory else name
