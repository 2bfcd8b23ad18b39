"""What an edit takes out of a file. Pure."""

from collections import Counter


def lost_lines(old: bytes | None, new: bytes | None) -> Counter[bytes]:
    """Return the lines that an edit takes away, and how many of each; without a new text nothing is edited."""
    if new is None:
        return Counter()
    return Counter((old or b"").splitlines()) - Counter(new.splitlines())
