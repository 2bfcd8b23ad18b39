"""Values of Secrets as keyed HMACs: equal ones stay equal, and without the key nobody can even guess and compare."""

import base64
import binascii
import hmac
from typing import Any

from vivido.model.canonical import canonical
from vivido.model.objects import Manifest
from vivido.render.secrets import LAST_APPLIED, is_secret

PREFIX = "hmac-sha256:"
"""What an HMAC begins with."""
_LENGTH = 16
"""Hexadecimal characters that are kept: enough to tell values apart, and short enough to read."""


def without_values(manifest: Manifest, key: bytes) -> Manifest:
    """Return an object; where it is a Secret, with HMACs for its values and `stringData` merged into `data` as a server does."""
    if not is_secret(manifest):
        return manifest
    data = _digests(manifest.get("data"), key, encoded=True)
    written = _digests(manifest.get("stringData"), key, encoded=False)
    rest = {name: value for name, value in manifest.items() if name not in ("data", "stringData")}
    merged = data | written if isinstance(data, dict) and isinstance(written, dict) else [data, written]
    return {**rest, "metadata": _without_copy(manifest.get("metadata"), key), **({"data": merged} if merged else {})}


def sealed(value: Any, key: bytes) -> str:
    """Return the HMAC that stands for a value of any form."""
    return _digest(canonical(value), key)


def _digests(values: Any, key: bytes, *, encoded: bool) -> Any:
    if values is None:
        return {}
    if not isinstance(values, dict):
        return _digest(canonical(values), key)
    return {name: _digest(_bytes(value, encoded=encoded), key) for name, value in values.items()}


def _bytes(value: Any, *, encoded: bool) -> bytes:
    if not isinstance(value, str):
        return b"" if value is None else canonical(value)
    if encoded:
        try:
            return base64.b64decode("".join(value.split()), validate=True)
        except (binascii.Error, ValueError):
            # Encrypted in place (SOPS), or wrong: either is compared as it is written.
            return value.encode(errors="surrogatepass")
    return value.encode(errors="surrogatepass")


def _digest(value: bytes, key: bytes) -> str:
    return PREFIX + hmac.digest(key, value, "sha256").hex()[:_LENGTH]


def _without_copy(meta: Any, key: bytes) -> Any:
    notes = meta.get("annotations") if isinstance(meta, dict) else None
    if not isinstance(notes, dict) or LAST_APPLIED not in notes:
        return meta
    return {**meta, "annotations": {**notes, LAST_APPLIED: _digest(canonical(notes[LAST_APPLIED]), key)}}
