"""Names that have to be somewhere else in the file."""

from collections.abc import Iterable

from vivido.config.diagnostic import Place, Report, shown
from vivido.text.nearest import nearest

_LISTED = 8


def unknown(report: Report, at: Place, name: str, noun: str, known: Iterable[str]) -> None:
    """Note that a name is not known, with the one that was probably meant, or with those there are."""
    if report.full:
        return
    known = tuple(known)
    if meant := nearest(name, known):
        hint = f"Did you mean “{meant}”?"
    elif known:
        more = ", …" if len(known) > _LISTED else ""
        hint = f"There is: {', '.join(known[:_LISTED])}{more}."
    else:
        hint = "The file declares none; add it, or take the name out."
    report.add(at, "config.unknown-name", f"there is no {noun} {shown(name)} in this file", hint)
