"""People with real SSH keys, for tests of approvals."""

from pathlib import Path

import msgspec

from vivido.identity.keys import SigningKey
from vivido.model.actor import Person
from vivido.model.sshkey import parse_public_key
from vivido.process import run


class Signer(msgspec.Struct, frozen=True):
    """A person together with the key they sign with."""

    person: Person
    key: SigningKey


def make_key(file: Path, kind: str = "ed25519", *, passphrase: str = "", bits: int | None = None) -> SigningKey:
    """Write a fresh key pair and return it.

    Args:
        file: Where the private key goes; its public half gets `.pub` beside it.
        kind: `ed25519`, `ecdsa` or `rsa`.
        passphrase: What locks it; empty for nothing.
        bits: The size, for kinds that have several.

    Raises:
        ToolError: `ssh-keygen` is not installed.
        RuntimeError: It could not make the key.
    """
    size = ["-b", str(bits)] if bits else []
    made = run(["ssh-keygen", "-q", "-t", kind, *size, "-N", passphrase, "-C", file.name, "-f", str(file)])
    if made.returncode:
        raise RuntimeError(made.complaint)
    return SigningKey(parse_public_key(file.with_name(f"{file.name}.pub").read_text()), str(file), str(file))


def make_signer(directory: Path, name: str, *, kind: str = "ed25519") -> Signer:
    """Return a person called `name`, at `name@example.com`, with a fresh key in `directory`."""
    key = make_key(directory / name, kind)
    return Signer(Person(name, (f"{name}@example.com",), (f"{key.public.line} {name}",)), key)
