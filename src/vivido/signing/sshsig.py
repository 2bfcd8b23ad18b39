"""The SSH signature format, read without running anything (OpenSSH's PROTOCOL.sshsig).

What is read here is never believed: it tells which key and namespace a signature *claims*, so that a wrong one is
refused in words a person understands. Whether it holds is `ssh-keygen`'s to say.
"""

import base64
import binascii
import textwrap

import msgspec

from vivido.errors import InputError
from vivido.model.sshkey import PublicKey, key_of, wire_strings

_BEGIN = "-----BEGIN SSH SIGNATURE-----"
_END = "-----END SSH SIGNATURE-----"
_MAGIC = b"SSHSIG\x00\x00\x00\x01"
_LONGEST = 16 * 1024
"""Characters; a signature by a 16384-bit RSA key has less than half."""
_HASHES = (b"sha256", b"sha512")
_RSA_SIGNATURES = (b"rsa-sha2-256", b"rsa-sha2-512")


class Claim(msgspec.Struct, frozen=True):
    """What a signature says of itself."""

    key: PublicKey
    namespace: str
    armour: str
    """The signature, armoured anew from the bytes that were read: nothing else reaches another parser."""


def read_claim(armour: str) -> Claim | str:
    """Return what an armoured signature claims, or why it is no signature."""
    blob = _unarmour(armour)
    if blob is None:
        return "it is no armoured SSH signature"
    if not blob.startswith(_MAGIC):
        return "it is no SSH signature of version 1"
    try:
        public, namespace, reserved, hashed, signature = wire_strings(blob[len(_MAGIC) :])
        algorithm = wire_strings(signature)[:1]
        key = key_of(public)
        name = namespace.decode("ascii")
    except ValueError:
        return "the signature is cut off or has been changed"
    except InputError as e:
        return e.message
    if reserved or hashed not in _HASHES:
        return "it uses an unknown hash"
    if key.kind == "ssh-rsa" and algorithm[:1] not in [(a,) for a in _RSA_SIGNATURES]:
        return "it is an RSA signature over SHA-1"
    return Claim(key, name, _armoured(blob))


def _unarmour(armour: str) -> bytes | None:
    lines = armour[: _LONGEST + 1].strip().splitlines()
    if len(armour) > _LONGEST or len(lines) < 3 or lines[0].strip() != _BEGIN or lines[-1].strip() != _END:
        return None
    try:
        return base64.b64decode("".join(line.strip() for line in lines[1:-1]).encode("ascii"), validate=True)
    except (ValueError, binascii.Error):
        return None


def _armoured(blob: bytes) -> str:
    body = "\n".join(textwrap.wrap(base64.b64encode(blob).decode(), 70))
    return f"{_BEGIN}\n{body}\n{_END}\n"
