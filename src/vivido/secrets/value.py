"""What every source's value has to be: text that is not empty, without the line feed that editors and commands add."""

from vivido.errors import InputError

LIMIT = 512_000
"""Bytes of one value: what Podman's secret store takes."""


def as_value(data: bytes, source: str) -> str:
    """Return the value of what a source gave.

    Raises:
        InputError: `secret.empty` or `secret.unreadable`; only the source is named.
    """
    if len(data) > LIMIT:
        raise InputError(f"{source} gives more than {LIMIT // 1000} kB for a secret", code="secret.unreadable")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        # The cause would carry the bytes.
        raise InputError(f"{source} gives a secret that is no UTF-8 text", code="secret.unreadable") from None
    value = text.removesuffix("\n").removesuffix("\r")
    if not value:
        raise InputError(f"{source} gives an empty secret", code="secret.empty", hint="Fill it, or remove its entry.")
    return value
