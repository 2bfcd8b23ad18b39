"""Everything that the story needs before it begins: a Git server, a registry, a base image, people, secrets."""

import os
import re
import secrets
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

from demo import clones, registry
from demo.layouts.interface import Layout, Source
from demo.layouts.kinds import KINDS
from demo.shop import ENVIRONMENTS, EXAMPLE, PROJECT, SERVICES
from demo.story import Shell

HOME = PROJECT / ".demo"
NAME = "shop-demo"
_REGISTRY = f"localhost:{registry.USUAL_PORT}"


@dataclass(frozen=True)
class Workspace:
    """What was prepared.

    Attributes:
        home: Where all of it is.
        name: The project's name here: what it makes in Podman is told from a shop of the reader's by it.
        layout: How the configuration is kept.
        shell: Bob's shell in his clone of the shop.
        port: Where the registry listens on 127.0.0.1.
    """

    home: Path
    name: str
    layout: Layout
    shell: Shell
    port: int

    @property
    def shop(self) -> Path:
        """Bob's clone."""
        return self.shell.directory

    def source(self, service: str, environment: str) -> Source:
        """Return where the configuration of a service for an environment is."""
        return self.layout.source(self.home, service, environment)

    def repository(self, branch: str) -> None:
        """Put what is in Bob's folder into a bare repository, as his first commit."""
        bare = self.home / "git" / "shop.git"
        clones.bare(self.shell, bare, branch)
        clones.clone(self.shell, self.shop, branch, str(bare), ["core.hooksPath .git/hooks"])
        clones.publish(self.shell, self.shop, branch, "Open the shop")


def prepare(layout: str, home: Path = HOME, name: str = NAME, port: int = registry.USUAL_PORT) -> Workspace:
    """Make the workspace in a folder that must not be there.

    Args:
        layout: One of `layouts.kinds.KINDS`.
        home: The folder.
        name: The project's name.
        port: Where the registry shall listen, if that is free.

    Raises:
        StoryError: A part could not be made; the message says which.
    """
    home.mkdir()
    (home / "layout").write_text(layout, encoding="utf-8")
    environ = _environ(home)
    _write_environ(home, environ)
    listening = registry.start(home / "registry", port)
    shop = home / "shop"
    shutil.copytree(EXAMPLE, shop, ignore=shutil.ignore_patterns(".secrets", ".reports", "__pycache__"))
    space = Workspace(home, name, KINDS[layout], Shell(shop, environ), listening)
    _adapt(space, _key(space))
    _secrets(shop)
    _pin(shop, space.shell.ask("sh", "base/build.sh", f"localhost:{listening}").strip())
    space.layout.arrange(space)
    return space


def _environ(home: Path) -> dict[str, str]:
    """Return what `vivido` and `podman` are given: state and cache inside the workspace, Podman's settings for this machine."""
    from vivido.containers import container_environ

    own = {"VIVIDO_STATE": str(home / "state"), "VIVIDO_CACHE": str(home / "cache")}
    # Vivido writes to two streams here that go to one pipe: in the order of a terminal.
    return {**own, "PYTHONUNBUFFERED": "1", **container_environ(home / "containers")}


def _write_environ(home: Path, environ: dict[str, str]) -> None:
    path = f"{PROJECT / '.tools' / 'bin'}:{PROJECT / '.venv' / 'bin'}"
    lines = [f"export {name}={shlex.quote(value)}" for name, value in environ.items()]
    (home / "env").write_text("\n".join([*lines, f'export PATH={shlex.quote(path)}:"$PATH"', ""]), encoding="utf-8")


def _key(space: Workspace) -> str:
    """Make alice's SSH key and return its public line."""
    keys = space.home / "keys"
    keys.mkdir(mode=0o700)
    space.shell.ask("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "alice", "-f", str(keys / "alice"))
    return (keys / "alice.pub").read_text(encoding="utf-8").strip()


def _adapt(space: Workspace, key: str) -> None:
    """Give the example this registry's port and alice's key."""
    for file in (f for f in space.shop.rglob("*") if f.is_file()):
        text = file.read_text(encoding="utf-8")
        if file.name == "vivido.yaml":
            text = text.replace("project: shop\n", f"project: {space.name}\n")
            text = re.sub(r'keys: \["[^"]*"', f'keys: ["{key}"', text)
        fresh = text.replace(_REGISTRY, f"localhost:{space.port}")
        file.write_text(fresh, encoding="utf-8")


def _pin(shop: Path, image: str) -> None:
    """Name the base image by its digest, as a reviewer would ask for: a tag can change under the same commit."""
    for service in SERVICES:
        file = shop / service / "Containerfile"
        file.write_text(re.sub(r"^FROM .*", f"FROM {image}", file.read_text(encoding="utf-8")), encoding="utf-8")


def _secrets(shop: Path) -> None:
    folder = shop / ".secrets"
    folder.mkdir(mode=0o700)
    for environment in ENVIRONMENTS:
        with os.fdopen(os.open(folder / environment, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(18))
