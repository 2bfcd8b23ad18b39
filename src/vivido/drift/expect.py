"""Expectations held against one environment's rendered objects: what must hold there and does not."""

from collections.abc import Iterator, Sequence
from typing import Any

from vivido.drift.contract.gap import Gap, Place, place_of
from vivido.drift.places import inside_of
from vivido.model.difference import ABSENT, Path, path_text
from vivido.model.expectation import Expectation, spelled
from vivido.model.objects import Manifest, Rendered
from vivido.model.places import select, takes
from vivido.text.redact import printable, redact

_SHOWN = 80
"""Characters of a value that are told."""


def broken(rendered: Rendered, expectations: Sequence[Expectation], today: str) -> tuple[Gap, ...]:
    """Return a gap for each place at which an expectation does not hold, and for each expectation that speaks of nothing. Pure.

    Args:
        rendered: All objects of the environment.
        expectations: Of that environment.
        today: The day, `2027-06-30`: an expectation whose last day is over is not asked for.
    """
    asked = (e for e in expectations if not e.until or e.until >= today)
    return tuple(gap for one in asked for gap in _broken(rendered, one))


def _broken(rendered: Rendered, one: Expectation) -> Iterator[Gap]:
    pattern = one.at.parts
    objects = [o for o in rendered.objects if takes(pattern, o)]
    places = [(place_of(o, *path), value) for o in objects for path, value in _places(one, pattern, o)]
    if not places:
        if one.predicate.kind != "absent" or not objects:
            yield _nothing(one, objects)
        return
    for place, value in places:
        if not one.predicate.holds(value):
            yield _gap(one, place, value)


def _places(one: Expectation, pattern: Path, manifest: Manifest) -> Iterator[tuple[Path, Any]]:
    """Yield what is held against the condition; for `present` also the places that lack a value, as `ABSENT`."""
    inside = inside_of(manifest)
    if one.predicate.kind != "present":
        yield from select(pattern, manifest, inside)
        return
    # Everything up to the last star says whose value it is; the rest has to be there.
    stars = [n for n, part in enumerate(pattern) if "*" in part]
    end = max([n + 1 for n in stars] + [2])
    for path, _ in select(pattern[:end], manifest, inside):
        place = (*pattern[:2], *path, *pattern[end:])
        found = dict(select(place, manifest, inside))
        yield place[2:], next(iter(found.values()), ABSENT)


def _nothing(one: Expectation, objects: Sequence[Manifest]) -> Gap:
    what = "leads to no value" if objects else "leads to no object"
    message = f"{one.at.text} {one.predicate.told} ({one.because}), and it {what}"
    place = place_of(objects[0]) if len(objects) == 1 else Place("", one.at.text, "", ())
    return Gap(
        "expect.nothing", message, place, f"Mend the configuration, or the selector at {one.place}.", where=one.place
    )


def _gap(one: Expectation, place: Place, value: Any) -> Gap:
    at = path_text((place.kind, place.name, *place.path))
    found = "nothing is there" if value is ABSENT else f"it is {_told(place, value)}"
    message = f"{at} {one.predicate.told} ({one.because}), and {found}"
    return Gap("expect.broken", message, place, f"Mend it, or change what is expected at {one.place}.")


def _told(place: Place, value: Any) -> str:
    """Return a value as a message may show it; one of a Secret never."""
    if place.kind == "Secret":
        return "something else"
    if isinstance(value, dict | list):
        return f"a {'mapping' if isinstance(value, dict) else 'list'} of {len(value)}"
    text = printable(redact(spelled(value)))
    return f"{text[:_SHOWN]}…" if len(text) > _SHOWN else text or "empty"
