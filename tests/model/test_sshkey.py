"""SSH public keys as people paste them."""

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivido.errors import InputError
from vivido.model.sshkey import PublicKey, key_of, parse_public_key, wire_strings
from vivido.process import run
from vivido.testing.people import make_key

GOOD = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGvN7pYxPCXV0bGdVb3X3PZ0m2r0B1n3v8vYj2n8yV5k alice@home"


def wire(*parts: bytes) -> bytes:
    return b"".join(len(p).to_bytes(4) + p for p in parts)


def line(kind: str, *parts: bytes) -> str:
    return f"{kind} {base64.b64encode(wire(kind.encode(), *parts)).decode()}"


@pytest.mark.real("ssh-keygen")
@pytest.mark.parametrize(
    ("kind", "bits"), [("ed25519", None), ("ecdsa", 256), ("ecdsa", 384), ("ecdsa", 521), ("rsa", 2048)]
)
def test_real_keys_have_the_fingerprint_that_ssh_keygen_tells(tmp_path: Path, kind: str, bits: int | None) -> None:
    key = make_key(tmp_path / "key", kind, bits=bits)
    told = run(["ssh-keygen", "-l", "-f", str(tmp_path / "key.pub")]).text.split()
    assert key.public.fingerprint == told[1]
    assert parse_public_key(key.public.line) == key.public
    assert (tmp_path / "key.pub").read_text().startswith(key.public.line)


def test_the_comment_is_no_part_of_a_key() -> None:
    assert parse_public_key(GOOD) == parse_public_key(f"  {GOOD.rpartition(' ')[0]} somebody else\n")


def test_hardware_keys_are_understood() -> None:
    ed = line("sk-ssh-ed25519@openssh.com", b"k" * 32, b"ssh:")
    ec = line("sk-ecdsa-sha2-nistp256@openssh.com", b"nistp256", b"\x04" + b"p" * 64, b"ssh:")
    assert parse_public_key(ed).kind == "sk-ssh-ed25519@openssh.com"
    assert parse_public_key(ec).fingerprint.startswith("SHA256:")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "one line"),
        ("ssh-ed25519", "one line"),
        (f"{GOOD}\n{GOOD}", "one line"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\ncanary\n", "private key"),
        ("ssh-dss AAAA", "its kind"),
        ('command="sh" ' + GOOD, "its kind"),
        ("ssh-ed25519-cert-v01@openssh.com AAAA", "certificates"),
        ("ssh-ed25519 !!!!", "no base64"),
        ("ssh-ed25519 äöü", "no base64"),
        ("ssh-ed25519 AAAA", "cut off"),
        (GOOD.replace("ssh-ed25519 ", "ssh-rsa "), "not of the kind"),
        (line("ssh-ed25519", b"k" * 31), "32 bytes"),
        (line("ssh-ed25519", b"k" * 32, b"more"), "not of the kind"),
        (line("ssh-rsa", b"\x01\x00\x01", b"\x7f" * 128), "2048 bits"),
        (line("ecdsa-sha2-nistp256", b"nistp384", b"\x04" + b"p" * 64), "no point"),
        (line("ecdsa-sha2-nistp256", b"nistp256", b"\x02" + b"p" * 64), "no point"),
        (line("ecdsa-sha2-nistp256", b"nistp256", b"\x04" + b"p" * 63), "no point"),
    ],
)
def test_what_is_no_usable_key_is_refused_without_being_repeated(text: str, said: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_public_key(text)
    assert refused.value.code == "sshkey.invalid"
    assert said in refused.value.message
    assert "canary" not in refused.value.message


def test_a_blob_without_words_is_no_key() -> None:
    with pytest.raises(InputError):
        key_of(b"")


@given(st.lists(st.binary(max_size=20), max_size=5))
def test_strings_are_split_as_they_were_joined(parts: list[bytes]) -> None:
    assert wire_strings(wire(*parts)) == tuple(parts)


@given(st.one_of(st.text(), st.binary().map(lambda b: "ssh-ed25519 " + base64.b64encode(b).decode())))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        key = parse_public_key(text)
    except InputError:
        return
    assert isinstance(key, PublicKey)
    assert parse_public_key(key.line) == key
