"""Who acts: proved by a real key over a fresh challenge, or not at all."""

import os
import subprocess
from pathlib import Path

import msgspec
import pytest

from vivido.errors import ForbiddenError, InputError, NotFoundError
from vivido.identity.gitconfig import GitIdentity, read_git_identity
from vivido.identity.keys import Places, usual_keys
from vivido.identity.whoami import Candidate, find_candidate
from vivido.model.actor import Person, Roster
from vivido.model.approval import NAMESPACE, Statement
from vivido.process import run
from vivido.signing.approval import sign_approval, verify_approval
from vivido.signing.proof import prove, whoami
from vivido.signing.ssh import sign, verify
from vivido.testing.people import Signer, make_key, make_signer

pytestmark = pytest.mark.real("ssh-keygen")
NONCE = b"0123456789abcdef"
STATEMENT = Statement("p-1", "r-1", "production", "c" * 64, "d" * 64, "approve", 10**15)


@pytest.fixture(scope="module")
def alice(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    return make_signer(tmp_path_factory.mktemp("alice"), "alice")


@pytest.fixture(scope="module")
def bob(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    return make_signer(tmp_path_factory.mktemp("bob"), "bob", kind="ecdsa")


@pytest.fixture
def roster(alice: Signer, bob: Signer) -> Roster:
    return Roster((alice.person, bob.person))


def places(home: Path, **git: str) -> Places:
    return Places(str(home), {}, GitIdentity(**git))


def test_a_named_key_proves_its_owner(tmp_path: Path, roster: Roster, bob: Signer) -> None:
    actor = whoami(roster, places(tmp_path), key=bob.key.file, nonce=NONCE)
    assert (actor.name, actor.proved, actor.key) == ("bob", True, bob.key.public.fingerprint)
    assert actor.emails == ("bob@example.com",)


def test_an_address_proves_nothing(tmp_path: Path, roster: Roster) -> None:
    claims = places(tmp_path, name="Alice", email="alice@example.com")
    actor = whoami(roster, claims, nonce=NONCE)
    assert (actor.name, actor.emails, actor.proved, actor.key) == ("Alice", ("alice@example.com",), False, "")
    assert whoami(roster, places(tmp_path)).name == "unknown"


def test_without_a_challenge_nothing_is_proved(tmp_path: Path, roster: Roster, bob: Signer) -> None:
    assert not whoami(roster, places(tmp_path, name="Bob"), key=bob.key.file).proved


def test_a_challenge_must_be_long_enough_to_be_fresh(bob: Signer) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        prove(Candidate(bob.person, bob.key), b"short")


def test_a_key_that_the_person_does_not_list_proves_nothing(alice: Signer, bob: Signer) -> None:
    with pytest.raises(ForbiddenError) as refused:
        prove(Candidate(alice.person, bob.key), NONCE)
    assert refused.value.code == "identity.not-proved"


def test_a_challenge_is_never_an_approval(alice: Signer) -> None:
    # Whoever may choose the challenge must not get an approval out of it.
    signature = sign(STATEMENT.payload(), alice.key, "vivido-proof")
    assert verify(STATEMENT.payload(), signature, [alice.key.public], NAMESPACE).key is None


def test_a_key_of_nobody_is_refused(tmp_path: Path, roster: Roster) -> None:
    stranger = make_key(tmp_path / "stranger")
    with pytest.raises(ForbiddenError) as refused:
        whoami(roster, places(tmp_path), key=stranger.file, nonce=NONCE)
    assert refused.value.code == "identity.unknown-key"


def test_a_key_of_two_people_proves_neither(tmp_path: Path, roster: Roster, bob: Signer) -> None:
    both = Roster((*roster.people, Person("mallory", ("m@x",), bob.person.keys)))
    with pytest.raises(ForbiddenError) as refused:
        whoami(both, places(tmp_path), key=bob.key.file, nonce=NONCE)
    assert refused.value.code == "identity.shared-key"
    at_hand = places(tmp_path, signing_key=bob.key.file)
    assert find_candidate(both, at_hand) is None


def test_a_missing_or_empty_key_file_is_named(tmp_path: Path, roster: Roster) -> None:
    with pytest.raises(NotFoundError):
        whoami(roster, places(tmp_path), key="~/nothing", nonce=NONCE)
    (tmp_path / "empty").touch()
    with pytest.raises(InputError):
        whoami(roster, places(tmp_path), key="~/empty", nonce=NONCE)


def test_the_key_that_git_signs_with_is_found(tmp_path: Path, roster: Roster, alice: Signer, bob: Signer) -> None:
    _install(tmp_path, alice, "id_ed25519")
    for text in (bob.key.file, f"{bob.key.file}.pub", f"key::{bob.key.public.line}", bob.key.public.line):
        found = find_candidate(roster, places(tmp_path, signing_key=text, email="alice@example.com"))
        assert found is not None
        assert found.person.name == "bob"
    fallen_back = find_candidate(roster, places(tmp_path, signing_key="/nowhere"))
    assert fallen_back is not None
    assert fallen_back.person.name == "alice"


def _install(home: Path, signer: Signer, name: str) -> None:
    (home / ".ssh").mkdir(exist_ok=True)
    run(["cp", signer.key.file, str(home / ".ssh" / name)])


def test_of_several_keys_the_one_of_gits_address_is_taken(
    tmp_path: Path, roster: Roster, alice: Signer, bob: Signer
) -> None:
    _install(tmp_path, alice, "id_ed25519")
    _install(tmp_path, bob, "id_ecdsa")
    for email, name in (("bob@example.com", "bob"), ("alice@example.com", "alice"), ("x@x", "alice")):
        found = find_candidate(roster, places(tmp_path, email=email))
        assert found is not None
        assert found.person.name == name


def test_a_key_whose_other_half_is_elsewhere_is_found_by_its_pub_file(tmp_path: Path, alice: Signer) -> None:
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "id_ed25519.pub").write_text(alice.key.public.line)
    (tmp_path / ".ssh" / "id_rsa").write_text("rubbish")
    found = list(usual_keys(places(tmp_path)))
    assert [(k.public, Path(k.file).name) for k in found] == [(alice.key.public, "id_ed25519.pub")]


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_the_public_half_is_read_from_a_locked_private_file(tmp_path: Path, kind: str) -> None:
    made = make_key(tmp_path / "key", kind, passphrase="a passphrase")
    Path(f"{made.file}.pub").unlink()
    found = list(usual_keys(places(tmp_path, signing_key=made.file)))
    assert [k.public for k in found] == [made.public]


def test_an_old_private_file_needs_its_pub(tmp_path: Path, roster: Roster) -> None:
    old = tmp_path / "old"
    run(["ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-m", "PEM", "-N", "", "-f", str(old)])
    assert len(list(usual_keys(places(tmp_path, signing_key=str(old))))) == 1
    Path(f"{old}.pub").unlink()
    with pytest.raises(InputError, match="old format"):
        whoami(roster, places(tmp_path), key=str(old), nonce=NONCE)
    (tmp_path / "broken").write_text("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END")
    with pytest.raises(InputError):
        whoami(roster, places(tmp_path), key=str(tmp_path / "broken"), nonce=NONCE)


@pytest.mark.real("ssh-agent")
def test_a_key_in_the_agent_proves(tmp_path: Path, roster: Roster, alice: Signer) -> None:
    environ = {"SSH_AUTH_SOCK": str(tmp_path / "agent")}
    stranger = make_key(tmp_path / "stranger")
    with subprocess.Popen(["ssh-agent", "-D", "-a", environ["SSH_AUTH_SOCK"]], stdout=subprocess.DEVNULL) as agent:
        while run(["ssh-add", "-l"], env=environ).returncode == 2:
            assert agent.poll() is None
        empty = Places(str(tmp_path), environ)
        assert list(usual_keys(empty)) == []
        run(["ssh-add", "-q", stranger.file, alice.key.file], env=environ)
        found = find_candidate(roster, empty)
        agent.terminate()
    assert found is not None
    assert (found.person.name, found.key.source, found.key.file) == ("alice", "ssh-agent", "")


def test_no_ssh_add_is_no_agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert list(usual_keys(Places(str(tmp_path), {"SSH_AUTH_SOCK": "/nowhere"}))) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path, roster: Roster) -> None:
    (tmp_path / "mine").touch(mode=0)
    with pytest.raises(InputError, match="cannot be read"):
        whoami(roster, places(tmp_path), key=str(tmp_path / "mine"), nonce=NONCE)


def test_what_git_says_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    run(["git", "init", "-q", str(tmp_path)])
    assert read_git_identity(tmp_path, {}) == GitIdentity()
    for name, value in (("user.name", "Alice"), ("user.email", "Alice@Example.com"), ("user.signingkey", "ABCD")):
        run(["git", "-C", str(tmp_path), "config", name, value])
    assert read_git_identity(tmp_path, {}) == GitIdentity("Alice", "alice@example.com", "")
    run(["git", "-C", str(tmp_path), "config", "gpg.format", "ssh"])
    assert read_git_identity(tmp_path).signing_key == "ABCD"
    # As Git: variables before the configuration, and who only makes the commit where nobody writes it.
    author = {"GIT_AUTHOR_NAME": "Erin", "GIT_AUTHOR_EMAIL": "Erin@Example.com"}
    committer = {"GIT_COMMITTER_NAME": "Frank", "GIT_COMMITTER_EMAIL": "frank@example.com"}
    assert read_git_identity(tmp_path, author | committer) == GitIdentity("Erin", "erin@example.com", "ABCD")
    assert read_git_identity(tmp_path, committer).name == "Alice"
    for name in ("user.name", "user.email"):
        run(["git", "-C", str(tmp_path), "config", "--unset", name])
    assert read_git_identity(tmp_path, committer) == GitIdentity("Frank", "frank@example.com", "ABCD")


def test_an_approval_is_the_persons_it_names(roster: Roster, alice: Signer, bob: Signer) -> None:
    given = sign_approval(STATEMENT, "alice", alice.key, at=1, comment="looks good")
    assert verify_approval(given, roster).key == alice.key.public
    as_bob = msgspec.structs.replace(given, by="bob")
    assert "none of their keys" in verify_approval(as_bob, roster).fault
    as_nobody = msgspec.structs.replace(given, by="carol")
    assert "nobody of that name" in verify_approval(as_nobody, roster).fault
    only_bob = Roster((bob.person,))
    assert verify_approval(given, only_bob).key is None


@pytest.mark.parametrize("field", [f.name for f in msgspec.structs.fields(Statement)])
def test_whatever_changes_in_a_statement_breaks_its_signature(roster: Roster, alice: Signer, field: str) -> None:
    given = sign_approval(STATEMENT, "alice", alice.key, at=1)
    value = getattr(STATEMENT, field)
    other = value + 1 if isinstance(value, int) else value + "x"
    changed = msgspec.structs.replace(given, statement=msgspec.structs.replace(STATEMENT, **{field: other}))
    assert verify_approval(changed, roster).fault == "the signature does not fit what is signed"
