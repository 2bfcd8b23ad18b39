"""The secret values that a tree of files holds in clear, so that what a tool says about it can be cleaned of them.

Kustomize quotes what it complains about: a literal, a line of a file, a whole patch.
"""

from collections.abc import Iterator
from typing import Any

from vivido.errors import InputError
from vivido.render.detect import manifest_files
from vivido.render.secrets import clear_values, is_secret
from vivido.render.tree import List, Read
from vivido.yamledit.tree import decode, parse
from vivido.yamledit.values import plain_data

_SHORTEST = 4
"""Characters below which a value is not masked in messages: masking every “1” makes them unreadable."""
_PATCHES = ("patches", "patchesStrategicMerge", "patchesJson6902")
_SECRET_PATHS = ("/data", "/stringData")


def values_in_clear(read: Read, listing: List) -> tuple[str, ...]:
    """Return every secret value of a tree, longest first.

    Looks at Secrets, at patches in files and in kustomizations, and at literals and variable files of `secretGenerator`. What is no
    YAML is passed over.
    """
    found: set[str] = set()
    for path in manifest_files("", listing):
        for document in _documents(read(path) or b"", path):
            found.update(_of_document(document))
            if isinstance(document, dict):
                found.update(_generated(document, path.rpartition("/")[0], read))
                for patch in _patches(document):
                    found.update(value for one in _documents(patch.encode(), path) for value in _of_document(one))
    return tuple(sorted((value for value in found if len(value) >= _SHORTEST), key=len, reverse=True))


def _documents(data: bytes, path: str) -> list[Any]:
    try:
        return [plain_data(root, path) for root in parse(decode(data, path)[1], path)]
    except InputError:
        return []


def _of_document(document: Any) -> Iterator[str]:
    """Yield the values of a Secret (or of a patch of one, which has its form), and those that steps of a JSON patch set."""
    if isinstance(document, dict) and is_secret(document):
        yield from clear_values(document)
    for step in _list(document):
        if isinstance(step, dict) and str(step.get("path")).startswith(_SECRET_PATHS):
            value = step.get("value")
            yield from (str(one) for one in (value.values() if isinstance(value, dict) else [value]) if one is not None)


def _patches(document: dict[str, Any]) -> Iterator[str]:
    for entry in (entry for field in _PATCHES for entry in _list(document.get(field))):
        text = entry.get("patch") if isinstance(entry, dict) else entry
        if isinstance(text, str):
            yield text


def _generated(document: dict[str, Any], directory: str, read: Read) -> Iterator[str]:
    for one in (one for one in _list(document.get("secretGenerator")) if isinstance(one, dict)):
        texts = [str(text) for text in _list(one.get("literals"))]
        for name in _list(one.get("envs")):
            path = f"{directory}/{name}" if directory else str(name)
            texts += (read(path) or b"").decode("utf-8", "replace").splitlines()
        for text in texts:
            # What lacks its `=` is what kustomize complains about, with all of it.
            yield text.partition("=")[2].strip()
            yield text.strip()


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
