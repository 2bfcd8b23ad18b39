"""People and groups: known members, names that mean one thing, keys that can check a signature and belong to one person."""

import base64
import binascii
import re
import struct

from vivido.config.diagnostic import Report
from vivido.config.node import Node, child, entries, items, text_of, texts
from vivido.config.rules.reference import unknown

_TYPES = frozenset(
    (
        "ssh-ed25519",
        "ssh-rsa",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
        "sk-ssh-ed25519@openssh.com",
        "sk-ecdsa-sha2-nistp256@openssh.com",
    )
)
_RSA_BITS = 2048


def check_people(root: Node, report: Report) -> None:
    """Check `people` and `groups`."""
    people = {e.key: e for e in entries(child(root, "people"))}
    for group in entries(child(root, "groups")):
        if group.key in people:
            message = f"“{group.key}” is a person and a group; an approval “by” it could mean either"
            report.add(group, "config.ambiguous", message, "Rename one of them.")
        for member in items(group.value):
            name = text_of(member)
            if name is not None and name not in people:
                unknown(report, member, name, "person", people)
    _one_owner(root, report)


def _one_owner(root: Node, report: Report) -> None:
    owners: dict[str, str] = {}
    for person in entries(child(root, "people")):
        for key in texts(child(person.value, "keys")):
            if problem := key_problem(key.text):
                report.add(key, "config.ssh-key", f"this is no usable SSH public key: {problem}", _HINT)
            else:
                _claim(owners, key.text.split()[1], person.key, key, "key", report)
        for email in texts(child(person.value, "email")):
            _claim(owners, email.text.lower(), person.key, email, "address", report)


def _claim(owners: dict[str, str], what: str, person: str, at: Node, noun: str, report: Report) -> None:
    owner = owners.setdefault(what, person)
    if owner != person:
        message = f"this {noun} stands under {owner} too; it could not be told who of them acted"
        report.add(at, "config.shared-identity", message, f"Give each person a {noun} of their own.")


_HINT = "Copy the one line of ~/.ssh/id_ed25519.pub; `ssh-keygen -t ed25519` makes a key."


def key_problem(line: str) -> str:
    """Say what is wrong with an SSH public key in the form of RFC 4253 §6.6 and authorized_keys; empty if nothing."""
    parts = line.split()
    if len(parts) < 2 or "\n" in line.strip():
        return "it is one line of type, key and comment"
    if parts[0] not in _TYPES:
        if parts[0] == "ssh-dss":
            return "DSA keys are too weak"
        return "it has to begin with its type, such as ssh-ed25519, without options before"
    try:
        fields = _fields(base64.b64decode(parts[1], validate=True))
    except (binascii.Error, ValueError):
        fields = []
    if len(fields) < 2:
        return "the part after the type is damaged"
    if fields[0] != parts[0].encode():
        return "the type inside is another than the one written before"
    return _weakness(parts[0], fields)


def _weakness(kind: str, fields: list[bytes]) -> str:
    if kind == "ssh-ed25519" and len(fields[1]) != 32:
        return "an Ed25519 key has 32 bytes"
    if kind == "ssh-rsa" and int.from_bytes(fields[-1], "big").bit_length() < _RSA_BITS:
        return f"an RSA key needs at least {_RSA_BITS} bits"
    return ""


def _fields(blob: bytes) -> list[bytes]:
    """Split length-prefixed strings (RFC 4251 §5)."""
    found: list[bytes] = []
    while blob:
        if len(blob) < 4 or len(blob) - 4 < (size := struct.unpack(">I", blob[:4])[0]):
            raise ValueError
        found.append(blob[4 : 4 + size])
        blob = blob[4 + size :]
    return found


PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY")
"""The head of a private key, wherever it was pasted."""
