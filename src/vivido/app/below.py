"""A project in a directory of a repository: its file names paths from itself, the repository has them from its top."""

import msgspec

from vivido.model.project import Project, Service


def below(prefix: str, project: Project) -> Project:
    """Return a project with its services' directories as paths of the repository that has its file in a directory. Pure.

    Args:
        prefix: The directory; empty for the repository's top.
        project: As its file says it.
    """
    if not prefix:
        return project
    return msgspec.structs.replace(project, services=tuple(_service(prefix, s) for s in project.services))


def _service(prefix: str, service: Service) -> Service:
    chart = service.chart
    if chart is not None:
        chart = msgspec.structs.replace(chart, values=tuple(f"{prefix}/{path}" for path in chart.values))
    root = service.terraform
    if root is not None:
        variables, backend = (tuple(f"{prefix}/{p}" for p in some) for some in (root.var_files, root.backend_config))
        root = msgspec.structs.replace(root, var_files=variables, backend_config=backend)
    config = f"{prefix}/{service.config}".rstrip("/")
    return msgspec.structs.replace(service, config=config, chart=chart, terraform=root)
