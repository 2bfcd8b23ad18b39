"""Names that go to Git: URLs and refs, checked before any program sees them.

Rules of ref names: `git help check-ref-format`; a leading `-` is refused too, since a ref is often an argument.
"""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from vivido.errors import InputError
from vivido.text.redact import printable, without_userinfo

_BAD_IN_REF = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PASSWORD = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^/@\s]*:[^/\s]*@")
_HELPER = re.compile(r"[a-zA-Z0-9]+::")
_COMMIT = re.compile(r"[0-9a-f]{40}")

HEADS = "refs/heads/"


def check_ref(name: str) -> str:
    """Return a full ref name (`refs/…`) unchanged.

    Raises:
        InputError: `git.ref`: Git would not accept it, or take it for an option.
    """
    parts = name.split("/")
    bad = (
        not name.startswith("refs/")
        or len(parts) < 3
        or name.endswith(".")
        or _BAD_IN_REF.search(name)
        or any(not p or p.startswith((".", "-")) or p.endswith(".lock") for p in parts)
    )
    if bad:
        raise InputError(
            f"“{printable(name)[:100]}” is no name of a Git ref",
            code="git.ref",
            hint="Use letters, digits, “.”, “_”, “/” and “-” (not first).",
        )
    return name


def branch_ref(branch: str) -> str:
    """Return `refs/heads/BRANCH` for a branch's short name.

    Raises:
        InputError: `git.ref`.
    """
    if branch.startswith("refs/"):
        raise InputError(
            f"“{printable(branch)[:100]}” is a ref, not a branch", code="git.ref", hint="Name the branch alone: main."
        )
    return check_ref(HEADS + branch)


def check_commit(commit: str) -> str:
    """Return a full commit id unchanged.

    Raises:
        InputError: `git.commit-id`: it is not 40 lower-case hexadecimal characters.
    """
    if not _COMMIT.fullmatch(commit):
        raise InputError(
            f"“{printable(commit)[:100]}” is no commit id", code="git.commit-id", hint="Give all 40 characters."
        )
    return commit


def check_url(url: str) -> str:
    """Return a repository's URL; a local path is made absolute.

    Raises:
        InputError: `git.url`: Git would take it for an option or run a program for it; `git.url-password`: it carries one.
    """
    if not url or url.startswith("-") or _CONTROL.search(url) or _HELPER.match(url):
        raise InputError(
            f"“{printable(without_userinfo(url))[:200]}” is no address of a Git repository",
            code="git.url",
            hint="Write https://host/path.git, ssh://user@host/path.git, user@host:path.git or a path.",
        )
    if _PASSWORD.match(url):
        raise InputError(
            f"the address {display(url)} carries a password",
            code="git.url-password",
            hint="Take it out and give it to Git with a credential helper: git help credentials.",
        )
    path = local_path(url)
    return url if path is None or url.startswith("file:") else str(path.absolute())


def local_path(url: str) -> Path | None:
    """Return the path of a repository on this machine; None where the URL names another place."""
    if url.startswith("file://"):
        return Path(unquote(urlsplit(url).path))
    head = url.split("/", 1)[0]
    return None if "://" in url or ":" in head else Path(url)


def display(url: str) -> str:
    """Return an address as people may see it: without user and password, without control characters."""
    return printable(without_userinfo(url))
