"""`commands.md`: every command with its arguments and flags, from their functions."""

from collections.abc import Iterator
from dataclasses import is_dataclass
from typing import Any, cast, get_type_hints

from cyclopts import App

from reference.text import docstring, page, table
from vivido.cli.app import build_app
from vivido.cli.common import Common
from vivido.cli.examples import examples
from vivido.config.describe import field_docs

_INTRODUCTION = """
`vivido COMMAND --help` says the same. Everything that is data goes to standard output, everything else to standard error. Where a
command is repeated, it finds what it did before. Exit codes are [here](exit-codes.md).
"""
_COMMON = {f"--{name}" for name in field_docs(Common)}


def commands() -> str:
    """Return the page."""
    app = build_app()
    found = list(_walk(app, ("vivido",)))
    index = "\n".join(f"- [`{' '.join(words)}`](#{'-'.join(words)}): {_summary(one)}" for words, one in found)
    parts = [_part(words, one) for words, one in found]
    return page("Commands", _INTRODUCTION, index, _flags_of_all(), *parts)


def _walk(app: App, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], App]]:
    for name in app:
        if name.startswith("-"):
            continue
        one = app[name]
        if one.default_command is not None:
            yield (*words, name), one
        yield from _walk(one, (*words, name))


def _summary(app: App) -> str:
    return docstring(app.default_command)[0].partition("\n\n")[0].replace("\n", " ")


def _part(words: tuple[str, ...], app: App) -> str:
    told, own = docstring(app.default_command)
    meanings = {**own, **_shared(app.default_command)}
    arguments = [a for a in app.assemble_argument_collection() if a.show]
    positional = [a for a in arguments if a.index is not None]
    flags = [a for a in arguments if a.index is None and a.name not in _COMMON]
    usage = " ".join([*words, *map(_placeholder, positional), *(["[FLAG…]"] if flags else [])])
    parts = [f"## {' '.join(words)}", told]
    # Without arguments the heading is the usage.
    if positional or flags:
        parts.append(f"```text\n{usage}\n```")
        rows = [_row(a, meanings) for a in (*positional, *flags)]
        parts.append(table(("argument", "default", "meaning"), rows))
    if shown := examples(" ".join(words[1:])):
        parts.append(f"```sh\n{shown}\n```")
    return "\n\n".join(parts)


def _shared(command: object) -> dict[str, str]:
    """Return what the flags mean that several commands have in common: those of the dataclasses among the parameters."""
    hints = get_type_hints(command).values()
    return {name: told for hint in hints if is_dataclass(hint) for name, told in field_docs(cast("type", hint)).items()}


def _placeholder(argument: Any) -> str:
    name = _own_name(argument).upper()
    if argument.field_info.kind is argument.field_info.VAR_POSITIONAL:
        return f"[{name}…]"
    return name if argument.required else f"[{name}]"


def _row(argument: Any, meanings: dict[str, str]) -> tuple[str, str, str]:
    name = _own_name(argument)
    default = argument.field_info.default
    meaning = meanings[argument.field_info.names[0]]
    if argument.index is not None:
        return (
            f"`{name.upper()}`",
            _default(default) if default is not argument.field_info.empty and not argument.required else "",
            meaning,
        )
    spelled = " ".join(f"`{n}`" for n in argument.names if not n.startswith(("--no-", "--empty-")))
    if default is True:
        spelled = f"`{argument.names[0]}`, `{argument.negatives[0]}`"
    return spelled, "" if argument.required else _default(default), meaning


def _own_name(argument: Any) -> str:
    return str(argument.field_info.names[0]).replace("_", "-")


def _default(value: Any) -> str:
    match value:
        case True:
            return "yes"
        case False | None | () | "":
            return ""
        case _:
            return f"`{value}`"


def _flags_of_all() -> str:
    docs = field_docs(Common)
    rows = (("`--file`, `-f`", docs["file"]), ("`--output`, `-o`", docs["output"]))
    return "## Flags of every command\n\n" + table(("flag", "meaning"), rows)
