"""The commits of a conversion, made in the mirrors: the same inputs make the same commits, so that a repetition finds its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vivido.app.convert.arrange import Arrangement, File
from vivido.app.convert.interface import Made
from vivido.app.convert.sources import Source
from vivido.app.ground import BEFORE, CONVERSION, DECLARED
from vivido.app.person import author_here, commit_signer
from vivido.errors import NotFoundError, RefusedError

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace
    from vivido.git.commit import Content
    from vivido.git.mirror import Mirror

Holds = Callable[[str], bool]
"""Says whether there is a file at a path from the directory of `vivido.yaml`."""


@dataclass(frozen=True)
class Target:
    """A branch that takes files.

    Attributes:
        mirror: Of its repository.
        branch: Its name.
        tip: The commit that it is at; empty where it is not there yet.
        prefix: The directory in it that paths begin from.
    """

    mirror: "Mirror"
    branch: str
    tip: str
    prefix: str

    def path(self, inside: str) -> str:
        """Return a path from the repository's top."""
        return f"{self.prefix}/{inside}" if self.prefix else inside

    def holds(self, inside: str) -> bool:
        """Say whether it has a file at a path."""
        from vivido.git.compose import kept_at

        return kept_at(self.mirror, self.tip, self.path(inside)) is not None


class Maker:
    """Makes the commits.

    Args:
        ws: The project as it will be.
        identity: The conversion's id.
        found: The configuration as it is.
        made: Where each file goes.
        home: Where the project is switched over.
        text: `vivido.yaml` as it will be.
        file: Its path.
        keep: Old files stay.
    """

    def __init__(
        self,
        ws: "Workspace",
        identity: str,
        found: Sequence[Source],
        made: Arrangement,
        *,
        home: Target,
        text: bytes,
        file: str,
        keep: bool,
    ) -> None:
        from vivido.git.history import describe

        self._ws = ws
        self._id = identity
        self._found = found
        self._made = made
        self._home = home
        self._text, self._file = text, file
        self._keep = keep
        # The time of the newest commit that it begins from: the same whenever it is made.
        self._at = max(describe(s.mirror, s.held.commit).committed_at for s in found)
        self._commits: list[tuple[Made, Mirror]] = []

    def make(self, conf: Target | None) -> "tuple[tuple[Made, ...], dict[str, str], tuple[Mirror, ...]]":
        """Make all commits.

        Args:
            conf: The branch that takes the configuration of all environments; None in the layout `repositories`.

        Returns:
            The commits in the order in which they are written; environment → commit of its configuration; mirrors of the commits.

        Raises:
            RefusedError: `convert.foreign`: a branch or a repository holds something else already.
        """
        layout = self._ws.project.layout
        if layout == "repositories":
            new = self._repositories()
        elif layout == "directories":
            commit = self._switch(conf) if conf is not None else ""
            new = {s.held.environment: commit for s in self._found}
        else:
            new = self._branches(conf) if conf is not None else {}
        if layout == "repositories" or (conf is not None and not self._is_home(conf)):
            self._declare()
        return tuple(m for m, _ in self._commits), new, tuple(m for _, m in self._commits)

    def _is_home(self, conf: Target) -> bool:
        return conf.mirror.path == self._home.mirror.path

    def _repositories(self) -> dict[str, str]:
        new: dict[str, str] = {}
        for source in self._found:
            name = source.held.environment
            repository = self._ws.repository(self._ws.environment(name))
            target = Target(repository.mirror, repository.branch, "", "")
            self._bring(target, [source])
            edits = self._edits(target, self._made.own[name])
            new[name] = self._fresh(name, target, None, edits, [source.held.commit])
        return new

    def _branches(self, conf: Target) -> dict[str, str]:
        """Make the first environment's commit, and on it each other branch's, which so differ in nothing but what is their own."""
        self._bring(conf, self._found)
        source, *others = self._found
        spot = {e.name: self._ws.repository(e).branch for e in self._ws.project.environments}
        name = source.held.environment
        edits = self._gone(conf) | self._edits(conf, self._made.shared) | self._edits(conf, self._made.own[name])
        edits |= {self._file: self._text} if self._is_home(conf) else {}
        first = self._base_of_earlier(conf, [b for b in spot.values() if b != conf.branch])
        first = first or self._commit(conf, conf.tip, edits, "", [conf.tip, source.held.commit])
        new = {name: first}
        for other in others:
            environment = other.held.environment
            own: dict[str, Content] = {conf.path(p): None for p in self._made.own[name]}
            own |= self._edits(conf, self._made.own[environment])
            target = Target(conf.mirror, spot[environment], "", conf.prefix)
            new[environment] = self._fresh(environment, target, first, own, [first, other.held.commit])
        fresh = spot[name] != conf.branch
        here = Target(conf.mirror, spot[name], "", "") if fresh else conf
        self._note(name if fresh else "", here, first, len(edits))
        return new

    def _base_of_earlier(self, conf: Target, branches: Sequence[str]) -> str:
        """Return the commit that an earlier attempt, perhaps another person's, made the branches on; empty where there was none."""
        from vivido.git.history import describe

        for branch in branches:
            tip = _tip(conf.mirror, branch)
            if tip and describe(conf.mirror, tip).trailers.get(CONVERSION) == (self._id,):
                parents = describe(conf.mirror, tip).parents
                ours = parents and describe(conf.mirror, parents[0]).trailers.get(CONVERSION) == (self._id,)
                return parents[0] if ours else tip
        return ""

    def _switch(self, conf: Target) -> str:
        edits = self._gone(conf) | self._edits(conf, self._made.shared)
        edits |= {self._file: self._text} if self._is_home(conf) else {}
        self._bring(conf, self._found)
        commit = self._commit(conf, conf.tip, edits, "", [conf.tip, *(s.held.commit for s in self._found)])
        self._note("", conf, commit, len(edits))
        return commit

    def _declare(self) -> None:
        edits: dict[str, Content] = {self._file: self._text}
        if any(s.mirror.path == self._home.mirror.path for s in self._found):
            edits |= self._gone(self._home)
        commit = self._commit(self._home, self._home.tip, edits, "", [self._home.tip])
        self._note("", self._home, commit, len(edits))

    def _gone(self, target: Target) -> "dict[str, Content]":
        here = any(s.mirror.path == target.mirror.path for s in self._found)
        return {target.path(p): None for p in self._made.gone} if here and not self._keep else {}

    def _bring(self, target: Target, found: Sequence[Source]) -> None:
        """Bring what the environments' branches contain: what runs can be told, and gone back to, from the new place too."""
        from vivido.git.carry import bring

        for source in found:
            bring(source.mirror, target.mirror, source.held.commit)

    def _edits(self, target: Target, files: Mapping[str, File]) -> "dict[str, Content]":
        return {target.path(path): file.kept for path, file in files.items()}

    def _fresh(
        self, name: str, target: Target, base: str | None, edits: "Mapping[str, Content]", parents: Sequence[str]
    ) -> str:
        """Make a commit for a branch that must not be there yet, or take the one that an earlier attempt made."""
        from vivido.git.commit import tree_id
        from vivido.git.history import describe

        commit = self._commit(target, base, edits, name, parents)
        tip = _tip(target.mirror, target.branch)
        if tip:
            ours = describe(target.mirror, tip).trailers.get(CONVERSION) == (self._id,)
            if not ours or tree_id(target.mirror, tip) != tree_id(target.mirror, commit):
                raise foreign(target.mirror.where, target.branch)
            commit = tip
        self._note(name, target, commit, len(edits), there=bool(tip))
        return commit

    def _note(self, name: str, target: Target, commit: str, files: int, *, there: bool = False) -> None:
        layout = self._ws.project.layout
        of_its_own = name and layout == "repositories"
        here = f"convert/{name}" if of_its_own else target.branch if name else f"convert/to-{layout}"
        made = Made(name, target.mirror.where, target.branch, target.tip, commit, files, here, there)
        self._commits.append((made, target.mirror))

    def _commit(
        self, target: Target, base: str | None, edits: "Mapping[str, Content]", name: str, parents: Sequence[str]
    ) -> str:
        """Make a commit of the tree of `base` with the edits; of the edits alone where that is None."""
        from vivido.crashpoint import crashpoint
        from vivido.git.commit import edited_tree, written
        from vivido.git.trailers import with_trailers

        layout = self._ws.project.layout
        subject = (
            f"Set {name} up in the layout {layout}" if name else f"Convert the configuration to the layout {layout}"
        )
        message = with_trailers(subject, "No rendered object changes.", self._trailers(name))
        who, sign = author_here(self._ws, self._at), commit_signer(self._ws)
        crashpoint("git.commit.before")
        tree = edited_tree(target.mirror, base, edits)
        made = written(target.mirror, tree, list(dict.fromkeys(parents)), message, who, sign=sign)
        crashpoint("git.commit.after")
        return made

    def _trailers(self, name: str) -> dict[str, str | tuple[str, ...]]:
        """Say what stood before: of one environment where the commit is its own, of all where it is everybody's."""
        before = tuple(f"{s.held.environment}={s.held.commit}" for s in self._found if name in ("", s.held.environment))
        return {CONVERSION: self._id, BEFORE: before, DECLARED: self._home.tip}


def _tip(mirror: "Mirror", branch: str) -> str:
    try:
        return mirror.fetch(branch)
    except NotFoundError as e:
        if e.code != "git.no-branch":
            raise
        return ""


def foreign(where: str, branch: str) -> RefusedError:
    """Return the refusal of a branch that holds something else."""
    return RefusedError(
        f"{branch} of {where} is there already, and holds something else than this conversion would put there",
        code="convert.foreign",
        hint="Name another branch with --branch, or another repository; or delete that one, if an earlier conversion made it.",
        where=str(Path(where)) if "://" not in where else where,
    )
