"""Where an environment is reached: one rule for gates and people."""

from collections.abc import Mapping

from vivido.model.project import Environment, Project


def main_url(project: Project, environment: Environment, urls: Mapping[str, str]) -> str:
    """Return the one address that stands for an environment; empty where none is known. Pure.

    It is what the file says; else what the target says is the one; else that of the first service in the file that the
    target knows an address of; else the first address there is.

    Args:
        project: The project.
        environment: One of its environments.
        urls: What the target says: Service name → URL.
    """
    if environment.url:
        return environment.url
    wanted = ("", *(s.name for s in project.services), *urls)
    return next((urls[name] for name in wanted if name in urls), "")
