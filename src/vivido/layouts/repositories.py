"""The layout `repositories`: a configuration repository per environment, one shared registry."""

from vivido.layouts import search
from vivido.layouts.interface import Owns
from vivido.model.problem import Problem
from vivido.model.project import Configuration, Environment, Project, Service
from vivido.render.tree import List

several = True
"""Each repository has a history of its own, so a release names a revision of each."""


def configuration(project: Project, environment: Environment) -> Configuration:
    """Return the environment's own repository, with its own credentials."""
    return environment.configuration or project.configuration


def directory(project: Project, service: Service, environment: Environment, listing: List) -> str | Problem:
    """Find a service's directory in its repository: `config` itself, unless a directory below is named after the environment."""
    return search.directory(service, environment, listing, alone=True)


def owns(project: Project, environment: Environment) -> Owns | None:
    """Return None: nothing comes from another environment's repository but the digests."""
    return None
