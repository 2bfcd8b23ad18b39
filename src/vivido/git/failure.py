"""What git's complaints mean: each becomes one of Vivido's errors, with what to do next."""

import re

from vivido.errors import Error, ForbiddenError, NotFoundError, ToolError, UnreachableError
from vivido.git.address import display
from vivido.process import Completed
from vivido.text.redact import printable, redact

_RETRY = 5.0
"""Seconds after which an unreachable server is worth another try."""

_HOST_KEY = re.compile(r"Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED", re.I)
_UNAUTHORIZED = re.compile(
    r"Authentication failed|could not read (Username|Password)|terminal prompts disabled|Permission denied \("
    r"|Too many authentication failures|returned error: 401|HTTP Basic: Access denied",
    re.I,
)
_FORBIDDEN = re.compile(
    r"returned error: 403|Write access to repository not granted|not allowed to push|read-only", re.I
)
_NO_REPOSITORY = re.compile(
    r"repository .*not found|does not appear to be a git repository|returned error: 404|not a git repository"
    r"|Repository not found|project you were looking for could not be found|no such file or directory",
    re.I,
)
_OWNER = re.compile(r"dubious ownership", re.I)
_NO_REF = re.compile(r"couldn't find remote ref|Remote branch .* not found", re.I)
_UNREACHABLE = re.compile(
    r"Could not resolve host|Connection (refused|reset|timed out|closed)|Failed to connect|Couldn't connect"
    r"|Operation t(oo slow|imed out)|early EOF|unexpected disconnect|remote end hung up|returned error: (408|429|5\d\d)"
    r"|Empty reply|transfer closed|RPC failed|Network is unreachable|No route to host|kex_exchange_identification"
    r"|expected flush|bad band|expected 'packfile'|invalid server response|unexpected end|gnutls_handshake|SSL_ERROR_SYSCALL",
    re.I,
)


def explain(done: Completed, url: str) -> Error:
    """Return the error that a failed git command means.

    Args:
        done: What git said.
        url: Where it was going; shown without user and password.
    """
    where, text = display(url), said(done)
    if done.timed_out:
        return UnreachableError(f"{where} did not answer in time", code="git.timeout", retry_after=_RETRY, where=where)
    for pattern, make in (
        (_HOST_KEY, _host_key),
        (_OWNER, _owner),
        (_UNAUTHORIZED, _unauthorized),
        (_FORBIDDEN, _forbidden),
        (_NO_REF, _no_ref),
        (_UNREACHABLE, _unreachable),
        (_NO_REPOSITORY, _no_repository),
    ):
        if pattern.search(text):
            return make(where, brief(text))
    return ToolError(f"git failed at {where}: {brief(text)}", code="git.failed", where=where)


def unforeseen(error: Error) -> bool:
    """Say whether a failure has no cause that is known, so that a damaged mirror may be behind it."""
    return error.code == "git.failed"


def said(done: Completed) -> str:
    """Return what git complained about as text fit for people: no secrets, no terminal escapes."""
    return redact(printable(done.complaint))


def brief(text: str) -> str:
    """Return the lines of a complaint that carry it, as one line of at most 600 characters."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if line.startswith(("fatal:", "error:", "remote:", "ERROR"))] or lines[-3:]
    return "; ".join(dict.fromkeys(telling))[:600]


def _host_key(where: str, text: str) -> Error:
    hint = "Connect once by hand with ssh, compare the fingerprint, and accept it."
    return ForbiddenError(
        f"the SSH host key of {where} is not known or has changed: {text}", code="git.host-key", hint=hint, where=where
    )


def _owner(where: str, text: str) -> Error:
    hint = "If you trust it, say so: git config --global --add safe.directory PATH."
    return ForbiddenError(f"{where} belongs to another user: {text}", code="git.owner", hint=hint, where=where)


def _unauthorized(where: str, text: str) -> Error:
    hint = "Make “git ls-remote” work there without a question: a credential helper, or an SSH key in the agent."
    return ForbiddenError(
        f"{where} wants credentials that Git does not have: {text}", code="git.unauthorized", hint=hint, where=where
    )


def _forbidden(where: str, text: str) -> Error:
    hint = "Give the account that Git uses there the right to do this."
    return ForbiddenError(f"{where} forbids it: {text}", code="git.forbidden", hint=hint, where=where)


def _no_repository(where: str, text: str) -> Error:
    hint = "Check the address; forges also say “not found” to who may not read."
    return NotFoundError(
        f"there is no Git repository at {where}: {text}", code="git.no-repository", hint=hint, where=where
    )


def _no_ref(where: str, text: str) -> Error:
    return NotFoundError(f"{where} has no such ref: {text}", code="git.no-branch", where=where)


def _unreachable(where: str, text: str) -> Error:
    return UnreachableError(f"{where} did not answer: {text}", code="git.unreachable", retry_after=_RETRY, where=where)
