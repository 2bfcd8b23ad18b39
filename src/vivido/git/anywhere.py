"""A commit on any branch of a remote, such as one that waits for its review."""

import re

from vivido.git.mirror import Mirror

_SEEN = "refs/seen/"
"""Where the tips of all branches are kept. No promotion reads them."""
_ID = re.compile(r"[0-9a-f]{7,40}")


def anywhere(mirror: Mirror, named: str) -> str | None:
    """Return the commit that an id, or the beginning of one, names on any branch of the remote; None where there is none.

    Args:
        mirror: Of the repository; all branches are brought up to date.
        named: At least 7 hexadecimal characters.

    Raises:
        Error: As `Mirror.download`.
    """
    if not _ID.fullmatch(named):
        return None
    mirror.download(f"+refs/heads/*:{_SEEN}*", prune=True)
    found = mirror.run_unchecked("rev-parse", "--verify", "--quiet", "--end-of-options", f"{named}^{{commit}}")
    commit = found.text.strip()
    if found.returncode != 0 or not commit:
        return None
    # The mirror may hold commits that no branch has any more.
    holding = mirror.run_unchecked("for-each-ref", "--count=1", f"--contains={commit}", _SEEN)
    return commit if holding.text.strip() else None
