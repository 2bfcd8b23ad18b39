"""One byte sequence per value, and the hashes made of it.

Identities (releases, contents, plans, ledger entries) are SHA-256 over canonical JSON: UTF-8, keys sorted, no white space.
No floating-point number is hashed except instants, which are integers of microseconds.
"""

import hashlib
from typing import Any

import msgspec

_encoder = msgspec.json.Encoder(order="sorted")


def canonical(value: Any) -> bytes:
    """Return the canonical JSON of a struct or of plain data (dicts, lists, strings, integers, booleans, None)."""
    return _encoder.encode(msgspec.to_builtins(value, order="sorted"))


def sha256(data: bytes) -> str:
    """Return the lower-case hexadecimal SHA-256 of bytes (64 characters)."""
    return hashlib.sha256(data).hexdigest()


def fingerprint(value: Any) -> str:
    """Return the SHA-256 (64 hexadecimal characters) of a value's canonical JSON."""
    return sha256(canonical(value))
