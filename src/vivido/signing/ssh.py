"""SSH signatures, made and checked by `ssh-keygen -Y` (OpenSSH 8.2 or newer).

The program is used rather than a library because it speaks to agents, hardware tokens and passphrase prompts, and because
anybody can check the same signatures with it.
"""

import tempfile
from collections.abc import Iterable
from pathlib import Path

import msgspec

from vivido.errors import ToolError
from vivido.identity.keys import SigningKey
from vivido.model.sshkey import PublicKey
from vivido.process import Completed, run
from vivido.signing.sshsig import read_claim
from vivido.text.redact import printable, redact

_PROGRAM = "ssh-keygen"
_PRINCIPAL = "vivido"
_ASKING = 120.0
"""Seconds: a person types a passphrase or touches a token."""
_CHECKING = 30.0


class Verification(msgspec.Struct, frozen=True):
    """What came of checking a signature."""

    key: PublicKey | None
    """The key that made it; None where it does not hold."""
    fault: str = ""
    """Why it does not hold, to be read after “it is void: ”."""


def sign(payload: bytes, key: SigningKey, namespace: str, *, interactive: bool = False) -> str:
    """Return an armoured signature over bytes.

    Args:
        payload: What is signed.
        key: Who signs. A key without a private file is asked of `ssh-agent`.
        namespace: What the signature is for; it holds in no other.
        interactive: The person is at this terminal and can be asked for a passphrase.

    Raises:
        ToolError: `signing.refused`: the key could not be used (locked, not in the agent, token absent);
            `signing.too-old`, `tool.missing`: `ssh-keygen` is not fit.
    """
    with tempfile.TemporaryDirectory(prefix="vivido-") as scratch:
        file = key.file or str(_write(scratch, "key.pub", key.public.line + "\n"))
        done = _keygen(["sign", "-f", file, "-n", namespace], payload, _ASKING, terminal=interactive)
    claim = read_claim(done.text)
    if done.returncode or isinstance(claim, str):
        raise _refused(key, done)
    if claim.key != key.public:
        raise ToolError(
            f"{key.file} signed with {claim.key.fingerprint}, but its .pub says {key.public.fingerprint}",
            code="signing.refused",
            hint="Write the right .pub with `ssh-keygen -y -f KEY > KEY.pub`.",
        )
    return claim.armour


def verify(payload: bytes, signature: str, keys: Iterable[PublicKey], namespace: str) -> Verification:
    """Check a signature against the keys of one person.

    A signature that does not hold is a value. Only what the claim says about its key and namespace is told apart without
    `ssh-keygen`; a pass is always its word.

    Raises:
        ToolError: It could not be checked: `tool.missing`, `signing.too-old`, `signing.stuck`.
    """
    claim = read_claim(signature)
    if isinstance(claim, str):
        return Verification(None, claim)
    if claim.key not in tuple(keys):
        return Verification(None, f"it is signed with {claim.key.fingerprint}, which is none of their keys")
    if claim.namespace != namespace:
        return Verification(None, f"it is a signature for “{printable(claim.namespace[:60])}”, not for “{namespace}”")
    with tempfile.TemporaryDirectory(prefix="vivido-") as scratch:
        allowed = _write(scratch, "allowed", f'{_PRINCIPAL} namespaces="{namespace}" {claim.key.line}\n')
        made = _write(scratch, "signature", claim.armour)
        done = _keygen(
            ["verify", "-f", str(allowed), "-I", _PRINCIPAL, "-n", namespace, "-s", str(made)], payload, _CHECKING
        )
    if done.returncode < 0 or done.timed_out:
        raise ToolError("ssh-keygen did not finish checking a signature", code="signing.stuck")
    return (
        Verification(claim.key)
        if done.returncode == 0
        else Verification(None, "the signature does not fit what is signed")
    )


def _keygen(args: list[str], payload: bytes, timeout: float, *, terminal: bool = False) -> Completed:
    try:
        done = run([_PROGRAM, "-Y", *args], stdin=payload, timeout=timeout, env={"LC_ALL": "C"}, terminal=terminal)
    except ToolError as e:
        if e.code != "tool.missing":
            raise
        raise ToolError(
            "ssh-keygen is not installed, or not on PATH",
            code=e.code,
            hint="Install OpenSSH's client (openssh-client).",
        ) from e
    if done.returncode and any(
        sign in done.complaint for sign in ("unknown option", "illegal option", "invalid option")
    ):
        raise ToolError(
            "this ssh-keygen is too old to sign and check",
            code="signing.too-old",
            hint="Install OpenSSH 8.2 or newer; `ssh -V` tells which one is there.",
        )
    return done


def _write(scratch: str, name: str, text: str) -> Path:
    file = Path(scratch, name)
    file.write_text(text)
    return file


def _refused(key: SigningKey, done: Completed) -> ToolError:
    said = redact(printable(done.complaint))[-300:]
    why = "nobody answered in time" if done.timed_out else said
    return ToolError(
        f"the key {key.public.fingerprint} ({key.source or key.file}) could not sign: {why}",
        code="signing.refused",
        hint="Unlock it with `ssh-add`, plug in the token, or name another key.",
    )
