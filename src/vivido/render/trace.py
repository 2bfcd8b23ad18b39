"""Where a value of a rendered object stands in the files that it was rendered from.

A renderer does not say it, so it is looked for: the document of the same kind and name that has the most of the path. What
cannot be traced has no place; a reader then gets the object.
"""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from vivido.errors import InputError
from vivido.model.objects import plain_name
from vivido.render.tree import Read, join
from vivido.yamledit.tree import Mapping, Node, Scalar, decode, parse
from vivido.yamledit.tree import Sequence as Items

_GENERATORS = {"ConfigMap": "configMapGenerator", "Secret": "secretGenerator"}


class _Found(msgspec.Struct, frozen=True, order=True):
    """One possible place; the larger the better."""

    depth: int
    """Keys of the path that are there."""
    same_name: bool
    """The document is named as the object is, not only with a prefix or suffix less."""
    where: str


class Tracer:
    """Looks values up in a tree of files; reads and parses each file once.

    Args:
        files: Paths of manifest files, those first that are to be preferred where several fit alike.
        read: The tree.
    """

    def __init__(self, files: Iterable[str], read: Read) -> None:
        self._files = tuple(files)
        self._read = read
        self._texts: dict[str, bytes] = {}
        self._parsed: dict[str, tuple[Mapping, ...]] = {}

    def where(self, kind: str, name: str, path: Sequence[str]) -> str:
        """Return `file:line:column` of a value, or of the nearest thing around it that a file has; empty where none is found.

        Args:
            kind: Of the rendered object.
            name: As it is rendered.
            path: Keys down; an item of a list by its name, or by its number.
        """
        found = [f for file in self._files for f in self._in_file(file, kind, plain_name(name), path)]
        # Of equals the first: `max` keeps it.
        best = max(found, key=lambda f: (f.depth, f.same_name), default=None)
        return best.where if best else ""

    def _in_file(self, file: str, kind: str, name: str, path: Sequence[str]) -> Iterator[_Found]:
        text = self._text(file)
        wanted = (kind.encode(), _GENERATORS.get(kind, kind).encode())
        if not any(word in text for word in wanted):
            return
        for document in self._documents(file):
            own = _name(document)
            if _text_of(document.get("kind")) == kind and own and _may_be(own, name):
                node, depth = _down(document, path)
                yield _Found(depth, own == name, f"{file}:{node.position}")
            elif kind in _GENERATORS:
                yield from self._generated(file, document.get(_GENERATORS[kind]), name, path)

    def _generated(self, file: str, generators: Node | None, name: str, path: Sequence[str]) -> Iterator[_Found]:
        for one in generators.items if isinstance(generators, Items) else ():
            own = _text_of(one.get("name")) if isinstance(one, Mapping) else ""
            if not isinstance(one, Mapping) or not own or not _may_be(own, name):
                continue
            key = path[1] if len(path) > 1 and path[0] == "data" else ""
            place = self._of_key(file, one, key) if key else ""
            yield _Found(2 if place else 0, own == name, place or f"{file}:{one.position}")

    def _of_key(self, file: str, generator: Mapping, key: str) -> str:
        for literal in _scalars(generator.get("literals")):
            if literal.value.partition("=")[0] == key:
                return f"{file}:{literal.position}"
        directory = file.rpartition("/")[0]
        for entry in (*_scalars(generator.get("envs")), *_scalars(generator.get("env"))):
            path = join(directory, entry.value) or ""
            for number, line in enumerate(self._text(path).decode("utf-8", "replace").splitlines(), start=1):
                if line.partition("=")[0].strip() == key:
                    return f"{path}:{number}:1"
        for entry in _scalars(generator.get("files")):
            own, equals, source = entry.value.partition("=")
            if (own if equals else own.rpartition("/")[2]) == key:
                return f"{join(directory, source if equals else own) or file}:1:1"
        return ""

    def _text(self, path: str) -> bytes:
        if path not in self._texts:
            self._texts[path] = (self._read(path) if path else None) or b""
        return self._texts[path]

    def _documents(self, file: str) -> tuple[Mapping, ...]:
        if file not in self._parsed:
            try:
                roots = parse(decode(self._text(file), file)[1], file)
            except InputError:
                # Whoever renders it says what is wrong with it.
                roots = []
            self._parsed[file] = tuple(root for root in roots if isinstance(root, Mapping))
        return self._parsed[file]


def _name(document: Mapping) -> str:
    metadata = document.get("metadata")
    return _text_of(metadata.get("name")) if isinstance(metadata, Mapping) else ""


def _may_be(own: str, rendered: str) -> bool:
    """Say whether an object may be rendered with a prefix or suffix that Kustomize adds."""
    return own == rendered or rendered.endswith(f"-{own}") or rendered.startswith(f"{own}-")


def _down(document: Mapping, path: Sequence[str]) -> tuple[Node, int]:
    node: Node = document
    shown: Node = document
    for depth, part in enumerate(path):
        entry = _step(node, part)
        if entry is None:
            return shown, depth
        shown, node = entry
    return shown, len(path)


def _step(node: Node, part: str) -> tuple[Node, Node] | None:
    """Return what to show and where to go on: for a key the key itself, for an item the item."""
    if isinstance(node, Mapping):
        return next(((k, v) for k, v in node.entries if isinstance(k, Scalar) and k.value == part), None)
    if not isinstance(node, Items):
        return None
    for number, item in enumerate(node.items):
        named = _text_of(item.get("name")) if isinstance(item, Mapping) else ""
        if (named or str(number)) == part:
            return item, item
    return None


def _text_of(node: Node | None) -> str:
    return node.value if isinstance(node, Scalar) else ""


def _scalars(node: Node | None) -> tuple[Scalar, ...]:
    found = node.items if isinstance(node, Items) else [node]
    return tuple(one for one in found if isinstance(one, Scalar))
