"""A whole project in miniature: a repository, a registry, images, three environments, two people, and the `vivido` command.

    with miniature(tmp_path) as shop:
        shop.release("v1")
        shop.run("promote", "staging", "--yes")

Environments run on the target `command`, whose command appends to a file, so that a test sees what was applied and how often.
Manifests are plain, so no tool is needed to render them. The command line runs as a process of its own, as a user runs it.
"""

import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from vivido.model.reference import Reference, Repository
from vivido.process import run
from vivido.registry.client import Client
from vivido.registry.options import Options
from vivido.registry.resolve import resolve
from vivido.testing import arrangements
from vivido.testing.command import Ran, own_environ, vivido
from vivido.testing.gitserver import clone_of, commit_to
from vivido.testing.people import Signer, make_signer
from vivido.testing.registry_image import push_image
from vivido.testing.registry_memory import MemoryRegistry, memory_registry

_FILE = """\
project: mini
layout: {layout}
registry: {host}/mini
registries: {{plain-http: ["{host}"]}}
services:
  web: {{image: "{host}/mini/web", config: deploy/web}}
  api: {{image: "{host}/mini/api", config: deploy/api}}
people:
{people}
groups: {{release-managers: [alice, bob]}}
environments:
  dev:
{dev}    target: {{command: {{apply: '{apply}', current: '{current}'}}}}
  staging:
    after: dev
{staging}    target: {{command: {{apply: '{apply}', current: '{current}'}}}}
    gates:
      - run: 'test ! -e "{root}/broken"'
        name: acceptance
  production:
    after: staging
{production}    target: {{command: {{apply: '{apply}', current: '{current}'}}}}
    gates:
      - approve: {{by: release-managers}}
"""


@dataclass
class Miniature:
    """The project and how to use it.

    Attributes:
        root: Directory of everything; the clone is `root / "clone"`, the bare repository `root / "origin.git"`.
        registry: The registry, which remembers every request.
        client: A client of it.
        people: `alice` and `bob`, the release managers.
        environ: Variables for every command.
        layout: How its configuration is kept.
    """

    root: Path
    registry: MemoryRegistry
    client: Client
    people: Mapping[str, Signer]
    environ: dict[str, str] = field(default_factory=dict[str, str])
    layout: str = "directories"

    @property
    def clone(self) -> Path:
        """The work tree that holds `vivido.yaml`."""
        return self.root / "clone"

    @property
    def origin(self) -> Path:
        """The bare repository."""
        return self.root / "origin.git"

    @property
    def applied(self) -> list[str]:
        """What was applied, in order: `environment generation`, one line each time the command ran."""
        log = self.root / "applied"
        return log.read_text().splitlines() if log.exists() else []

    def repository(self, service: str) -> Repository:
        """Return a service's repository."""
        return Repository(self.registry.host, f"mini/{service}")

    def tag(self, service: str, name: str) -> str:
        """Return the digest that a tag names now; empty where there is no such tag."""
        found = resolve(self.client, Reference(self.repository(service), name))
        return found.digest if found else ""

    def push(self, version: str) -> dict[str, str]:
        """Push an image of each service and return service → digest. The same version, the same digest."""
        made: dict[str, str] = {}
        for service in ("web", "api"):
            layers = (f"{service} {version}".encode(),)
            made[service] = push_image(self.client, self.repository(service), "edge", layers=layers).digest
        return made

    def release(self, version: str) -> str:
        """Push images of a version, make a release of them, and return its id."""
        named = [f"--artifact={s}={self.repository(s)}@{digest}" for s, digest in self.push(version).items()]
        return self.good("release", "create", "-o", "name", *named).out.strip()

    def run(self, *args: str, environ: Mapping[str, str] | None = None, timeout: float = 120) -> Ran:
        """Run `vivido` in the clone as a process of its own."""
        whole = {**os.environ, **self.environ, **(environ or {})}
        return vivido(args, cwd=self.clone, environ=whole, timeout=timeout)

    def good(self, *args: str) -> Ran:
        """Run `vivido`, which must succeed."""
        ran = self.run(*args)
        if ran.code:
            raise AssertionError(f"vivido {' '.join(args)}: {ran.code}\n{ran.out}\n{ran.err}")
        return ran

    def approve(self, environment: str, who: str = "alice") -> Ran:
        """Approve as one of the people."""
        return self.run("approve", environment, "--key", self.people[who].key.file, "--yes")

    def to_production(self, release: str) -> None:
        """Promote a release all the way."""
        self.good("promote", "dev", "--release", release, "--yes")
        self.good("promote", "staging", "--release", release, "--yes")
        self.run("promote", "production", "--release", release, "--yes")
        ran = self.approve("production")
        if ran.code:
            raise AssertionError(ran.err)

    def commit(self, files: Mapping[str, bytes | None], message: str = "Edit", *, environment: str = "dev") -> str:
        """Commit to an environment's branch as somebody else would, and return the commit's id."""
        bare, branch = self._where(environment)
        return commit_to(bare, files, branch=branch, message=message)

    def pull(self) -> None:
        """Bring the work tree to the branch's tip."""
        run(["git", "-C", str(self.clone), "pull", "--quiet", "--ff-only"])

    def log(self, environment: str = "dev") -> list[str]:
        """Return the subjects on an environment's branch, newest first."""
        bare, branch = self._where(environment)
        return run(["git", "-C", str(bare), "log", "--format=%s", branch]).text.splitlines()

    def file(self, path: str, environment: str = "dev") -> str:
        """Return a file at the tip of an environment's branch; empty where there is none."""
        bare, branch = self._where(environment)
        return run(["git", "-C", str(bare), "show", f"{branch}:{path}"]).text

    def tree(self, environment: str = "dev") -> list[str]:
        """Return the paths at the tip of an environment's branch."""
        bare, branch = self._where(environment)
        return run(["git", "-C", str(bare), "ls-tree", "-r", "--name-only", branch]).text.splitlines()

    def manifest(self, service: str, environment: str) -> str:
        """Return the path of the file that names a service's image for an environment."""
        return arrangements.manifest(self.layout, service, environment)

    def _where(self, environment: str) -> tuple[Path, str]:
        return (
            arrangements.repository(self.layout, self.root, environment),
            arrangements.branch(self.layout, environment),
        )


def declaration(host: str, root: Path, people: Mapping[str, Signer], layout: str) -> bytes:
    """Return `vivido.yaml`."""
    log = root / "applied"
    apply = f"echo $VIVIDO_ENVIRONMENT $VIVIDO_GENERATION >> {log}"
    told = "\n".join(f"  {n}: {{email: {s.person.emails[0]}, keys: ['{s.person.keys[0]}']}}" for n, s in people.items())
    keys = {e: arrangements.keys(layout, root, e) for e in arrangements.ENVIRONMENTS}
    text = _FILE.format(host=host, root=root, apply=apply, current="true", people=told, layout=layout, **keys)
    return text.encode()


@contextmanager
def miniature(root: Path, layout: str = "directories") -> Generator[Miniature]:
    """Make the project under a directory and keep its registry running while the context lasts."""
    root.mkdir(parents=True, exist_ok=True)
    with memory_registry() as registry:
        people = {name: make_signer(root, name) for name in ("alice", "bob")}
        arrangements.make(layout, root, declaration(registry.host, root, people, layout))
        clone_of(root / "origin.git", root / "clone")
        with Client(Options(plain_http=frozenset({registry.host}))) as client:
            yield Miniature(root, registry, client, people, own_environ(root), layout)
