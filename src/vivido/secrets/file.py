"""A secret from a file: relative to the project's directory, or with `~`."""

from pathlib import Path

from vivido.errors import InputError
from vivido.secrets.value import LIMIT, as_value


def from_file(name: str, root: Path) -> str:
    """Return the file's content without its last line feed.

    Raises:
        InputError: `secret.missing` where it cannot be read, and as `as_value`.
    """
    try:
        with (root / Path(name).expanduser()).open("rb") as source:
            data = source.read(LIMIT + 1)
    except (OSError, RuntimeError) as e:
        why = e.strerror if isinstance(e, OSError) else "there is no home directory"
        raise InputError(
            f"the secret's file {name} cannot be read: {why}",
            code="secret.missing",
            hint="Create it (outside Git), or name another source under `secrets:`.",
        ) from e
    return as_value(data, f"the file {name}")
