"""Where the configuration of an environment's services is, by its project's layout."""

from collections.abc import Collection, Iterable

from vivido.layouts import charts
from vivido.layouts.interface import Place
from vivido.layouts.kinds import layout_of
from vivido.model.problem import Problem
from vivido.model.project import Environment, Project, Service
from vivido.render.detect import kind_of
from vivido.render.tree import List


def place(project: Project, service: Service, environment: Environment, listing: List) -> Place | Problem:
    """Find the directory of a service's configuration for an environment, or say which were looked for."""
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
    return layout_of(project).directory(project, service, environment, listing)


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
