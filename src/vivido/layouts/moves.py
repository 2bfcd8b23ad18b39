"""Where a service's files go when its project gets another layout. Pure: paths and marks of contents in, prefixes out.

What one kustomization or chart names of another is relative, so files that belong together keep their places to each other: a
directory changes its name where it stands, or everything that is read moves one directory down.
"""

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping

import msgspec

from vivido.model.problem import Problem

PLACEHOLDER = "{environment}"
OWN = "own"
"""What stands for the environment's name in the layout `branches`: `overlays/staging` becomes `overlays/own`."""

_OWN = re.compile(rf"(?<![A-Za-z0-9]){OWN}(?![A-Za-z0-9])")


class Spread(msgspec.Struct, frozen=True):
    """A service's configuration in one environment, with paths from the directory of `vivido.yaml`."""

    directory: str
    values: tuple[str, ...]
    """Values files that Helm is told, in its order."""
    files: dict[str, str]
    """Every file that the rendering reads: path → what tells its content from others."""


class Moves(msgspec.Struct, frozen=True):
    """Where a service's files go. Paths may hold `{environment}`."""

    directory: str = ""
    """New directory; empty where `config` stays as it is written."""
    values: tuple[str, ...] = ()
    """New values files; empty where they stay as they are written."""
    prefixes: tuple[tuple[str, str], ...] = ()
    """Old → new, of directories and files; what has none stays where it is."""

    def path(self, path: str, environment: str) -> str:
        """Return where a file goes."""
        for old, new in self.prefixes:
            before = old.replace(PLACEHOLDER, environment)
            if not before or path == before or path.startswith(f"{before}/"):
                rest = path.removeprefix(before).lstrip("/")
                return "/".join(filter(None, (new.replace(PLACEHOLDER, environment), rest)))
        return path


def to_branches(spreads: Mapping[str, Spread]) -> Moves:
    """Say where files go so that each environment finds its own at the same path."""
    prefixes = [(t, _filled(t)) for t in _templates(spreads) if PLACEHOLDER in t]
    made = Moves(prefixes=tuple(prefixes))
    return _renamed(made, spreads, _filled)


def to_directories(service: str, spreads: Mapping[str, Spread]) -> Moves | Problem:
    """Say where files go so that the files of all environments can lie beside each other, or why they cannot."""
    directory = template({e: s.directory for e, s in spreads.items()})
    values, clashing = _values(spreads), _clashing(spreads)
    if directory is None or values is None:
        if not clashing:
            return Moves()
        what = f"{service} has its configuration in unlike places: {_told(spreads)}"
        hint = "Give it the same path in each environment first, or one that names the environment."
        return Problem("convert.unlike", what, hint, f"services.{service}.config")
    named = PLACEHOLDER in directory or any(PLACEHOLDER in v for v in values)
    if named and not clashing:
        return Moves()
    return _apart(spreads, directory, values, clashing)


def _apart(spreads: Mapping[str, Spread], directory: str, values: tuple[str, ...], clashing: set[str]) -> Moves:
    """Give each environment places of its own: as few as will do."""
    outside = {p for p in clashing if not _inside(p, directory) and p not in values}
    whole = _common([directory, *(posixpath.dirname(v) for v in values), *_tops(spreads)])
    if outside or PLACEHOLDER in directory:
        new = "/".join(filter(None, (whole, PLACEHOLDER)))
        made = Moves(prefixes=((whole, new),))
    elif values and clashing <= set(values):
        made = Moves(prefixes=tuple((v, _named(v)) for v in values if v in clashing or _OWN.search(v)))
    elif _OWN.search(directory):
        made = Moves(prefixes=((directory, _OWN.sub(PLACEHOLDER, directory)),))
    elif all(_inside(p, directory) for s in spreads.values() for p in s.files):
        made = Moves(prefixes=((directory, "/".join(filter(None, (directory, PLACEHOLDER)))),))
    else:
        made = Moves(prefixes=((directory, f"{directory}-{PLACEHOLDER}"),))
    return _renamed(made, spreads, lambda path: made.path(path, PLACEHOLDER))


def _renamed(made: Moves, spreads: Mapping[str, Spread], renamed: Callable[[str], str]) -> Moves:
    """Add what the file has to say of the new places."""
    directory = template({e: s.directory for e, s in spreads.items()})
    values = _values(spreads) or ()
    new = directory if directory is None else renamed(directory)
    moved = tuple(renamed(v) for v in values)
    return Moves(
        new or "" if new != directory else "",
        moved if moved != values else (),
        made.prefixes,
    )


def template(paths: Mapping[str, str]) -> str | None:
    """Return the path that all environments' paths are of one form of, with `{environment}` for the name.

    The path itself where all are the same; None where they have no form in common.
    """
    split = {e: p.split("/") for e, p in paths.items()}
    parts = list(split.values())
    if all(p == parts[0] for p in parts):
        return "/".join(parts[0])
    if len({len(p) for p in parts}) != 1:
        return None
    differing = [i for i in range(len(parts[0])) if len({p[i] for p in parts}) > 1]
    made = list(parts[0])
    for i in differing:
        form = _form({e: p[i] for e, p in split.items()})
        if form is None:
            return None
        made[i] = form
    return "/".join(made)


def _form(names: Mapping[str, str]) -> str | None:
    environment, first = next(iter(names.items()))
    at = first.find(environment)
    while at >= 0:
        head, tail = first[:at], first[at + len(environment) :]
        if all(name == head + e + tail for e, name in names.items()):
            return head + PLACEHOLDER + tail
        at = first.find(environment, at + 1)
    return None


def _templates(spreads: Mapping[str, Spread]) -> list[str]:
    """Return the forms of a service's directory and values files; those that lie in others come later."""
    directory = template({e: s.directory for e, s in spreads.items()})
    found = [directory or "", *(_values(spreads) or ())]
    return [
        t
        for t in dict.fromkeys(found)
        if t and not (t != directory and directory and _inside(t, directory) and PLACEHOLDER in directory)
    ]


def _values(spreads: Mapping[str, Spread]) -> tuple[str, ...] | None:
    lists = {e: s.values for e, s in spreads.items()}
    if len({len(v) for v in lists.values()}) != 1:
        return None
    made = [template({e: v[i] for e, v in lists.items()}) for i in range(len(next(iter(lists.values()))))]
    return None if None in made else tuple(m for m in made if m is not None)


def _clashing(spreads: Mapping[str, Spread]) -> set[str]:
    """Return the paths at which environments have different contents."""
    marks: dict[str, set[str]] = {}
    for spread in spreads.values():
        for path, mark in spread.files.items():
            marks.setdefault(path, set()).add(mark)
    return {path for path, found in marks.items() if len(found) > 1}


def _filled(path: str) -> str:
    return path.replace(PLACEHOLDER, OWN)


def _named(path: str) -> str:
    if _OWN.search(path):
        return _OWN.sub(PLACEHOLDER, path)
    stem, ending = posixpath.splitext(path)
    return f"{stem}-{PLACEHOLDER}{ending}"


def _inside(path: str, directory: str) -> bool:
    return not directory or path == directory or path.startswith(f"{directory}/")


def _tops(spreads: Mapping[str, Spread]) -> list[str]:
    return [posixpath.dirname(p) for s in spreads.values() for p in s.files]


def _common(directories: Iterable[str]) -> str:
    """Return the deepest directory that holds all of these, above what is one environment's."""
    parts = [d.partition(PLACEHOLDER)[0].rpartition("/")[0] if PLACEHOLDER in d else d for d in directories]
    return posixpath.commonpath(parts) if all(parts) else ""


def _told(spreads: Mapping[str, Spread]) -> str:
    return ", ".join(f"{s.directory or '.'} in {e}" for e, s in spreads.items())
