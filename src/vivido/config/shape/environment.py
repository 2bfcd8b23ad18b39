"""A stop on the way: where it runs, what a release has to pass, where its configuration is kept.

Gates and targets are `Any`: `schema` puts the kinds in that it is handed.
"""

from typing import Any, ClassVar, Literal

from msgspec import UNSET, UnsetType

from vivido.config.shape.base import Shape, Single
from vivido.config.values import (
    Day,
    Name,
    RepositoryPath,
    SecretKey,
    SecretName,
    Selector,
    Text,
    TokenName,
    TokenText,
    VariableName,
    WebAddress,
)


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
