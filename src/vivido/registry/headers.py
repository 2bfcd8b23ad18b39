"""Read the headers that registries answer with. Nothing here raises: what is not understood is not there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from vivido.time.clock import SECOND

_LIMIT = 16 * 1024
_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_SCHEME = re.compile(rf"[\s,]*({_WORD})(?=[\s,]|$)")
_PARAMETER = re.compile(rf'[\s,]*({_WORD})[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))')
_ESCAPED = re.compile(r"\\(.)")
_LINK = re.compile(r"<([^<>]*)>([^<]*)")
_REL = re.compile(r';[ \t]*rel[ \t]*=[ \t]*(?:"([^"]*)"|([^\s;,"]+))', re.IGNORECASE)


@dataclass(frozen=True)
class Challenge:
    """What a registry asks for with 401.

    Attributes:
        scheme: In lower case: `basic`, `bearer`.
        parameters: Names in lower case: `realm`, `service`, `scope`.
    """

    scheme: str
    parameters: Mapping[str, str]


def parse_challenges(text: str) -> tuple[Challenge, ...]:
    """Read `WWW-Authenticate` (RFC 9110 §11.6.1): several challenges may stand in one header.

    Reading stops where the text is no longer understood; what was read until there is returned.
    """
    text, position = text[:_LIMIT], 0
    found: list[tuple[str, dict[str, str]]] = []
    while True:
        if found and (parameter := _PARAMETER.match(text, position)):
            name, quoted, plain = parameter.groups()
            found[-1][1].setdefault(name.lower(), plain if quoted is None else _ESCAPED.sub(r"\1", quoted))
            position = parameter.end()
        elif scheme := _SCHEME.match(text, position):
            found.append((scheme[1].lower(), {}))
            position = scheme.end()
        else:
            return tuple(Challenge(name, values) for name, values in found)


def next_link(text: str) -> str | None:
    """Return the target of `rel="next"` in a `Link` header (RFC 8288), as it stands there; None without one."""
    for target, parameters in _LINK.findall(text[:_LIMIT]):
        rel = _REL.search(parameters)
        if rel and target and "next" in (rel[1] or rel[2] or "").lower().split():
            return target
    return None


def retry_after(text: str, now: int) -> float | None:
    """Return the seconds that `Retry-After` asks to wait: a number, or a date less `now` (microseconds since 1970)."""
    text = text.strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return float(text)
    import email.utils

    try:
        at = email.utils.parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0.0, at - now / SECOND)
