"""Terraform root modules become configurations: those with variables for environments beside them, or with a directory for each.

What is neither is a module that others call, or somebody's infrastructure without environments: nothing to promote to.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from vivido.config.conventions import VARIABLES, VARIABLES_ENDINGS
from vivido.config.detect.configs import split
from vivido.config.detect.found import Config, Use
from vivido.config.detect.names import in_order, rank, valid
from vivido.config.detect.scan import text

_PLACE = "{environment}"
_IMAGE = re.compile(
    r'(?m)^[^#\n]*?image\w*"?\s*[=:]\s*"([A-Za-z0-9][A-Za-z0-9._-]*(?::[0-9]+)?(?:/[A-Za-z0-9._-]+)+)(?:[:@][^"]*)?"'
)
_MODULES = (".tf", ".tofu")
_READ = (*_MODULES, *VARIABLES_ENDINGS)


def root_modules(root: Path, paths: list[str]) -> tuple[Config, ...]:
    """Return the root modules that can be promoted to, each with its environments."""
    directories = sorted({p.rpartition("/")[0] for p in paths if p.endswith(_MODULES)})
    groups: dict[str, dict[str, str]] = {}
    for directory in directories:
        template, environment = split(directory or ".")
        for name in (environment,) if environment else _beside(directory, paths):
            groups.setdefault(template, {})[name] = directory
    return tuple(_config(root, template, found, paths) for template, found in sorted(groups.items()))


def _config(root: Path, template: str, found: dict[str, str], paths: list[str]) -> Config:
    below = tuple(f"{d}/" if d else "" for d in found.values())
    texts = (text(root, p) for p in paths if p.startswith(below) and p.endswith(_READ))
    uses = dict.fromkeys(Use(image) for content in texts for image in _IMAGE.findall(content))
    return Config(template, in_order(set(found)), uses=tuple(uses), terraform=True, workloads=False)


def _beside(directory: str, paths: list[str]) -> Iterator[str]:
    """Yield the environments that have a file with variables beside a module."""
    prefix = f"{directory}/" if directory else ""
    for path in (p.removeprefix(prefix) for p in paths if p.startswith(prefix)):
        stem = next((path.removesuffix(e) for e in VARIABLES_ENDINGS if path.endswith(e)), "")
        for form in VARIABLES if stem else ():
            head, _, tail = form.partition(_PLACE)
            name = stem[len(head) :].removesuffix(tail) if stem.startswith(head) and stem.endswith(tail) else ""
            if stem == form.replace(_PLACE, name) and valid(name) and rank(name) is not None:
                yield name
