"""The port of every renderer: a directory becomes Kubernetes objects, or the problems that stand in the way."""

from pathlib import Path
from typing import ClassVar, Protocol

import msgspec

from vivido.model.objects import Rendered
from vivido.model.problem import Problem


class HelmRelease(msgspec.Struct, frozen=True, order=True):
    """What `helm template` is told besides the chart's directory. Paths are from the tree's root."""

    name: str
    values: tuple[str, ...] = ()
    """Values files, later ones over earlier ones."""
    namespace: str = "default"
    kube_version: str = ""
    """Empty: `helm.KUBE_VERSION`."""
    api_versions: tuple[str, ...] = ()


class TerraformRoot(msgspec.Struct, frozen=True, order=True):
    """What is told of a Terraform root module besides its directory. Paths are from the tree's root."""

    name: str
    """What its object is called, the same in every environment."""
    variables: tuple[str, ...] = ()
    """Files with variables as `-var-file` names them, later ones over earlier ones."""
    backend: tuple[str, ...] = ()
    """Files with settings of the backend as `-backend-config` names them."""
    workspace: str = ""
    """Empty: the default one."""
    own: bool = False
    """The directory is the environment's own, so that all its files may be edited."""


class Renderer(Protocol):
    """Turns one directory into objects. Has no effect outside of it."""

    kind: ClassVar[str]
    """What it renders, as `detect` names it: `kustomize`, `helm`, `terraform`, `plain`."""

    def render(self, root: Path, directory: str) -> Rendered | tuple[Problem, ...]:
        """Render a directory.

        Args:
            root: The exported tree. Nothing outside of it is read.
            directory: Path below it, `/`-separated; empty for the root itself.

        Raises:
            ToolError: The program it needs is missing, or did not end in time.
        """
        ...
