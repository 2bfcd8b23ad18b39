"""Secret values replaced by numbers, for presentation only: equal values get equal numbers, so that a change stays visible.

A number says nothing about a value, not even to somebody who guesses values and hashes them.
"""

from typing import Any

from vivido.model.objects import Manifest, Rendered
from vivido.render.secrets import LAST_APPLIED, is_secret

_FIELDS = ("data", "stringData")


class Masks:
    """The numbers given to the secret values of one presentation."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def masked(self, rendered: Rendered) -> tuple[Manifest, ...]:
        """Return the objects of a rendering, each secret value in them replaced."""
        return tuple(self._manifest(one) if is_secret(one) else one for one in rendered.objects)

    def _manifest(self, manifest: Manifest) -> Manifest:
        changed = {field: self._values(manifest[field]) for field in _FIELDS if field in manifest}
        meta = manifest.get("metadata") or {}
        notes = meta.get("annotations")
        if isinstance(notes, dict) and LAST_APPLIED in notes:
            hidden = {**notes, LAST_APPLIED: self._value(notes[LAST_APPLIED])}
            changed["metadata"] = {**meta, "annotations": hidden}
        return {**manifest, **changed}

    def _values(self, values: Any) -> Any:
        if isinstance(values, dict):
            return {key: self._value(value) for key, value in values.items()}
        return self._value(values)

    def _value(self, value: Any) -> str:
        number = self._numbers.setdefault(str(value), len(self._numbers) + 1)
        return f"(secret value {number})"
