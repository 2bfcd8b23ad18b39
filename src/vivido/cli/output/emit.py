"""Print a result in the format that was asked for. Data goes to standard output, everything else to standard error."""

import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from vivido.cli.common import Format
from vivido.cli.output.fold import fold
from vivido.errors import InputError

_NO_OTHERS: Mapping[Format, Callable[[], str]] = {}


def emit(
    value: Any,
    form: Format,
    text: Callable[[], str],
    names: Iterable[str] = (),
    others: Mapping[Format, Callable[[], str]] = _NO_OTHERS,
    *,
    whole: bool = False,
) -> None:
    """Print a result.

    Args:
        value: A struct, or plain data: what JSON and YAML show in full.
        form: The format.
        text: Makes the text for people; called only where it is asked for.
        names: The ids that `name` prints.
        others: What makes the text of formats that only some commands have.
        whole: Its lines stay as they are: the text is a file's, or folded already.

    Raises:
        InputError: `output.format`: the command has no such format.
    """
    match form:
        case "json":
            data = msgspec.json.format(msgspec.json.encode(value), indent=2)
            sys.stdout.write(data.decode() + "\n")
        case "yaml":
            import yaml

            sys.stdout.write(yaml.safe_dump(msgspec.to_builtins(value), sort_keys=False, allow_unicode=True))
        case "name":
            sys.stdout.writelines(f"{name}\n" for name in names)
        case "text":
            told = text()
            _print(told if whole else fold(told))
        case _:
            if form not in others:
                raise InputError(
                    f"this command has no output as {form}",
                    code="output.format",
                    hint="Every command has text, json, yaml and name.",
                )
            _print(others[form]())


def _print(told: str) -> None:
    if told:
        sys.stdout.write(told + "\n")


def say(line: str, *, whole: bool = False) -> None:
    """Tell the person something that is no data; `whole` leaves its lines as they are."""
    sys.stderr.write((line if whole else fold(line, sys.stderr)) + "\n")
    sys.stderr.flush()
