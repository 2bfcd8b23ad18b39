"""What a checked file declared is kept: the same as checking it again, and never more than is so now."""

import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from vivido.app.loading import load
from vivido.config import check
from vivido.config.diagnostic import ConfigError
from vivido.model.project import Project
from vivido.time.clock import system_now

TEXT = """\
project: shop
registry: registry.example.com/shop
people: {ann: {email: ann@example.com, keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA]}}
services:
  web: {build: web, config: deploy/web, requires: {secrets: [db]}}
  api: {image: registry.example.com/shop/api, config: "deploy/api/{environment}"}
environments:
  dev: {target: {command: {apply: "true"}}, tokens: {domain: dev.example.com}}
  production:
    after: dev
    target: {command: {apply: "true", timeout: 1h}}
    gates:
      - approve: {by: ann, not: [author]}
      - run: {command: "true", retries: 2}
parity:
  "*": {allow: [{at: Deployment/*/spec/replicas, because: larger, until: 2031-01-01}]}
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VIVIDO_CACHE", str(tmp_path / "cache"))
    top = tmp_path / "shop"
    for directory in ("web", "deploy/web", "deploy/api/dev", "deploy/api/production"):
        (top / directory).mkdir(parents=True)
    (top / "web" / "Containerfile").write_text("FROM scratch\n")
    (top / "vivido.yaml").write_text(TEXT)
    return top


def loaded(root: Path) -> Project:
    return load(root / "vivido.yaml", system_now)


def afresh(root: Path, monkeypatch: pytest.MonkeyPatch) -> Project | str:
    """What somebody gets who has nothing kept; mistakes as text."""
    with monkeypatch.context() as m:
        m.setenv("VIVIDO_CACHE", str(root.parent / "none"))
        try:
            return loaded(root)
        except ConfigError as e:
            return str(e)
        finally:
            shutil.rmtree(root.parent / "none")


def test_a_file_is_checked_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = loaded(root)
    assert first.environments[1].gates[0].options["not"] == ["author"]
    monkeypatch.delattr(check, "checked")
    assert loaded(root) == first
    (root / "vivido.yaml").write_text(TEXT.replace("retries: 2", "retries: 3"))
    with pytest.raises(ImportError):
        loaded(root)


def _link(root: Path) -> None:
    (root / "deploy/api/dev").rmdir()
    (root.parent / "elsewhere").mkdir()
    (root / "deploy/api/dev").symlink_to(root.parent / "elsewhere")


def _link_above(root: Path) -> None:
    (root / "deploy").rename(root.parent / "deploy")
    (root / "deploy").symlink_to(root.parent / "deploy")


def _file(root: Path) -> None:
    (root / "deploy/web").rmdir()
    (root / "deploy/web").touch()


CHANGES: list[Callable[[Path], object]] = [
    lambda root: shutil.rmtree(root / "deploy/api"),
    lambda root: (root / "web/Containerfile").unlink(),
    _link,
    _link_above,
    _file,
]


@pytest.mark.parametrize("change", CHANGES)
def test_what_its_paths_lead_to_is_looked_at_each_time(
    change: Callable[[Path], object], root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded(root)
    change(root)
    with pytest.raises(ConfigError) as refused:
        loaded(root)
    assert str(refused.value) == afresh(root, monkeypatch)


def test_a_link_that_stays_inside_is_no_mistake(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = loaded(root)
    (root / "deploy/web").rename(root / "deploy/site")
    (root / "deploy/web").symlink_to("site")
    assert loaded(root) == first == afresh(root, monkeypatch)


def test_the_same_file_elsewhere_is_another_project(root: Path) -> None:
    first = loaded(root)
    shutil.copytree(root, root.parent / "copy")
    assert loaded(root.parent / "copy").root == str(root.parent / "copy") != first.root


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE cache SET body = CAST(REPLACE(CAST(body AS TEXT), 'approve', 'run') AS BLOB)",
        "UPDATE cache SET body = SUBSTR(body, 1, LENGTH(body) / 2)",
        "UPDATE cache SET key = 'x'",
    ],
)
def test_a_poisoned_cache_serves_nothing(sql: str, root: Path, tmp_path: Path) -> None:
    first = loaded(root)
    with closing(sqlite3.connect(tmp_path / "cache" / "projects.db")) as db, db:
        assert db.execute(sql).rowcount == 1
    db.close()
    assert loaded(root) == first


def test_mistakes_and_what_other_packages_say_are_not_kept(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "vivido.yaml").write_text(TEXT.replace("after: dev", "after: test"))
    with pytest.raises(ConfigError):
        loaded(root)
    with closing(sqlite3.connect(tmp_path / "cache" / "projects.db")) as db, db:
        assert db.execute("SELECT COUNT(*) FROM cache").fetchone() == (0,)
    db.close()
    info = tmp_path / "packages" / "odd-1.dist-info"
    info.mkdir(parents=True)
    (info.parent / "odd_gate.py").write_text("from vivido.gates.run import RunGate\ngate = RunGate()\n")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: odd\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[vivido.gates]\nmoon = odd_gate:gate\n")
    monkeypatch.setattr(sys, "path", [str(info.parent), *sys.path])
    (tmp_path / "cache" / "projects.db").unlink()
    (root / "vivido.yaml").write_text(TEXT)
    loaded(root)
    assert not (tmp_path / "cache" / "projects.db").exists()
