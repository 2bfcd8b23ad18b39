"""Which SSH keys a person at this machine can sign with, and where they are."""

import base64
import binascii
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from vivido.errors import InputError, NotFoundError, ToolError
from vivido.identity.gitconfig import GitIdentity
from vivido.model.sshkey import PublicKey, key_of, parse_public_key, wire_strings
from vivido.process import run

_USUAL = ("id_ed25519", "id_ed25519_sk", "id_ecdsa", "id_ecdsa_sk", "id_rsa")
"""What `ssh-keygen` calls its keys, in the order in which `ssh` would rather use them."""
_LARGEST = 64 * 1024
_PRIVATE_MAGIC = b"openssh-key-v1\x00"


class SigningKey(msgspec.Struct, frozen=True):
    """A key that can be asked for signatures."""

    public: PublicKey
    file: str = ""
    """The private key's file, or its `.pub` where only an agent or a hardware token holds the other half; empty: in the agent."""
    source: str = ""
    """Where it was found, for messages: `ssh-agent`, `git config user.signingkey`, a path."""


class Places(msgspec.Struct, frozen=True):
    """Where keys are looked for."""

    home: str
    """The person's home directory, absolute."""
    environ: dict[str, str]
    """Variables for `ssh-add`: `SSH_AUTH_SOCK`."""
    git: GitIdentity = GitIdentity()


def key_at(path: str, places: Places) -> SigningKey:
    """Return the key of a private or public key file.

    Raises:
        NotFoundError: `identity.no-key`: there is no such file.
        InputError: `sshkey.invalid`: it holds no key that can be read.
    """
    file = _absolute(path, places)
    if not file.is_file():
        raise NotFoundError(
            f"there is no key at {path}",
            code="identity.no-key",
            hint="Name a private key's file, or its .pub where ssh-agent holds the key.",
        )
    return SigningKey(_public_half(file), str(file), path)


def usual_keys(places: Places) -> Iterator[SigningKey]:
    """Yield the keys at hand: what Git signs with, what the agent holds, what lies in `~/.ssh`.

    What cannot be read is passed over: a broken file in `~/.ssh` stops nobody.
    """
    yield from _configured(places)
    yield from _in_agent(places.environ)
    for name in _USUAL:
        file = Path(places.home, ".ssh", name)
        for there in (file, file.with_name(f"{name}.pub")):
            if found := _readable(str(there), places):
                yield found
                break


def _configured(places: Places) -> Iterator[SigningKey]:
    text = places.git.signing_key
    if not text:
        return
    literal = text.removeprefix("key::")
    source = "git config user.signingkey"
    try:
        yield SigningKey(parse_public_key(literal), "", source)
    except InputError:
        if found := _readable(text, places):
            yield SigningKey(found.public, found.file, source)


def _in_agent(environ: Mapping[str, str]) -> Iterator[SigningKey]:
    if not environ.get("SSH_AUTH_SOCK"):
        return
    try:
        listed = run(["ssh-add", "-L"], env=environ, timeout=10)
    except ToolError:
        return
    for line in listed.text.splitlines() if listed.returncode == 0 else ():
        try:
            yield SigningKey(parse_public_key(line), "", "ssh-agent")
        except InputError:
            continue


def _readable(path: str, places: Places) -> SigningKey | None:
    try:
        return key_at(path, places)
    except (InputError, NotFoundError):
        return None


def _absolute(path: str, places: Places) -> Path:
    return Path(places.home, path[2:]) if path.startswith("~/") else Path(path).absolute()


def _public_half(file: Path) -> PublicKey:
    """Read the public half. OpenSSH's private files hold it in clear, so that no passphrase is asked for."""
    text = _read(file)
    if "PRIVATE KEY" not in text:
        return parse_public_key(text)
    if (beside := file.with_name(f"{file.name}.pub")).is_file():
        return parse_public_key(_read(beside))
    return _from_private(text)


def _read(file: Path) -> str:
    try:
        with file.open("rb") as source:
            return source.read(_LARGEST).decode("utf-8", "replace")
    except OSError as e:
        raise InputError(
            f"{file} cannot be read: {e.strerror}", code="identity.no-key", hint="Let its owner read it: chmod 600."
        ) from e


def _from_private(text: str) -> PublicKey:
    body = "".join(line for line in text.splitlines() if not line.startswith("-"))
    try:
        data = base64.b64decode(body, validate=True)
        if not data.startswith(_PRIVATE_MAGIC):
            raise ValueError("another format")
        # After the magic: cipher, key derivation and its options (strings), a count (four bytes), the public key (a string).
        return key_of(_fourth(data[len(_PRIVATE_MAGIC) :]))
    except (ValueError, binascii.Error) as e:
        raise InputError(
            "the private key is in an old format, and its .pub is not beside it",
            code="sshkey.invalid",
            hint="Write it with `ssh-keygen -y -f KEY > KEY.pub`.",
        ) from e


def _fourth(data: bytes) -> bytes:
    at = 0
    for _ in range(3):
        at += 4 + int.from_bytes(data[at : at + 4])
    length = int.from_bytes(data[at + 4 : at + 8])
    blobs = wire_strings(data[at + 4 : at + 8 + length])
    if len(blobs) != 1:
        raise ValueError("cut off")
    return blobs[0]
