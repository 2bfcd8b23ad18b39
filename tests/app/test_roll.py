"""Every service in every environment at once: the same as one by one, nothing twice, and never what was not rendered."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from monorepo_place import counting, monorepo

from vivido.app.content import rendered_at
from vivido.app.roll import Renderings, render_all, render_asked
from vivido.app.survey import Ask
from vivido.app.workspace import Workspace, open_workspace
from vivido.model.objects import Rendered, identity
from vivido.model.reference import parse_digest, parse_repository
from vivido.model.release import Artifact
from vivido.render.helm import Helm
from vivido.render.kustomize import Kustomize

kinds = pytest.mark.parametrize(
    "kind", [pytest.param(k, marks=pytest.mark.real(p)) for k, p in (("kustomize", "kubectl"), ("helm", "helm"))]
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VIVIDO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("VIVIDO_STATE", str(tmp_path / "state"))
    return tmp_path / "repository"


def asked(root: Path) -> tuple[Workspace, Renderings]:
    ws = open_workspace(root)
    return ws, render_asked(ws, [Ask(e.name, ws.repository(e).fetch()) for e in ws.project.environments])


@kinds
def test_it_is_the_same_as_one_by_one(kind: str, place: Path) -> None:
    monorepo.write(place, 3, kind)
    ws, found = asked(place)
    assert found.unplaced == ()
    assert len(found.parts) == 9
    loaded = found.load(found.parts)
    for part in found.parts:
        one = part.wanted.place
        renderer = Kustomize() if kind == "kustomize" else Helm(one.helm)
        alone = renderer.render(place, one.directory)
        assert isinstance(alone, Rendered)
        assert (part.hash, loaded[part.wanted.key]) == (alone.hash, alone)
    ws.close()


@kinds
def test_nothing_is_rendered_twice(kind: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monorepo.write(place, 3, kind)
    runs = counting(place, monkeypatch)
    ws, first = asked(place)
    objects = first.load(first.parts)
    before = runs()
    assert before > 0
    ws.close()
    ws, again = asked(place)
    assert again.parts == first.parts
    assert again.load(again.parts) == objects
    assert runs() == before
    ws.close()
    own = "overlays/staging/kustomization.yaml" if kind == "kustomize" else "staging.yaml"
    changed = place / f"services/service-0001/{own}"
    changed.write_text(changed.read_text() + "# a word\n")
    monorepo.commit(place, "Say a word")
    ws, third = asked(place)
    assert runs() == before + 1
    old = {(p.wanted.environment, p.wanted.services): p for p in first.parts}
    differing = [p for p in third.parts if p.wanted.key != old[p.wanted.environment, p.wanted.services].wanted.key]
    assert [(p.wanted.environment, p.wanted.services) for p in differing] == [("staging", ("service-0001",))]
    assert {p.hash for p in third.parts} == {p.hash for p in first.parts}
    ws.close()


@pytest.mark.real("kubectl")
def test_what_all_share_changes_all(place: Path) -> None:
    monorepo.write(place, 2, "kustomize")
    ws, first = asked(place)
    ws.close()
    shared = place / "components/log/kustomization.yaml"
    shared.write_text(shared.read_text().replace("log:2", "log:3"))
    monorepo.commit(place, "Newer log")
    ws, second = asked(place)
    assert {p.hash for p in first.parts}.isdisjoint({p.hash for p in second.parts})
    ws.close()


@pytest.mark.real("kubectl")
def test_an_environment_that_comes_and_goes_is_seen(place: Path) -> None:
    monorepo.write(place, 2, "kustomize")
    ws, _ = asked(place)
    ws.close()
    shutil.rmtree(place / "services/service-0000/overlays/staging")
    monorepo.commit(place, "Take staging away")
    ws, found = asked(place)
    assert [(u.environment, u.service, u.problem.code) for u in found.unplaced] == [
        ("staging", "service-0000", "layout.no-place")
    ]
    assert len(found.parts) == 5
    ws.close()
    monorepo.git(place, "revert", "--no-edit", "HEAD")
    ws, found = asked(place)
    assert (found.unplaced, len(found.parts)) == ((), 6)
    ws.close()


@pytest.mark.real("kubectl")
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE cache SET body = REPLACE(CAST(body AS TEXT), '128Mi', '999Mi')",
        "UPDATE cache SET body = SUBSTR(body, 1, LENGTH(body) / 2)",
        "UPDATE cache SET body = (SELECT body FROM cache ORDER BY LENGTH(body) LIMIT 1)",
        "DELETE FROM cache WHERE LENGTH(body) < 4000",
    ],
)
def test_a_poisoned_cache_serves_nothing(sql: str, place: Path, tmp_path: Path) -> None:
    monorepo.write(place, 2, "kustomize")
    ws, first = asked(place)
    objects = first.load(first.parts)
    ws.close()
    with closing(sqlite3.connect(tmp_path / "cache" / "renderings.db")) as db, db:
        db.execute(sql)
    db.close()
    ws, second = asked(place)
    assert second.parts == first.parts
    assert second.load(second.parts) == objects
    ws.close()


@pytest.mark.real("kubectl")
def test_another_program_means_another_rendering(place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monorepo.write(place, 1, "kustomize")
    ws, first = asked(place)
    ws.close()
    copy = tmp_path / "copy" / "kubectl"
    copy.parent.mkdir()
    shutil.copy(shutil.which("kubectl") or "", copy)
    monkeypatch.setenv("PATH", f"{copy.parent}:{os.environ['PATH']}")
    ws, second = asked(place)
    assert {p.wanted.key for p in first.parts}.isdisjoint({p.wanted.key for p in second.parts})
    assert [p.hash for p in first.parts] == [p.hash for p in second.parts]
    ws.close()


@pytest.mark.real("kubectl")
def test_a_secret_in_clear_is_refused_and_where_it_is_allowed_not_kept(place: Path, tmp_path: Path) -> None:
    monorepo.write(place, 1, "kustomize")
    overlay = place / "services/service-0000/overlays/dev/kustomization.yaml"
    overlay.write_text(overlay.read_text() + "secretGenerator: [{name: db, literals: [password=correct-horse]}]\n")
    monorepo.commit(place, "A mistake")
    ws, found = asked(place)
    dev = [p for p in found.parts if p.wanted.environment == "dev"]
    assert [p.refusal.code for p in dev if p.refusal] == ["render.secret-in-clear"]
    assert found.load(dev) == {}
    # Who only compares renderings is not guarded from what is in them.
    compared = render_all(ws, {"dev": ws.repository(ws.environment("dev")).fetch()})
    assert [(bool(p.hash), p.problems) for p in compared.parts] == [(True, ())]
    ws.close()
    file = place / "vivido.yaml"
    file.write_text(file.read_text() + "secrets: {allow: [{name: db, because: nobody keeps anything there}]}\n")
    ws, found = asked(place)
    dev = [p for p in found.parts if p.wanted.environment == "dev"]
    objects = found.load(dev)
    assert any(o["kind"] == "Secret" for o in objects[dev[0].wanted.key].objects)
    ws.close()
    kept = b"".join(p.read_bytes() for p in (tmp_path / "cache").glob("renderings.db*"))
    assert b"Y29ycmVjdC1ob3JzZQ" not in kept
    ws, again = asked(place)
    assert again.load([p for p in again.parts if p.wanted.environment == "dev"]) == objects
    ws.close()


@pytest.mark.real("kubectl")
def test_a_directory_that_cannot_be_rendered_harms_no_other(place: Path) -> None:
    monorepo.write(place, 2, "kustomize")
    (place / "services/service-0001/overlays/dev/deployment.yaml").write_text("kind: [\n")
    monorepo.commit(place, "A mistake")
    ws, found = asked(place)
    broken = [p for p in found.parts if p.refusal]
    assert [(p.wanted.environment, p.wanted.services) for p in broken] == [("dev", ("service-0001",))]
    assert "service-0001/overlays/dev" in broken[0].refusal.problems[0].where
    assert len(found.load(found.parts)) == 5
    ws.close()


@pytest.mark.real("helm")
def test_a_promotion_with_helm_gives_the_digest_and_is_kept(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monorepo.write(place, 1, "helm")
    runs = counting(place, monkeypatch)
    ws = open_workspace(place)
    repository = parse_repository("registry.example.com/shop/service-0000")
    release = [Artifact("service-0000", repository, parse_digest(f"sha256:{'7' * 64}"))]
    staging = ws.environment("staging")
    tip = ws.repository(staging).fetch()
    made = rendered_at(ws, tip, staging, release)
    assert "Deployment/service-0000" in [identity(o) for o in made.objects]
    assert str(made.objects).count(f"service-0000@sha256:{'7' * 64}") == 2
    assert rendered_at(ws, tip, staging, release) == made
    assert rendered_at(ws, tip, staging, release, as_is=True).hash != made.hash
    assert runs() == 2
    ws.close()
