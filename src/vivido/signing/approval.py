"""Approvals as signed statements: making one, checking whose it is."""

from vivido.identity.keys import SigningKey
from vivido.identity.whoami import public_keys
from vivido.model.actor import Roster
from vivido.model.approval import NAMESPACE, Approval, Statement
from vivido.signing.ssh import Verification, sign, verify


def sign_approval(
    statement: Statement, by: str, key: SigningKey, *, at: int, comment: str = "", interactive: bool = False
) -> Approval:
    """Return a person's signed yes or no.

    Args:
        statement: What is signed; its `expires` is the person's own limit, the gate may set a nearer one.
        by: The person's name in the roster.
        key: One of the keys the roster lists for that person.
        at: Now, in microseconds since 1970.
        comment: For people; it is not signed.
        interactive: The person is at this terminal and can be asked for a passphrase.

    Raises:
        ToolError: `signing.refused` and what else `signing.ssh.sign` raises.
    """
    signature = sign(statement.payload(), key, NAMESPACE, interactive=interactive)
    return Approval(statement, by, signature, at, comment)


def verify_approval(approval: Approval, roster: Roster) -> Verification:
    """Check that an approval is signed by the person it names. Says nothing about whether it counts.

    Raises:
        ToolError: It could not be checked.
    """
    person = roster.person(approval.by)
    if person is None:
        return Verification(None, "nobody of that name is in `people:`")
    return verify(approval.statement.payload(), approval.signature, public_keys(person), NAMESPACE)
