"""Proving who acts, by a signature over a challenge nobody has seen before."""

from vivido.errors import ForbiddenError
from vivido.identity.keys import Places
from vivido.identity.whoami import Candidate, find_candidate, public_keys, unproved
from vivido.model.actor import Actor, Roster
from vivido.signing.ssh import sign, verify

NAMESPACE = "vivido-proof"
"""The SSH signature namespace of challenges; never that of approvals, so that no challenge can be made of one."""

MIN_NONCE = 16
"""Bytes of a challenge."""


def whoami(roster: Roster, places: Places, *, key: str = "", nonce: bytes = b"", interactive: bool = False) -> Actor:
    """Return who acts on this command line.

    Without a nonce nothing is signed and nothing is proved: the name is what Git's configuration says.

    Args:
        roster: The people of the file at the base revision.
        places: Where keys are looked for.
        key: A key's file, where the person named one.
        nonce: Fresh random bytes, at least 16; empty to prove nothing.
        interactive: The person is at this terminal and can be asked for a passphrase.

    Raises:
        ForbiddenError: `identity.unknown-key`, `identity.shared-key`: the named key is not of exactly one person.
        NotFoundError, InputError: The named key's file is not there or holds none.
        ToolError: The key could not be used, or `ssh-keygen` is not fit.
    """
    candidate = find_candidate(roster, places, key) if nonce else None
    if candidate is None:
        return unproved(places.git)
    return prove(candidate, nonce, interactive=interactive)


def prove(candidate: Candidate, nonce: bytes, *, interactive: bool = False) -> Actor:
    """Have a candidate's key sign a challenge, check it, and return the proved actor.

    Raises:
        ForbiddenError: `identity.not-proved`: the signature does not hold.
        ToolError: The key could not be used.
        ValueError: The nonce is too short to be fresh.
    """
    if len(nonce) < MIN_NONCE:
        raise ValueError(f"a challenge needs {MIN_NONCE} bytes")
    person = candidate.person
    signature = sign(nonce, candidate.key, NAMESPACE, interactive=interactive)
    held = verify(nonce, signature, public_keys(person), NAMESPACE)
    if held.key is None:
        raise ForbiddenError(f"{person.name} is not proved: {held.fault}", code="identity.not-proved")
    return Actor(person.name, person.emails, proved=True, key=held.key.fingerprint)
