"""Read what a `current` command prints."""

import msgspec

from vivido.errors import InputError, ToolError
from vivido.model.reference import Digest, parse_digest
from vivido.text.redact import printable, redact


class Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a `current` command says."""

    services: dict[str, str] = {}
    """Service → `repository@sha256:…`, or the digest alone."""
    healthy: bool | None = None
    urls: dict[str, str] = {}
    detail: str = ""

    @property
    def digests(self) -> dict[str, Digest]:
        """Service → digest; each was checked when the report was read."""
        return {service: Digest(image.rpartition("@")[2]) for service, image in self.services.items()}


def read_report(output: str) -> Report:
    """Read JSON or lines `service=repository@sha256:…`; empty lines and lines that start with `#` count for nothing.

    Raises:
        ToolError: `target.current-unreadable`, with the first line that is wrong.
    """
    text = output.strip()
    report = _json(text) if text.startswith("{") else Report(services=dict(map(_line, _lines(text))))
    for service, image in report.services.items():
        _check(service, image)
    return report


def _json(text: str) -> Report:
    try:
        return msgspec.json.decode(text.encode(), type=Report)
    except (msgspec.MsgspecError, UnicodeError) as e:
        raise _unreadable(f"its JSON is not understood: {e}") from e


def _lines(text: str) -> list[str]:
    stripped = (line.strip() for line in text.splitlines())
    return [line for line in stripped if line and not line.startswith("#")]


def _line(line: str) -> tuple[str, str]:
    service, equals, image = line.partition("=")
    if not equals or not service.strip():
        raise _unreadable(f"“{line[:120]}” is not service=repository@sha256:…")
    return service.strip(), image.strip()


def _check(service: str, image: str) -> None:
    try:
        parse_digest(image.rpartition("@")[2])
    except InputError as e:
        raise _unreadable(f"service “{service[:60]}”: {e.message}") from e


def _unreadable(why: str) -> ToolError:
    return ToolError(
        f"the target's `current` command printed something else than what runs: {printable(redact(why))}",
        code="target.current-unreadable",
        hint='Print lines such as web=registry.example.com/shop/web@sha256:…, or JSON {"services": {"web": "…@sha256:…"}}.',
    )
