"""`http`: what a URL of the environment answers decides."""

from typing import Annotated, Any, ClassVar

import msgspec

from vivido.gates.interface import GateContext, Subject
from vivido.gates.option import Duration, Retries, positive
from vivido.model.gate import Judgment


class HttpOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Ask a URL and compare the answer."""

    url: str
    """A path (`/healthz`), joined to the environment's URL, or a whole `http://` or `https://` URL."""
    status: int | tuple[int, ...] = 200
    """The status code that is right, or a list of them."""
    contains: str = ""
    """Text that the body must contain."""
    body: Any = msgspec.UNSET
    """What the body must be: JSON that is equal (the order of keys and white space mean nothing), or the whole text."""
    within: Duration | None = None
    """How quickly every answer must be complete."""
    timeout: Duration = "10s"
    """When a request is given up; that counts as failed."""
    times: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1
    """How many requests in a row must be answered right."""
    every: Duration = "1s"
    """The pause between them."""
    retries: Retries = 0
    """How many times the row may begin again after a wrong answer. A pass after a retry says so."""
    headers: dict[str, str] = {}
    """Request headers. `${NAME}` stands for a variable of the process that looks, so that no secret is in the file."""
    follow: bool = False
    """Follow redirects, at most five. Headers of this file are not sent to another host."""

    def __post_init__(self) -> None:
        """Refuse what could never be asked or met."""
        if not self.url.startswith(("/", "http://", "https://")):
            raise ValueError("url: must begin with /, http:// or https://")
        for code in codes(self):
            if not 100 <= code <= 599:
                raise ValueError(f"status: {code} is no HTTP status")
        if not codes(self):
            raise ValueError("status: is an empty list")
        for option, text in (("within", self.within), ("timeout", self.timeout), ("every", self.every)):
            if text is not None:
                positive(option, text)


def codes(options: HttpOptions) -> tuple[int, ...]:
    """Return the status codes that are right."""
    return (options.status,) if isinstance(options.status, int) else options.status


class HttpGate:
    """A gate that asks a URL."""

    options: ClassVar[type[msgspec.Struct]] = HttpOptions
    shorthand: ClassVar[str] = "url"
    moment: ClassVar[str] = "after"

    def observe(self, options: HttpOptions, subject: Subject, context: GateContext) -> dict[str, Any]:
        """Ask."""
        raise NotImplementedError

    def judge(self, options: HttpOptions, subject: Subject, seen: dict[str, Any], now: int) -> Judgment:
        """Judge it."""
        raise NotImplementedError
