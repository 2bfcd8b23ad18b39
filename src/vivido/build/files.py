"""COPY and ADD of files that belong to one environment: `.env.production`, `config/${ENV}.yml`."""

import posixpath
import re
from collections.abc import Iterator

from vivido.build.expand import used
from vivido.build.names import Environments
from vivido.build.stages import Step
from vivido.model.problem import Problem

_HINT = (
    "Mount it as a ConfigMap or Secret of that environment, or copy the files of all of them and choose when it starts."
)
_SUFFIXES = frozenset(
    [
        "env",
        "yml",
        "yaml",
        "json",
        "json5",
        "toml",
        "ini",
        "conf",
        "cfg",
        "properties",
        "xml",
        "hcl",
        "tfvars",
        "config",
        "js",
        "ts",
        "py",
        "rb",
        "exs",
        "php",
        "cue",
        "env.local",
    ]
)
_CODE = frozenset(["js", "ts", "py", "rb", "exs", "php"])
_PLACES_OF_SETTINGS = frozenset(
    [
        "config",
        "configs",
        "conf",
        "conf.d",
        "settings",
        "env",
        "envs",
        "environments",
        "environment",
        "deploy",
        "overlays",
    ]
)
# Which packages are installed is a build mode, not a place: `requirements-prod.txt`, `package.prod.json`.
_PACKAGES = re.compile(r"requirements|package|constraints|gemfile|composer|pyproject", re.IGNORECASE)


def file_problems(walked: tuple[Step, ...], names: Environments) -> Iterator[tuple[Step, Problem]]:
    """Find files of one environment. Those of several side by side pass: the application chooses when it starts."""
    found = [(step, *hit) for step in walked for hit in _sources(step, names)]
    families = dict[tuple[int, str], set[str]]()
    for step, source, place in found:
        families.setdefault((step.stage, _family(source, place)), set()).add(place)
    for step, source, place in found:
        if place.startswith("$"):
            why = f"{step.instruction.keyword} {source} depends on {place}, which chooses an environment"
        elif len(families[step.stage, _family(source, place)]) == 1:
            why = f"{step.instruction.keyword} {source} puts the settings of {place} into the image"
        else:
            continue
        yield step, Problem("build.env-file", why, _HINT)


def _sources(step: Step, names: Environments) -> Iterator[tuple[str, str]]:
    if step.instruction.keyword not in ("COPY", "ADD"):
        return
    for raw in _words(step)[:-1]:
        variable = next((v for v in used(raw) if names.chosen_by(v, step.values)), "")
        source = step.expand(raw)
        if variable:
            yield raw, f"${variable}"
        elif place := _place(source, names):
            yield source, place


def _words(step: Step) -> list[str]:
    value = step.instruction.value
    if value.startswith("["):
        return re.findall(r'"((?:[^"\\]|\\.)*)"', value)
    return list(step.instruction.words)


def _place(source: str, names: Environments) -> str:
    directory, name = posixpath.split(source.rstrip("/"))
    above, parts = directory.lower().split("/"), name.lower().split(".")
    if name.startswith(".env."):
        return next((p for p in parts[2:] if names.named(p)), "")
    settings = bool(_PLACES_OF_SETTINGS & set(above))
    if settings and (found := next((part for part in (*above, name.lower()) if names.named(part)), "")):
        return found
    if _PACKAGES.match(name) or len(parts) < 2 or parts[-1] not in _SUFFIXES:
        return ""
    if parts[-1] in _CODE and not settings and not parts[0].startswith(("environment", "settings", "config")):
        return ""
    stem = parts[0]
    if settings and names.named(stem):
        return stem
    return names.mentioned(name) or next((p for p in parts[1:-1] if names.named(p)), "")


def _family(source: str, place: str) -> str:
    return source.lower().replace(place.lower(), "*")
