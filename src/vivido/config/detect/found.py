"""What was found in a repository."""

import msgspec


class Context(msgspec.Struct, frozen=True, order=True):
    """A directory from which an image can be built."""

    path: str
    """Relative; `.` for the top."""
    name: str
    """What the service is probably called."""
    file: str = ""
    """Its Containerfile, where that has another name than builders look for."""
    ports: tuple[int, ...] = ()
    """As EXPOSE names them."""


class Use(msgspec.Struct, frozen=True, order=True):
    """An image that manifests mention."""

    image: str
    """As they write it, without tag and digest."""
    workload: str = ""
    """Name of the Deployment, Job or other object; empty in a kustomization's `images:`."""
    container: str = ""


class Config(msgspec.Struct, frozen=True):
    """A configuration: one directory, or one for each environment."""

    path: str
    """With `{environment}` where there is one for each."""
    environments: tuple[str, ...] = ()
    """In the order of promotion."""
    kustomize: bool = False
    uses: tuple[Use, ...] = ()
    ports: tuple[int, ...] = ()
    """Of its Kubernetes Services."""
    helm: bool = False
    """It is a chart; its environments are those that have values of their own."""
    terraform: bool = False
    """It is a Terraform root module; its environments are those that have variables or a directory of their own."""
    workloads: bool = True
    """Something in it runs: a Deployment, a Service, a Job…"""


class ServiceGuess(msgspec.Struct, frozen=True):
    """A service as it will be proposed."""

    name: str
    config: str = ""
    """Empty where no manifests were found for it."""
    context: Context | None = None
    image: str = ""
    """Where it is built elsewhere."""
    mentions: tuple[str, ...] = ()
    """Names of its image in the manifests."""


class Found(msgspec.Struct, frozen=True):
    """All of it."""

    project: str
    """A name for the project: the repository's, or the directory's."""
    registry: str = ""
    """Where this forge keeps images of this repository, else where manifests have all of them; empty where that is not known."""
    remote: str = ""
    """URL of `origin`, without user and password."""
    contexts: tuple[Context, ...] = ()
    configs: tuple[Config, ...] = ()
    services: tuple[ServiceGuess, ...] = ()
    environments: tuple[str, ...] = ()
    """Those that every service's configuration has, in the order of promotion."""
    branches: dict[str, str] = {}
    """Environment → branch, where environments are branches; in the order of promotion."""
    own: dict[str, tuple[str, ...]] = {}
    """Environment → patterns of the files that look like its own, where environments are branches."""
    workloads: bool = False
    """There is something that runs: a Deployment, a Service, a Job…"""
    notes: tuple[str, ...] = ()
    """What a person should know: what was left out, what is missing. Full sentences."""
