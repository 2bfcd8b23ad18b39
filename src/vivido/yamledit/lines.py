"""Lines of a text by offset, whatever they end with."""

from vivido.yamledit.splice import Splice


def line_start(text: str, at: int) -> int:
    """Return the offset of the first character of the line that holds `at`."""
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def line_end(text: str, at: int) -> int:
    """Return the offset of the line break that ends the line that holds `at`, or of the text's end."""
    ends = [i for i in (text.find("\n", at), text.find("\r", at)) if i >= 0]
    return min(ends, default=len(text))


def line_break(text: str, at: int) -> str:
    """Return how lines end around `at`: the break behind it, or else the one before; a line feed where there is none."""
    end = line_end(text, at)
    if end == len(text):
        end = line_start(text, at) - 1
        end -= text[max(end - 1, 0) : end + 1] == "\r\n"
    if end < 0:
        return "\n"
    return "\r\n" if text[end : end + 2] == "\r\n" else text[end]


def before(text: str, at: int) -> str:
    """Return what stands before `at` on its line."""
    return text[line_start(text, at) : at]


def is_blank_before(text: str, at: int) -> bool:
    """Say whether only blanks stand before `at` on its line."""
    return not before(text, at).strip(" \t")


def below(text: str, at: int, new: list[str]) -> Splice:
    """Return the splice that puts lines below the one that holds `at`, or at `at` where that is a line's start."""
    ending = line_break(text, at)
    if at and text[at - 1] in "\r\n":
        return Splice(at, at, "".join(line + ending for line in new))
    end = line_end(text, at)
    if end == len(text):
        return Splice(end, end, "".join(ending + line for line in new))
    end += len(ending)
    return Splice(end, end, "".join(line + ending for line in new))


def at_end(text: str, new: list[str]) -> Splice:
    """Return the splice that puts lines at the end of a text, which may be empty or lack its last line break."""
    ending = line_break(text, len(text))
    lead = "" if not text or text.endswith(("\n", "\r")) else ending
    return Splice(len(text), len(text), lead + "".join(line + ending for line in new))


def whole(text: str, start: int, end: int) -> Splice:
    """Return the splice that removes all lines from the one with `start` to the one that `end` is on, or ends before."""
    first = line_start(text, start)
    if text[end - 1] in "\r\n":
        return Splice(first, end, "")
    last = line_end(text, end)
    if last < len(text):
        return Splice(first, last + len(line_break(text, last)), "")
    # The last line has no break: the one before it gives its own, so that the file still ends without.
    first -= len(line_break(text, last)) if first else 0
    return Splice(first, last, "")


def join_point(text: str, end: int, following: int) -> int:
    """Return up to where to delete so that what follows moves up, unless a comment stands between."""
    between = text[line_end(text, end) : following]
    return end if between.strip() else following
