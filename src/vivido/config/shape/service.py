"""What is deployed: a service, how its image is built, where its configuration is."""

from typing import ClassVar, Literal

from msgspec import UNSET, UnsetType

from vivido.config.shape.base import Shape
from vivido.config.values import (
    ApiVersion,
    KubernetesVersion,
    NamespaceName,
    Platform,
    ReleaseName,
    RepositoryPath,
    SecretName,
    SecretOrKey,
    Text,
    ValuesPath,
    VariableName,
)


class BuildShape(Shape, frozen=True):
    """How a service's image is built, where a context directory alone does not say it."""

    context: RepositoryPath
    """Directory that is sent to the builder."""
    file: RepositoryPath | UnsetType = UNSET
    """Containerfile, relative to the repository. Otherwise Containerfile or Dockerfile in the context."""
    with_: Literal["buildah", "podman", "docker", "command"] | UnsetType = UNSET
    """The builder. Otherwise the first that is installed: buildah, podman, docker."""
    command: Text | UnsetType = UNSET
    """Your own build command. It has to push an image to `$VIVIDO_IMAGE` by itself."""
    args: dict[Text, str | int | float | bool] = {}
    """Build arguments, handed on as they are written. None may depend on an environment: one image serves all."""
    platforms: list[Platform] = []
    """Platforms of a multi-architecture image. Otherwise the builder's own."""
    inputs: list[RepositoryPath] = []
    """Further files and directories that the image depends on: they count when Vivido asks whether it was built before."""


class ImageShape(Shape, frozen=True):
    """Where a chart's values name the service's image."""

    reference: ValuesPath | UnsetType = UNSET
    """One value that holds all of it: `repository@sha256:…`. Then none of the others."""
    registry: ValuesPath | UnsetType = UNSET
    """The registry's host, where the chart puts it before the repository."""
    repository: ValuesPath | UnsetType = UNSET
    """The repository."""
    tag: ValuesPath | UnsetType = UNSET
    """The tag. Where the chart knows no digest, it gets `<build>@sha256:…`."""
    digest: ValuesPath | UnsetType = UNSET
    """The digest, `sha256:…`."""


class ConfigShape(Shape, frozen=True):
    """A Helm chart or a Terraform root module as a service's configuration; `{environment}` stands for the environment's name."""

    exactly_one: ClassVar[tuple[str, ...]] = ("helm", "terraform")

    helm: RepositoryPath | UnsetType = UNSET
    """Directory of the chart, the one with Chart.yaml."""
    terraform: RepositoryPath | UnsetType = UNSET
    """Directory of the root module, the one in which `terraform` runs."""
    values: list[RepositoryPath] = []
    """Values files, later ones over earlier ones; promotions edit the last. Otherwise `values-<environment>.yaml` and the like."""
    image: ValuesPath | ImageShape | UnsetType = UNSET
    """Where the values or variables name the image; a text is short for `reference`. Otherwise it is looked for among them."""
    release: ReleaseName | UnsetType = UNSET
    """Name of the release, as templates see it. Otherwise the service's name."""
    namespace: NamespaceName | UnsetType = UNSET
    """Namespace of the release, as templates see it. Otherwise `default`."""
    kube_version: KubernetesVersion | UnsetType = UNSET
    """Version of Kubernetes, as templates see it. Otherwise one that is the same wherever this Vivido runs."""
    api_versions: list[ApiVersion] = []
    """API versions that templates see besides Kubernetes' own."""
    var_files: list[RepositoryPath] = []
    """Terraform: files with variables as `-var-file` names them, later ones over earlier ones; promotions edit the last.
    Otherwise `<environment>.tfvars` and the like."""
    backend_config: list[RepositoryPath] = []
    """Terraform: files as `-backend-config` names them. Otherwise `<environment>.tfbackend` and the like."""
    workspace: Text | UnsetType = UNSET
    """Terraform: the workspace with the environment's state. Otherwise `default`."""
    shared_state: Text | UnsetType = UNSET
    """Terraform: why its environments may keep their state in one place. Otherwise that is refused."""


class RequiresShape(Shape, frozen=True):
    """What a service needs of each environment. What its image's label `dev.vivido.requires` names counts too."""

    env: list[VariableName] = []
    """Environment variables that each container with its image must have."""
    config: list[SecretOrKey] = []
    """ConfigMaps, or keys of them: `web` or `web/LOG_LEVEL`."""
    secrets: list[SecretOrKey] = []
    """Secrets, or keys of them: `shop-db` or `shop-db/password`."""
    services: list[SecretName] = []
    """Kubernetes Services."""


class ServiceShape(Shape, frozen=True):
    """Something that is deployed: an image and its configuration."""

    config: RepositoryPath | ConfigShape
    """Directory of its overlay, chart or manifests; `{environment}` stands for the environment's name. Or more about a chart
    or a Terraform root module."""
    build: RepositoryPath | BuildShape | UnsetType = UNSET
    """Directory with its Containerfile, or more about the build. Leave it out where the image is built elsewhere."""
    image: Text | UnsetType = UNSET
    """Its repository, without tag and digest. Otherwise `<registry>/<service>`."""
    replaces: Text | list[Text] = []
    """Names under which its manifests mention the image, if not by its repository."""
    checks: Text | list[Text] = []
    """Commands that have to succeed before a build: unit tests, static analysis."""
    parity: RepositoryPath | UnsetType = UNSET
    """File with parity rules for it alone, of the same form as `parity`. Otherwise `parity.yaml` in its configuration."""
    requires: RequiresShape = RequiresShape()
    """What it needs of each environment; a promotion to one that lacks it is refused."""
