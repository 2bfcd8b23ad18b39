"""Secret values out of what was seen, before anybody else sees it. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from vivido.targets.podman.manifest.blueprint import Container, SecretKey, Variable
from vivido.targets.podman.observe import shape
from vivido.targets.podman.observe.wanted import shown
from vivido.text.redact import holds_password, redact

Value = Callable[[SecretKey], str | None]
"""A secret's value; None where its source gives none."""

SPEAKING = re.compile(r"(?i)passw|secret|token|credential|private|api_?key|_key$|^key$|auth")
"""Names of variables whose values are not shown, whoever set them."""
HIDDEN = "(hidden by its name)"


def variables(found: Mapping[str, str], spec: Container | None, value: Value) -> dict[str, str]:
    """Return a container's variables: a secret is told by its mark where it is what its source says, else as another value.

    Args:
        found: As Podman shows them.
        spec: What declares them; None for a container that nobody declared.
        value: Gives the secrets' values.
    """
    declared = {v.name: v for v in spec.variables} if spec else {}
    image = {n for n in found if n not in declared}
    return {
        name: _variable(name, text, declared.get(name), value, foreign=name in image) for name, text in found.items()
    }


def _variable(name: str, text: str, declared: Variable | None, value: Value, *, foreign: bool) -> str:
    if declared is not None and declared.secret:
        wanted = [part if isinstance(part, str) else value(part) for part in declared.parts]
        unknown = any(part is None for part in wanted)
        same = unknown or text == "".join(str(part) for part in wanted)
        return shown(declared) if same else shape.ANOTHER
    if declared is not None and text == declared.plain:
        return text
    return HIDDEN if SPEAKING.search(name) or holds_password(text) else redact(text)


def not_shown(wanted: Container, found: Mapping[str, str]) -> tuple[str, ...]:
    """Return the secret variables that Podman does not show: since 5.3 it keeps them to itself."""
    return tuple(v.name for v in wanted.variables if v.secret and v.name not in found)


def texts(value: Any, secrets: Iterable[str]) -> Any:
    """Return plain data with every secret value in its texts, and in the names of its fields, replaced."""
    known = tuple(s for s in secrets if s)
    if isinstance(value, str):
        return redact(value, known)
    if isinstance(value, Mapping):
        return {texts(str(k), known): texts(v, known) for k, v in value.items()}
    return [texts(v, known) for v in value] if isinstance(value, list) else value
