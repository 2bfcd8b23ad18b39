"""What Git knows about the person. It proves nothing."""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from vivido.process import run

_KEYS = r"^((user|author|committer)\.(name|email)|user\.signingkey|gpg\.format)$"
_PLACES = (("GIT_AUTHOR_{}", "author.{}", "user.{}"), ("GIT_COMMITTER_{}", "committer.{}"))
"""Where Git looks for who writes a commit, and then where it says at least who makes it: `git help commit`, Commit Information."""


class GitIdentity(msgspec.Struct, frozen=True):
    """Who Git would say that writes a commit, and `user.signingkey`."""

    name: str = ""
    email: str = ""
    """Lower case."""
    signing_key: str = ""
    """A path, or a public key with or without `key::`; empty where Git signs with GPG."""


def read_git_identity(root: Path, environ: Mapping[str, str] | None = None) -> GitIdentity:
    """Return what Git would use in a directory.

    Args:
        root: The directory.
        environ: The process's variables; None for those of this process.

    Raises:
        ToolError: `tool.missing`: Git is not installed.
    """
    told = _configured(root)
    variables = os.environ if environ is None else environ

    def find(part: str) -> str:
        forms = [form.format(part.upper() if form.startswith("GIT") else part) for one in _PLACES for form in one]
        found = (variables.get(form, "") if form.startswith("GIT") else told.get(form, "") for form in forms)
        return next(filter(None, map(str.strip, found)), "")

    signing = told.get("user.signingkey", "") if told.get("gpg.format") == "ssh" else ""
    return GitIdentity(find("name"), find("email").lower(), signing)


def _configured(root: Path) -> dict[str, str]:
    found = run(["git", "config", "-z", "--get-regexp", _KEYS], cwd=root, timeout=10)
    lines = (entry.partition("\n") for entry in found.text.split("\0") if entry) if found.returncode == 0 else ()
    return {key: value.strip() for key, _, value in lines}
