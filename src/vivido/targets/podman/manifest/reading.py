"""Read plain data of foreign manifests without trusting its types, and collect what is wrong with it."""

from typing import Any

from vivido.model.foreign import items, mapping, name_of, strings
from vivido.model.problem import Problem

__all__ = [
    "Findings",
    "items",
    "mapping",
    "name_of",
    "namespace_of",
    "number",
    "string_map",
    "strings",
]


class Findings:
    """What was found while one generation's objects were read."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.notices: list[str] = []

    def unsupported(self, where: str, what: str, hint: str = "") -> None:
        """Note that something cannot run here and would be missed."""
        hint = hint or "Leave it out in this environment's overlay, or name it under the target's `ignore:`."
        self.problems.append(Problem("podman.unsupported", f"{where}: {what}", hint, where))

    def invalid(self, where: str, what: str, hint: str = "") -> None:
        """Note that something is wrong in the manifest itself."""
        self.problems.append(Problem("podman.manifest", f"{where}: {what}", hint, where))

    def notice(self, text: str) -> None:
        """Note that something has no effect here, once."""
        if text not in self.notices:
            self.notices.append(text)


def number(value: Any, default: int) -> int:
    """Return a whole number, the default where the value is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def string_map(value: Any) -> dict[str, str]:
    """Return a mapping of text."""
    return {str(k): v if isinstance(v, str) else str(v) for k, v in mapping(value).items() if v is not None}


def namespace_of(manifest: dict[str, Any]) -> str:
    """Return an object's namespace; `default` where it names none."""
    return str(mapping(manifest.get("metadata")).get("namespace") or "default")
