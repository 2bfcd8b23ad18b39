"""Keep secrets and control characters out of what people and files see."""

import re

_USERINFO = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*://)[^/\s@]+@")
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}")
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def redact(text: str, secrets: tuple[str, ...] = ()) -> str:
    """Return text without passwords in URLs, without tokens of HTTP headers and without the given values."""
    text = _BEARER.sub(r"\1 ***", _USERINFO.sub(r"\1***@", text))
    for secret in secrets:
        if secret:
            text = text.replace(secret, "***")
    return text


def printable(text: str) -> str:
    """Return text without terminal escapes and control characters (line feeds and tabs stay)."""
    return _CONTROL.sub("", text)


def without_userinfo(url: str) -> str:
    """Return a URL without `user:password@`."""
    return _USERINFO.sub(r"\1", url)
