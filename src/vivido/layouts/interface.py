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
from vivido.render.tree import Listing, Read

__all__ = ["Layout", "Listing", "Place", "Read", "Roots"]


class Place(msgspec.Struct, frozen=True, order=True):
    """Where the configuration of a service for an environment is."""

    directory: str
    """Path from the repository's root; empty for the root itself."""
    kind: str
    """What renders it: `kustomize`, `plain`."""


class Roots(msgspec.Struct, frozen=True):
    """What must be taken out of a commit to render an environment."""

    export: tuple[str, ...]
    """Directories to export with everything in them, sorted, none inside another; `("",)` is the whole repository."""
    render: tuple[str, ...]
    """Directories that are rendered; each lies in one of `export`."""


class Layout(Protocol):
    """How configuration is kept in Git."""

    def place(self, project: Project, service: Service, environment: Environment, listing: Listing) -> Place | Problem:
        """Find the directory of a service's configuration for an environment, or say which were looked for."""
        ...

    def roots(
        self, project: Project, environment: Environment, read: Read, listing: Listing
    ) -> Roots | tuple[Problem, ...]:
        """Say which directories must be exported to render an environment."""
        ...

    def edits(
        self, project: Project, environment: Environment, artifacts: Collection[Artifact], read: Read, listing: Listing
    ) -> dict[str, bytes] | tuple[Problem, ...]:
        """Return the files, with their new content, that make an environment run these artifacts; empty where it does."""
        ...

    def read_images(self, project: Project, environment: Environment, read: Read, listing: Listing) -> dict[str, str]:
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
