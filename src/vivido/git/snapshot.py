"""All files of one commit, for who asks for many of them: each directory is read once and remembered.

Looking a long path up from the top costs as much as all directories on the way are large; in a repository with a thousand
directories beside each other that is a hundred times what it costs here.
"""

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from vivido.errors import RefusedError
from vivido.git.mirror import Mirror
from vivido.git.objects import LINK, children, commit_of, data_of, mode_of, oid, reading
from vivido.git.read import MAX_FILE, too_large
from vivido.text.paths import upwards
from vivido.text.redact import printable

if TYPE_CHECKING:
    from pygit2 import Blob, Tree

_TREE = "tree"


class Snapshot:
    """The files of a commit.

    Args:
        mirror: Where the commit is.
        commit: Its id.

    Raises:
        NotFoundError: `git.no-commit`.
        InputError: `git.commit-id`.
        IntegrityError: `git.mirror-damaged`.
    """

    def __init__(self, mirror: Mirror, commit: str) -> None:
        self._mirror = mirror
        with reading(mirror):
            self.root = str(commit_of(mirror, commit).tree.id)
        self._directories: dict[str, dict[str, tuple[str, str, int]]] = {}

    def object_id(self, path: str) -> str:
        """Return the id of the file or directory at a path, empty where there is none. Equal ids are equal contents."""
        if not path:
            return self.root
        found = self._entry(path)
        return found[0] if found else ""

    def listing(self, directory: str) -> tuple[str, ...]:
        """Return the names in a directory, those of directories with `/` behind; empty where there is no such directory."""
        if directory and not self._is_directory(directory):
            return ()
        return tuple(f"{name}/" if kind == _TREE else name for name, (_, kind, _) in self._inside(directory).items())

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes, None where there is no file of that path.

        Raises:
            RefusedError: `git.symlink`, `git.too-large`.
            IntegrityError: `git.mirror-damaged`.
        """
        found = self._entry(path)
        if found is None or found[1] != "blob":
            return None
        with reading(self._mirror):
            blob = cast("Blob", self._mirror.objects[oid(found[0])])
            size = blob.size
        if found[2] == LINK:
            target = printable(data_of(self._mirror, blob).decode("utf-8", "replace"))
            raise RefusedError(
                f"{path} is a symbolic link to {target}", code="git.symlink", hint="Name the file itself.", where=path
            )
        if size > MAX_FILE:
            raise too_large(path, size)
        return data_of(self._mirror, blob)

    def differing(self, other: "Snapshot") -> tuple[str, ...]:
        """Return the paths of files that differ from those of another commit, sorted; see `read.changed`.

        Only directories that differ are read, and they stay known.
        """
        found: set[str] = set()
        todo = [""]
        while todo:
            at = todo.pop()
            mine, others = (one._inside(at) if not at or one._is_directory(at) else {} for one in (self, other))
            for name in mine.keys() | others.keys():
                both = [some.get(name) for some in (mine, others)]
                if both[0] == both[1]:
                    continue
                path = f"{at}/{name}" if at else name
                kinds = [one[1] for one in both if one is not None]
                todo += [path] if _TREE in kinds else []
                found |= {path} if any(kind != _TREE for kind in kinds) else set()
        return tuple(sorted(found))

    def _entry(self, path: str) -> tuple[str, str, int] | None:
        folder, _, name = path.rpartition("/")
        if folder and not self._is_directory(folder):
            return None
        return self._inside(folder).get(name)

    def _is_directory(self, path: str) -> bool:
        if path in self._directories:
            return True
        found = self._entry(path)
        return found is not None and found[1] == _TREE

    def _inside(self, directory: str) -> dict[str, tuple[str, str, int]]:
        known = self._directories.get(directory)
        if known is None:
            with reading(self._mirror):
                tree = cast("Tree", self._mirror.objects[oid(self.object_id(directory))])
                found = [(name, (str(e.id), e.type_str, mode_of(e))) for name, e in children(tree)]
            known = self._directories[directory] = dict(sorted(found))
        return known


class Changed:
    """The files of a commit as they are after some changes that nobody has committed.

    Args:
        under: The commit's.
        changes: Path → new content, None for a file that goes.
    """

    def __init__(self, under: Snapshot, changes: Mapping[str, bytes | None]) -> None:
        self._under = under
        self._changes = dict(changes)
        self._below: dict[str, list[tuple[str, bytes | None]]] = {}
        for path, content in sorted(self._changes.items()):
            for place in upwards(path):
                self._below.setdefault(place, []).append((path, content))

    def object_id(self, path: str) -> str:
        """Return what tells contents apart: the commit's own id where nothing below the path changes."""
        seen = self._under.object_id(path)
        if path not in self._below:
            return seen
        digest = hashlib.sha256(seen.encode())
        for name, content in self._below[path]:
            digest.update(repr((name, content)).encode())
        return digest.hexdigest()

    def listing(self, directory: str) -> tuple[str, ...]:
        """Return the names in a directory; see `Snapshot.listing`."""
        prefix = f"{directory}/" if directory else ""
        found = dict.fromkeys(self._under.listing(directory))
        for path, content in self._changes.items():
            name, slash, _ = path.removeprefix(prefix).partition("/")
            if not path.startswith(prefix):
                continue
            if content is not None:
                found[name + slash] = None
            elif not slash:
                found.pop(name, None)
        return tuple(sorted(found))

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes; see `Snapshot.read`."""
        return self._changes[path] if path in self._changes else self._under.read(path)
