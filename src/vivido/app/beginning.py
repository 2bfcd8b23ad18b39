"""Starting with Vivido: look at the repository, write a file that works."""

from pathlib import Path

import msgspec

from vivido.app.kinds import installed
from vivido.config.detect.branches import environments
from vivido.config.detect.found import Found
from vivido.config.detect.look import detect, with_branches
from vivido.config.detect.propose import propose
from vivido.config.diagnostic import Diagnostic
from vivido.config.load import check
from vivido.config.schema import schema
from vivido.errors import ConflictError, InputError

FILE = "vivido.yaml"
SCHEMA = ".vivido/schema.json"
"""Where the JSON Schema for editors lies, beside the file that names it."""


_FEWEST = 2
"""Branches that make a way."""


class Begun(msgspec.Struct, frozen=True):
    """What `vivido init` wrote, or would write."""

    files: tuple[str, ...]
    services: tuple[str, ...]
    environments: tuple[str, ...]
    notes: tuple[str, ...]
    text: str
    """Of `vivido.yaml`."""


def begin(
    root: Path, *, project: str = "", registry: str = "", overwrite: bool = False, dry_run: bool = False
) -> Begun:
    """Look at a repository and write `vivido.yaml` and the schema for editors.

    Args:
        root: The directory that gets the file.
        project: The project's name; empty for what the repository suggests.
        registry: Prefix of the images; empty for what the repository suggests.
        overwrite: Replace the file that is there.
        dry_run: Write nothing; then it does not matter whether there is a file.

    Raises:
        ConflictError: `init.there`: there is a file already.
        InputError: `init.nothing`, `init.registry`, `init.unfit`: what is there, or a flag, is not enough for a file that works.
    """
    file = root / FILE
    if file.exists() and not overwrite and not dry_run:
        raise ConflictError(
            f"there is {file} already", code="init.there", hint="Edit it, or let it be written anew with --overwrite."
        )
    found = _looked_at(root)
    where = registry or found.registry
    if not found.services:
        raise InputError(
            "there is nothing to promote here yet: neither a Containerfile nor manifests that name an image",
            code="init.nothing",
            hint="Add a Containerfile and a directory of manifests for each environment; docs/tutorial.md shows both.",
        )
    if not where:
        raise InputError(
            "nothing here says where images are kept",
            code="init.registry",
            hint="vivido init --registry registry.example.com/NAME, or localhost:5000/NAME for a registry on this machine.",
        )
    text = propose(found, project or found.project, where)
    kinds = installed().for_config()
    made, diagnostics = check(text.encode(), Path(FILE), kinds, root)
    if made is None:
        raise _unfit(found.notes, diagnostics)
    if not dry_run:
        file.write_text(text, encoding="utf-8")
        write_schema(root)
    return Begun(
        (FILE, SCHEMA),
        tuple(s.name for s in made.services),
        tuple(e.name for e in made.environments),
        tuple(found.notes),
        text,
    )


def _looked_at(root: Path) -> Found:
    """Look at the files, and at the branches that were pushed with the services' configuration."""
    from vivido.app.own_guess import own_guessed
    from vivido.git.worktree import branch_has, remote_branches, toplevel

    found = detect(root)
    branches = remote_branches(root) if (root / ".git").exists() else ()
    paths = [s.config for s in found.services if s.config and "{" not in s.config]
    if len(branches) < _FEWEST or not paths or toplevel(root) != root.resolve():
        return found
    having = [b for b in branches if any(branch_has(root, b, path) for path in paths)]
    named = environments(having)
    # Directories that are one environment's go first: then branches with such names are somebody's habit, and no layout.
    if not named or found.environments:
        return found
    # Where the whole repository is the configuration, what differs in it may be anything.
    kept = [path for path in paths if path != "."]
    return with_branches(found, named, own_guessed(toplevel(root), named, kept))


def _unfit(notes: tuple[str, ...], diagnostics: tuple[Diagnostic, ...]) -> InputError:
    """Say what the repository or a flag lacks: nobody can mend a file that was not written."""
    told = (d.message if notes or not d.hint else f"{d.message}. {d.hint}" for d in diagnostics)
    return InputError(
        "\n".join((f"{FILE} was not written, for it would not work:", *told)),
        code="init.nothing" if notes else "init.unfit",
        hint=" ".join(notes) or "Give --registry or --project another value.",
    )


def write_schema(root: Path) -> None:
    """Write the JSON Schema of this installation's kinds beside the file."""
    path = root / SCHEMA
    path.parent.mkdir(parents=True, exist_ok=True)
    body = msgspec.json.format(msgspec.json.encode(schema(installed().for_config())), indent=2)
    path.write_bytes(body + b"\n")
