"""The git program, hardened: nothing asks, nothing of the repository's is run, no option is smuggled in.

Credentials, proxies, certificates and SSH keys stay Git's own business, so all that works for `git fetch` works here.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from vivido.process import Completed, run

TIMEOUT = 600.0
"""Seconds that one fetch or push may take."""

_CONFIG = (
    "protocol.ext.allow=never",
    "protocol.fd.allow=never",
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.symlinks=false",
    "gc.autoDetach=false",
    "http.lowSpeedLimit=1",
    "http.lowSpeedTime=60",
    "advice.statusHints=false",
)
_QUIET = {
    "GIT_TERMINAL_PROMPT": "0",
    "SSH_ASKPASS": "",
    "GCM_INTERACTIVE": "never",
    "LC_ALL": "C.UTF-8",
    "LANGUAGE": "",
    "GIT_OPTIONAL_LOCKS": "0",
}
# Set by Git for the hooks it runs. A hook that calls vivido must not redirect Vivido's own repositories.
_REDIRECTING = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_QUARANTINE_PATH",
    "GIT_SHALLOW_FILE",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
)
_SSH_OPTIONS = "-o BatchMode=yes -o ConnectTimeout=20 -o ServerAliveInterval=15 -o ServerAliveCountMax=4"


def git(
    args: Sequence[str],
    *,
    directory: Path,
    bare: bool = False,
    remote: bool = False,
    config: Sequence[str] = (),
    stdin: bytes = b"",
) -> Completed:
    """Run git and wait for it; what it says is English, whatever the user's language.

    Args:
        args: Subcommand and arguments.
        directory: The repository: a work tree, or the repository itself where `bare`.
        bare: Nothing is searched for: `directory` is the repository.
        remote: It talks to another machine, perhaps by SSH.
        config: `name=value` settings on top of the hardening.
        stdin: What it reads.

    Raises:
        ToolError: Git is not installed, or could not be started.
    """
    settings = [part for c in (*_CONFIG, *config) for part in ("-c", c)]
    place = [f"--git-dir={directory}"] if bare else ["-C", str(directory)]
    environ = _QUIET | (_ssh(directory) if remote else {})
    return run([*_clean(os.environ), "git", *settings, *place, *args], env=environ, stdin=stdin, timeout=TIMEOUT)


def _clean(environ: Mapping[str, str]) -> list[str]:
    present = [name for name in _REDIRECTING if name in environ]
    return ["env", *(part for name in present for part in ("-u", name))] if present else []


def _ssh(directory: Path) -> dict[str, str]:
    """Make OpenSSH fail instead of asking; another SSH program is left as its user set it."""
    if os.environ.get("GIT_SSH"):
        return {}
    command = os.environ.get("GIT_SSH_COMMAND") or _configured_ssh(directory) or "ssh"
    program = Path(command.split()[0]).name
    return {"GIT_SSH_COMMAND": f"{command} {_SSH_OPTIONS}"} if program == "ssh" else {}


def _configured_ssh(directory: Path) -> str:
    cwd = directory if directory.is_dir() else None
    return run([*_clean(os.environ), "git", "config", "--get", "core.sshCommand"], cwd=cwd).text.strip()
