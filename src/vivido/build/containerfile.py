"""Reading a Containerfile: directives, comments, continuations, heredocs, flags, words and pairs.

Follows BuildKit's parser (`frontend/dockerfile/parser`), as far as a reader needs it that never builds. It accepts every
text: what is wrong with the syntax is the builder's to say.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

_DIRECTIVE = re.compile(r"#\s*([A-Za-z][A-Za-z0-9]*)\s*=\s*(.+?)\s*")
_DIRECTIVES = ("syntax", "escape", "check")
_ALLOW = re.compile(r"#\s*vivido:\s*allow\s+([a-z-]+)\s*:\s*\S.*", re.IGNORECASE)
_HEREDOC = re.compile(r"\d*<<(-?)([^<>]+)(?:>.*)?")
_TAKES_HEREDOC = ("RUN", "COPY", "ADD")
_TAKES_FLAGS = ("FROM", "RUN", "COPY", "ADD", "HEALTHCHECK")
_TAKES_PAIRS = ("ARG", "ENV", "LABEL")


@dataclass(frozen=True)
class Instruction:
    """One instruction, its lines joined.

    Attributes:
        keyword: In upper case; of `ONBUILD COPY …` it is `COPY`.
        value: What follows keyword and flags, variables not expanded, quotes kept.
        line: The line it begins on, from 1.
        flags: `(name, value)` of its `--name=value`; the value is empty where none is given.
        heredocs: The text of each here-document.
        allowed: Short codes that a comment above it lets pass: `# vivido: allow env-stage: the reason`.
        escape: The escape character of the file.
    """

    keyword: str
    value: str
    line: int
    flags: tuple[tuple[str, str], ...] = ()
    heredocs: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    escape: str = "\\"

    def flag(self, name: str) -> str:
        """Return the value of a flag, empty where it is not given."""
        return next((value for key, value in self.flags if key == name), "")

    @property
    def words(self) -> tuple[str, ...]:
        """Its value split at white space outside quotes; quotes are kept."""
        return tuple(split_words(self.value, self.escape))

    @property
    def pairs(self) -> tuple[tuple[str, str | None], ...]:
        """The `key=value` of ARG, ENV and LABEL, quotes kept; None where ARG gives no value. Empty for others."""
        if self.keyword not in _TAKES_PAIRS or not self.words:
            return ()
        if self.keyword != "ARG" and "=" not in self.words[0]:
            key, _, value = self.value.partition(" ")
            return ((key, value.strip()),)
        return tuple(_pair(word) for word in self.words)


def _pair(word: str) -> tuple[str, str | None]:
    key, equals, value = word.partition("=")
    return key, value if equals else None


def parse(text: str) -> tuple[Instruction, ...]:
    """Read a Containerfile. Never fails: what is no instruction is returned as one with an unknown keyword."""
    lines = text.removeprefix("\ufeff").splitlines()
    escape, start = _directives(lines)
    return tuple(_instructions(lines, start, escape))


def split_words(text: str, escape: str = "\\") -> Iterator[str]:
    """Split at white space outside quotes. Quotes and escapes are kept; an open quote reaches to the end."""
    word, quote, skip = "", "", False
    for char in text:
        if skip:
            word, skip = word + char, False
        elif char == escape and quote != "'":
            word, skip = word + char, True
        elif quote:
            word, quote = word + char, "" if char == quote else quote
        elif char.isspace():
            if word:
                yield word
            word = ""
        else:
            word, quote = word + char, char if char in "\"'" else ""
    if word:
        yield word


def _directives(lines: list[str]) -> tuple[str, int]:
    escape, seen = "\\", set[str]()
    for index, line in enumerate(lines):
        found = _DIRECTIVE.fullmatch(line)
        name = found[1].lower() if found else ""
        if found is None or name not in _DIRECTIVES or name in seen:
            return escape, index
        seen.add(name)
        if name == "escape" and found[2] in ("\\", "`"):
            escape = found[2]
    return escape, len(lines)


def _instructions(lines: list[str], start: int, escape: str) -> Iterator[Instruction]:
    index, allowed = start, tuple[str, ...]()
    while index < len(lines):
        line = lines[index].strip()
        if not line or line.startswith("#"):
            allow = _ALLOW.fullmatch(line)
            allowed = (*allowed, allow[1].lower()) if allow else (allowed if line else ())
            index += 1
            continue
        logical, following = _logical(lines, index, escape)
        instruction = replace(_split(logical, index + 1, escape), allowed=allowed)
        heredocs, index = _heredocs(instruction, lines, following)
        allowed = ()
        yield replace(instruction, heredocs=heredocs)


def _logical(lines: list[str], index: int, escape: str) -> tuple[str, int]:
    """Join a line with those that continue it; comments and empty lines between them do not count."""
    continued = re.compile(rf"(^|[^{re.escape(escape)}]){re.escape(escape)}[ \t]*$")
    parts = list[str]()
    while index < len(lines):
        line = lines[index] if parts else lines[index].lstrip()
        index += 1
        if parts and (not line.strip() or line.lstrip().startswith("#")):
            continue
        joined = continued.sub(r"\1", line)
        parts.append(joined)
        if joined == line:
            break
    return "".join(parts).strip(), index


def _split(logical: str, line: int, escape: str) -> Instruction:
    keyword, _, rest = logical.replace("\t", " ").partition(" ")
    keyword, rest = keyword.upper(), rest.strip()
    if keyword == "ONBUILD" and rest and rest.split()[0].upper() not in ("ONBUILD", "FROM"):
        return _split(rest, line, escape)
    flags = list[tuple[str, str]]()
    while keyword in _TAKES_FLAGS and rest.startswith("--"):
        word, _, rest = rest.partition(" ")
        name, _, value = word[2:].partition("=")
        flags.append((name, value))
        rest = rest.lstrip()
    return Instruction(keyword, rest, line, tuple(flags), escape=escape)


def _heredocs(instruction: Instruction, lines: list[str], index: int) -> tuple[tuple[str, ...], int]:
    if instruction.keyword not in _TAKES_HEREDOC or instruction.value.startswith("["):
        return (), index
    texts = list[str]()
    for word in instruction.words:
        found = _HEREDOC.fullmatch(word)
        if found is None:
            continue
        end, body = found[2].replace('"', "").replace("'", ""), list[str]()
        while index < len(lines):
            line = lines[index].lstrip("\t") if found[1] else lines[index]
            index += 1
            if line == end:
                break
            body.append(line)
        texts.append("\n".join(body))
    return tuple(texts), index
