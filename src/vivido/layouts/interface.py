"""The port of every layout: where an environment's configuration is, and which of its files are its own."""

from collections.abc import Callable
from typing import Protocol

import msgspec

from vivido.model.problem import Problem
from vivido.model.project import Configuration, Environment, Project, Service
from vivido.render.interface import HelmRelease, TerraformRoot
from vivido.render.tree import List, Read

__all__ = ["Layout", "List", "Owns", "Place", "Read"]

Owns = Callable[[str], bool]
"""Says whether the file of a path belongs to an environment."""


class Place(msgspec.Struct, frozen=True, order=True):
    """Where the configuration of a service for an environment is."""

    directory: str
    """Path from the repository's root; empty for the root itself."""
    kind: str
    """What renders it: `kustomize`, `helm`, `terraform`, `plain`."""
    helm: HelmRelease | None = None
    """What Helm is told, where it renders."""
    terraform: TerraformRoot | None = None
    """What is told of a root module."""

    @property
    def files(self) -> tuple[str, ...]:
        """The files that are named one by one, and may lie outside of the directory."""
        helm = self.helm.values if self.helm else ()
        return (*helm, *self.terraform.variables, *self.terraform.backend) if self.terraform else helm


class Layout(Protocol):
    """How configuration is kept in Git. A module with these names is one; all are pure."""

    @property
    def several(self) -> bool:
        """Whether each environment has a revision of its own, so that a release names one for each."""
        ...

    def configuration(self, project: Project, environment: Environment) -> Configuration:
        """Return the repository and the branch that say what runs in an environment."""
        ...

    def directory(self, project: Project, service: Service, environment: Environment, listing: List) -> str | Problem:
        """Find the directory of a service's configuration for an environment, or say which were looked for."""
        ...

    def owns(self, project: Project, environment: Environment) -> Owns | None:
        """Say which files are taken from the environment's own revision; all others come from the validated one.

        None where nothing is merged: every file is as the environment's own revision has it.
        """
        ...
