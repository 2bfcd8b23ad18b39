"""Who does things, as far as it was proved."""

import msgspec


class Actor(msgspec.Struct, frozen=True):
    """A person or a process that acts."""

    name: str
    """A name from `people:` where a key proved it, otherwise what Git's configuration says."""
    emails: tuple[str, ...] = ()
    proved: bool = False
    """True where a signature by one of the person's keys was checked. `git config user.email` proves nothing."""
    key: str = ""
    """`SHA256:…` fingerprint of the key that proved it."""


class Person(msgspec.Struct, frozen=True):
    """Somebody named in `people:`."""

    name: str
    emails: tuple[str, ...]
    """Lower case; how commits are told apart for “not the author”."""
    keys: tuple[str, ...]
    """SSH public keys: `ssh-ed25519 AAAA… comment`."""


class Roster(msgspec.Struct, frozen=True):
    """The people and groups of the configuration file at one revision. Frozen into a plan when it starts."""

    people: tuple[Person, ...] = ()
    groups: dict[str, tuple[str, ...]] = {}

    def members(self, who: str) -> tuple[str, ...]:
        """Return the names behind a person's or a group's name; empty where the file knows neither."""
        if who in self.groups:
            return self.groups[who]
        return (who,) if any(p.name == who for p in self.people) else ()

    def person(self, name: str) -> Person | None:
        """Return the person of that name."""
        return next((p for p in self.people if p.name == name), None)
