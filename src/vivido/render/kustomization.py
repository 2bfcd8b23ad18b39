"""What a kustomization refers to, found without running kustomize.

Kustomize fetches what it does not find on disk: files by HTTP, directories by `git clone`. So everything a kustomization
names must be in the tree; then no network is touched, and the content is the commit's. Field names: kustomize
`api/types/kustomization.go` (5.8).
"""

import re
from functools import lru_cache
from typing import Any, NamedTuple

from vivido.errors import InputError
from vivido.model.problem import Problem
from vivido.render.detect import KUSTOMIZATIONS
from vivido.render.objects import problem
from vivido.render.tree import List, Read, is_directory, join, names
from vivido.yamledit.document import Documents
from vivido.yamledit.values import plain_data

ROOTS = ("resources", "bases", "components", "generators", "transformers", "validators")
"""Fields that may name a directory with a kustomization of its own."""
_FILES = ("crds", "configurations", "patchesStrategicMerge")
_FILES_BY_PATH = ("patches", "patchesJson6902", "replacements")
_GENERATORS = ("configMapGenerator", "secretGenerator")
_HELM = ("helmCharts", "helmChartInflationGenerator")
_REMOTE = re.compile(
    r"[a-z][a-z0-9+.-]*://|git::|[\w.-]+@[\w.-]+:|(?:[\w-]+\.)+[a-z]{2,}[/:]|.*[?&]ref=|.*\.git(?:/|\?|$)", re.I
)


class Reference(NamedTuple):
    """A file or directory that a kustomization names.

    Attributes:
        field: Where it is named: `resources`, `patches`.
        text: As it is written.
        path: From the tree's root; None where it leaves the tree.
        where: `file:line:column`.
    """

    field: str
    text: str
    path: str | None
    where: str


class Kustomization(NamedTuple):
    """A kustomization file that was read.

    Attributes:
        directory: Path of its directory from the tree's root.
        file: Path of the file itself.
        documents: The file, for edits.
        data: Its content as plain data.
        references: What it names, in the order of its fields.
    """

    directory: str
    file: str
    documents: Documents
    data: dict[str, Any]
    references: tuple[Reference, ...]

    def named(self, *fields: str) -> tuple[Reference, ...]:
        """Return the references of some fields."""
        return tuple(r for r in self.references if r.field in fields)


def read_kustomization(directory: str, read: Read, listing: List) -> Kustomization | Problem:
    """Read the kustomization file of a directory."""
    where = directory or "."
    found = [name for name in names(directory, listing) if name in KUSTOMIZATIONS]
    if len(found) != 1:
        what = f"{where} has {len(found) or 'no'} kustomization file{'s' * (len(found) > 1)}, and one is needed"
        return Problem("render.kustomization", what, "Keep one kustomization.yaml there.", where)
    path = join(directory, found[0]) or found[0]
    content = read(path)
    if content is None:
        return Problem("render.outside", f"{path} leads out of the repository", "Replace the link by the file.", path)
    return _read(directory, path, content)


# An overlay is asked for its images, its needs, and before it is rendered; a base and a component by every overlay on them.
@lru_cache(4096)
def _read(directory: str, path: str, content: bytes) -> Kustomization | Problem:
    try:
        documents = Documents(content, path)
        data = plain_data(documents.roots[0] if documents.roots else None, path) or {}
    except InputError as e:
        return problem(e)
    if not isinstance(data, dict) or len(documents.roots) > 1:
        what = f"{path} must be one document with keys such as resources"
        return Problem("render.kustomization", what, "Correct the file.", path)
    return Kustomization(directory, path, documents, data, tuple(_references(directory, documents, data)))


def closure(
    directory: str,
    read: Read,
    listing: List,
    *,
    allow_remote: bool = False,
    known: dict[str, Kustomization | Problem] | None = None,
) -> tuple[tuple[Kustomization, ...], tuple[Problem, ...]]:
    """Return a directory's kustomization with all that it builds on, and every reference that cannot be followed.

    Args:
        directory: Where to begin.
        read: The tree.
        listing: The tree.
        allow_remote: Let references lead to the network.
        known: What was read of this tree already; what is read now is added.
    """
    known = {} if known is None else known
    found: list[Kustomization] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    todo = [directory]
    while todo:
        at = todo.pop(0)
        if at in seen:
            continue
        seen.add(at)
        one = known.get(at) or read_kustomization(at, read, listing)
        known[at] = one
        if isinstance(one, Problem):
            problems.append(one)
            continue
        found.append(one)
        problems.extend(_helm(one))
        for reference in one.references:
            fault = _fault(reference, read, listing, allow_remote=allow_remote)
            if fault:
                problems.append(fault)
            elif reference.field in ROOTS and reference.path is not None and is_directory(reference.path, listing):
                todo.append(reference.path)
    return tuple(found), tuple(problems)


def _fault(reference: Reference, read: Read, listing: List, *, allow_remote: bool) -> Problem | None:
    path = reference.path
    if path is not None and (is_directory(path, listing) or read(path) is not None):
        return None
    if _REMOTE.match(reference.text):
        if allow_remote:
            return None
        what = f"{reference.field} names something on the network, which may change after it was tested"
        hint = "Copy it into the repository, at the version you want, and name the copy."
        return Problem("render.remote", what, hint, reference.where)
    if path is None:
        what = f"{reference.field} names {reference.text[:200]}, which leaves the repository"
        return Problem("render.outside", what, "Move it into the repository.", reference.where)
    what = f"{reference.field} names {path}, which is not there"
    return Problem("render.missing", what, "Correct the path, or commit the file.", reference.where)


def _helm(one: Kustomization) -> list[Problem]:
    used = [key for key in _HELM if one.data.get(key)]
    hint = "Commit what `helm template` writes and name that under resources."
    return [
        Problem(
            "render.unsupported", f"{key} is not rendered: it would fetch charts", hint, _where(one.documents, (key,))
        )
        for key in used
    ]


def _references(directory: str, documents: Documents, data: dict[str, Any]) -> list[Reference]:
    found = [
        Reference(field, text, join(directory, text), _where(documents, path))
        for field, path, text in _texts(data)
        if text and not _is_inline(text)
    ]
    return found


def _texts(data: dict[str, Any]) -> list[tuple[str, tuple[str | int, ...], str]]:
    found: list[tuple[str, tuple[str | int, ...], Any]] = []
    for field in (*ROOTS, *_FILES):
        found += [(field, (field, i), text) for i, text in enumerate(_list(data, field))]
    for field in _FILES_BY_PATH:
        found += [(field, (field, i, "path"), entry.get("path")) for i, entry in _dicts(data, field)]
    for field in _GENERATORS:
        for i, entry in _dicts(data, field):
            for key in ("files", "envs"):
                found += [(field, (field, i, key, j), _file(text)) for j, text in enumerate(_list(entry, key))]
            found.append((field, (field, i, "env"), entry.get("env")))
    openapi = data.get("openapi")
    if isinstance(openapi, dict):
        found.append(("openapi", ("openapi", "path"), openapi.get("path")))
    return [(field, path, text) for field, path, text in found if isinstance(text, str)]


def _list(data: dict[str, Any], key: str) -> list[Any]:
    value = data.get(key)
    return value if isinstance(value, list) else []


def _dicts(data: dict[str, Any], key: str) -> list[tuple[int, dict[str, Any]]]:
    return [(i, entry) for i, entry in enumerate(_list(data, key)) if isinstance(entry, dict)]


def _file(text: Any) -> Any:
    """Return the path of a generator's `[key=]path`."""
    return text.split("=", 1)[-1] if isinstance(text, str) else text


def _is_inline(text: str) -> bool:
    return "\n" in text or text.lstrip().startswith("{") or ": " in text


def _where(documents: Documents, path: tuple[str | int, ...]) -> str:
    node = documents.find(path)
    return documents.where(node) if node else documents.name
