"""Small things that every page needs: tables, docstrings, the source's syntax trees."""

import ast
import inspect
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "vivido"

NOTE = "<!-- Made from the code by `PYTHONPATH=tools python -m reference`; edit the code, not this page. -->"


def page(title: str, introduction: str, *parts: str) -> str:
    """Return a page: its title, the note that it is made, an introduction, and its parts."""
    return "\n\n".join([f"# {title}", NOTE, introduction.strip(), *parts]) + "\n"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; cells are made one line, and bars in them are escaped."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def docstring(thing: object) -> tuple[str, dict[str, str]]:
    """Return what a Google-style docstring says, without its sections, and its `Args:` by name."""
    lines = (inspect.getdoc(thing) or "").splitlines()
    start = next((n for n, line in enumerate(lines) if line in ("Args:", "Raises:", "Returns:", "Attributes:")), None)
    told = "\n".join(lines[:start]).strip()
    arguments: dict[str, str] = {}
    name = ""
    for line in lines[lines.index("Args:") + 1 :] if "Args:" in lines else []:
        if line and not line.startswith(" "):
            break
        if line.startswith("    ") and not line.startswith("     "):
            name, _, rest = line.strip().partition(":")
            arguments[name] = rest.strip()
        elif name:
            arguments[name] = f"{arguments[name]} {line.strip()}".strip()
    return told, arguments


def modules() -> Iterator[tuple[Path, ast.Module]]:
    """Yield the package's source files, without what only tests use, each with its syntax tree."""
    for path in sorted(SOURCE.rglob("*.py")):
        if "testing" not in path.relative_to(SOURCE).parts:
            yield path.relative_to(SOURCE), ast.parse(path.read_text(encoding="utf-8"))


def strings(tree: ast.AST) -> Iterator[str]:
    """Yield every text in a syntax tree, docstrings too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


class Undocumented(Exception):  # noqa: N818  it is no error of a user's
    """The code has a name that no table here explains, or a table explains a name that the code has no more."""


def explained(what: str, names: Iterable[str], meanings: Iterable[str]) -> None:
    """Hold the names in the code against the names that are explained.

    Raises:
        Undocumented: They differ.
    """
    there, told = set(names), set(meanings)
    complaints = [f"{what} {n}: the code has it, and no meaning is written in tools/reference" for n in there - told]
    complaints += [
        f"{what} {n}: a meaning is written in tools/reference, and the code has no such name" for n in told - there
    ]
    if complaints:
        raise Undocumented("\n".join(sorted(complaints)))
