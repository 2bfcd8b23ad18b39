"""What a service's configuration builds on outside of its own directory, found without rendering.

Kustomize, Helm and Terraform read other directories only where a file of theirs names them with `..` (absolute paths are refused,
and what is below a directory belongs to it anyway). So it is enough to look for that in kustomizations, charts and modules, and to
go on where it leads. A file that could hide it (escapes, aliases) is read as YAML besides.
"""

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from vivido.errors import InputError
from vivido.render.detect import KUSTOMIZATIONS
from vivido.yamledit.tree import decode, parse
from vivido.yamledit.values import plain_data

NAMING = (*KUSTOMIZATIONS, "Chart.yaml", "requirements.yaml", "*.tf", "*.tofu")
"""Files that may name other directories; `*` stands for any beginning."""
_UP = re.compile(rb"\.\./?[^\s\"',\]}#]*")
_HIDING = re.compile(rb"[\\&*]")


class NamingFile(NamedTuple):
    """One such file.

    Attributes:
        directory: That it is in, from the repository's top.
        content: Its bytes.
    """

    directory: str
    content: bytes


Files = Callable[[str], Iterable[NamingFile]]
"""Returns the files called one of `NAMING` in a directory and all those inside it."""


def outside(directory: str, files: Files) -> frozenset[str]:
    """Return the paths outside of a directory that what is in it builds on, directly or by way of others."""
    found: set[str] = set()
    todo = [directory]
    while todo:
        at = todo.pop()
        for one in files(at):
            for path in _named(one):
                # What holds the directory itself cannot be built on: that would be a circle.
                if not _holds(path, directory) and not any(_holds(known, path) for known in (directory, *found)):
                    found.add(path)
                    todo.append(path)
    return frozenset(found)


def _holds(directory: str, path: str) -> bool:
    return not directory or path == directory or path.startswith(f"{directory}/")


def _named(one: NamingFile) -> Iterator[str]:
    if b".." not in one.content and not _HIDING.search(one.content):
        return
    texts: Iterable[str] = (m.decode("utf-8", "replace") for m in _UP.findall(one.content))
    if _HIDING.search(one.content):
        texts = (*texts, *_values(one))
    for text in texts:
        if text.startswith(".."):
            path = posixpath.normpath(f"{one.directory}/{text}".lstrip("/"))
            # What leaves the repository is refused when it is rendered.
            if path != "." and not path.startswith(".."):
                yield path


def _values(one: NamingFile) -> Iterator[str]:
    """Yield every text of a file that can be read."""
    try:
        roots = parse(decode(one.content, one.directory)[1], one.directory)
        todo = [plain_data(root, one.directory) for root in roots]
    except InputError:
        return
    while todo:
        value = todo.pop()
        if isinstance(value, str):
            # A chart names another one as `file://../common`.
            yield value.removeprefix("file://")
        elif isinstance(value, dict):
            todo.extend(value.values())
        elif isinstance(value, list):
            todo.extend(value)
