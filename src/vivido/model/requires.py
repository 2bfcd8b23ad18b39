"""What a version of a service needs of any environment it runs in, as the file or the image itself declares it."""

import msgspec

from vivido.text.redact import printable

LABEL = "dev.vivido.requires"
"""The label of an image that holds its needs as JSON, in the form of `requires:` in the file."""
MAX_LABEL = 64 * 1024
"""Characters of the label; more is no list of needs."""
KINDS = ("env", "config", "secrets", "services")


class Requires(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names that have to be there; `NAME/KEY` where a key of a ConfigMap or Secret is meant."""

    env: tuple[str, ...] = ()
    """Environment variables that each container with the service's image must have."""
    config: tuple[str, ...] = ()
    """ConfigMaps, or keys of them."""
    secrets: tuple[str, ...] = ()
    """Secrets, or keys of them."""
    services: tuple[str, ...] = ()
    """Names of Kubernetes Services."""

    def __bool__(self) -> bool:
        return any(getattr(self, kind) for kind in KINDS)


def read_label(text: str) -> Requires | str:
    """Read the label of an image; where it cannot be read, say why: one sentence without a full stop."""
    if len(text) > MAX_LABEL:
        return f"it has more than {MAX_LABEL} characters"
    try:
        found = msgspec.json.decode(text, type=Requires)
    except (msgspec.DecodeError, UnicodeError) as e:
        return f'it is no JSON of the form {{"env": ["NAME"]}}: {printable(str(e))}'
    empty = [kind for kind in KINDS if not all(name.strip() for name in getattr(found, kind))]
    return f"there is an empty name under {empty[0]}" if empty else found


def together(*several: Requires) -> Requires:
    """Return all needs, each once."""
    return Requires(*(tuple(dict.fromkeys(n for one in several for n in getattr(one, kind))) for kind in KINDS))
