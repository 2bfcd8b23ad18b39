"""Where a Helm chart is and which values files make it an environment's."""

from collections.abc import Sequence

import msgspec

from vivido.config.conventions import VALUES as VALUES_FORMS
from vivido.config.conventions import VALUES_ENDINGS
from vivido.layouts.interface import Place
from vivido.layouts.kinds import layout_of
from vivido.model.problem import Problem
from vivido.model.project import Chart, Environment, Project, Service
from vivido.render.chart import VALUES, read_chart
from vivido.render.interface import HelmRelease
from vivido.render.tree import List, Read, is_directory, join, names

_PLACEHOLDER = "{environment}"


def release(
    project: Project, service: Service, environment: Environment, directory: str, listing: List
) -> HelmRelease | Problem:
    """Return what Helm is told for a service in an environment.

    A service that says nothing of a release is called by its own name; services that share chart and values are one release, named
    after the first of them.
    """
    chart = service.chart or Chart()
    values = _values(project, service, environment, directory, listing)
    if isinstance(values, Problem):
        return values

    def filled(text: str) -> str:
        return text.replace(_PLACEHOLDER, environment.name)

    return HelmRelease(
        name=filled(chart.release) or _first(project, service).name,
        values=values,
        namespace=filled(chart.namespace) or "default",
        kube_version=chart.kube_version,
        api_versions=chart.api_versions,
    )


def own_file(place: Place) -> str:
    """Return the values file that promotions edit: the last one that Helm is told, or the chart's own."""
    values = place.helm.values if place.helm else ()
    return values[-1] if values else join(place.directory, VALUES) or VALUES


def needed(place: Place, read: Read, listing: List) -> tuple[str, ...]:
    """Return the directories and files that a chart's rendering depends on."""
    chart = read_chart(place.directory, read, listing)
    directories = (place.directory,) if isinstance(chart, tuple) else chart.closure
    return (*directories, *(place.helm.values if place.helm else ()))


def _first(project: Project, service: Service) -> Service:
    """Return the first service with the same chart, the same values and nothing said of the release."""

    def about(one: Service) -> tuple[str, Chart]:
        return one.config, msgspec.structs.replace(one.chart or Chart(), image=Chart().image)

    mine = about(service)
    return next(one for one in project.services if one.config == service.config and about(one) == mine)


def _values(
    project: Project, service: Service, environment: Environment, directory: str, listing: List
) -> tuple[str, ...] | Problem:
    if service.chart is not None and service.chart.values:
        return tuple(path.replace(_PLACEHOLDER, environment.name) for path in service.chart.values)
    if _is_own(service, environment, directory):
        return ()
    bases = list(dict.fromkeys((directory, join("", service.config) or "")))
    found = [path for base in bases for path in _of_environment(base, environment.name, listing)]
    if len(found) > 1:
        what = f"{' and '.join(found[:3])} could all be {service.name}'s values for {environment.name}"
        return Problem("layout.no-values", what, f"Say which: config: {{helm: {directory}, values: […]}}", directory)
    common = [p for base in bases[1:] for p in _named(base, "values", listing)]
    # On a branch or in a repository of its own a chart's values are the environment's.
    if found or len(project.environments) == 1 or layout_of(project).several:
        return (*common, *found)
    looked_for = ", ".join(f"{c.replace(_PLACEHOLDER, environment.name)}.yaml" for c in VALUES_FORMS[:6])
    return Problem(
        "layout.no-values",
        f"{service.name} has no values of its own for {environment.name}; looked beside {directory or '.'} for {looked_for} …",
        f"Create values-{environment.name}.yaml, or name the files under `config: {{helm: …, values: […]}}`.",
        directory or ".",
    )


def _is_own(service: Service, environment: Environment, directory: str) -> bool:
    """Say whether a chart is the environment's own, so that its `values.yaml` is too."""
    base = join("", service.config)
    return _PLACEHOLDER in service.config or directory not in (base, join(base or "", "chart"))


def _of_environment(base: str, environment: str, listing: List) -> list[str]:
    return [p for c in VALUES_FORMS for p in _named(base, c.replace(_PLACEHOLDER, environment), listing)]


def _named(base: str, stem: str, listing: List) -> list[str]:
    return named_files(base, stem, VALUES_ENDINGS, listing)


def named_files(base: str, stem: str, endings: Sequence[str], listing: List) -> list[str]:
    """Return the files below a directory whose path is a stem with one of some endings."""
    path = join(base, stem) or stem
    folder, _, name = path.rpartition("/")
    if not is_directory(folder, listing):
        return []
    there = names(folder, listing)
    return [path + ending for ending in endings if name + ending in there]
