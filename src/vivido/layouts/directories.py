"""The layout `directories`: one repository and branch, a directory or overlay per environment (GitOps)."""

from vivido.layouts import search
from vivido.layouts.interface import Owns
from vivido.model.problem import Problem
from vivido.model.project import Configuration, Environment, Project, Service
from vivido.render.tree import List

several = False
"""One revision serves all environments."""


def configuration(project: Project, environment: Environment) -> Configuration:
    """Return the one place where the configuration of all environments is kept."""
    return project.configuration


def directory(project: Project, service: Service, environment: Environment, listing: List) -> str | Problem:
    """Find a service's directory for an environment; see `search.directory` for where it is looked for.

    `config` itself is the environment's only where the project has a single one.
    """
    return search.directory(service, environment, listing, alone=len(project.environments) == 1)


def owns(project: Project, environment: Environment) -> Owns | None:
    """Return None: all files are as the revision has them."""
    return None
