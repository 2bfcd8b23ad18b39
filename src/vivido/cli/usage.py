"""What is wrong with the words of a command line, told as every other error: what there is instead, and where all of it stands."""

from typing import TYPE_CHECKING, Literal, get_args, get_origin

from vivido.errors import InputError

if TYPE_CHECKING:
    from cyclopts import CycloptsError


def usage(error: "CycloptsError") -> InputError:
    """Return the error of a command line that cannot be read."""
    from cyclopts import MissingArgumentError, UnusedCliTokensError

    message = str(error).strip()
    if isinstance(error, UnusedCliTokensError):
        message = f"the command takes no more words: {' '.join(error.unused_tokens or ())}"
    elif not message.endswith("..."):
        message = message.removesuffix(".")
    choices = _choices(error.argument.hint) if isinstance(error, MissingArgumentError) and error.argument else ()
    told = f"{message}: {', '.join(choices)}" if choices else message
    command = " ".join(("vivido", *(error.command_chain or ())))
    return InputError(told, code="cli.usage", hint=f"{command} --help says what there is.")


def _choices(hint: object) -> tuple[str, ...]:
    return tuple(map(str, get_args(hint))) if get_origin(hint) is Literal else ()
