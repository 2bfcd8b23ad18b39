"""Print a result in the format that was asked for. Data goes to standard output, everything else to standard error."""

import sys
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from vivido.cli.common import Format


def emit(value: Any, form: Format, text: Callable[[], str], names: Iterable[str] = ()) -> None:
    """Print a result.

    Args:
        value: A struct, or plain data: what JSON and YAML show in full.
        form: The format.
        text: Makes the text for people; called only where it is asked for.
        names: The ids that `name` prints.
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
            if told:
                sys.stdout.write(told + "\n")


def say(line: str) -> None:
    """Tell the person something that is no data."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
