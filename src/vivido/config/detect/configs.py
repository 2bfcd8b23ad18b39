"""Directories of manifests become configurations: one path, with `{environment}` where there is a directory for each."""

import posixpath
from collections.abc import Mapping

from vivido.config.detect.found import Config, Use
from vivido.config.detect.manifests import Directory, whole
from vivido.config.detect.names import in_order, rank, valid

_ABOVE = frozenset(("overlays", "overlay", "environments", "environment", "envs", "env"))


def configs(found: Mapping[str, Directory]) -> tuple[Config, ...]:
    """Return the configurations that can be deployed: what no other includes, and what runs something.

    Where nothing runs, as far as Kubernetes' own kinds say it, each of them is one: operators run what custom resources ask for.
    """
    groups: dict[str, dict[str, list[Directory]]] = {}
    parts_of = {path: whole(found, path) for path in _tops(found)}
    running = [path for path, parts in parts_of.items() if any(p.workloads for p in parts)]
    for path in running or [p for p, parts in parts_of.items() if any(d.objects for d in parts)]:
        template, environment = split(path)
        groups.setdefault(template, {})[environment] = parts_of[path]
    return tuple(_config(template, by_environment) for template, by_environment in sorted(groups.items()))


def _tops(found: Mapping[str, Directory]) -> list[str]:
    included = {path for d in found.values() for path in d.refers}
    included |= {posixpath.dirname(f) or "." for d in found.values() for f in d.files} - {
        d.path for d in found.values() if d.kustomize
    }
    return [path for path, d in found.items() if path not in included and not d.component]


def split(path: str) -> tuple[str, str]:
    """Return a path with `{environment}` for the part that names one, and that name; the path and nothing where none does."""
    parts = path.split("/")
    for n in reversed(range(len(parts))):
        above = parts[n - 1].lower() if n else ""
        if valid(parts[n]) and (rank(parts[n]) is not None or above in _ABOVE):
            return "/".join([*parts[:n], "{environment}", *parts[n + 1 :]]), parts[n]
    return path, ""


def _config(template: str, by_environment: Mapping[str, list[Directory]]) -> Config:
    parts = [d for directories in by_environment.values() for d in directories]
    uses: dict[Use, None] = {use: None for d in parts for use in d.uses}
    return Config(
        path=template,
        environments=in_order({e for e in by_environment if e}),
        kustomize=any(d.kustomize for d in parts),
        uses=tuple(uses),
        ports=tuple(dict.fromkeys(port for d in parts for port in d.ports)),
        workloads=any(d.workloads for d in parts),
    )
