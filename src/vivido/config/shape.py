"""The shape of `vivido.yaml`: structs from which the JSON Schema is made. What they mean is `vivido.model.project`.

Docstrings here are what editors show. Gates and targets are `Any`:
`schema` puts the kinds in that it is handed.
"""

from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from vivido.config.values import (
    ApiVersion,
    Day,
    Duration,
    EmailAddress,
    Host,
    KubernetesVersion,
    Name,
    NamespaceName,
    PairName,
    Platform,
    Range,
    Relation,
    ReleaseName,
    RepositoryPath,
    SecretKey,
    SecretName,
    SecretOrKey,
    Selector,
    StateAddress,
    Tag,
    Text,
    TokenName,
    TokenText,
    ValuesPath,
    VariableName,
    WebAddress,
)


class Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Common to all: keys are spelled with hyphens, unknown ones are refused."""


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


class PersonShape(Shape, frozen=True):
    """Somebody who commits or approves."""

    email: EmailAddress | list[EmailAddress] = []
    """Address or addresses under which the person commits: how “not the author” is told."""
    keys: Text | list[Text] = []
    """SSH public keys with which the person signs approvals."""


class AllowedSecretShape(Shape, frozen=True):
    """A Secret with data in clear that may stay in Git."""

    name: Text
    """`metadata.name` of the Secret."""
    because: Text
    """Why that does no harm."""


class SecretsShape(Shape, frozen=True):
    """What is said about Secrets in manifests."""

    allow: list[AllowedSecretShape] = []
    """Secrets with data in clear that may pass. All others are refused."""


class AllowedBuildShape(Shape, frozen=True):
    """A difference between branches in what an image is built of, which may be."""

    at: Text
    """A file, or a pattern of files as in `own`; or a place of this file: `services/web/build/args`."""
    because: Text
    """Why it does no harm. A rule whose reason begins with TODO allows nothing yet."""
    owner: Text | UnsetType = UNSET
    """Whoever answers for it."""
    until: Day | UnsetType = UNSET
    """The last day on which it holds."""


class BuildsShape(Shape, frozen=True):
    """Layout `branches`: what is said about builds. One image serves all branches, and is built from the first."""

    allow: list[AllowedBuildShape] = []
    """Differences between branches that may be. All others are refused."""


class SecretSourceShape(Shape, frozen=True):
    """Where one secret value comes from."""

    exactly_one: ClassVar[tuple[str, ...]] = ("env", "file", "command")

    env: VariableName | UnsetType = UNSET
    """Name of the environment variable that holds it."""
    file: Text | UnsetType = UNSET
    """File that holds it."""
    command: Text | UnsetType = UNSET
    """Command that prints it."""


class GateShape(Shape, frozen=True):
    """What may stand beside a gate's kind."""

    name: Name | UnsetType = UNSET
    """Its name in plans and evidence, unique in the environment. Otherwise its kind, with a number from the second on."""
    when: Literal["before", "after"] | UnsetType = UNSET
    """Judged before the environment is changed, or after the release serves there. Otherwise as the kind says."""


Single = str | int | float | bool


class ExpectationShape(Shape, frozen=True):
    """What must hold in the rendered objects of an environment. It has exactly one condition."""

    exactly_one: ClassVar[tuple[str, ...]] = ("equals", "one-of", "regex", "at-least", "at-most", "present", "absent")

    at: Selector
    """Which place: `Kind/name/path`. `*` stands for any text within a part, `**` for any number of parts; `~1` is a `/` that
    belongs to a part. Where it leads to nothing, the expectation is not met."""
    because: Text
    """Why, for whoever meets the refusal."""
    equals: Single | UnsetType = UNSET
    """The value."""
    one_of: list[Single] | UnsetType = UNSET
    """The values that may stand there."""
    regex: Text | UnsetType = UNSET
    """An expression in RE2's syntax that all of the text fits."""
    at_least: str | int | float | UnsetType = UNSET
    """The smallest number or quantity."""
    at_most: str | int | float | UnsetType = UNSET
    """The largest number or quantity."""
    present: bool | UnsetType = UNSET
    """Each object (each item, where `*` stands for items) has a value there."""
    absent: bool | UnsetType = UNSET
    """No object has a value there."""
    until: Day | UnsetType = UNSET
    """The last day on which it is asked for."""


class ProvidedShape(Shape, frozen=True):
    """What an environment has without its being in Git."""

    at: Selector
    """The object (`ConfigMap/corporate-ca`), a key of it (`Secret/tls/data/tls.crt`), or the place whose need is met from outside
    (`Service/metrics/spec/selector`)."""
    because: Text
    """Who brings it."""


class OwnConfigurationShape(Shape, frozen=True):
    """The repository that holds one environment's configuration."""

    repository: Text
    """URL, or path from the directory of this file."""
    branch: Text | UnsetType = UNSET
    """Its branch. Otherwise the one that the remote's HEAD names."""
    credentials: Text | UnsetType = UNSET
    """Git's credential helper for this repository alone, as `credential.helper` takes it. Otherwise those that Git has anyway."""


class HydrateShape(Shape, frozen=True):
    """Where the rendered objects are committed: at least one of the two."""

    directory: RepositoryPath | UnsetType = UNSET
    """A directory of their own: from the directory of this file, or on `branch` from its top."""
    branch: Text | UnsetType = UNSET
    """A branch of their own in the repository of the environment's configuration; it is made where it is missing."""


class EnvironmentShape(Shape, frozen=True):
    """A named stop on the way."""

    target: Any
    """Where it runs."""
    after: Name | UnsetType = UNSET
    """The environment that a release has to pass before. Only the first has none."""
    promote: Literal["manually", "automatically"] = "manually"
    """Whether a new release comes here by itself as soon as the environment before lets it."""
    queue: Literal["latest", "fifo"] = "latest"
    """`latest`: a newer waiting release replaces an older one that has not begun. `fifo`: none is dropped."""
    url: WebAddress | UnsetType = UNSET
    """Where it is reached, for gates and people. Otherwise what the target says."""
    registry: Text | UnsetType = UNSET
    """Prefix of repositories of its own, which images are copied to, byte for byte. Otherwise they stay where they were built."""
    configuration: Text | OwnConfigurationShape | UnsetType = UNSET
    """Layout `repositories`: the repository with its configuration."""
    branch: Text | UnsetType = UNSET
    """Layout `branches`: its branch."""
    change: Literal["commit", "branch"] = "commit"
    """`commit`: a promotion commits to its branch. `branch`: it commits to `vivido/<environment>/<promotion>`, for people to
    review, and goes on when that has been merged."""
    hydrate: RepositoryPath | HydrateShape | UnsetType = UNSET
    """Promotions commit its rendered objects, too, so that people review and a cluster pulls exactly what was validated: a
    directory, or more about it. Edits of its configuration then reach it only through a release."""
    own: Text | list[Text] = []
    """Layout `branches`: files that belong to it, and stay as its branch has them: `deploy/*/env/**`, `**/limits.yaml`."""
    alias: Text | UnsetType = UNSET
    """A further tag for what comes here, with `{version}` in it: `v{version}-prod`. It stands for one digest, for ever."""
    gates: list[Any] = []
    """What a release has to pass."""
    secrets: dict[SecretName, dict[SecretKey, SecretSourceShape]] = {}
    """Secret → key → where its value comes from."""
    tokens: dict[TokenName, TokenText] = {}
    """How its configuration calls it: token → text, such as `domain: staging.example.com`. Where two environments are compared,
    each one's texts count as equal; one environment's text in another's configuration is a finding."""
    expect: list[ExpectationShape] = []
    """What must hold in its rendered objects; a promotion that would break it is refused."""
    provides: list[ProvidedShape] = []
    """What it has from elsewhere, so that the contract check does not miss it."""


class ConfigurationShape(Shape, frozen=True):
    """The repository that holds the environments' configuration."""

    repository: Text = "."
    """URL or path; `.` is the repository of this file."""
    branch: Text | UnsetType = UNSET
    """Its branch. Otherwise the one that the remote's HEAD names."""


class RegistriesShape(Shape, frozen=True):
    """How registries are reached."""

    plain_http: list[Host] = []
    """Hosts that are spoken to without TLS. No others ever are."""
    ca: RepositoryPath | UnsetType = UNSET
    """PEM file of a private certificate authority."""


class CommitsShape(Shape, frozen=True):
    """How Vivido's commits are made."""

    sign: bool = False
    """Sign them with your SSH key (`git config user.signingKey`)."""


class ParityRuleShape(Shape, frozen=True):
    """Common to what is allowed and what must be equal."""

    at: Selector
    """Which place: `Kind/name/path`. `*` stands for any text within a part, `**` for any number of parts; `~1` is a `/` that
    belongs to a part. `vivido parity` prints each difference as it is written here."""
    services: Name | list[Name] = []
    """Services it speaks of; otherwise all."""
    owner: Text | UnsetType = UNSET
    """Whoever answers for it."""
    until: Day | UnsetType = UNSET
    """The last day on which it holds."""


class AllowShape(ParityRuleShape, frozen=True, kw_only=True):
    """A difference that may be. Without a condition any two values may; at most one condition is given."""

    because: Text
    """Why the environments differ. A rule whose reason begins with TODO allows nothing yet."""
    equals: Single | dict[Name, Single] | UnsetType = UNSET
    """The value that both sides have, or environment → value."""
    one_of: list[Single] | dict[Name, list[Single]] | UnsetType = UNSET
    """The values that either side may have, or environment → values."""
    regex: Text | dict[Name, Text] | UnsetType = UNSET
    """An expression in RE2's syntax that all of the text fits, or environment → expression."""
    holds: Relation | UnsetType = UNSET
    """How two numbers or quantities relate: `staging <= production`. Under `*`: `earlier <= later`."""
    ratio: Range | UnsetType = UNSET
    """How many times as much the second environment has: `1..10`."""
    present_in: Name | UnsetType = UNSET
    """The environment that has it, while the other does not."""
    names: Name | UnsetType = UNSET
    """The environment whose tokens may stand here, although the configuration is another's."""


class EqualShape(ParityRuleShape, frozen=True):
    """What may never differ, whatever `allow` says."""

    because: Text | UnsetType = UNSET
    """Why, for whoever meets the finding."""


class PairShape(Shape, frozen=True):
    """What is said about two environments, or about each pair."""

    allow: list[AllowShape] = []
    """Differences that may be."""
    equal: list[EqualShape] = []
    """What may never differ, and has to be there."""
    budget: Annotated[int, Meta(ge=0, le=100_000)] | UnsetType = UNSET
    """How many differences of one service `allow` may cover."""


class AuditShape(Shape, frozen=True):
    """Looking at all pairs again and again: `vivido audit`."""

    every: Duration | UnsetType = UNSET
    """How long after the last audit `vivido audit --schedule` and `vivido run` make the next one."""
    on_new: Text | UnsetType = UNSET
    """Command that is run when there are new findings; it gets them as JSON on its standard input, at least once, and the
    same `VIVIDO_AUDIT` each time."""


class ProjectShape(Shape, frozen=True):
    """A project and the way its releases go: build once, promote the same image by its digest."""

    project: Name
    """Name of the project."""
    services: Annotated[dict[Name, ServiceShape], Meta(min_length=1, max_length=5000)]
    """What is deployed."""
    environments: Annotated[dict[Name, EnvironmentShape], Meta(min_length=1, max_length=100)]
    """The stops on the way, from the first to production."""
    registry: Text | UnsetType = UNSET
    """Where images are pushed: `registry.example.com/shop` makes `registry.example.com/shop/<service>`."""
    layout: Literal["directories", "repositories", "branches"] = "directories"
    """How configuration is kept in Git: a directory, a repository or a branch per environment."""
    channel: Tag = "edge"
    """The tag that `vivido build` moves to what it built."""
    configuration: Text | ConfigurationShape = "."
    """The repository with the environments' configuration: URL, path, or `.` for the one of this file."""
    registries: RegistriesShape = RegistriesShape()
    """How registries are reached."""
    state: StateAddress | UnsetType = UNSET
    """Database with the promotions under way, without a password. Otherwise an SQLite file of yours."""
    commits: CommitsShape = CommitsShape()
    """How Vivido's commits are made."""
    people: dict[Name, PersonShape] = {}
    """Who commits and approves."""
    groups: dict[Name, Annotated[list[Name], Meta(min_length=1)]] = {}
    """People under a common name."""
    secrets: SecretsShape = SecretsShape()
    """What is said about Secrets in manifests."""
    builds: BuildsShape = BuildsShape()
    """Layout `branches`: which builds may differ between branches."""
    parity: dict[PairName, PairShape] = {}
    """Which differences between environments are allowed. Everything else is drift."""
    audit: AuditShape = AuditShape()
    """Looking for drift again and again."""
