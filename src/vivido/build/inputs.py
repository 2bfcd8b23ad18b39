"""The hash of what an image is made of, by which an artifact is found again instead of being built a second time.

It holds the content of the context, of the Containerfile and of further declared paths, the arguments and the platforms.
It does not hold the commit, so a commit that touches none of them gets the artifact that is there; nor the builder, so
who builds makes no difference; nor base images named by tag (`build.base-unpinned` warns of them).
"""

import posixpath
from collections.abc import Mapping

from vivido.errors import InputError
from vivido.model.canonical import fingerprint
from vivido.model.project import Build

_GENERATION = 1
"""Raised where the meaning of the hash changes: what was built before is then built anew."""


def input_paths(build: Build) -> tuple[str, ...]:
    """Return the paths of the repository that an image depends on, normalised and sorted; `""` is the whole of it.

    Raises:
        InputError: `build.path`: one of them leaves the repository.
    """
    named = [build.context, *build.inputs, *([build.file] if build.file else [])]
    return tuple(sorted({normal(path) for path in named}))


def normal(path: str) -> str:
    """Return a path of the repository without `.` and `..`; empty for the repository itself.

    Raises:
        InputError: `build.path`: it is absolute or leaves the repository.
    """
    clean = posixpath.normpath(path or ".")
    if clean.startswith(("/", "../")) or clean == "..":
        raise InputError(
            f"{path} is not in the repository",
            code="build.path",
            hint="Name context, file and inputs relative to the repository's root.",
        )
    return "" if clean == "." else clean


def inputs_hash(build: Build, contents: Mapping[str, str]) -> str:
    """Return the hash of an image's inputs, 64 hexadecimal characters.

    Args:
        build: What the configuration file says; the choice of the builder does not count, a user's own command does.
        contents: Path → what changes with its mode or content, of all `input_paths`.
    """
    return fingerprint(
        {
            "generation": _GENERATION,
            "context": normal(build.context),
            "file": normal(build.file) if build.file else "",
            "command": build.command,
            "args": dict(build.args),
            "platforms": sorted(build.platforms),
            "contents": dict(contents),
        }
    )
