"""What a registry's refusal means, and what to do next."""

from vivido.errors import ConflictError, Error, ForbiddenError, NotFoundError, RefusedError, UnreachableError
from vivido.registry.exchange import Answer
from vivido.text.redact import printable, redact

RETRIED = frozenset({408, 429, 500, 502, 503, 504})
"""Statuses after which the same request may succeed."""

_TEXT_LIMIT = 300

_REFUSALS: dict[int, tuple[type[Error], str, str]] = {
    403: (ForbiddenError, "registry.forbidden", "Ask its owner for the right, or log in as somebody who has it."),
    404: (NotFoundError, "registry.not-found", "Check the names of the repository and of the tag."),
    405: (RefusedError, "registry.unsupported", "The registry has this switched off; see its settings."),
    409: (ConflictError, "registry.conflict", "See what was changed meanwhile, then try again."),
    412: (ConflictError, "registry.conflict", "See what was changed meanwhile; tags may be immutable there."),
    413: (RefusedError, "registry.too-large", "The registry, or a proxy before it, limits what is pushed."),
}


def login_hint(registry: str) -> str:
    """Say how to log in."""
    return f"Run `docker login {registry}` (or `podman login {registry}`)."


def failure(
    answer: Answer,
    registry: str,
    what: str,
    *,
    secrets: tuple[str, ...] = (),
    wait: float | None = None,
) -> Error:
    """Return the error for an answer that is no success.

    Args:
        answer: What came back.
        registry: Who said it.
        what: What was wanted, in words: `read the manifest 1.0 of shop/web`.
        secrets: What must not be shown, should the registry repeat it.
        wait: Seconds after which it asks to be tried again.
    """
    complaint = "; ".join(f"{c.code} {c.message or ''}".strip() for c in answer.complaints)
    said = f": {printable(redact(complaint, secrets))[:_TEXT_LIMIT]}" if complaint else ""
    text = f"{registry} does not {what} ({answer.status}{said})"
    if answer.status == 401:
        return ForbiddenError(text, code="registry.unauthorized", hint=login_hint(registry))
    if answer.status in RETRIED:
        code = "registry.rate-limited" if answer.status == 429 else "registry.unreachable"
        hint = "Try again later." if answer.status == 429 else "The registry has trouble; try again later."
        return UnreachableError(text, code=code, hint=hint, retry_after=1.0 if wait is None else wait)
    if answer.says("MANIFEST_BLOB_UNKNOWN"):
        return RefusedError(text, code="registry.blob-missing", hint="Push the blobs before the manifest.")
    if answer.status in _REFUSALS:
        kind, code, hint = _REFUSALS[answer.status]
        return kind(text, code=code, hint=hint)
    if 400 <= answer.status < 500:
        return RefusedError(text, code="registry.refused", hint="The registry's own log may tell more.")
    return Error(text, code="registry.malformed", hint="Check what stands between this machine and the registry.")
