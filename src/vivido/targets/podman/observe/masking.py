"""Secret values out of what was seen, before anybody else sees it. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from vivido.targets.podman.manifest.blueprint import Container, SecretKey, Variable
from vivido.targets.podman.observe import shape
from vivido.targets.podman.observe.wanted import shown
from vivido.text.redact import holds_password

Value = Callable[[SecretKey], str | None]
"""A secret's value; None where its source gives none."""

SPEAKING = re.compile(r"(?i)passw|secret|token|credential|private|api_?key|_key$|^key$|auth")
"""Names of variables whose values are not shown, whoever set them."""
HIDDEN = "(hidden by its name)"
SHORTEST = 4
"""Characters of a secret value from which on it is looked for in texts: shorter ones are found everywhere."""


def variables(found: Mapping[str, str], spec: Container, image: Mapping[str, str], value: Value) -> dict[str, str]:
    """Return a container's variables: a secret is told by its mark where it is what its source says, else as another value.

    Args:
        found: As Podman shows them.
        spec: What declares them.
        image: What its image sets.
        value: Gives the secrets' values.
    """
    declared = {v.name: v for v in spec.variables}
    return {name: _variable(name, text, declared.get(name), image, value) for name, text in found.items()}


def _variable(name: str, text: str, declared: Variable | None, image: Mapping[str, str], value: Value) -> str:
    if declared is not None and declared.secret:
        wanted = [part if isinstance(part, str) else value(part) for part in declared.parts]
        unknown = any(part is None for part in wanted)
        same = unknown or text == "".join(str(part) for part in wanted)
        return shown(declared) if same else shape.ANOTHER
    if declared is not None or name in image:
        return text
    return HIDDEN if SPEAKING.search(name) or holds_password(text) else text


def texts(value: Any, secrets: Iterable[str]) -> Any:
    """Return plain data with every known secret value in its texts, and in the names of its fields, replaced.

    For both sides alike: what only looks like a secret is compared as it is, and redacted when it is shown.
    """
    known = tuple(s for s in secrets if len(s) >= SHORTEST)
    if isinstance(value, str):
        return _without(value, known)
    if isinstance(value, Mapping):
        return {_without(str(k), known): texts(v, known) for k, v in value.items()}
    return [texts(v, known) for v in value] if isinstance(value, list) else value


def _without(text: str, secrets: tuple[str, ...]) -> str:
    for secret in secrets:
        text = text.replace(secret, "***")
    return text
