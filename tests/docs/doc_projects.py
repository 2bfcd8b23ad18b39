"""The projects that pages start from, so that a how-to begins where its reader stands.

`shop` is the one of docs/how-to/README.md: its files are read out of that page, so what the reader sees is what is run.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from doc_pages import Block, read
from doc_session import ROOT, Session, clean_environ, free_port

from vivido.model.reference import Repository
from vivido.process import run
from vivido.registry.client import Client
from vivido.registry.options import Options
from vivido.testing.gitserver import create_bare
from vivido.testing.people import make_signer
from vivido.testing.registry_image import push_image
from vivido.testing.registry_memory import memory_registry

SHOP = ROOT / "docs" / "how-to" / "README.md"
SERVICES = ("web", "api")
ENVIRONMENTS = ("dev", "staging", "production")


@contextmanager
def session(project: str, directory: Path) -> Iterator[Session]:
    """Open the session of a page that starts from a project, or with an empty directory where it names none.

    Raises:
        KeyError: There is no such project.
    """
    opened = {"": _empty, "shop": _shop}[project](directory)
    with opened as found:
        try:
            yield found
        finally:
            found.end()


@contextmanager
def _empty(directory: Path) -> Iterator[Session]:
    yield Session(directory, port=free_port())


@contextmanager
def _shop(directory: Path) -> Iterator[Session]:
    with memory_registry() as registry:
        port = int(registry.host.rpartition(":")[2])
        home, clone = directory / "home", directory / "shop"
        home.mkdir()
        (directory / "keys").mkdir()
        keys = {name: make_signer(directory / "keys", name).person.keys[0] for name in ("alice", "bob")}
        create_bare(directory / "shop.git", shop_files(port, keys))
        run(["git", "clone", "--quiet", str(directory / "shop.git"), str(clone)], env=clean_environ(home))
        (home / ".gitconfig").write_text("[user]\n\tname = Carol\n\temail = carol@example.com\n", encoding="utf-8")
        with Client(Options(plain_http=frozenset({f"localhost:{port}"}))) as client:
            for version in ("v1", "v2", "v3"):
                for service in SERVICES:
                    repository = Repository(f"localhost:{port}", f"shop/{service}")
                    push_image(client, repository, version, layers=(f"{service} {version}".encode(),))
        yield Session(directory, port=port, environ={"SSH_AUTH_SOCK": ""}, here=clone)


def shop_files(port: int, keys: dict[str, str]) -> dict[str, bytes]:
    """Return the shop's files as the page shows them, with a session's port and people's keys."""
    shown = {block.options["shows"]: block for block in read(SHOP).blocks if "shows" in block.options}
    manifest = _text(shown["deploy/web/dev/app.yaml"], port)
    files = {f"deploy/{s}/{e}/app.yaml": manifest.replace("web", s) for s in SERVICES for e in ENVIRONMENTS}
    text = _text(shown["vivido.yaml"], port)
    for name, key in keys.items():
        text = text.replace(f"ssh-ed25519 AAAA… {name}", key)
    named = {name: _text(block, port) for name, block in shown.items()}
    return {n: t.encode() for n, t in {**named, **files, "vivido.yaml": text}.items()}


def _text(block: Block, port: int) -> str:
    return block.text.replace(":5000", f":{port}")
