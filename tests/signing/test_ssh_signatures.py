"""SSH signatures by real keys, and everything that should not pass for one."""

import base64
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vivido.errors import ToolError
from vivido.identity.keys import SigningKey
from vivido.process import run
from vivido.signing.ssh import sign, verify
from vivido.signing.sshsig import read_claim
from vivido.testing.people import make_key

pytestmark = pytest.mark.real("ssh-keygen")
SPACE = "vivido-test"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return make_key(tmp_path_factory.mktemp("keys") / "alice")


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return make_key(tmp_path_factory.mktemp("keys") / "bob")


@pytest.mark.parametrize(("kind", "bits"), [("ed25519", None), ("ecdsa", 256), ("ecdsa", 521), ("rsa", 2048)])
def test_what_a_key_signs_holds_for_that_key(tmp_path: Path, other: SigningKey, kind: str, bits: int | None) -> None:
    mine = make_key(tmp_path / "mine", kind, bits=bits)
    signature = sign(b"payload", mine, SPACE)
    assert verify(b"payload", signature, [other.public, mine.public], SPACE).key == mine.public
    # It reads with other line ends and white space around it too.
    assert verify(b"payload", "\n " + signature.replace("\n", "\r\n"), [mine.public], SPACE).key == mine.public


def test_it_holds_for_nothing_else(key: SigningKey, other: SigningKey) -> None:
    signature = sign(b"payload", key, SPACE)
    changed = verify(b"payloae", signature, [key.public], SPACE)
    assert (changed.key, changed.fault) == (None, "the signature does not fit what is signed")
    stranger = verify(b"payload", signature, [other.public], SPACE)
    assert stranger.key is None
    assert key.public.fingerprint in stranger.fault
    assert verify(b"payload", signature, [], SPACE).key is None
    elsewhere = verify(b"payload", signature, [key.public], "git")
    assert (elsewhere.key, elsewhere.fault) == (None, "it is a signature for “vivido-test”, not for “git”")


def test_a_signature_of_a_git_commit_is_no_approval(tmp_path: Path, key: SigningKey) -> None:
    def git(*args: str) -> str:
        done = run(["git", "-c", "user.name=a", "-c", "user.email=a@x", "-c", "gpg.format=ssh", *args], cwd=tmp_path)
        assert done.returncode == 0, done.complaint
        return done.text

    git("init", "-q")
    git("-c", f"user.signingkey={key.file}", "commit", "-q", "-S", "--allow-empty", "-m", "yes")
    raw = git("cat-file", "commit", "HEAD")
    head, _, rest = raw.partition("gpgsig ")
    armour, _, tail = rest.partition("-----END SSH SIGNATURE-----\n")
    armour = (armour + "-----END SSH SIGNATURE-----").replace("\n ", "\n")
    # It is a good signature over the commit…
    assert verify((head + tail).encode(), armour, [key.public], "git").key == key.public
    # …and nothing in another namespace.
    assert verify((head + tail).encode(), armour, [key.public], "vivido-approval").key is None


def test_the_namespace_inside_cannot_be_rewritten(key: SigningKey) -> None:
    signature = sign(b"payload", key, "git")
    blob = base64.b64decode("".join(signature.splitlines()[1:-1]))
    forged = blob.replace(b"\x00\x00\x00\x03git", b"\x00\x00\x00\x0bvivido-test")
    armour = f"-----BEGIN SSH SIGNATURE-----\n{base64.b64encode(forged).decode()}\n-----END SSH SIGNATURE-----"
    assert verify(b"payload", armour, [key.public], SPACE).fault == "the signature does not fit what is signed"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_changed_byte_of_a_signature_holds(key: SigningKey, data: st.DataObject) -> None:
    signature = sign(b"payload", key, SPACE) if not _made else _made[0]
    _made[:] = [signature]
    blob = bytearray(base64.b64decode("".join(signature.splitlines()[1:-1])))
    place = data.draw(st.integers(0, len(blob) - 1))
    blob[place] ^= data.draw(st.integers(1, 255))
    armour = f"-----BEGIN SSH SIGNATURE-----\n{base64.b64encode(blob).decode()}\n-----END SSH SIGNATURE-----"
    held = verify(b"payload", armour, [key.public], SPACE)
    assert held.key is None
    assert held.fault


_made: list[str] = []


@pytest.mark.parametrize(
    ("armour", "said"),
    [
        ("", "no armoured"),
        ("-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----", "no armoured"),
        ("-----BEGIN PGP SIGNATURE-----\nAAAA\n-----END PGP SIGNATURE-----", "no armoured"),
        ("-----BEGIN SSH SIGNATURE-----\n!!!!\n-----END SSH SIGNATURE-----", "no armoured"),
        ("-----BEGIN SSH SIGNATURE-----\nä\n-----END SSH SIGNATURE-----", "no armoured"),
        ("-----BEGIN SSH SIGNATURE-----\n" + "A" * 20_000 + "\n-----END SSH SIGNATURE-----", "no armoured"),
        ("-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----", "version 1"),
    ],
)
def test_malformed_armour_is_refused(key: SigningKey, armour: str, said: str) -> None:
    assert said in verify(b"x", armour, [key.public], SPACE).fault


def _armoured(public: bytes, namespace: bytes, reserved: bytes, hashed: bytes, algorithm: bytes) -> str:
    def wire(part: bytes) -> bytes:
        return len(part).to_bytes(4) + part

    signature = wire(algorithm) + wire(b"s" * 64)
    blob = b"SSHSIG\x00\x00\x00\x01" + b"".join(map(wire, (public, namespace, reserved, hashed, signature)))
    return f"-----BEGIN SSH SIGNATURE-----\n{base64.b64encode(blob).decode()}\n-----END SSH SIGNATURE-----"


def test_odd_claims_are_refused(key: SigningKey, tmp_path: Path) -> None:
    rsa = make_key(tmp_path / "rsa", "rsa", bits=2048).public.blob
    mine = key.public.blob
    assert "cut off" in str(read_claim(_armoured(b"junk", b"n", b"", b"sha512", b"x")))
    assert "not a usable" in str(read_claim(_armoured(b"\x00\x00\x00\x01x", b"n", b"", b"sha512", b"x")))
    assert "cut off" in str(read_claim(_armoured(mine, b"\xff", b"", b"sha512", b"ssh-ed25519")))
    assert "unknown hash" in str(read_claim(_armoured(mine, b"n", b"", b"md5", b"ssh-ed25519")))
    assert "unknown hash" in str(read_claim(_armoured(mine, b"n", b"more", b"sha512", b"ssh-ed25519")))
    assert "SHA-1" in str(read_claim(_armoured(rsa, b"n", b"", b"sha512", b"ssh-rsa")))


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert isinstance(read_claim(text), str)
    assert isinstance(read_claim(f"-----BEGIN SSH SIGNATURE-----\n{text}\n-----END SSH SIGNATURE-----"), str)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    body = base64.b64encode(b"SSHSIG\x00\x00\x00\x01" + data).decode()
    assert isinstance(read_claim(f"-----BEGIN SSH SIGNATURE-----\n{body}\n-----END SSH SIGNATURE-----"), str)


def test_a_locked_key_without_a_terminal_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_ASKPASS_REQUIRE", "never")
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    locked = make_key(tmp_path / "locked", passphrase="canary")
    with pytest.raises(ToolError, match=r"could not sign") as refused:
        sign(b"x", locked, SPACE)
    assert refused.value.code == "signing.refused"
    assert "ssh-add" in refused.value.hint


def test_a_locked_key_asks_for_its_passphrase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = tmp_path / "ask"
    ask.write_text("#!/bin/sh\necho the passphrase\n")
    ask.chmod(0o755)
    monkeypatch.setenv("SSH_ASKPASS", str(ask))
    monkeypatch.setenv("SSH_ASKPASS_REQUIRE", "force")
    locked = make_key(tmp_path / "locked", passphrase="the passphrase")
    signature = sign(b"x", locked, SPACE, interactive=True)
    assert verify(b"x", signature, [locked.public], SPACE).key == locked.public


SIGN_AT_TERMINAL = """
import sys
from vivido.identity.keys import SigningKey
from vivido.model.sshkey import parse_public_key
from vivido.signing.ssh import sign
file, out = sys.argv[1:]
key = SigningKey(parse_public_key(open(file + ".pub").read()), file, file)
open(out, "w").write(sign(b"x", key, "vivido-test", interactive=True))
"""


@pytest.mark.real("setsid")
def test_a_person_at_a_terminal_types_the_passphrase(tmp_path: Path) -> None:
    locked = make_key(tmp_path / "locked", passphrase="the passphrase")
    program, out = tmp_path / "sign.py", tmp_path / "signature"
    program.write_text(SIGN_AT_TERMINAL)
    mine, theirs = pty.openpty()
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("SSH_", "DISPLAY"))}
    # setsid --ctty gives the program a terminal of its own, as a person's shell would.
    command = ["setsid", "--ctty", "--wait", sys.executable, str(program), locked.file, str(out)]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environ) as process:
        os.close(theirs)
        asked = b""
        while b"passphrase" not in asked:
            asked += os.read(mine, 1024)
        os.write(mine, b"the passphrase\n")
        assert process.wait(60) == 0
    os.close(mine)
    assert verify(b"x", out.read_text(), [locked.public], SPACE).key == locked.public


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    socket = tmp_path / "agent"
    with subprocess.Popen(["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.DEVNULL) as process:
        monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
        while run(["ssh-add", "-l"]).returncode == 2:
            assert process.poll() is None
        yield
        process.terminate()


@pytest.mark.real("ssh-agent")
@pytest.mark.usefixtures("agent")
def test_a_key_in_the_agent_signs(tmp_path: Path) -> None:
    mine = make_key(tmp_path / "mine")
    assert run(["ssh-add", "-q", mine.file]).returncode == 0
    Path(mine.file).unlink()
    in_agent = msgspec.structs.replace(mine, file="")
    assert verify(b"x", sign(b"x", in_agent, SPACE), [mine.public], SPACE).key == mine.public
    by_public_file = msgspec.structs.replace(mine, file=f"{mine.file}.pub")
    assert verify(b"x", sign(b"x", by_public_file, SPACE), [mine.public], SPACE).key == mine.public


@pytest.mark.real("ssh-agent")
@pytest.mark.usefixtures("agent")
def test_a_key_that_the_agent_lacks_is_said(key: SigningKey) -> None:
    with pytest.raises(ToolError) as refused:
        sign(b"x", msgspec.structs.replace(key, file="", source="ssh-agent"), SPACE)
    assert refused.value.code == "signing.refused"


def test_a_pub_file_of_another_key_is_found(tmp_path: Path, key: SigningKey, other: SigningKey) -> None:
    with pytest.raises(ToolError, match=r"but its \.pub says"):
        sign(b"x", msgspec.structs.replace(key, public=other.public), SPACE)


def _program(directory: Path, text: str) -> None:
    program = directory / "ssh-keygen"
    program.write_text(f"#!/bin/sh\n{text}\n")
    program.chmod(0o755)


def test_an_old_ssh_keygen_is_named(tmp_path: Path, key: SigningKey, monkeypatch: pytest.MonkeyPatch) -> None:
    signature = sign(b"x", key, SPACE)
    _program(tmp_path, "echo 'ssh-keygen: unknown option -- Y' >&2; exit 1")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    for attempt in (lambda: sign(b"x", key, SPACE), lambda: verify(b"x", signature, [key.public], SPACE)):
        with pytest.raises(ToolError, match="too old") as refused:
            attempt()
        assert refused.value.code == "signing.too-old"


def test_a_check_that_is_cut_short_is_no_verdict(
    tmp_path: Path, key: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    signature = sign(b"x", key, SPACE)
    _program(tmp_path, "kill -9 $$")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(ToolError) as refused:
        verify(b"x", signature, [key.public], SPACE)
    assert refused.value.code == "signing.stuck"


def test_a_missing_ssh_keygen_is_named(tmp_path: Path, key: SigningKey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError) as refused:
        sign(b"x", key, SPACE)
    assert refused.value.code == "tool.missing"
    assert "openssh-client" in refused.value.hint
