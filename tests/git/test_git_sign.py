from pathlib import Path

import pytest
from git_situation import ALICE

from vivido.errors import ToolError
from vivido.git.commit import commit_files
from vivido.git.history import describe
from vivido.git.mirror import Mirror
from vivido.git.publish import Edit, Hand, Key, publish
from vivido.git.sign import ssh_signer, verify
from vivido.process import run

pytestmark = pytest.mark.real("ssh-keygen")


def _key(path: Path, *, kind: str = "ed25519", passphrase: str = "") -> str:
    done = run(["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", "x", "-f", str(path)])
    assert done.returncode == 0, done.complaint
    return path.with_suffix(".pub").read_text()


def _allowed(public: str, name: str = "alice@example.com") -> str:
    return f'{name} namespaces="git" {public}'


@pytest.mark.parametrize("kind", ["ed25519", "rsa", "ecdsa"])
def test_git_says_good(mirror: Mirror, tmp_path: Path, kind: str) -> None:
    public = _key(tmp_path / "key", kind=kind)
    made = commit_files(
        mirror, mirror.fetch("main"), {"a": b"1"}, "é\n\nA: 1\n", ALICE, sign=ssh_signer(tmp_path / "key")
    )
    found = verify(mirror, made, _allowed(public))
    assert (found.good, found.principal) == (True, "alice@example.com")
    assert found.key == run(["ssh-keygen", "-lf", str(tmp_path / "key.pub")]).text.split()[1]
    assert describe(mirror, made).trailers == {"A": ("1",)}


def test_the_same_commit_again_has_the_same_id(mirror: Mirror, tmp_path: Path) -> None:
    _key(tmp_path / "key")
    tip = mirror.fetch("main")
    ids = {commit_files(mirror, tip, {"a": b"1"}, "m\n", ALICE, sign=ssh_signer(tmp_path / "key")) for _ in "ab"}
    assert len(ids) == 1


def test_a_key_that_nobody_allowed(mirror: Mirror, tmp_path: Path) -> None:
    _key(tmp_path / "key")
    other = _key(tmp_path / "other")
    made = commit_files(mirror, None, {"a": b"1"}, "m", ALICE, sign=ssh_signer(tmp_path / "key"))
    found = verify(mirror, made, _allowed(other))
    assert (found.good, found.principal) == (False, "")
    assert found.key.startswith("SHA256:")


def test_a_commit_without_a_signature(mirror: Mirror) -> None:
    found = verify(mirror, mirror.fetch("main"), "")
    assert (found.good, found.key, found.why) == (False, "", "it is not signed")


def test_a_commit_that_was_changed_afterwards(mirror: Mirror, tmp_path: Path) -> None:
    public = _key(tmp_path / "key")
    made = commit_files(mirror, None, {"a": b"1"}, "good\n", ALICE, sign=ssh_signer(tmp_path / "key"))
    forged = str(mirror.objects.write(1, mirror.objects.read(made)[1].replace(b"good", b"evil")))
    found = verify(mirror, forged, _allowed(public))
    assert not found.good
    assert found.why


def test_a_key_with_a_passphrase_fails_without_asking(mirror: Mirror, tmp_path: Path) -> None:
    _key(tmp_path / "key", passphrase="s3cret")
    with pytest.raises(ToolError) as e:
        commit_files(mirror, None, {"a": b"1"}, "m", ALICE, sign=ssh_signer(tmp_path / "key"))
    assert e.value.code == "git.sign"
    assert "ssh-add" in e.value.hint


def test_published_signed(mirror: Mirror, tmp_path: Path) -> None:
    public = _key(tmp_path / "key")
    hand = Hand(ALICE, lambda _: None, sign=ssh_signer(tmp_path / "key"))
    made = publish(mirror, "main", lambda _: Edit({"a": b"1"}, "S"), Key("p-1", "c"), hand)
    assert verify(mirror, made, _allowed(public)).good
