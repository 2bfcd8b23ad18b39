"""Charts that render differently each time: random values, the time, what happens to be in a cluster.

What is validated must be what is deployed, so such a chart is refused. A template can only call a function by its name: a chart
that names none of these is steady. One that does is rendered a second time, with the functions replaced by others that give
something else; where the objects differ, the function was really used. So a helper that nobody calls does no harm.
Functions: Helm `pkg/engine/funcs.go` and Sprig.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_INSTEAD = {
    "now": '(toDate "2006-01-02" "1999-12-31")',
    "lookup": 'dict "vivido" "looked-up"',
    "randInt": "add 1000003",
    **dict.fromkeys(
        ("randAlphaNum", "randAlpha", "randNumeric", "randAscii", "randBytes", "shuffle", "ago"), 'printf "x%v"'
    ),
    "uuidv4": '"00000000-0000-4000-8000-000000000000"',
}
_BY_ITSELF = ("genPrivateKey", "genCA", "genCAWithKey", "genSelfSignedCert", "genSelfSignedCertWithKey", "genSignedCert",
              "genSignedCertWithKey", "htpasswd", "bcrypt", "encryptAES")  # fmt: skip
"""Their outcomes are long enough to differ each time without help."""
_WORD = re.compile(rf"(?<![\w.$\"])({'|'.join((*_INSTEAD, *_BY_ITSELF))})(?![\w\"])")
_ACTION = re.compile(r"\{\{.*?\}\}", re.S)


class Call(NamedTuple):
    """A place that names such a function."""

    function: str
    where: str
    """`file:line:column`, from the directory that was searched."""


def calls(*places: Path) -> list[Call]:
    """Return the places in files, and files of directories, that name a function which is not steady."""
    return [call for place in places for file, text in _texts(place) for call in _in(text, file)]


def replaced(text: str) -> str:
    """Return a template with the functions replaced that need it."""
    return _ACTION.sub(lambda action: _WORD.sub(lambda m: _INSTEAD.get(m[1], m[1]), action.group()), text)


def replace_in(*places: Path) -> None:
    """Replace them in files, and files of directories; what is no text stays."""
    for place in places:
        for file in _files(place):
            text = _text(file)
            if text and (other := replaced(text)) != text:
                file.write_text(other, encoding="utf-8")


def _in(text: str, file: Path) -> Iterator[Call]:
    for action in _ACTION.finditer(text):
        for word in _WORD.finditer(action.group()):
            before = text[: action.start() + word.start()]
            line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
            yield Call(word[1], f"{file}:{line}:{column}")


def _texts(place: Path) -> Iterator[tuple[Path, str]]:
    for file in _files(place):
        yield file, _text(file)


def _files(place: Path) -> list[Path]:
    return sorted(p for p in place.rglob("*") if p.is_file()) if place.is_dir() else [place]


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""
