"""Who sits here: found by keys, proved by a signature where that matters."""

from pathlib import Path
from typing import TYPE_CHECKING

from vivido.errors import ForbiddenError, InputError
from vivido.identity.gitconfig import read_git_identity
from vivido.identity.keys import Places
from vivido.identity.whoami import Candidate, find_candidate, unproved
from vivido.model.actor import Roster

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace
    from vivido.git.commit import Signature, Signer


def places(ws: "Workspace") -> Places:
    """Return where keys are looked for on this machine."""
    return Places(str(Path.home()), dict(ws.environ), read_git_identity(Path(ws.project.root), ws.environ))


def name_here(ws: "Workspace") -> str:
    """Return the name of who asks, for the record; it proves nothing.

    It is the name that `people:` gives to the owner of a key at hand, else to Git's e-mail address, else what Git says.
    """
    actor = unproved(read_git_identity(Path(ws.project.root), ws.environ))
    holder = find_candidate(ws.project.roster, places(ws))
    if holder is not None:
        return holder.person.name
    for person in ws.project.roster.people:
        if set(actor.emails) & set(person.emails):
            return person.name
    return f"{actor.name} <{actor.emails[0]}>" if actor.emails else actor.name


def signer(ws: "Workspace", roster: Roster, key: str = "") -> Candidate:
    """Return the person of a roster whose key is at hand.

    Raises:
        ForbiddenError: `identity.unproved`: no key here is anybody's in the roster.
    """
    found = find_candidate(roster, places(ws), key)
    if found is not None:
        return found
    raise ForbiddenError(
        "no SSH key on this machine is listed under `people:`",
        code="identity.unproved",
        hint="Name one with --key, load it into the agent, or add its public half under `people:` first.",
    )


def commit_key(ws: "Workspace") -> Path:
    """Return the key that signs Vivido's commits here: what `git config user.signingkey` names.

    Raises:
        InputError: `git.no-signing-key`.
    """
    key = read_git_identity(Path(ws.project.root), ws.environ).signing_key
    if not key or not Path(key).expanduser().is_file():
        raise InputError(
            "vivido.yaml wants signed commits, and Git has no SSH signing key here",
            code="git.no-signing-key",
            hint="git config user.signingkey ~/.ssh/id_ed25519.pub",
        )
    return Path(key).expanduser()


def author_here(ws: "Workspace", at: int) -> "Signature":
    """Return who sits here as the author of a commit.

    Args:
        ws: The project.
        at: When, in microseconds since 1970.

    Raises:
        InputError: `git.nobody`: Git does not know.
    """
    from vivido.git.commit import Signature

    who = read_git_identity(Path(ws.project.root), ws.environ)
    if not who.name or not who.email:
        raise InputError(
            "Git does not know who sits here, and this commit needs a person",
            code="git.nobody",
            hint="Set it once: git config user.name “…” and git config user.email “…”; or GIT_AUTHOR_NAME and GIT_AUTHOR_EMAIL.",
        )
    return Signature(who.name, who.email, at)


def commit_signer(ws: "Workspace") -> "Signer | None":
    """Return what signs commits here; None where the project does not want that.

    Raises:
        InputError: `git.no-signing-key`.
    """
    if not ws.project.sign_commits:
        return None
    from vivido.git.sign import ssh_signer

    return ssh_signer(commit_key(ws))
