"""Reading the examples out of a page of documentation, and comparing what they promise with what happens.

A page is a session: its blocks are run in order, in one directory. What is run:

- ``console`` blocks: each line that begins with `$ ` is a command, the lines below it are what it prints. `...` in a line
  stands for any text, a line that is `...` alone for any number of lines. `exit=3` after `console` promises
  that exit code, of the block's last command.
- any block with `title=NAME` is written to the file NAME first. With `shows=NAME` it shows a file that is there already.

An HTML comment, alone on its line, changes that: `<!-- needs: podman haproxy -->` names programs, and `<!-- starts from: shop -->`
the project that is there when the page begins (`doc_projects`), both for the whole page; `<!-- not run: REASON -->` leaves the
next block out. The port 5000 in a block stands for the one of the session's registry.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

_FENCE = re.compile(r"^(?P<indent> *)(?P<ticks>`{3,})(?P<info>[^`]*)$")
_COMMENT = re.compile(r"^ *<!-- *(?P<what>needs|not run|starts from): *(?P<rest>.*?) *-->$")


@dataclass(frozen=True)
class Block:
    """A fenced block: language, options (`exit=3`, `title=vivido.yaml`), its lines, and the line of its fence, from 1."""

    language: str
    options: dict[str, str]
    lines: tuple[str, ...]
    line: int
    left_out: str = ""

    @property
    def runs(self) -> bool:
        return not self.left_out and self.language == "console"

    @property
    def text(self) -> str:
        return "".join(f"{line}\n" for line in self.lines)


@dataclass(frozen=True)
class Command:
    """A command of a console block, what it shall print, its exit code, and its line in the page, from 1."""

    command: str
    output: tuple[str, ...]
    code: int
    line: int


@dataclass
class Page:
    """A page's blocks, the programs they need, and the project they start from."""

    path: Path
    blocks: list[Block] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)
    project: str = ""


def read(path: Path) -> Page:
    """Read a page.

    Raises:
        ValueError: A fence is not closed.
    """
    page = Page(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    left_out, number = "", 0
    while number < len(lines):
        comment, fence = _COMMENT.match(lines[number]), _FENCE.match(lines[number])
        if comment and comment["what"] == "needs":
            page.needs += comment["rest"].split()
        elif comment and comment["what"] == "starts from":
            page.project = comment["rest"]
        elif comment:
            left_out = comment["rest"]
        elif fence:
            end = _end(lines, number, fence["ticks"], path)
            inside = (line.removeprefix(fence["indent"]) for line in lines[number + 1 : end])
            language, _, rest = fence["info"].strip().partition(" ")
            options = dict(option.partition("=")[::2] for option in rest.split())
            page.blocks.append(Block(language, options, tuple(inside), number + 1, left_out))
            left_out, number = "", end
        number += 1
    return page


def _end(lines: list[str], start: int, ticks: str, path: Path) -> int:
    for number in range(start + 1, len(lines)):
        if lines[number].strip() == ticks:
            return number
    raise ValueError(f"{path}:{start + 1}: the block is not closed")


def commands(block: Block) -> list[Command]:
    """Return the commands of a console block. A command that ends with `\\` goes on in the next line, which begins with `> `."""
    found: list[Command] = []
    typed: list[tuple[str, int, list[str]]] = []
    going_on = False
    for number, line in enumerate(block.lines, block.line + 1):
        if line.startswith("$ "):
            typed.append((line[2:], number, []))
        elif going_on and line.startswith("> "):
            command, at, output = typed.pop()
            typed.append((f"{command}\n{line[2:]}", at, output))
        elif typed:
            typed[-1][2].append(line)
        else:
            raise ValueError(f"line {number}: output without a command")
        going_on = line.endswith("\\")
    for index, (command, number, output) in enumerate(typed):
        code = int(block.options.get("exit", "0")) if index == len(typed) - 1 else 0
        found.append(Command(command, tuple(output), code, number))
    return found


def matches(expected: tuple[str, ...], printed: str) -> bool:
    """Say whether a command printed what the page promises. Blank lines at the end and spaces at line ends do not count."""
    pattern = ""
    for line in _trimmed("\n".join(expected)):
        if line == "...":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*?".join(re.escape(part) for part in line.split("...")) + r"\n"
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in _trimmed(printed))) is not None


def _trimmed(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().split("\n")] if text.strip() else []
