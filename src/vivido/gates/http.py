"""`http`: what a URL of the environment answers decides."""

import os
from typing import Annotated, Any, ClassVar

import msgspec

from vivido.gates.answer import MAX_BODY, Answer, Question, filled_in
from vivido.gates.command import secrets
from vivido.gates.interface import GateContext, Subject
from vivido.gates.option import Retries
from vivido.gates.telling import evidence, not_met, nth, plain
from vivido.model.gate import Judgment, Outcome
from vivido.text.redact import redact
from vivido.time.clock import SECOND, parse_duration
from vivido.time.option import Duration, positive

_LOOK_AGAIN = 30 * SECOND


class HttpOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Ask a URL and compare the answer."""

    url: str
    """A path (`/healthz`), joined to the environment's URL, or a whole `http://` or `https://` URL."""
    service: str = ""
    """The Kubernetes Service whose URL a path is joined to; empty: the environment's own."""
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
    times: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1
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
        if "@" in self.url.partition("://")[2].partition("/")[0]:
            raise ValueError("url: must hold no user and password; send them in `headers`")
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
    """A gate that asks a URL.

    It passes when every request of a row is answered right. It is blind where nothing could be asked: the environment has no
    URL, the name is not found, there is no route, TLS cannot be trusted, a variable in a header is not set. A refused or
    broken connection and a timeout are failed: the release was probed and found ready before the gate opened, so an
    environment that does not answer now is an answer.
    """

    options: ClassVar[type[msgspec.Struct]] = HttpOptions
    shorthand: ClassVar[str] = "url"
    moment: ClassVar[str] = "after"

    def observe(self, options: HttpOptions, subject: Subject, context: GateContext) -> dict[str, Any]:
        """Ask, a row of `times` requests, and begin again after a wrong answer as often as `retries` says.

        Returns `{"error": …}`, or `{"url": …, "rows": [[answer, …], …]}`; an answer is what `gates.answer.Answer` holds.
        """
        # Here, because the HTTP client and asyncio would cost every other command its start.
        from vivido.gates.request import ask

        url, why = _address(options, subject)
        headers, missing = filled_in(options.headers, os.environ)
        if why or missing:
            return {"error": why or missing}
        from_variables = tuple(v for k, v in headers.items() if options.headers[k] != v)
        question = Question(
            url=url,
            headers=headers,
            timeout=parse_duration(options.timeout) / SECOND,
            contains=options.contains.encode(),
            body=options.body,
            follow=options.follow,
            hidden=from_variables + secrets(os.environ),
        )
        shown = redact(url)
        context.progress(f"asking {shown}")
        pause = parse_duration(options.every) / SECOND
        rows = ask(question, options.times, options.retries + 1, pause, lambda a: not _wrong(options, a)[1])
        return {"url": shown, "rows": plain(rows)}

    def judge(self, options: HttpOptions, subject: Subject, seen: dict[str, Any], now: int) -> Judgment:
        """Judge the last row; a blind one is looked at again after half a minute."""
        rows = msgspec.convert(seen.get("rows") or [], list[list[Answer]])
        if not rows or not rows[-1]:
            return not_met(Outcome.BLIND, seen.get("error") or "nothing was asked", subject, seen)
        wrong = next((w for w in (_wrong(options, a) for a in rows[-1]) if w[1]), None)
        again = f", at the {nth(len(rows))} try; the 1st: {_first(options, rows[0])}" if len(rows) > 1 else ""
        if wrong:
            outcome, why = wrong
            later = now + _LOOK_AGAIN if outcome is Outcome.BLIND else None
            return not_met(outcome, f"{seen['url']}: {why}{again}", subject, seen, look_again=later)
        if len(rows[-1]) < options.times:
            why = f"{len(rows[-1])} of {options.times} requests were made"
            return not_met(Outcome.BLIND, why, subject, seen)
        return Judgment(Outcome.PASSED, _told(rows[-1], str(seen["url"])) + again, evidence(subject, seen))


def _address(options: HttpOptions, subject: Subject) -> tuple[str, str]:
    if not options.url.startswith("/"):
        return options.url, ""
    root = subject.urls.get(options.service, "") if options.service else subject.url
    if not root:
        what = f"the service {options.service}" if options.service else f"the environment {subject.environment}"
        return "", f"{what} has no URL that is known"
    return root.rstrip("/") + options.url, ""


def _wrong(options: HttpOptions, answer: Answer) -> tuple[Outcome, str]:
    """Return what an answer makes of the gate, and why; right answers have no why."""
    if answer.fault:
        return (Outcome.BLIND if answer.blind else Outcome.FAILED), answer.fault
    if answer.status not in codes(options):
        to = f" and redirects to {answer.location}" if answer.location else ""
        return Outcome.FAILED, f"it answered {answer.status}{to}, not {' or '.join(map(str, codes(options)))}"
    if options.contains and not answer.contains:
        if answer.cut:
            return Outcome.BLIND, f"the first {MAX_BODY} bytes of the body do not hold “{options.contains[:80]}”"
        return Outcome.FAILED, f"the body does not hold “{options.contains[:80]}”"
    if options.body is not msgspec.UNSET and not answer.equal:
        return Outcome.FAILED, f"the body is not what it must be: {answer.excerpt[:120]}"
    if options.within is not None and answer.microseconds > parse_duration(options.within):
        return Outcome.FAILED, f"it took {_milliseconds(answer)}, not {options.within} at most"
    return Outcome.PASSED, ""


def _first(options: HttpOptions, row: list[Answer]) -> str:
    return _wrong(options, row[-1])[1] if row else "nothing was asked"


def _told(row: list[Answer], url: str) -> str:
    slowest = max(row, key=lambda a: a.microseconds)
    if len(row) == 1:
        return f"{url} answered {slowest.status} in {_milliseconds(slowest)}"
    return f"{url} answered right {len(row)} times in a row, in {_milliseconds(slowest)} at most"


def _milliseconds(answer: Answer) -> str:
    return f"{answer.microseconds / 1000:.0f} ms"
