"""Looking for a service's directory for an environment: the names that people give it."""

from vivido.model.problem import Problem
from vivido.model.project import Environment, Service
from vivido.render.detect import CHART, KUSTOMIZATIONS
from vivido.render.terraform.endings import has_module
from vivido.render.tree import List, is_directory, join, names

_PATTERNS = ("overlays/{environment}", "{environment}", "envs/{environment}", "environments/{environment}")
_PARENTS = ("overlays", "envs", "environments")
_PLACEHOLDER = "{environment}"


def directory(service: Service, environment: Environment, listing: List, *, alone: bool) -> str | Problem:
    """Find a service's directory for an environment, whatever is in it.

    A `config` with `{environment}` names it. Otherwise it is the first of `overlays/ENV`, `ENV`, `envs/ENV`, `environments/ENV`
    below `config` that is there. A chart in `config`, or in `config/chart`, serves all environments; see `charts`.

    Args:
        service: Whose.
        environment: For which.
        listing: The tree.
        alone: Otherwise `config` itself is it, where nothing below it looks like a directory per environment.
    """
    looked_for = _candidates(service, environment)
    chart = shared(service, environment, listing)
    for path in looked_for:
        if is_directory(path, listing) and (chart is None or stands_alone(path, listing)):
            return path
    if chart is not None:
        return chart
    itself = join("", service.config)
    usable = alone and itself is not None and _may_stand_alone(service, itself, listing)
    if usable and itself is not None and is_directory(itself, listing):
        return itself
    where = f"services.{service.name}.config"
    if not looked_for:
        return Problem("layout.no-place", f"{service.config} leaves the repository", "Name a directory in it.", where)
    told = [*looked_for, itself] if usable and itself is not None else looked_for
    return Problem(
        "layout.no-place",
        f"{service.name} has no configuration for {environment.name}; looked for {', '.join(told)}",
        f"Create one of these, or write `config: some/path/{_PLACEHOLDER}` for {service.name}.",
        where,
    )


def shared(service: Service, environment: Environment, listing: List) -> str | None:
    """Return the directory of a chart or root module that serves all environments, None where the service has none."""
    base = join("", service.config.replace(_PLACEHOLDER, environment.name))
    if base is None:
        return None
    if has_module(base, listing) and CHART not in names(base, listing):
        return base
    return next((at for at in (base, join(base, "chart") or "chart") if CHART in names(at, listing)), None)


def stands_alone(directory: str, listing: List) -> bool:
    """Say whether an environment's directory is rendered by itself, and does not only hold values for what is beside it."""
    return has_module(directory, listing) or any(n in (CHART, *KUSTOMIZATIONS) for n in names(directory, listing))


def _candidates(service: Service, environment: Environment) -> list[str]:
    if _PLACEHOLDER in service.config:
        paths = [service.config.replace(_PLACEHOLDER, environment.name)]
    else:
        paths = [f"{service.config}/{pattern.replace(_PLACEHOLDER, environment.name)}" for pattern in _PATTERNS]
    joined = [join("", path) for path in paths]
    return [path for path in joined if path]


def _may_stand_alone(service: Service, path: str, listing: List) -> bool:
    if _PLACEHOLDER in service.config:
        return False
    return not any(is_directory(join(path, parent) or "", listing) for parent in _PARENTS)
