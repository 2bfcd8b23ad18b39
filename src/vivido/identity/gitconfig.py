"""What Git's configuration says about the person. It proves nothing."""

from pathlib import Path

import msgspec

from vivido.process import run


class GitIdentity(msgspec.Struct, frozen=True):
    """`user.name`, `user.email` and `user.signingkey`."""

    name: str = ""
    email: str = ""
    """Lower case."""
    signing_key: str = ""
    """A path, or a public key with or without `key::`; empty where Git signs with GPG."""


def read_git_identity(root: Path) -> GitIdentity:
    """Return what Git would use in a directory.

    Raises:
        ToolError: `tool.missing`: Git is not installed.
    """
    signs_with_ssh = _get(root, "gpg.format") == "ssh"
    return GitIdentity(
        _get(root, "user.name"),
        _get(root, "user.email").lower(),
        _get(root, "user.signingkey") if signs_with_ssh else "",
    )


def _get(root: Path, name: str) -> str:
    found = run(["git", "config", "--get", name], cwd=root, timeout=10)
    return found.text.strip() if found.returncode == 0 else ""
