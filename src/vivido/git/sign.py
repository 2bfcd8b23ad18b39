"""SSH signatures of commits, by `ssh-keygen`; `git verify-commit` checks them (gpg.format ssh).

A key may be a file, or a public key whose private half is in the SSH agent. Ed25519 and RSA signatures are the same each time;
ECDSA and hardware keys make new ones, so a commit signed with those has another id each time.
"""

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from vivido.errors import ToolError
from vivido.git.address import check_commit
from vivido.git.command import git
from vivido.git.commit import Signer
from vivido.git.mirror import Mirror
from vivido.process import run
from vivido.text.redact import printable

_GOOD = re.compile(r'Good "git" signature for (.+) with \S+ key (SHA256:\S+)')
_UNKNOWN = re.compile(r'Good "git" signature with \S+ key (SHA256:\S+)')


@dataclass(frozen=True)
class Verified:
    """What a commit's SSH signature proves.

    Attributes:
        good: It is a good signature by a key that the allowed signers name.
        principal: Who they say that is; empty where not `good`.
        key: `SHA256:…` fingerprint of the key that signed; empty where nothing can be told.
        why: What Git said where not `good`.
    """

    good: bool
    principal: str = ""
    key: str = ""
    why: str = ""


def ssh_signer(key: Path) -> Signer:
    """Return what signs commits with an SSH key.

    Args:
        key: The private key, without a passphrase; or the public key of one that the SSH agent holds.
    """

    def sign(content: bytes) -> str:
        done = run(
            ["ssh-keygen", "-Y", "sign", "-n", "git", "-f", str(key)],
            env={"SSH_ASKPASS_REQUIRE": "never"},
            stdin=content,
            timeout=60,
        )
        if done.returncode != 0:
            raise ToolError(
                f"the SSH key {key} did not sign: {printable(done.complaint)[:300]}",
                code="git.sign",
                hint="Load the key into the SSH agent (ssh-add) and name its public key, or use a key without a passphrase.",
                where=str(key),
            )
        return done.text

    return sign


def verify(mirror: Mirror, commit: str, allowed_signers: str) -> Verified:
    """Check a commit's SSH signature with Git itself.

    Args:
        mirror: Where the commit is.
        commit: Its id.
        allowed_signers: Lines `principal key-type key`, as ssh-keygen(1) describes under “ALLOWED SIGNERS”.

    Raises:
        ToolError: Git or ssh-keygen is not installed.
    """
    check_commit(commit)
    mirror.ensure()
    with tempfile.NamedTemporaryFile("w", suffix=".allowed-signers", encoding="utf-8") as file:
        file.write(allowed_signers)
        file.flush()
        settings = [f"gpg.ssh.allowedSignersFile={file.name}", "gpg.format=ssh", "gpg.minTrustLevel=fully"]
        done = git(["verify-commit", "--raw", commit], directory=mirror.path, bare=True, config=settings)
    good = _GOOD.search(done.complaint)
    if done.returncode == 0 and good:
        return Verified(True, good[1], good[2])
    key = _UNKNOWN.search(done.complaint)
    return Verified(False, key=key[1] if key else "", why=printable(done.complaint)[:300] or "it is not signed")
