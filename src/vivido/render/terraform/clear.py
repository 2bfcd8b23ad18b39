"""What stands in a module in clear and is nobody's to see: it becomes Secrets, and is hidden everywhere else.

So it is refused, allowed by name, and compared as the values of Secrets are. Found are the values of variables that are declared
sensitive, and in `provider` blocks the texts under names that providers give to their credentials.
"""

import re
from collections.abc import Iterator
from typing import Any

from vivido.model.objects import Manifest
from vivido.render.terraform.content import body
from vivido.render.terraform.inputs import Inputs, secrets
from vivido.render.terraform.module import Module, literal

HIDDEN = "(sensitive)"
"""What stands in the place of a value that is kept in a Secret."""
_CREDENTIAL = re.compile(
    r"(?i)(?:^|[_-])(?:pass|passwd|password|passphrase|pwd|token|secret|(?:secret|access|api|private|account|client|master)_?key"
    r"|client_secret|secret_id|sas|credentials|auth_?key)$"
)
"""Names of settings that hold a credential itself; `token_url` and `shared_credentials_file` tell where one is."""
_FILE = re.compile(r"[^\s{]*\.(?:json|ya?ml|pem|key|txt|cfg|conf)")
"""A path: providers take one for `credentials`, too."""


def secrets_of(name: str, module: Module, inputs: Inputs) -> Iterator[Manifest]:
    """Yield what a module holds in clear, as Secrets.

    Args:
        name: The module's, as its object is called.
        module: The module.
        inputs: The values of its variables.
    """
    for variable, value in secrets(inputs).items():
        yield _secret(f"{name}.{variable}", {variable: value})
    for provider, found in providers(module)[1].items():
        yield _secret(f"{name}.{provider}", found)


def providers(module: Module) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
    """Return a module's `provider` blocks by name without their credentials, and these by `provider.NAME[.ALIAS]` and place."""
    shown: dict[str, list[Any]] = {}
    hidden: dict[str, dict[str, str]] = {}
    for block in module.of("provider"):
        name, alias = ".".join(block.labels), literal(block.body.value("alias"))
        found: dict[str, str] = {}
        shown.setdefault(name, []).append(_without(body(block.body), (), found))
        if found:
            hidden.setdefault(".".join(filter(None, ("provider", name, alias))), {}).update(found)
    return {name: made[0] if len(made) == 1 else made for name, made in shown.items()}, hidden


def _without(value: Any, at: tuple[str, ...], found: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _without(part, (*at, key), found) for key, part in value.items()}
    if isinstance(value, list):
        # One block of a type needs no number to be told.
        place = at if len(value) == 1 else None
        return [_without(part, place or (*at, str(n)), found) for n, part in enumerate(value)]
    if not isinstance(value, str) or not at or not _is_credential(at[-1], value):
        return value
    found[".".join(at)] = value
    return HIDDEN


def _is_credential(name: str, value: str) -> bool:
    """Whether a setting holds a credential in clear; `${var.token}` is none."""
    if "PRIVATE KEY-----" in value:
        return True
    return bool(value and not value.startswith("${") and _CREDENTIAL.search(name) and not _FILE.fullmatch(value))


def _secret(name: str, values: dict[str, Any]) -> Manifest:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": values}
