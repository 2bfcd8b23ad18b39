"""Secrets in clear: found and refused before anything is changed (semantics §1). Their values never reach a message."""

from collections.abc import Collection

from vivido.model.objects import Manifest, Rendered, identity, plain_name
from vivido.model.problem import Problem

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
"""`kubectl apply` keeps a copy of the whole object in this annotation, a Secret's values too."""
_FIELDS = ("data", "stringData")


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
    return bool(clear_values(manifest)) or LAST_APPLIED in annotations


def clear_values(manifest: Manifest) -> tuple[str, ...]:
    """Return the values that an object's `data` and `stringData` hold, empty ones left out."""
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
