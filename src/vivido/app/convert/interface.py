"""What is asked of a conversion, and what it would be."""

from collections.abc import Mapping

import msgspec

from vivido.app.convert.sources import Held


class Wish(msgspec.Struct, frozen=True):
    """What is asked for."""

    to: str
    """`directories`, `repositories` or `branches`."""
    branches: Mapping[str, str] = {}
    """Environment → its branch; without one, the environment's name, and for the first the branch of the configuration."""
    repositories: Mapping[str, str] = {}
    """Environment → URL of its repository."""
    keep: bool = False
    """Leave the old files where they are."""


class Made(msgspec.Struct, frozen=True):
    """A commit of a conversion."""

    environment: str
    """Empty for the one that switches the project over."""
    url: str
    branch: str
    """Where it belongs."""
    base: str
    """The commit that the branch is at now; empty where there is no such branch yet."""
    commit: str
    files: int
    """How many files it changes."""
    here: str
    """Name of the local branch that `--write` makes of it."""
    there: bool
    """The branch is at it already."""


class Went(msgspec.Struct, frozen=True):
    """A file that lies elsewhere afterwards."""

    environment: str
    old: str
    new: str


class Conversion(msgspec.Struct, frozen=True):
    """A conversion, planned and proved."""

    id: str
    source: str
    """The layout as it is."""
    to: str
    before: tuple[Held, ...]
    commits: tuple[Made, ...]
    """In the order in which they are written; the last switches the project over."""
    moved: tuple[Went, ...]
    own: tuple[str, ...]
    """What `own:` says, in the layout `branches`."""
    file: str
    """Unified diff of `vivido.yaml`."""
    compared: int
    """How many renderings of a service in an environment have the same objects before and after."""
    notes: tuple[str, ...]
