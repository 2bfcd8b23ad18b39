"""The ports of building: who builds, where the source comes from, what is asked of the registry; and the values between them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from vivido.model.problem import Problem
from vivido.model.project import Service
from vivido.model.reference import Digest, Reference, Repository
from vivido.model.release import Artifact


@dataclass(frozen=True)
class BuildOrder:
    """One build: everything a builder is told.

    Attributes:
        image: Repository and tag that the image is pushed to.
        root: Directory of the project; a user's own command runs there.
        context: Directory that the Containerfile may copy from.
        containerfile: The file itself; missing where a user's own command needs none.
        scratch: An empty directory of this build alone; its name is unique on this machine.
        commit: 40 hexadecimal characters.
        epoch: The commit's time, seconds since 1970: the only date that the image may hold (`SOURCE_DATE_EPOCH`).
        args: Build arguments.
        labels: Of the image's configuration.
        annotations: Of its manifest.
        platforms: `linux/amd64` and so on; empty: the builder's own. More than one makes an index.
        plain_http: Registries that are spoken to without TLS.
        ca: PEM file of a private authority; None where there is none.
        environ: Variables that the builder's program needs on this machine (`vivido.containers`).
        cache: Take layers of earlier builds. The digest then depends on what this machine built before.
        progress: Takes one line for the person who waits.
    """

    image: Reference
    root: Path
    context: Path
    containerfile: Path
    scratch: Path
    commit: str
    epoch: int
    args: Mapping[str, str] = field(default_factory=dict[str, str])
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    annotations: Mapping[str, str] = field(default_factory=dict[str, str])
    platforms: tuple[str, ...] = ()
    plain_http: tuple[str, ...] = ()
    ca: Path | None = None
    environ: Mapping[str, str] = field(default_factory=dict[str, str])
    cache: bool = False
    progress: Callable[[str], None] = lambda _: None


class Builder(Protocol):
    """A program that makes an image and pushes it."""

    @property
    def name(self) -> str:
        """`buildah`, `podman`, `docker` or `command`."""
        ...

    def available(self) -> str | None:
        """Return what the program says of its version, None where it is not there."""
        ...

    def build(self, order: BuildOrder) -> Digest | None:
        """Build and push to `order.image`. May be called again after a crash at any instruction.

        Returns:
            The digest that the builder says it pushed, None where it says none. It is compared with the registry's, never trusted.

        Raises:
            ToolError: `build.failed`: the build failed; `build.push-failed`: it could not be pushed. The message has the
                last lines of what the program printed.
        """
        ...


@dataclass(frozen=True)
class Facts:
    """What the source says of the commit that is checked out.

    Attributes:
        commit: 40 hexadecimal characters.
        committed_at: Seconds since 1970.
        dirty: Paths with changes that are not committed, untracked files included; ignored ones are not.
        url: Where the source is kept, without credentials; empty where it has no remote.
        version: Its version, if a tag names one; empty otherwise.
    """

    commit: str
    committed_at: int
    dirty: tuple[str, ...] = ()
    url: str = ""
    version: str = ""


class Source(Protocol):
    """The source at the commit that is checked out."""

    def facts(self) -> Facts:
        """Say which commit it is, and what is changed."""
        ...

    def contents(self, paths: tuple[str, ...]) -> Mapping[str, str]:
        """Return the files below some paths: path in the repository → a text that changes with mode or content.

        What is ignored by Git is left out, except where a path names it.
        """
        ...

    def read(self, path: str) -> bytes | None:
        """Return a committed file's bytes, None where there is none."""
        ...

    def export(self, contents: Mapping[str, str], into: Path) -> None:
        """Write files that `contents` told of below `into`, each at its own path, with modes that no machine's habits change."""
        ...


class Registry(Protocol):
    """What building asks of the registry."""

    def resolve(self, reference: Reference) -> Digest | None:
        """Return the digest that a tag names now, None where there is no such tag."""
        ...

    def labels(self, repository: Repository, digest: Digest) -> Mapping[str, str]:
        """Return the labels of an image; of an index, those that its images share."""
        ...

    def tag(self, repository: Repository, digest: Digest, tag: str) -> None:
        """Let a tag name a manifest that is there already."""
        ...


@dataclass(frozen=True)
class CheckResult:
    """A declared check that ran.

    Attributes:
        command: As the configuration file has it, without secrets in URLs.
        returncode: 0: it succeeded; 124: it took too long.
        seconds: How long it took.
        output: What it printed, the last part of it, without secrets in URLs and without terminal escapes.
    """

    command: str
    returncode: int
    seconds: float
    output: str


@dataclass(frozen=True)
class BuildRequest:
    """What is asked for, and the circumstances that `app` knows.

    Attributes:
        service: The service; its `build` is set.
        root: Absolute path of the repository.
        work: A directory that Vivido may write to and lose.
        environments: Names of the project's environments: what an image must not depend on.
        channel: Tag that is moved to what was built; empty: none.
        plain_http: Registries that are spoken to without TLS.
        ca: PEM file of a private authority.
        environ: Variables for the builder's program.
        allow_dirty: Build what lies in the directory although it is no commit; the artifact is marked and goes nowhere.
        cache: Take layers of earlier builds, at the price of reproducibility.
        progress: Takes one line for the person who waits.
    """

    service: Service
    root: Path
    work: Path
    environments: tuple[str, ...] = ()
    channel: str = "edge"
    plain_http: tuple[str, ...] = ()
    ca: Path | None = None
    environ: Mapping[str, str] = field(default_factory=dict[str, str])
    allow_dirty: bool = False
    cache: bool = False
    progress: Callable[[str], None] = lambda _: None


@dataclass(frozen=True)
class Built:
    """What came of it.

    Attributes:
        artifact: Its digest is the registry's. Its `commit` is the one it was built from.
        commit: The commit that was asked for. Another one than the artifact's where the same inputs were built before.
        reused: Nothing was pushed that is used: the artifact was there, or another builder was first.
        tag: `<commit>-<time>` of this build, or the tag under which the artifact was found.
        checks: The checks that ran.
        warnings: What a person should know; nothing was refused for it.
    """

    artifact: Artifact
    commit: str
    reused: bool
    tag: str
    checks: tuple[CheckResult, ...] = ()
    warnings: tuple[Problem, ...] = ()
