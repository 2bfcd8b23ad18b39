"""A real SSH server for Git: OpenSSH's `sshd` as an ordinary process of this user, on loopback, with keys of its own.

    with ssh_server(tmp_path) as server:
        monkeypatch.setenv("GIT_SSH_COMMAND", server.command)
        url = server.create("shop", {"README": b"hello"})

Nothing of the machine's SSH is used or changed. A listener of this process hands each connection to `sshd -i`, so the port
is the kernel's choice. Root's sshd insists on a user `sshd` and on `/run/sshd`; where they are missing it gets both in a mount
namespace of its own.
"""

import getpass
import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from vivido.process import run
from vivido.testing.gitserver import create_bare, install_hook

_SEPARATED = (
    'mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd && mount --bind "$1" /etc/passwd && shift && exec "$@"'
)


@dataclass(frozen=True)
class SshServer:
    """A running server.

    Attributes:
        port: On 127.0.0.1.
        directory: Where its repositories, keys and log are.
    """

    port: int
    directory: Path

    @property
    def command(self) -> str:
        """What `GIT_SSH_COMMAND` takes to be let in: the user's key, and the server's in a file of known hosts."""
        known, key = self.directory / "known_hosts", self.directory / "user"
        return f"ssh -F /dev/null -i {key} -o IdentitiesOnly=yes -o UserKnownHostsFile={known}"

    def create(self, name: str, files: Mapping[str, bytes] | None = None, *, branch: str = "main") -> str:
        """Make a bare repository, with one commit where files are given, and return its URL."""
        create_bare(self.path(name), files, branch=branch)
        return f"ssh://{getpass.getuser()}@127.0.0.1:{self.port}{self.path(name)}"

    def path(self, name: str) -> Path:
        """Return where the bare repository is on disk."""
        return self.directory / f"{name}.git"

    def hook(self, name: str, kind: str, script: str) -> None:
        """Install a hook as a shell script."""
        install_hook(self.path(name), kind, script)

    def log(self) -> str:
        """Return what sshd wrote."""
        return (self.directory / "log").read_text(encoding="utf-8", errors="replace")


@contextmanager
def ssh_server(directory: Path) -> Generator[SshServer]:
    """Serve repositories by SSH while the context lasts.

    Args:
        directory: Made where it is missing; its path may hold no white space.

    Raises:
        ToolError: `ssh-keygen` is not installed.
    """
    directory.mkdir(parents=True, exist_ok=True)
    listener = socket.create_server(("127.0.0.1", 0))
    server = SshServer(listener.getsockname()[1], directory)
    command = _prepare(server)
    running: list[subprocess.Popen[bytes]] = []
    thread = Thread(target=_accept, args=(listener, command, directory / "log", running), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
        for child in running:
            child.terminate()
            child.wait()


def _accept(listener: socket.socket, command: list[str], log: Path, running: list["subprocess.Popen[bytes]"]) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection, log.open("ab") as errors:
            running.append(
                subprocess.Popen(command, stdin=connection.fileno(), stdout=connection.fileno(), stderr=errors)
            )


def _prepare(server: SshServer) -> list[str]:
    folder = server.directory
    for name in ("host", "user"):
        if not (folder / name).exists():
            run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(folder / name)])
    host = (folder / "host.pub").read_text(encoding="utf-8")
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{server.port} {host}", encoding="utf-8")
    (folder / "log").touch()
    settings = {
        "HostKey": folder / "host",
        "AuthorizedKeysFile": folder / "user.pub",
        "AuthenticationMethods": "publickey",
        "StrictModes": "no",
        "UsePAM": "no",
        "PidFile": "none",
        "SetEnv": f"PATH={os.environ['PATH']} GIT_CONFIG_NOSYSTEM=1",
    }
    config = folder / "sshd_config"
    config.write_text("".join(f"{name} {value}\n" for name, value in settings.items()), encoding="utf-8")
    sshd = shutil.which("sshd") or "/usr/sbin/sshd"
    return [*_separation(folder), sshd, "-i", "-e", "-f", str(config)]


def _separation(folder: Path) -> list[str]:
    if os.geteuid() != 0 or (Path("/run/sshd").is_dir() and any(user.pw_name == "sshd" for user in pwd.getpwall())):
        return []
    people = Path("/etc/passwd").read_text(encoding="utf-8") + "sshd:x:64999:65534::/run/sshd:/usr/sbin/nologin\n"
    (folder / "passwd").write_text(people, encoding="utf-8")
    (folder / "passwd").chmod(0o644)
    return ["unshare", "--mount", "sh", "-c", _SEPARATED, "sh", str(folder / "passwd")]
