"""Secrets in clear: found and refused before anything is changed (semantics §1). Their values never reach a message."""

from collections.abc import Collection
from typing import Any

from vivido.errors import InputError
from vivido.model.objects import Manifest, Rendered, identity, plain_name
from vivido.model.problem import Problem
from vivido.render.detect import manifest_files
from vivido.render.tree import List, Read
from vivido.yamledit.tree import decode, parse
from vivido.yamledit.values import plain_data

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
"""`kubectl apply` keeps a copy of the whole object in this annotation, a Secret's values too."""
_FIELDS = ("data", "stringData")
_SHORTEST = 4
"""Characters below which a value is not masked in messages: masking every “1” makes them unreadable."""


def is_secret(manifest: Manifest) -> bool:
    """Say whether an object is a core `Secret` (not a SealedSecret, ExternalSecret or another kind)."""
    return manifest.get("kind") == "Secret" and manifest.get("apiVersion") == "v1"


def secrets_in_clear(rendered: Rendered, allowed_names: Collection[str]) -> tuple[Problem, ...]:
    """Return a problem for each Secret that has data in clear and is not allowed by name.

    Args:
        rendered: All objects of an environment.
        allowed_names: Names from `secrets: allow:`; a hash that Kustomize appended to a generated name does not count.
    """
    return tuple(_refusal(o) for o in rendered.objects if _is_in_clear(o) and not _is_allowed(o, allowed_names))


def _is_in_clear(manifest: Manifest) -> bool:
    if not is_secret(manifest) or "sops" in manifest:
        return False
    annotations = (manifest.get("metadata") or {}).get("annotations") or {}
    return bool(_clear_values(manifest)) or LAST_APPLIED in annotations


def _clear_values(manifest: Manifest) -> tuple[str, ...]:
    fields = [manifest.get(field) for field in _FIELDS]
    values = [v for field in fields if isinstance(field, dict) for v in field.values()]
    # A whole field that is no mapping is invalid, and all the same nothing to let through.
    values += [field for field in fields if field and not isinstance(field, dict)]
    return tuple(str(v) for v in values if v not in (None, ""))


def _is_allowed(manifest: Manifest, allowed: Collection[str]) -> bool:
    name = str((manifest.get("metadata") or {}).get("name", ""))
    return name in allowed or plain_name(name) in allowed


def _refusal(manifest: Manifest) -> Problem:
    return Problem(
        "render.secret-in-clear",
        f"{identity(manifest)} holds values in clear, and Git keeps them for ever",
        "Remove the values and name their sources under the environment's `secrets:`, or encrypt them (SOPS, SealedSecret, "
        "ExternalSecret), or allow this one under `secrets: allow:` with a reason.",
        identity(manifest),
    )


def values_in_clear(read: Read, listing: List) -> tuple[str, ...]:
    """Return every secret value that the files of a tree hold, longest first, so that messages of tools can be cleaned of them.

    Looks at Secrets, and at `literals` and files of `secretGenerator`. What is unreadable is passed over.
    """
    found: set[str] = set()
    for path in manifest_files("", listing):
        for document in _documents(read(path) or b"", path):
            found.update(_clear_values(document) if is_secret(document) else ())
            found.update(_generated(document, path.rpartition("/")[0], read))
    return tuple(sorted((v for v in found if len(v) >= _SHORTEST), key=len, reverse=True))


def _documents(data: bytes, path: str) -> list[dict[str, Any]]:
    try:
        plain = [plain_data(root, path) for root in parse(decode(data, path)[1], path)]
    except InputError:
        return []
    return [document for document in plain if isinstance(document, dict)]


def _generated(document: dict[str, Any], directory: str, read: Read) -> list[str]:
    found: list[str] = []
    generators = document.get("secretGenerator")
    for one in generators if isinstance(generators, list) else []:
        literals = one.get("literals") if isinstance(one, dict) else None
        found += [str(text).partition("=")[2] for text in literals if literals] if isinstance(literals, list) else []
        envs = one.get("envs") if isinstance(one, dict) else None
        for name in envs if isinstance(envs, list) else []:
            lines = (
                (read(f"{directory}/{name}" if directory else str(name)) or b"").decode("utf-8", "replace").splitlines()
            )
            found += [line.partition("=")[2].strip() for line in lines]
    return found
