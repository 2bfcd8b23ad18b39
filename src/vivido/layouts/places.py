"""Where the configuration of an environment's services is, by its project's layout."""

from collections.abc import Collection, Iterable

from vivido.layouts import charts, roots
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
    if told := _other_than_told(service, path, kind):
        return told
    if kind == "terraform":
        told = roots.root(project, service, environment, path, listing)
        return told if isinstance(told, Problem) else Place(path, kind, terraform=told)
    if kind != "helm":
        return Place(path, kind)
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


def _other_than_told(service: Service, path: str, kind: str) -> Problem | None:
    """Return the problem of a directory that is not what the file says."""
    if service.chart is not None and kind != "helm":
        where, hint = f"services.{service.name}.config.helm", "Name the directory with Chart.yaml."
        return Problem("layout.no-place", f"{path or '.'} is no Helm chart", hint, where)
    if service.terraform is not None and kind != "terraform":
        where, hint = f"services.{service.name}.config.terraform", "Name the directory in which terraform runs."
        return Problem("layout.no-place", f"{path or '.'} is no Terraform root module, it is {kind}", hint, where)
    return None


def _once(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(dict.fromkeys(problems))
