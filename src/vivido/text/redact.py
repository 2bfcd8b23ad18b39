"""Keep secrets and control characters out of what people and files see."""

import re

# Every pattern here is linear: output of programs, megabytes of it, goes through them. The look-behind lets a scheme begin
# only where no longer one could, and the user part reaches to the last @ before a slash: a password may hold one.
_USERINFO = re.compile(r"((?<![a-zA-Z0-9+.-])[a-zA-Z0-9+.-]+://)[^/\s]+@")
_PORT = re.compile(r"[^/?#:@]*:[0-9]*[/?#]")
_TOKEN = re.compile(r"(?:gh[opsur]_|github_pat_|glpat-)|[A-Za-z0-9_-]{32,}@")
_QUERY = re.compile(r"(?i)[?&](?:password|passwd|pwd|token|secret)=[^&]")
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}")
_NAME = r"(?<![a-z0-9_-])[a-z0-9_-]{0,40}(?:password|passwd|pwd|token|api_?key)[a-z0-9_-]{0,20}"
# Only `=` makes a value of what follows a name with “secret”: “secrets: allow” is a sentence of ours.
_ASSIGNED = re.compile(
    rf"(?i)((?:{_NAME}[\"']?\s{{0,3}}[=:]\s{{0,3}}|{_NAME.replace('password', 'secret')}=))(?!\*\*\*)[^\s,;&]{{3,}}"
)
_FLAG = re.compile(r"(?i)(--?(?:password|passwd|token|secret|api-?key)[= ])(?!\*\*\*)\S{3,}")
_KNOWN = re.compile(r"\b(?:gh[opsur]_|github_pat_|glpat-|AKIA|ASIA)[A-Za-z0-9_-]{12,}")
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def redact(text: str, secrets: tuple[str, ...] = ()) -> str:
    """Return text without secrets, as far as they can be told.

    Those are passwords in URLs, tokens of HTTP headers, tokens of a known form, what is assigned to names such as
    `PGPASSWORD`, and the given values.
    """
    text = _BEARER.sub(r"\1 ***", _USERINFO.sub(r"\1***@", text))
    text = _KNOWN.sub("***", _FLAG.sub(r"\1***", _ASSIGNED.sub(r"\1***", text)))
    for secret in secrets:
        if secret:
            text = text.replace(secret, "***")
    return text


def holds_password(text: str) -> bool:
    """Say whether text holds a URL with a password or a token in it, before its host or in its query.

    Broader than the URL grammar on purpose: a password with a raw `/` or `@` is no valid URL, and still a password. A user
    without a password (`ssh://git@host`) is none, unless it looks like a token.
    """
    return any(_password_after(rest) for word in text.split() for rest in _after_schemes(word))


def _after_schemes(word: str) -> list[str]:
    _, scheme, rest = word.partition("://")
    return [rest, *rest.split("://")[1:]] if scheme else []


def _password_after(rest: str) -> bool:
    if _QUERY.search(rest) or _TOKEN.match(rest):
        return True
    colon, at = rest.find(":"), rest.rfind("@")
    return 0 <= colon < at and not _PORT.match(rest)


def printable(text: str) -> str:
    """Return text without terminal escapes and control characters (line feeds and tabs stay)."""
    return _CONTROL.sub("", text)


def without_userinfo(url: str) -> str:
    """Return a URL without `user:password@`."""
    return _USERINFO.sub(r"\1", url)
