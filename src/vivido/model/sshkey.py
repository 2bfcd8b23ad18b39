"""SSH public keys: reading one line of `people:`, and the fingerprint by which people know it.

The wire format is RFC 4253 §6.6 (RSA), RFC 5656 §3.1 (ECDSA), RFC 8709 §4 (Ed25519) and OpenSSH's PROTOCOL.u2f (hardware keys).
"""

import base64
import binascii
import hashlib

import msgspec

from vivido.errors import InputError

MIN_RSA_BITS = 2048
"""RSA keys below this can be forged by those who can pay; OpenSSH's own signatures need SHA-2 as well."""

_ED25519_LENGTH = 32
_POINT_LENGTH = {b"nistp256": 65, b"nistp384": 97, b"nistp521": 133}
_PARTS = {
    "ssh-ed25519": 2,
    "sk-ssh-ed25519@openssh.com": 3,
    "ssh-rsa": 3,
    "ecdsa-sha2-nistp256": 3,
    "ecdsa-sha2-nistp384": 3,
    "ecdsa-sha2-nistp521": 3,
    "sk-ecdsa-sha2-nistp256@openssh.com": 4,
}
"""Kind → how many strings its blob consists of."""


class PublicKey(msgspec.Struct, frozen=True):
    """An SSH public key, without its comment: two keys are equal when they are the same key."""

    kind: str
    """`ssh-ed25519` and so on."""
    blob: bytes
    """The key in SSH's wire format."""

    @property
    def fingerprint(self) -> str:
        """`SHA256:` and 43 characters of base64, as `ssh-keygen -l` prints it."""
        return "SHA256:" + base64.b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip("=")

    @property
    def line(self) -> str:
        """`ssh-ed25519 AAAA…`, as files hold it."""
        return f"{self.kind} {base64.b64encode(self.blob).decode()}"


def parse_public_key(text: str) -> PublicKey:
    """Read `kind base64 [comment]`.

    Raises:
        InputError: `sshkey.invalid`, with what is wrong. The text itself is not repeated: it might be a private key.
    """
    if "PRIVATE KEY" in text:
        raise _invalid("this is a private key; take it out of the file, and out of Git's history")
    words = text.split()
    if len(words) < 2 or "\n" in text.strip():
        raise _invalid("it is not one line of a kind and a key")
    kind = words[0]
    if "-cert-v01@" in kind:
        raise _invalid("certificates are not understood; give the key itself")
    if kind not in _PARTS:
        raise _invalid("its kind is not one of " + ", ".join(_PARTS))
    try:
        blob = base64.b64decode(words[1].encode("ascii"), validate=True)
    except (ValueError, binascii.Error) as e:
        raise _invalid("its second word is no base64") from e
    return key_of(blob, kind)


def key_of(blob: bytes, kind: str = "") -> PublicKey:
    """Read a key in SSH's wire format.

    Args:
        blob: The bytes.
        kind: What it must be; empty where the blob's own word is enough.

    Raises:
        InputError: `sshkey.invalid`.
    """
    try:
        parts = wire_strings(blob)
    except ValueError as e:
        raise _invalid("the key is cut off or has been changed") from e
    named = parts[0].decode("ascii", "replace") if parts else ""
    if named not in _PARTS or kind not in ("", named) or len(parts) != _PARTS[named]:
        raise _invalid("the key is not of the kind it says")
    if why := _wrong(named, parts):
        raise _invalid(why)
    return PublicKey(named, blob)


def wire_strings(data: bytes) -> tuple[bytes, ...]:
    """Split a sequence of SSH strings (RFC 4251 §5: four bytes of length, then as many).

    Raises:
        ValueError: It is cut off or has something left over.
    """
    found: list[bytes] = []
    at = 0
    while at < len(data):
        end = at + 4 + int.from_bytes(data[at : at + 4])
        if at + 4 > len(data) or end > len(data):
            raise ValueError("cut off")
        found.append(data[at + 4 : end])
        at = end
    return tuple(found)


def _wrong(kind: str, parts: tuple[bytes, ...]) -> str:
    if "ed25519" in kind:
        return "" if len(parts[1]) == _ED25519_LENGTH else "an Ed25519 key has 32 bytes"
    if "ecdsa" in kind:
        named = kind.removesuffix("@openssh.com").rpartition("-")[2].encode()
        right = parts[1] == named and len(parts[2]) == _POINT_LENGTH[named] and parts[2][:1] == b"\x04"
        return "" if right else "the key is no point of its curve"
    bits = int.from_bytes(parts[2]).bit_length()
    return "" if bits >= MIN_RSA_BITS else f"an RSA key needs {MIN_RSA_BITS} bits, this one has {bits}"


def _invalid(why: str) -> InputError:
    return InputError(
        f"not a usable SSH public key: {why}",
        code="sshkey.invalid",
        hint="Give the content of a .pub file: “ssh-ed25519 AAAA… name”. `ssh-keygen -t ed25519` makes a key.",
    )
