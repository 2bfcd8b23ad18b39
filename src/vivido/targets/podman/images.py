"""Images by digest: pulled once, and proved to be what was promised."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from vivido.crashpoint import crashpoint
from vivido.errors import IntegrityError, ToolError, UnreachableError
from vivido.model.reference import parse_reference
from vivido.targets.podman.program import Podman, failure

PULL_TIMEOUT = 1800.0
"""Seconds that one pull may take."""


def bring(podman: Podman, image: str, plain_http: Iterable[str], progress: Callable[[str], None]) -> dict[str, Any]:
    """Bring an image to this machine unless it is here; return its facts.

    Raises:
        UnreachableError: `podman.pull`: the registry did not answer or does not have it.
        IntegrityError: `podman.digest`: its content has not the digest that its name promises.
    """
    found = _inspect(podman, image)
    if found is None:
        progress(f"pulling {parse_reference(image).repository}, at most {PULL_TIMEOUT:g} s")
        _pull(podman, image, parse_reference(image).repository.registry in plain_http)
        found = _inspect(podman, image) or {}
    if not has_digest(found, image.rpartition("@")[2]):
        raise IntegrityError(f"{image} is here with other content: {found.get('Digest')}", code="podman.digest")
    return found


def _inspect(podman: Podman, image: str) -> dict[str, Any] | None:
    done = podman.attempt("image", "inspect", image)
    return msgspec.json.decode(done.stdout)[0] if done.returncode == 0 else None


def _pull(podman: Podman, image: str, plain_http: bool) -> None:
    flags = ["--quiet", *(["--tls-verify=false"] if plain_http else [])]
    crashpoint("podman.image.pull.before")
    done = podman.attempt("pull", *flags, image, timeout=PULL_TIMEOUT)
    crashpoint("podman.image.pull.after")
    if done.returncode != 0:
        raise UnreachableError(
            f"{image} cannot be pulled: {failure(done).message}",
            code="podman.pull",
            hint="See whether the registry answers and has it; name it under `registries: plain-http:` if it speaks plain HTTP.",
            retry_after=10,
        )


def facts(podman: Podman, images: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return what Podman knows of images that are here, by the names (or ids) they were asked for."""
    wanted = sorted(set(images))
    if not wanted:
        return {}
    found = podman.json("image", "inspect", *wanted)
    return dict(zip(wanted, found, strict=True))


def has_digest(found: dict[str, Any], digest: str) -> bool:
    """Say whether an image's facts bear a digest: of its manifest, or of the index it was chosen from."""
    names = found.get("RepoDigests") or []
    return digest in {found.get("Digest"), *(str(name).rpartition("@")[2] for name in names)}


def user_is_root(found: dict[str, Any]) -> bool:
    """Say whether an image runs as root where nobody names another user."""
    user = str((found.get("Config") or {}).get("User") or "0").partition(":")[0]
    return user in ("0", "root")


def refuse_root(image: str, found: dict[str, Any]) -> None:
    """Refuse an image that would run as root although its container must not.

    Raises:
        ToolError: `podman.root`.
    """
    if user_is_root(found):
        raise ToolError(
            f"{image} would run as root, and its container says runAsNonRoot",
            code="podman.root",
            hint="Name a user in the image (USER) or in the manifest (runAsUser).",
        )
