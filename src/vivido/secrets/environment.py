"""A secret from a variable of this process's environment."""

import os

from vivido.errors import InputError
from vivido.secrets.value import as_value


def from_environment(name: str) -> str:
    """Return the variable's value.

    Raises:
        InputError: `secret.missing` where it is not set, and as `as_value`.
    """
    value = os.environb.get(name.encode())
    if value is None:
        raise InputError(
            f"the secret's variable {name} is not set", code="secret.missing", hint=f"Set {name} where vivido runs."
        )
    return as_value(value, f"the variable {name}")
