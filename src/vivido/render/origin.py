"""Where in the sources a value of a rendered object is written, as far as that can be told from the files alone.

Manifests are exact. Of a kustomization the first file that names the very place is taken, the overlay's before the base's: its
`replicas`, `images`, labels, annotations, generators and patches, then its resources. What charts make of their values cannot be
followed back; what most likely made it is looked for in `values_origin`.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from vivido.errors import InputError
from vivido.model.difference import Path
from vivido.model.objects import plain_name
from vivido.model.problem import Problem
from vivido.render.detect import kind_of, manifest_files
from vivido.render.interface import TerraformRoot
from vivido.render.kustomization import Kustomization, closure
from vivido.render.terraform import origin as terraform
from vivido.render.transformers import of_transformers
from vivido.render.tree import List, Read, join
from vivido.render.values_origin import likely
from vivido.yamledit.tree import Alias, Mapping, Node, Scalar, Sequence, decode, parse

_VALUES = "values.yaml"
"""A chart's own values."""
_PATCH_FIELDS = ("patches", "patchesStrategicMerge", "patchesJson6902")
_GENERATORS = {"ConfigMap": "configMapGenerator", "Secret": "secretGenerator"}


class Written(NamedTuple):
    """A place in the sources.

    Attributes:
        path: File, or directory where `line` is 0.
        line: From 1.
        column: From 1.
    """

    path: str
    line: int = 0
    column: int = 0


class _Place(NamedTuple):
    kind: str
    name: str
    path: Path


class _Hit(NamedTuple):
    depth: int
    file: str
    node: Node


class Sources:
    """Looks places up in the files of one commit; each file is read once.

    Args:
        read: Reads a file of the commit.
        listing: Lists a directory of it.
    """

    def __init__(self, read: Read, listing: List) -> None:
        self._read, self._listing = read, listing
        self._files: dict[str, tuple[Node, ...]] = {}
        self._closures: dict[str, tuple[Kustomization, ...]] = {}
        self._kustomizations: dict[str, Kustomization | Problem] = {}

    def written(self, directory: str, kind: str, name: str, path: Path, told: TerraformRoot | None = None) -> Written:
        """Return where a value stands; the directory where no file can be told.

        Args:
            directory: Of the service in the environment.
            kind: The object's kind.
            name: Its name as rendered; a generated hash at its end is of no account.
            path: Keys from the object down.
            told: What is told of a root module, where the directory is one.
        """
        if told is not None:
            mine = name == told.name
            found = terraform.written(directory, told, path, self._read, self._listing) if mine else None
            return Written(*found) if found is not None else Written(directory)
        place = _Place(kind, plain_name(name), path)
        hits: Iterator[_Hit] = iter(())
        match kind_of(directory, self._listing):
            case "plain":
                hits = self._of_files(manifest_files(directory, self._listing), place, (place.name,))
            case "kustomize":
                hits = self._of_kustomization(directory, place)
            case _:
                pass
        best: _Hit | None = None
        for hit in hits:
            if hit.depth == len(path):
                return _written(hit)
            best = hit if best is None or hit.depth > best.depth else best
        return _written(best) if best is not None else Written(directory)

    def of_values(self, directory: str, values: tuple[str, ...], path: Path, text: str) -> Written:
        """Return where a chart's values say what a place of its objects says; the directory where that cannot be told.

        Args:
            directory: Of the chart.
            values: The values files of the environment, later ones over earlier ones.
            path: Keys from the object down.
            text: What stands there.
        """
        own = f"{directory}/{_VALUES}".removeprefix("/")
        files = [(file, self._documents(file)) for file in (own, *values)]
        found = likely(files, path, text)
        return Written(found.file, found.node.line + 1, found.node.column + 1) if found else Written(directory)

    def _documents(self, file: str) -> tuple[Node, ...]:
        if file not in self._files:
            self._files[file] = _parsed(self._read(file) or b"", file)
        return self._files[file]

    def _of_files(self, files: tuple[str, ...], place: _Place, names: tuple[str, ...]) -> Iterator[_Hit]:
        for file in files:
            for root in self._documents(file):
                if _is_object(root, place.kind, names):
                    yield _hit(root, place.path, file)

    def _of_kustomization(self, directory: str, place: _Place) -> Iterator[_Hit]:
        if directory not in self._closures:
            self._closures[directory] = closure(directory, self._read, self._listing, known=self._kustomizations)[0]
        names = _names(place.name, self._closures[directory])
        for one in self._closures[directory]:
            yield from _of_fields(one, place, names)
            yield from self._of_patches(one, place, names)
            files = [r.path for r in one.named("resources", "bases") if r.path and not self._listing(r.path)]
            yield from self._of_files(tuple(files), place, names)

    def _of_patches(self, one: Kustomization, place: _Place, names: tuple[str, ...]) -> Iterator[_Hit]:
        for field in _PATCH_FIELDS:
            listed = _get(_root(one), field)
            for entry in listed.items if isinstance(listed, Sequence) else ():
                target = _get(entry, "target")
                file, roots = self._patch(one, entry)
                if target is not None and not _is_target(target, place.kind, names):
                    continue
                for root in roots:
                    if isinstance(root, Sequence):
                        yield from _of_steps(root, place.path, file)
                    elif target is not None or _is_object(root, place.kind, names):
                        yield _hit(root, place.path, file)

    def _patch(self, one: Kustomization, entry: Node) -> tuple[str, tuple[Node, ...]]:
        inline = _get(entry, "patch")
        if isinstance(inline, Scalar):
            column = self._indent(one.file, inline.line + 1) if inline.style in ("|", ">") else inline.column
            return one.file, tuple(_moved(r, inline, column) for r in _parsed(inline.value.encode(), one.file))
        named = entry if isinstance(entry, Scalar) else _get(entry, "path")
        path = join(one.directory, named.value) if isinstance(named, Scalar) else None
        return (path, self._documents(path)) if path else (one.file, ())

    def _indent(self, file: str, line: int) -> int:
        lines = (self._read(file) or b"").decode("utf-8", "replace").splitlines()
        text = lines[line] if line < len(lines) else ""
        return len(text) - len(text.lstrip())


def _written(hit: _Hit) -> Written:
    return Written(hit.file, hit.node.line + 1, hit.node.column + 1)


def _parsed(data: bytes, file: str) -> tuple[Node, ...]:
    try:
        return tuple(root for root in parse(decode(data, file)[1], file) if root is not None)
    except InputError:
        return ()  # Whoever rendered it told what is wrong.


def _moved(root: Node, inline: Scalar, column: int) -> Node:
    """Let a patch that is written inside a kustomization stand where its text begins."""
    for node in _all(root):
        node.line += inline.line + (1 if inline.style in ("|", ">") else 0)
        node.column += column
    return root


def _all(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, Mapping):
        for key, value in node.entries:
            yield from (*_all(key), *_all(value))
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _all(item)


def _root(one: Kustomization) -> Node | None:
    return one.documents.roots[0] if one.documents.roots else None


def _get(node: Node | None, key: str) -> Node | None:
    node = node.target if isinstance(node, Alias) else node
    return node.get(key) if isinstance(node, Mapping) else None


def _text(node: Node | None) -> str:
    return node.value if isinstance(node, Scalar) else ""


def _is_object(root: Node, kind: str, names: tuple[str, ...]) -> bool:
    return _text(_get(root, "kind")) == kind and _text(_get(_get(root, "metadata"), "name")) in names


def _is_target(target: Node, kind: str, names: tuple[str, ...]) -> bool:
    wanted, name = _text(_get(target, "kind")), _text(_get(target, "name"))
    return wanted in ("", kind) and (name in ("", *names) or not name.replace("-", "").isalnum())


def _names(name: str, every: tuple[Kustomization, ...]) -> tuple[str, ...]:
    """Return what an object may be called before prefixes and suffixes were put to its name."""
    found = [name]
    for one in every:
        prefix, suffix = (str(one.data.get(key) or "") for key in ("namePrefix", "nameSuffix"))
        found += [n.removeprefix(prefix) for n in found if prefix and n.startswith(prefix)]
        found += [n.removesuffix(suffix) for n in found if suffix and n.endswith(suffix)]
    return tuple(dict.fromkeys(found))


def _hit(root: Node, path: Path, file: str) -> _Hit:
    node, depth = root, 0
    for segment in path:
        below = _below(node, segment)
        if below is None:
            break
        node, depth = below, depth + 1
    # A text that holds the rest of the path, such as a properties file inside a ConfigMap.
    inside = isinstance(node, Scalar) and path[:1] in (("data",), ("stringData",)) and depth >= 2
    return _Hit(len(path) if inside else depth, file, node)


def _below(node: Node, segment: str) -> Node | None:
    node = node.target if isinstance(node, Alias) else node
    if isinstance(node, Mapping):
        return node.get(segment)
    if not isinstance(node, Sequence):
        return None
    named = next((i for i in node.items if _text(_get(i, "name")) == segment), None)
    if named is not None:
        return named
    keys = set(segment.split(","))
    keyed = next((i for i in node.items if isinstance(i, Mapping) and keys & {_text(v) for _, v in i.entries}), None)
    if keyed is not None or not segment.isdigit():
        return keyed or next((i for i in node.items if _text(i) == segment), None)
    return node.items[int(segment)] if int(segment) < len(node.items) else None


def _of_steps(steps: Sequence, path: Path, file: str) -> Iterator[_Hit]:
    """Yield the steps of a JSON patch whose path ends as the place does; list numbers are taken for any item."""
    for step in steps.items:
        parts = [p.replace("~1", "/").replace("~0", "~") for p in _text(_get(step, "path")).strip("/").split("/")]
        value = _get(step, "value")
        if len(parts) == len(path) and all(a == b or a.isdigit() or a == "-" for a, b in zip(parts, path, strict=True)):
            yield _Hit(len(path), file, value or step)


def _of_fields(one: Kustomization, place: _Place, names: tuple[str, ...]) -> Iterator[_Hit]:
    root, depth = _root(one), len(place.path)
    for node in of_transformers(root, place.kind, place.path):
        yield _Hit(depth, one.file, node)
    if place.path == ("spec", "replicas"):
        for entry in _entries(root, "replicas"):
            if _text(_get(entry, "name")) in names:
                yield _Hit(depth, one.file, _get(entry, "count") or entry)
    if place.path[-1:] == ("image",):
        entries = _entries(root, "images")
        if len(entries) == 1:
            yield _Hit(depth, one.file, entries[0])
    if place.path[:1] in (("data",), ("stringData",)) and len(place.path) > 1:
        for entry in _entries(root, _GENERATORS.get(place.kind, "")):
            if _text(_get(entry, "name")) in names:
                yield from _of_generator(one, entry, place.path[1], depth)


def _of_generator(one: Kustomization, entry: Node, key: str, depth: int) -> Iterator[_Hit]:
    for literal in _entries(entry, "literals"):
        if _text(literal).partition("=")[0] == key:
            yield _Hit(depth, one.file, literal)
    for file in _entries(entry, "files"):
        name, equals, _ = _text(file).partition("=")
        if (name if equals else name.rpartition("/")[2]) == key:
            yield _Hit(depth, one.file, file)
    for variables in _entries(entry, "envs"):
        yield _Hit(depth - 1, one.file, variables)


def _entries(node: Node | None, key: str) -> list[Node]:
    found: Any = _get(node, key) if key else None
    return found.items if isinstance(found, Sequence) else []
