"""The port of every layout: where an environment's configuration is, which edit promotes a release, what Git says now.

All but rendering is pure over two functions that read a tree, so that it works on a commit without a checkout.
"""

from collections.abc import Collection
from pathlib import Path
from typing import Protocol

import msgspec

from vivido.model.objects import Rendered
from vivido.model.problem import Problem
from vivido.model.project import Environment, Project, Service
from vivido.model.release import Artifact
from vivido.render.interface import HelmRelease
from vivido.render.tree import List, Read

__all__ = ["Layout", "List", "Place", "Read"]


class Place(msgspec.Struct, frozen=True, order=True):
    """Where the configuration of a service for an environment is."""

    directory: str
    """Path from the repository's root; empty for the root itself."""
    kind: str
    """What renders it: `kustomize`, `helm`, `plain`."""
    helm: HelmRelease | None = None
    """What Helm is told, where it renders."""


class Layout(Protocol):
    """How configuration is kept in Git. A module with these functions is one."""

    def place(self, project: Project, service: Service, environment: Environment, listing: List) -> Place | Problem:
        """Find the directory of a service's configuration for an environment, or say which were looked for."""
        ...

    def roots(self, project: Project, environment: Environment, listing: List, read: Read) -> tuple[str, ...]:
        """Return the directories that must be exported, with all in them, to render an environment; `""` is everything.

        What is missing or refused makes no difference here: `render_environment` says so.
        """
        ...

    def edits(
        self, project: Project, environment: Environment, artifacts: Collection[Artifact], read: Read, listing: List
    ) -> dict[str, bytes] | tuple[Problem, ...]:
        """Return the files, with their new content, that make an environment run these artifacts; empty where it does."""
        ...

    def read_images(self, project: Project, environment: Environment, read: Read, listing: List) -> dict[str, str]:
        """Return, by service, the image that the configuration names now, as it is written.

        Raises:
            InputError: A file of the configuration is no YAML.
        """
        ...

    def render_environment(
        self, project: Project, environment: Environment, exported_root: Path, services: Collection[str] = ()
    ) -> Rendered | tuple[Problem, ...]:
        """Render an environment from exported directories.

        Args:
            project: The project.
            environment: One of its environments.
            exported_root: Where the directories of `roots` were put, at their paths.
            services: Names of the services to render; empty for all.
        """
        ...
