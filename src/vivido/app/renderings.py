"""What many places become, rendered at once where it is not known yet, and kept by the content of everything it depends on."""

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec

from vivido.layouts.interface import List, Place, Read
from vivido.model.canonical import fingerprint
from vivido.model.objects import Rendered
from vivido.model.problem import Problem
from vivido.render.many import Job, key, render_many, tool_of
from vivido.render.secrets import secrets_in_clear
from vivido.render.tool import learn, tools, versions

if TYPE_CHECKING:
    from vivido.app.repository import ConfigurationRepository

Outcome = Rendered | tuple[Problem, ...]


class Made(NamedTuple):
    """What came out.

    Attributes:
        outcomes: By the keys of what was wanted.
        kept: Keys of what is in the cache now.
        failed: Keys of what could not be tried.
    """

    outcomes: dict[str, Outcome]
    kept: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()


class Files(Protocol):
    """The files of a commit, changed or not, with ids of their contents."""

    def object_id(self, path: str) -> str:
        """Return what tells the contents of a file or directory apart; empty where there is none."""
        ...

    def listing(self, directory: str) -> tuple[str, ...]:
        """Return the names in a directory."""
        ...

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes."""
        ...


class Cache(Protocol):
    """Keeps bytes by key. What it returns is what was kept, or nothing."""

    def get(self, keys: Iterable[str], now: int) -> dict[str, bytes]:
        """Return what is kept under some keys."""
        ...

    def put(self, entries: Mapping[str, bytes], now: int) -> bool:
        """Keep something; say whether that was possible."""
        ...


class Kept(msgspec.Struct, frozen=True):
    """A rendering in the cache. Its hash can be read without reading its objects."""

    hash: str
    rendered: msgspec.Raw


class Wanted(msgspec.Struct, frozen=True):
    """One place of an environment, and what its rendering depends on."""

    environment: str
    services: tuple[str, ...]
    place: Place
    needs: tuple[str, ...]
    """Directories and files that the rendering reads."""
    key: str

    @property
    def job(self) -> Job:
        """The rendering of it."""
        return _job(self.environment, self.place)


def wanted(environment: str, services: Sequence[str], place: Place, files: Files, memory: "Memory") -> Wanted:
    """Say what the rendering of a place depends on, and under which key it is kept.

    Raises:
        ToolError: `tool.missing`.
    """
    needs = memory.needs(place, files.read, files.listing, files.object_id)
    job = _job(environment, place)
    contents = [(path, files.object_id(path)) for path in needs]
    return Wanted(environment, tuple(services), place, needs, key(job, memory.tool(place.kind), contents))


def _job(environment: str, place: Place) -> Job:
    return Job(environment, place.kind, place.directory, place.helm, place.terraform)


class Memory:
    """What directories build on, remembered by their contents, so that a base is looked at once and not once for each overlay."""

    def __init__(self) -> None:
        self._direct: dict[tuple[str, str, str], tuple[str, ...]] = {}
        self._tools: dict[str, str] = {}

    def tool(self, kind: str) -> str:
        """Return what tells the program that renders a kind of directory from others, looked for once.

        Raises:
            ToolError: `tool.missing`.
        """
        if kind not in self._tools:
            self._tools[kind] = tool_of(kind)
        return self._tools[kind]

    def needs(self, place: Place, read: Read, listing: List, ids: Callable[[str], str]) -> tuple[str, ...]:
        """Return the directories and files that the rendering of a place reads."""
        from vivido.layouts.files import direct_needs

        found: dict[str, None] = {}
        todo = [place.directory]
        while todo:
            at = todo.pop()
            if at in found:
                continue
            found[at] = None
            known = (place.kind, at, ids(at))
            if known not in self._direct:
                self._direct[known] = direct_needs(place.kind, at, read, listing)
            todo += [path for path in self._direct[known] if listing(path)]
        return (*found, *place.files)


def kept(cache: Cache, parts: Sequence[Wanted], now: int) -> dict[str, Kept]:
    """Return what the cache has of some places, by key."""
    found: dict[str, Kept] = {}
    for name, body in cache.get((part.key for part in parts), now).items():
        found[name] = msgspec.json.decode(body, type=Kept)
    return found


def render(
    repository: "ConfigurationRepository",
    commit: str,
    parts: Sequence[Wanted],
    changes: Mapping[str, bytes | None],
    cache: Cache,
    now: int,
) -> Made:
    """Render places of a commit, with some files changed, and keep what came out.

    What holds a Secret in clear is never kept: neither the cache nor anything else that Vivido writes may hold one.

    Raises:
        ToolError: The program that renders is missing.
        RefusedError: `git.symlink`, `git.too-large`: the files cannot be written out.
    """
    if not parts:
        return Made({})
    with write(repository, commit, parts, changes) as scratch:
        return rendered(Path(scratch), parts, cache, now)


def write(
    repository: "ConfigurationRepository",
    commit: str,
    parts: Sequence[Wanted],
    changes: Mapping[str, bytes | None],
) -> "tempfile.TemporaryDirectory[str]":
    """Write out the files of a commit that renderings need, with some changed.

    Raises:
        RefusedError: As `render`.
    """
    scratch = tempfile.TemporaryDirectory(prefix="vivido-render-")
    try:
        repository.export(commit, sorted({path for part in parts for path in part.needs}), Path(scratch.name))
        _apply(Path(scratch.name), changes)
    except BaseException:
        scratch.cleanup()
        raise
    return scratch


def rendered(root: Path, parts: Sequence[Wanted], cache: Cache, now: int) -> Made:
    """Render places whose files were written out, and keep what came out; see `render`.

    Raises:
        ToolError: The program that renders is missing.
    """
    jobs = {part.job: part.key for part in parts}
    _learn(cache, now)
    made = render_many(root, list(jobs))
    outcomes = {jobs[job]: outcome for job, outcome in made.items()}
    whole = {k: o for k, o in outcomes.items() if isinstance(o, Rendered) and not secrets_in_clear(o, ())}
    known = {_of_version(one): version.encode() for one, version in versions().items()}
    done = cache.put({k: packed(o) for k, o in whole.items()} | known, now)
    return Made(outcomes, frozenset(whole) if done else frozenset())


def _learn(cache: Cache, now: int) -> None:
    """Take from the cache which versions the programs have: asking takes as long as a rendering."""
    wanted = {_of_version(one): one for one in tools()[1:] if one}
    learn({wanted[k]: body.decode() for k, body in cache.get(wanted, now).items()})


def _of_version(identity: str) -> str:
    return fingerprint(["version", identity])


def packed(rendered: Rendered) -> bytes:
    """Return a rendering as it is kept."""
    return msgspec.json.encode(Kept(rendered.hash, msgspec.Raw(msgspec.json.encode(rendered))))


def unpacked(one: Kept) -> Rendered:
    """Return a rendering that was kept."""
    return msgspec.json.decode(one.rendered, type=Rendered)


def _apply(root: Path, changes: Mapping[str, bytes | None]) -> None:
    for path, content in changes.items():
        if content is None:
            (root / path).unlink(missing_ok=True)
        else:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)
