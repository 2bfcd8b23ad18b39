"""What the tests of building share: a repository to build from, and a bench that builds its one service."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from vivido.build.images import Images
from vivido.build.interface import Builder, BuildRequest, Built, Registry
from vivido.build.service import build_service
from vivido.build.worktree import WorkTreeSource
from vivido.model.project import Build, Service
from vivido.model.reference import Digest, Reference, Repository
from vivido.process import run
from vivido.testing.registry import Server

SECOND = 1_000_000
COMMITTED = 1_700_000_000
"""When the tests' commits are made."""

STARTED = 1_800_000_000 * SECOND
"""What the tests' clock says: 2027-01-15T08:00:00Z."""

ENVIRONMENTS = ("dev", "staging", "production")


class Repo:
    """A Git repository whose commits have a fixed date, so that equal content is an equal commit."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *args: str, at: int = COMMITTED) -> str:
        who = {
            f"GIT_{w}_{k}": v for w in ("AUTHOR", "COMMITTER") for k, v in (("NAME", "A"), ("EMAIL", "a@example.com"))
        }
        dates = {f"GIT_{w}_DATE": f"{at} +0000" for w in ("AUTHOR", "COMMITTER")}
        config = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        done = run(["git", "-c", "protocol.file.allow=always", *args], cwd=self.root, env={**who, **dates, **config})
        assert done.returncode == 0, done.complaint
        return done.text.strip()

    def write(self, files: dict[str, str]) -> None:
        for path, text in files.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(text, encoding="utf-8")

    def commit(self, files: dict[str, str], at: int = COMMITTED) -> str:
        self.write(files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message=change", at=at)
        return self.git("rev-parse", "HEAD")


CONTAINERFILE = "FROM scratch\nCOPY page /page\n"


class Bench:
    """Builds the service `web` of a repository, into a repository of the registry of the test's own."""

    def __init__(self, repo: Repo, server: Server, images: Images, environ: dict[str, str], tmp_path: Path) -> None:
        self.repo, self.images, self.tmp_path, self.host = repo, images, tmp_path, server.host
        self.repository = Repository(server.host, f"t/{tmp_path.name.lower().replace('_', '-').strip('-')}")
        self.service = Service("web", str(self.repository), Build("web"), "deploy/web")
        self.request = BuildRequest(
            self.service, repo.root, tmp_path / "work", ENVIRONMENTS, plain_http=(server.host,), environ=environ
        )
        self.at = STARTED
        self.said = list[str]()

    def build(
        self,
        builder: Builder,
        change: Callable[[BuildRequest], BuildRequest] = lambda r: r,
        registry: Registry | None = None,
    ) -> Built:
        self.at += SECOND
        scratch = self.tmp_path / "scratch"
        scratch.mkdir(exist_ok=True)
        request = replace(change(self.request), progress=self.said.append)
        return build_service(
            request, WorkTreeSource(self.repo.root, scratch), registry or self.images, builder, lambda: self.at
        )

    def tagged(self, tag: str) -> Digest | None:
        return self.images.resolve(Reference(self.repository, tag))

    def with_build(self, build: Build, checks: tuple[str, ...] = ()) -> Callable[[BuildRequest], BuildRequest]:
        service = Service("web", str(self.repository), build, "deploy/web", checks=checks)
        return lambda request: replace(request, service=service)
