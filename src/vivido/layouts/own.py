"""Which files belong to an environment: patterns of paths, from the directory of `vivido.yaml`.

`*` stands for any characters within a name, `?` for one, `**` for any directories. A pattern that names a directory takes all that
is in it.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from vivido.layouts.interface import Owns
from vivido.model.project import Project

_WILD = {"*": "[^/]*", "?": "[^/]"}


def owner(patterns: Iterable[str]) -> Owns:
    """Return what says whether a path belongs to an environment, by the patterns of `own:`."""
    made = [_compiled(p) for p in patterns]
    return lambda path: any(one.match(path) for one in made)


def hydrated(project: Project) -> tuple[str, ...]:
    """Return the directories in which promotions keep rendered objects, on the branches of the environments' configuration."""
    places = (e.hydrate for e in project.environments)
    return tuple(p.directory for p in places if p is not None and p.directory and not p.branch)


@lru_cache(maxsize=1000)
def _compiled(pattern: str) -> re.Pattern[str]:
    """Return a regular expression without nested repetition: one name at a time, so that no path makes it slow."""
    parts = [part for part in pattern.split("/") if part not in ("", ".")]
    text = ""
    for number, part in enumerate(parts):
        if part == "**":
            text += "(?:.*/)?" if number + 1 < len(parts) else ".*"
        else:
            name = "".join(_WILD.get(c) or re.escape(c) for c in re.sub(r"\*+", "*", part))
            text += name + ("/" if number + 1 < len(parts) else "(?:/.*)?")
    return re.compile(text + r"\Z", re.DOTALL)
