"""Checking the ledger: every promotion's hash chain, and that its heads and Git's commits agree on each other."""

from typing import TYPE_CHECKING

import msgspec

from vivido.app.planning import declared
from vivido.errors import Error, IntegrityError, NotFoundError
from vivido.git.history import history
from vivido.git.trailers import trailer
from vivido.model.event import Entry, Started, StepEnded

if TYPE_CHECKING:
    from vivido.app.repository import ConfigurationRepository
    from vivido.app.workspace import Workspace

_HEAD, _PROMOTION, _ENVIRONMENT = "Vivido-Ledger", "Vivido-Promotion", "Vivido-Environment"


class Verified(msgspec.Struct, frozen=True):
    """The result for one promotion."""

    promotion: str
    entries: int
    head: str
    problem: str
    """Empty where the chain holds and Git agrees."""
    commits: tuple[str, ...] = ()
    """Commits whose trailers were compared."""
    blind: str = ""
    """Why chain and Git could not be compared; empty where they were."""


class _Git:
    """The repositories of the configuration, each fetched once."""

    def __init__(self, ws: "Workspace") -> None:
        self._ws = ws
        self._fetched: dict[ConfigurationRepository, str] = {}

    def of(self, entries: tuple[Entry, ...]) -> "ConfigurationRepository | None":
        """Return the repository that a promotion committed to, as it is now; None where a chain has no beginning."""
        started = entries[0].event
        return self._ws.repository(declared(self._ws, started.plan)) if isinstance(started, Started) else None

    def away(self, repository: "ConfigurationRepository") -> str:
        """Bring a repository up to date, and say why that cannot be done; empty where it was."""
        if repository not in self._fetched:
            try:
                repository.fetch()
                self._fetched[repository] = ""
            except Error as e:
                self._fetched[repository] = e.message
        return self._fetched[repository]


def verify(ws: "Workspace", promotion: str = "") -> tuple[Verified, ...]:
    """Check one promotion's chain, or all, against themselves and against Git; with all, also what Git knows beyond them."""
    git = _Git(ws)
    if promotion:
        return (_verify(ws, git, promotion),)
    ids = [r.id for r in ws.records.promotions(limit=100_000)]
    return (*(_verify(ws, git, i) for i in reversed(ids)), *_unknown(ws, git, frozenset(ids)))


def _verify(ws: "Workspace", git: _Git, promotion: str) -> Verified:
    problem = ws.journal.verify(promotion) or ""
    try:
        entries = ws.journal.read(promotion)
    except IntegrityError as e:
        return Verified(promotion, 0, "", problem or e.message)
    head = entries[-1].hash if entries else ""
    made = _commits(entries)
    blind = ""
    for commit in () if problem else made:
        problem, blind = _compared(git, entries, commit)
        if problem or blind:
            break
    return Verified(promotion, len(entries), head, problem, made, blind)


def _commits(entries: tuple[Entry, ...]) -> tuple[str, ...]:
    ended = [e.event for e in entries if isinstance(e.event, StepEnded)]
    return tuple(str(e.facts["commit"]) for e in ended if "commit" in e.facts)


def _compared(git: _Git, entries: tuple[Entry, ...], commit: str) -> tuple[str, str]:
    """Return what is wrong with a commit of a chain that holds, and why that cannot be told."""
    away = ""
    try:
        repository = git.of(entries)
        if repository is None:
            return "entry 1 is no plan", ""
        away = git.away(repository)
        told = repository.trailer(commit, _HEAD)
    except NotFoundError as e:
        return ("", away) if away else (f"commit {commit[:12]} cannot be read: {e.message}", "")
    except Error as e:
        return f"commit {commit[:12]} cannot be read: {e.message}", ""
    if told not in {e.hash for e in entries}:
        return f"commit {commit[:12]} names ledger head {told[:12] or '(none)'}, which is not in this chain", ""
    return "", ""


def _unknown(ws: "Workspace", git: _Git, known: frozenset[str]) -> list[Verified]:
    """Return the promotions that only Git tells of: nobody can say here whether their chains held.

    A chain that was removed whole leaves no gap; its commits stay on the environment's branch.
    """
    found: dict[str, Verified] = {}
    for environment in ws.project.environments:
        repository = ws.repository(environment)
        tip = "" if git.away(repository) else repository.tip()
        for commit in history(repository.mirror, None, tip) if tip else ():
            own = trailer(commit.message, _ENVIRONMENT) == environment.name
            promotion = trailer(commit.message, _PROMOTION) if own else ""
            if promotion and promotion not in known:
                told = f"Git has commit {commit.id[:12]} of it, and the ledger here nothing"
                head = trailer(commit.message, _HEAD)
                found.setdefault(promotion, Verified(promotion, 0, head, "", (commit.id,), told))
    return list(reversed(found.values()))
