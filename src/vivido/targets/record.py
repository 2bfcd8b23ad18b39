"""Small files in which a target remembers what it did: whole or not at all, and lost without harm."""

import os
from pathlib import Path
from typing import TypeVar

import msgspec

from vivido.errors import ToolError

T = TypeVar("T")


def save(path: Path, value: msgspec.Struct) -> None:
    """Replace a file by a struct's JSON, atomically and durably.

    Raises:
        ToolError: `target.state`: the state directory cannot be written.
    """
    write(path, msgspec.json.format(msgspec.json.encode(value), indent=2))


def write(path: Path, data: bytes) -> None:
    """Replace a file's content, atomically and durably; only its owner may read it.

    Raises:
        ToolError: `target.state`.
    """
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(path)
    except OSError as e:
        raise ToolError(
            f"{path} cannot be written: {e.strerror}",
            code="target.state",
            hint="Make room, or make the state directory writable, and retry.",
        ) from e


def load(path: Path, kind: type[T]) -> T | None:
    """Return what `save` wrote; None where there is nothing, or nothing that is understood."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.MsgspecError):
        return None
