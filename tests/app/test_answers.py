"""What an environment gets is kept as a whole, and never served for a question that could have another answer."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from monorepo_place import monorepo

from vivido.app import content
from vivido.app.content import rendered_at
from vivido.app.workspace import open_workspace
from vivido.errors import RefusedError
from vivido.model.objects import Rendered
from vivido.model.reference import parse_digest, parse_repository
from vivido.model.release import Artifact

pytestmark = pytest.mark.real("git")

FILE = """\
project: shop
registry: registry.example.com/shop
services: {web: {image: registry.example.com/shop/web, config: deploy}}
environments: {dev: {target: none}, production: {after: dev, target: none}}
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {template: {spec: {containers: [{name: web, image: "registry.example.com/shop/web:1"}]}}}
"""
SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: correct-horse}\n"
ONE, OTHER = f"sha256:{'1' * 64}", f"sha256:{'2' * 64}"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VIVIDO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("VIVIDO_STATE", str(tmp_path / "state"))
    root = tmp_path / "shop"
    for environment in ("dev", "production"):
        (root / "deploy" / environment).mkdir(parents=True)
        (root / "deploy" / environment / "web.yaml").write_text(DEPLOYMENT)
    (root / "vivido.yaml").write_text(FILE)
    monorepo.git(root, "init", "--quiet", "--initial-branch=main")
    monorepo.commit(root, "Begin")
    return root


def asked(root: Path, environment: str = "dev", digest: str = ONE, *, as_is: bool = False) -> Rendered:
    ws = open_workspace(root)
    try:
        where = ws.environment(environment)
        images = [Artifact("web", parse_repository("registry.example.com/shop/web"), parse_digest(digest))]
        return rendered_at(ws, ws.repository(where).fetch(), where, images, as_is=as_is)
    finally:
        ws.close()


def test_the_same_question_is_answered_without_looking(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = asked(place)
    monkeypatch.delattr(content, "_rendered")
    assert asked(place) == first


def _commit(root: Path) -> None:
    file = root / "deploy/dev/web.yaml"
    if "labels" not in file.read_text():
        file.write_text(file.read_text().replace("metadata: {", "metadata: {labels: {a: b}, "))
        monorepo.commit(root, "Label it")


def _declare(root: Path) -> None:
    (root / "vivido.yaml").write_text(FILE.replace("production:", "test: {after: dev, target: none}, production:"))


OTHERS: list[Callable[[Path], Rendered]] = [
    lambda root: asked(root, "production"),
    lambda root: asked(root, digest=OTHER),
    lambda root: asked(root, as_is=True),
    lambda root: (_commit(root), asked(root))[1],
    lambda root: (_declare(root), asked(root))[1],
]


@pytest.mark.parametrize("other", OTHERS)
def test_another_question_is_looked_into(
    other: Callable[[Path], Rendered], place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(place)
    with monkeypatch.context() as m, pytest.raises(NameError):
        m.delattr(content, "_rendered")
        other(place)
    kept = other(place)
    monkeypatch.setenv("VIVIDO_CACHE", str(place.parent / "none"))
    assert other(place) == kept


def test_a_poisoned_answer_is_not_served(place: Path, tmp_path: Path) -> None:
    first = asked(place)
    with closing(sqlite3.connect(tmp_path / "cache" / "renderings.db")) as db, db:
        assert db.execute("UPDATE cache SET body = CAST(REPLACE(CAST(body AS TEXT), '1111', '2222') AS BLOB)").rowcount
    db.close()
    assert asked(place) == first


def test_neither_secrets_in_clear_nor_refusals_are_kept(place: Path, tmp_path: Path) -> None:
    (place / "deploy/dev/db.yaml").write_text(SECRET)
    monorepo.commit(place, "A mistake")
    for _ in range(2):
        with pytest.raises(RefusedError) as refused:
            asked(place)
        assert refused.value.code == "render.secret-in-clear"
    (place / "vivido.yaml").write_text(FILE + "secrets: {allow: [{name: db, because: nobody keeps anything there}]}\n")
    assert len(asked(place).objects) == 2
    assert b"correct-horse" not in b"".join(p.read_bytes() for p in (tmp_path / "cache").glob("renderings.db*"))
