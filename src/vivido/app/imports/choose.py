"""Which digest is taken for what a service runs, and what could not be told. Pure.

What runs is the truth where somebody can see it: adopting Vivido must change nothing that runs, and the way back leads to what ran.
Git comes next, then what the registry gives for Git's tag now, which may have moved since. See docs/adr/0020-import.md.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from vivido.model.problem import Problem

Source = Literal["runs", "git", "tag", "told", ""]
"""Where a digest is from: the target, Git, the registry by Git's tag, or a person; empty where there is none."""


class Running(msgspec.Struct, frozen=True):
    """One content that runs."""

    digests: tuple[str, ...]
    """All digests that stand for it: its manifest's, and that of an index it was chosen from."""
    where: tuple[str, ...] = ()
    """What runs it."""


class Known(msgspec.Struct, frozen=True):
    """What is known of one service in one environment."""

    service: str
    environment: str
    git: str = ""
    """The image as Git writes it; empty where it names none."""
    git_digest: str = ""
    tag_digest: str = ""
    """What the registry gives for Git's tag now."""
    tag_problem: str = ""
    """Why that is not known."""
    running: tuple[Running, ...] = ()
    sees: bool = False
    """Whether the target can tell what runs."""
    told: str = ""
    """The digest that a person says it runs."""


class Choice(msgspec.Struct, frozen=True):
    """What is taken, and what must be said about it."""

    digest: str = ""
    source: Source = ""
    told: tuple[Problem, ...] = ()


def choose(known: Known) -> Choice:
    """Choose the digest that stands for what a service runs."""
    said = known.git_digest or known.tag_digest
    runs = _runs(known.running, (known.told, known.git_digest, known.tag_digest))
    if known.told:
        return _by_word(known, runs)
    if len(known.running) > 1 and not runs:
        return Choice(told=(_several(known),))
    notes = list(_notes(known, runs))
    if runs:
        return Choice(runs, "runs", tuple(notes))
    if not known.git:
        return Choice(told=(_nothing(known),))
    if not said:
        return Choice(told=(_unresolved(known),))
    if known.sees:
        notes.append(_problem(known, "import.not-running", f"Git says {known.git}, and nothing runs it", "Is it down?"))
    return Choice(said, "git" if known.git_digest else "tag", tuple(notes))


def _runs(running: Sequence[Running], hints: Sequence[str]) -> str:
    """Return the digest that runs; of several contents the one that somebody names, of several names of one likewise."""
    every = [d for one in running for d in one.digests]
    named = next((h for h in hints if h in every), "")
    return named or (running[0].digests[0] if len(running) == 1 else "")


def _by_word(known: Known, runs: str) -> Choice:
    if known.running and runs != known.told:
        message = f"{known.told[:19]} was named, and {_list(known.running)} runs"
        return Choice(
            told=(_problem(known, "import.contradicted", message, "Name what runs, or nothing: it is seen."),)
        )
    return Choice(known.told, "runs" if known.running else "told", tuple(_unpinned(known, known.told)))


def _notes(known: Known, runs: str) -> Iterator[Problem]:
    yield from _unpinned(known, runs)
    said = known.git_digest or known.tag_digest
    if runs and not known.git:
        yield _problem(
            known, "import.not-in-git", f"{runs[:19]} runs, and Git names no image of it", "Add its configuration."
        )
    elif runs and said and runs != said:
        what = f"Git says {said[:19]}" if known.git_digest else f"Git's {known.git} is {said[:19]} in the registry now"
        hint = "What runs is taken. The next promotion writes the digest; a rollback returns to what runs."
        yield _problem(known, "import.other-runs", f"{what}, and {runs[:19]} runs", hint)
    if len(known.running) > 1:
        yield _several(known)


def _unpinned(known: Known, runs: str) -> Iterator[Problem]:
    if not known.git or known.git_digest:
        return
    where = "" if runs else "; the registry's digest of now is taken, and the tag may have moved since it was started"
    said = f"; {known.tag_problem}" if runs and known.tag_problem else where
    hint = "--pin writes the digest into Git; without it the next promotion does."
    yield _problem(known, "import.no-digest", f"Git says {known.git}, a tag without a digest{said}", hint)


def _several(known: Known) -> Problem:
    return _problem(
        known,
        "import.several",
        f"several contents run: {_list(known.running)}",
        f"Name the one that is meant: --artifact {known.environment}/{known.service}=sha256:…",
    )


def _nothing(known: Known) -> Problem:
    return _problem(
        known,
        "import.no-image",
        "Git names no image of it, and nothing that runs is known",
        f"Where it does run: --artifact {known.environment}/{known.service}=sha256:…",
    )


def _unresolved(known: Known) -> Problem:
    return _problem(
        known,
        "import.unresolved",
        f"Git says {known.git}: {known.tag_problem or 'the registry has no such tag'}",
        f"Name what runs: --artifact {known.environment}/{known.service}=sha256:…",
    )


def _list(running: Sequence[Running]) -> str:
    return ", ".join(f"{r.digests[0][:19]}{f' ({chr(44).join(r.where)})' if r.where else ''}" for r in running)


def _problem(known: Known, code: str, message: str, hint: str) -> Problem:
    return Problem(code, message, hint, f"{known.environment}/{known.service}")
