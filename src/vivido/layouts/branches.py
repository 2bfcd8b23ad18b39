"""The layout `branches`: one repository, a branch per environment; merges flow upward only.

What is promoted is constructed, not merged textually (semantics §2): the validated commit's tree, in which the files that belong to
the environment stay as its branch has them.
"""

from vivido.layouts import search
from vivido.layouts.interface import Owns
from vivido.layouts.own import hydrated, owner
from vivido.model.problem import Problem
from vivido.model.project import Configuration, Environment, Project, Service
from vivido.render.tree import List

several = True
"""Each branch has files of its own, so a release names a revision of each."""


def configuration(project: Project, environment: Environment) -> Configuration:
    """Return the environment's branch of the one repository."""
    branch = environment.configuration.branch if environment.configuration is not None else ""
    return Configuration(project.configuration.repository, branch, project.configuration.credentials)


def directory(project: Project, service: Service, environment: Environment, listing: List) -> str | Problem:
    """Find a service's directory on the environment's branch: `config` itself, unless one below is named after the environment."""
    return search.directory(service, environment, listing, alone=True)


def owns(project: Project, environment: Environment) -> Owns | None:
    """Return what `own:` says, and what is rendered; None for the first environment: everything comes from its branch."""
    if environment.name == project.environments[0].name:
        return None
    return owner((*environment.own, *hydrated(project)))
