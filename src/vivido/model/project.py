"""A project as `vivido.yaml` declares it, after checking: what `config.load` returns and everything else reads."""

from typing import Any

import msgspec

from vivido.model.actor import Roster
from vivido.model.expectation import Expectation
from vivido.model.parity import Audit, ParityPair
from vivido.model.requires import Requires
from vivido.model.selector import Selector


class Kinded(msgspec.Struct, frozen=True):
    """A gate or a target: its kind and its options as plain data, already checked against the kind's struct."""

    kind: str
    options: dict[str, Any] = {}


class GateSpec(msgspec.Struct, frozen=True):
    """One gate of an environment."""

    id: str
    """Unique in its environment: the gate's `name`, or its kind with a number (`run`, `run-2`)."""
    kind: str
    options: dict[str, Any]
    moment: str
    """`before` the environment is changed, or `after` the release serves there."""
    line: int = 0
    """Line in the file, for messages."""


class Build(msgspec.Struct, frozen=True):
    """How a service's image is built."""

    context: str
    """Directory in the repository, relative, `/`-separated."""
    file: str = ""
    """Containerfile relative to the repository; empty: Containerfile or Dockerfile in the context."""
    with_: str = ""
    """`buildah`, `podman`, `docker`, `command`; empty: the first that is there."""
    command: str = ""
    """The user's own command where `with_` is `command`: it pushes an image to `$VIVIDO_IMAGE` by itself."""
    args: dict[str, str] = {}
    platforms: tuple[str, ...] = ()
    """`linux/amd64` and so on; empty: the builder's own."""
    inputs: tuple[str, ...] = ()
    """Further paths whose content the image depends on."""


class ImageValues(msgspec.Struct, frozen=True):
    """Where a chart's values name a service's image: paths of keys with `.` between (`web.image.tag`), empty where there is none.

    Either `reference` alone, for `repository@digest` in one value, or the parts that the chart's templates put together.
    """

    reference: str = ""
    registry: str = ""
    repository: str = ""
    tag: str = ""
    digest: str = ""


class Chart(msgspec.Struct, frozen=True):
    """What the file says about a Helm chart beyond its directory. `{environment}` stands for the environment's name."""

    values: tuple[str, ...] = ()
    """Values files from the repository's root, later ones over earlier ones; empty: found by name beside the chart."""
    image: ImageValues = ImageValues()
    """Empty: found among the values."""
    release: str = ""
    """`.Release.Name`; empty: the service's name."""
    namespace: str = ""
    """`.Release.Namespace`; empty: `default`."""
    kube_version: str = ""
    """`.Capabilities.KubeVersion`; empty: the same for every installation of this Vivido."""
    api_versions: tuple[str, ...] = ()
    """What `.Capabilities.APIVersions` has besides Kubernetes' own."""


class Terraform(msgspec.Struct, frozen=True):
    """What the file says about a Terraform root module beyond its directory. `{environment}` stands for the environment's name."""

    var_files: tuple[str, ...] = ()
    """Files as `-var-file` names them, from the repository's root; empty: found by name beside the module."""
    backend_config: tuple[str, ...] = ()
    """Files as `-backend-config` names them; empty: found by name beside the module."""
    workspace: str = ""
    """Empty: the default one."""
    image: ImageValues = ImageValues()
    """Where variables, or `local` and `module` values, name the image. Empty: found among them."""
    shared_state: str = ""
    """Why environments may share one state; empty: they may not."""


class Service(msgspec.Struct, frozen=True):
    """Something that is deployed."""

    name: str
    image: str
    """Its repository, `registry/path`, without tag and digest."""
    build: Build | None
    """None where the image is built elsewhere."""
    config: str
    """Directory of its configuration in the configuration repository; may contain `{environment}`."""
    replaces: tuple[str, ...] = ()
    """Names under which its manifests mention the image (`web`, `ghcr.io/team/web`); its repository always counts."""
    checks: tuple[str, ...] = ()
    """Shell commands that must succeed before a build: unit tests, static analysis."""
    parity: str = ""
    """File with parity rules of its own; empty: `parity.yaml` in its configuration, where that is there."""
    chart: Chart | None = None
    """Where the file says that `config` is a Helm chart."""
    terraform: Terraform | None = None
    """Where the file says that `config` is a Terraform root module."""
    requires: Requires = Requires()
    """What it needs of each environment."""


class SecretSource(msgspec.Struct, frozen=True):
    """Where one secret value comes from. Exactly one of the three is set."""

    file: str = ""
    env: str = ""
    command: str = ""


class Provided(msgspec.Struct, frozen=True):
    """What an environment has without its being rendered, or a place whose need is met from outside."""

    at: Selector
    because: str


class Configuration(msgspec.Struct, frozen=True):
    """The repository that holds the environments' configuration."""

    repository: str = ""
    """URL or path; empty: the one that holds `vivido.yaml` (its `origin`, or itself where it has none)."""
    branch: str = ""
    """Empty: the branch that the remote's HEAD names."""
    credentials: str = ""
    """Git's credential helper for it, as `credential.helper` takes it; empty: those that Git has anyway."""


class Hydration(msgspec.Struct, frozen=True):
    """Where the rendered objects of an environment are committed. At least one of the two is given."""

    directory: str = ""
    """From the directory of `vivido.yaml`, or from the branch's top; empty: that top."""
    branch: str = ""
    """A branch of the same repository; empty: the environment's own."""


class Environment(msgspec.Struct, frozen=True):
    """A named stop on the way."""

    name: str
    after: str
    """The environment a release must have passed before; empty for the first."""
    target: Kinded
    gates: tuple[GateSpec, ...] = ()
    automatic: bool = False
    """`promote: automatically`."""
    queue: str = "latest"
    """`latest`: a newer waiting promotion replaces an older one that has not begun; `fifo`: none is dropped."""
    url: str = ""
    """Where it is reached, for gates and people; empty: what the target says."""
    secrets: dict[str, dict[str, SecretSource]] = {}
    """Secret name → key → source."""
    registry: str = ""
    """Prefix of a repository per service of its own; empty: its images stay where they were built."""
    tokens: dict[str, str] = {}
    """What this environment is called in its configuration: token → text (`domain` → `staging.example.com`)."""
    expect: tuple[Expectation, ...] = ()
    """What must hold in its rendered objects."""
    provides: tuple[Provided, ...] = ()
    """What it has without its being in Git."""
    configuration: Configuration | None = None
    """Its own part of where configuration is kept, as its layout wants it; None: as the project says."""
    alias: str = ""
    """Pattern of a further tag for what comes here, with `{version}`; empty: none."""
    own: tuple[str, ...] = ()
    """Layout `branches`: patterns of the files that belong to it, and stay as its branch has them."""
    change: str = "commit"
    """`commit`: promotions commit to its branch; `branch`: to a branch of their own, and wait until people merged it."""
    hydrate: Hydration | None = None
    """Where promotions commit its rendered objects; None: nowhere."""


class SecretAllowance(msgspec.Struct, frozen=True):
    """A `kind: Secret` with data in clear that the file lets pass, with the reason."""

    name: str
    because: str


class BuildAllowance(msgspec.Struct, frozen=True):
    """A difference between branches in what an image is built of, that the file lets pass, with the reason."""

    at: str
    """A pattern of files, or a place of the file: `services/web/build/args`."""
    because: str
    owner: str = ""
    until: str = ""
    """The last day on which it holds; empty: for ever."""


class RegistryOptions(msgspec.Struct, frozen=True):
    """How registries are reached."""

    plain_http: tuple[str, ...] = ()
    """Hosts (with port) that are spoken to without TLS. No others ever are."""
    ca: str = ""
    """PEM file of a private authority, relative to the repository."""


class Project(msgspec.Struct, frozen=True):
    """All of `vivido.yaml`, checked, defaults filled in."""

    name: str
    root: str
    """Absolute path of the directory that holds `vivido.yaml`."""
    file: str
    """Absolute path of the file itself."""
    registry: str
    """Prefix of the images: `registry.example.com/shop`."""
    layout: str
    services: tuple[Service, ...]
    environments: tuple[Environment, ...]
    """In promotion order: an environment always follows the one it is `after`."""
    roster: Roster = Roster()
    configuration: Configuration = Configuration()
    registries: RegistryOptions = RegistryOptions()
    secrets_in_clear: tuple[SecretAllowance, ...] = ()
    builds_allowed: tuple[BuildAllowance, ...] = ()
    """Layout `branches`."""
    channel: str = "edge"
    """The tag that `vivido build` moves to what it built."""
    sign_commits: bool = False
    state: str = ""
    """Database URL; empty: SQLite under the user's state directory, one file per project."""
    parity: tuple[ParityPair, ...] = ()
    """Which differences between environments are allowed."""
    audit: Audit = Audit()

    def service(self, name: str) -> Service | None:
        """Return the service of that name."""
        return next((s for s in self.services if s.name == name), None)

    def environment(self, name: str) -> Environment | None:
        """Return the environment of that name."""
        return next((e for e in self.environments if e.name == name), None)

    def followers(self, name: str) -> tuple[Environment, ...]:
        """Return the environments that come directly after one."""
        return tuple(e for e in self.environments if e.after == name)
