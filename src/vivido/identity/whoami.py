"""Whose key is at hand."""

import msgspec

from vivido.errors import ForbiddenError, InputError
from vivido.identity.gitconfig import GitIdentity
from vivido.identity.keys import Places, SigningKey, key_at, usual_keys
from vivido.model.actor import Actor, Person, Roster
from vivido.model.sshkey import PublicKey, parse_public_key


class Candidate(msgspec.Struct, frozen=True):
    """A person of the roster and a key of theirs that this machine can ask for a signature. Not proved yet."""

    person: Person
    key: SigningKey


def public_keys(person: Person) -> tuple[PublicKey, ...]:
    """Return a person's keys; lines that hold no key are passed over (the configuration file's check names them)."""
    found: list[PublicKey] = []
    for line in person.keys:
        try:
            found.append(parse_public_key(line))
        except InputError:
            continue
    return tuple(found)


def owners(roster: Roster, key: PublicKey) -> tuple[str, ...]:
    """Return the names of the people who list a key. More than one: it proves neither."""
    return tuple(p.name for p in roster.people if key in public_keys(p))


def find_candidate(roster: Roster, places: Places, key: str = "") -> Candidate | None:
    """Return the person who can sign here, None where no key at hand is of anybody in the roster.

    Of several, the one whose key Git signs with, then the one whose e-mail Git knows, then the first.

    Args:
        roster: Who is known.
        places: Where keys are looked for.
        key: A key's file, where the person named one; then nothing else is looked at.

    Raises:
        ForbiddenError: `identity.unknown-key`, `identity.shared-key`: the named key is of nobody, or of several.
        NotFoundError: `identity.no-key`: there is no file of that name.
        InputError: `sshkey.invalid`: it holds no key.
    """
    if key:
        return _named(roster, key_at(key, places))
    found: list[Candidate] = []
    for at_hand in usual_keys(places):
        names = owners(roster, at_hand.public)
        person = roster.person(names[0]) if len(names) == 1 else None
        if person is None:
            continue
        candidate = Candidate(person, at_hand)
        if at_hand.source.startswith("git ") or places.git.email in person.emails:
            return candidate
        found.append(candidate)
    return found[0] if found else None


def unproved(git: GitIdentity) -> Actor:
    """Return the actor that Git's configuration names, with nothing proved."""
    return Actor(git.name or git.email or "unknown", (git.email,) if git.email else ())


def _named(roster: Roster, key: SigningKey) -> Candidate:
    names = owners(roster, key.public)
    person = roster.person(names[0]) if len(names) == 1 else None
    if person is not None:
        return Candidate(person, key)
    if names:
        raise ForbiddenError(
            f"the key {key.public.fingerprint} is listed for {' and '.join(names)}: it proves neither",
            code="identity.shared-key",
            hint="Give each of them a key of their own under `people:`.",
        )
    raise ForbiddenError(
        f"the key {key.public.fingerprint} ({key.source}) is of nobody in `people:`",
        code="identity.unknown-key",
        hint="Add its public half to your name under `people:` in vivido.yaml, and merge that first.",
    )
