"""The file as a whole, and what is said once for all of it."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from vivido.config.shape.base import Shape
from vivido.config.shape.environment import EnvironmentShape
from vivido.config.shape.parity import PairShape
from vivido.config.shape.service import ServiceShape
from vivido.config.values import (
    Day,
    Duration,
    EmailAddress,
    Host,
    Name,
    PairName,
    RepositoryPath,
    StateAddress,
    Tag,
    Text,
)


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
