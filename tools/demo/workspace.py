"""Everything that the story needs before it begins: a Git server, a registry, a base image, people, secrets."""

import os
import re
import secrets
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

from demo import registry
from demo.story import Shell

PROJECT = Path(__file__).resolve().parents[2]
HOME = PROJECT / ".demo"
ENVIRONMENTS = ("dev", "staging", "production")
NAME = "shop-demo"
"""The project's name here: what it makes in Podman is told from a shop of the reader's by it."""
_REGISTRY = f"localhost:{registry.USUAL_PORT}"


@dataclass(frozen=True)
class Workspace:
    """What was prepared.

    Attributes:
        shell: Bob's shell in his clone of the shop.
        port: Where the registry listens on 127.0.0.1.
    """

    shell: Shell
    port: int

    @property
    def shop(self) -> Path:
        """Bob's clone."""
        return self.shell.directory


def prepare() -> Workspace:
    """Make the workspace in `.demo`, which must not be there.

    Raises:
        StoryError: A part could not be made; the message says which.
    """
    HOME.mkdir()
    environ = _environ()
    _write_environ(environ)
    port = registry.start(HOME / "registry")
    shop = HOME / "shop"
    shutil.copytree(
        PROJECT / "examples" / "shop", shop, ignore=shutil.ignore_patterns(".secrets", ".reports", "__pycache__")
    )
    shell = Shell(shop, environ)
    _adapt(shop, port, _key(shell))
    _secrets(shop)
    _pin(shop, shell.ask("sh", "base/build.sh", f"localhost:{port}").strip())
    _repository(shell)
    return Workspace(shell, port)


def _environ() -> dict[str, str]:
    """Return what `vivido` and `podman` are given: state and cache inside the workspace, Podman's settings for this machine."""
    from vivido.containers import container_environ

    own = {"VIVIDO_STATE": str(HOME / "state"), "VIVIDO_CACHE": str(HOME / "cache")}
    # Vivido writes to two streams here that go to one pipe: in the order of a terminal.
    return {**own, "PYTHONUNBUFFERED": "1", **container_environ(HOME / "containers")}


def _write_environ(environ: dict[str, str]) -> None:
    path = f"{PROJECT / '.tools' / 'bin'}:{PROJECT / '.venv' / 'bin'}"
    lines = [f"export {name}={shlex.quote(value)}" for name, value in environ.items()]
    (HOME / "env").write_text("\n".join([*lines, f'export PATH={shlex.quote(path)}:"$PATH"', ""]), encoding="utf-8")


def _key(shell: Shell) -> str:
    """Make alice's SSH key and return its public line."""
    keys = HOME / "keys"
    keys.mkdir(mode=0o700)
    shell.ask("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "alice", "-f", str(keys / "alice"))
    return (keys / "alice.pub").read_text(encoding="utf-8").strip()


def _adapt(shop: Path, port: int, key: str) -> None:
    """Give the example this registry's port and alice's key."""
    for file in (f for f in shop.rglob("*") if f.is_file()):
        text = file.read_text(encoding="utf-8")
        if file.name == "vivido.yaml":
            text = text.replace("project: shop\n", f"project: {NAME}\n")
            text = re.sub(r'keys: \["[^"]*"', f'keys: ["{key}"', text)
        fresh = text.replace(_REGISTRY, f"localhost:{port}")
        file.write_text(fresh, encoding="utf-8")


def _pin(shop: Path, image: str) -> None:
    """Name the base image by its digest, as a reviewer would ask for: a tag can change under the same commit."""
    for service in ("web", "api"):
        file = shop / service / "Containerfile"
        file.write_text(re.sub(r"^FROM .*", f"FROM {image}", file.read_text(encoding="utf-8")), encoding="utf-8")


def _secrets(shop: Path) -> None:
    folder = shop / ".secrets"
    folder.mkdir(mode=0o700)
    for environment in ENVIRONMENTS:
        with os.fdopen(os.open(folder / environment, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(18))


def _repository(shell: Shell) -> None:
    """Put the shop into a bare repository, as Bob's first commit."""
    bare = HOME / "git" / "shop.git"
    for command in (
        f"git init --quiet --bare --initial-branch=main {bare}",
        "git init --quiet --initial-branch=main",
        f"git remote add origin {bare}",
        "git config user.name Bob",
        "git config user.email bob@example.com",
        "git config commit.gpgsign false",
        "git config core.hooksPath .git/hooks",
        "git add .",
        "git commit --quiet --message 'Open the shop'",
        "git push --quiet --set-upstream origin main",
    ):
        shell.ask(*shlex.split(command))
