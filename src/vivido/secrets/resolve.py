"""Resolve one secret value from its source."""

from pathlib import Path

from vivido.errors import InputError
from vivido.model.project import SecretSource
from vivido.secrets.command import from_command
from vivido.secrets.environment import from_environment
from vivido.secrets.file import from_file


def resolve(source: SecretSource, root: Path) -> str:
    """Return the value. It is never cached, logged or put into a message.

    Args:
        source: Exactly one of file, variable or command.
        root: The project's directory: relative paths and commands start there.

    Raises:
        InputError: `secret.missing`, `secret.empty`, `secret.unreadable` or `secret.command`, naming the source, never the value.
    """
    if source.file:
        return from_file(source.file, root)
    if source.env:
        return from_environment(source.env)
    if source.command:
        return from_command(source.command, root)
    raise InputError("a secret has no source", code="secret.missing", hint="Give it `file:`, `env:` or `command:`.")
