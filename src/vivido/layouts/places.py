"""Where an environment's configuration is in the layout `directories`."""

from collections.abc import Collection, Iterable

from vivido.layouts import charts
from vivido.layouts.interface import Place
from vivido.model.problem import Problem
from vivido.model.project import Environment, Project, Service
from vivido.render.detect import kind_of
from vivido.render.tree import List, is_directory, join

_PATTERNS = ("overlays/{environment}", "{environment}", "envs/{environment}", "environments/{environment}")
_PARENTS = ("overlays", "envs", "environments")
_PLACEHOLDER = "{environment}"


def place(project: Project, service: Service, environment: Environment, listing: List) -> Place | Problem:
    """Find a service's directory for an environment.

    A `config` with `{environment}` names it. Otherwise the first of `overlays/ENV`, `ENV`, `envs/ENV`, `environments/ENV` below
    `config` that is there; and `config` itself only where the project has a single environment and nothing below `config`
    looks like one per environment. A chart in `config`, or in `config/chart`, serves all environments; see `charts`.
    """
    path = directory(project, service, environment, listing)
    if isinstance(path, Problem):
        return path
    kind = kind_of(path, listing)
    if isinstance(kind, Problem):
        return kind
    if kind != "helm":
        return _no_chart(service, path) if service.chart else Place(path, kind)
    release = charts.release(project, service, environment, path, listing)
    return release if isinstance(release, Problem) else Place(path, kind, release)


def directory(project: Project, service: Service, environment: Environment, listing: List) -> str | Problem:
    """Find the directory of a `place`, whatever is in it."""
    looked_for = _candidates(service, environment)
    chart = charts.shared(service, environment, listing)
    for path in looked_for:
        if is_directory(path, listing) and (chart is None or charts.stands_alone(path, listing)):
            return path
    if chart is not None:
        return chart
    alone = join("", service.config)
    if alone is not None and _may_stand_alone(project, service, alone, listing):
        return alone
    where = f"services.{service.name}.config"
    if not looked_for:
        return Problem("layout.no-place", f"{service.config} leaves the repository", "Name a directory in it.", where)
    return Problem(
        "layout.no-place",
        f"{service.name} has no configuration for {environment.name}; looked for {', '.join(looked_for)}",
        f"Create one of these, or write `config: some/path/{_PLACEHOLDER}` for {service.name}.",
        where,
    )


def by_place(
    project: Project, environment: Environment, listing: List, services: Collection[str] = ()
) -> tuple[dict[Place, tuple[Service, ...]], tuple[Problem, ...]]:
    """Return the places of an environment with the services that share each, and the services that have none.

    Args:
        project: The project.
        environment: One of its environments.
        listing: The tree.
        services: Names of the services to look at; empty for all.
    """
    found: dict[Place, tuple[Service, ...]] = {}
    problems: list[Problem] = []
    for service in project.services:
        if services and service.name not in services:
            continue
        one = place(project, service, environment, listing)
        if isinstance(one, Problem):
            problems.append(one)
        else:
            found[one] = (*found.get(one, ()), service)
    return found, _once(problems)


def _no_chart(service: Service, path: str) -> Problem:
    where = f"services.{service.name}.config.helm"
    return Problem("layout.no-place", f"{path or '.'} is no Helm chart", "Name the directory with Chart.yaml.", where)


def _once(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(dict.fromkeys(problems))


def _candidates(service: Service, environment: Environment) -> list[str]:
    if _PLACEHOLDER in service.config:
        paths = [service.config.replace(_PLACEHOLDER, environment.name)]
    else:
        paths = [f"{service.config}/{pattern.replace(_PLACEHOLDER, environment.name)}" for pattern in _PATTERNS]
    joined = [join("", path) for path in paths]
    return [path for path in joined if path]


def _may_stand_alone(project: Project, service: Service, path: str, listing: List) -> bool:
    if _PLACEHOLDER in service.config or len(project.environments) != 1:
        return False
    return not any(is_directory(join(path, parent) or "", listing) for parent in _PARENTS)
