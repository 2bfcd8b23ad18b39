"""What parity keeps from one time to the next: the answer is that of the first time, whoever touched the cache."""

import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from monorepo_place import counting, monorepo

from vivido.app.content import rendered_at
from vivido.app.parity.compare import Answer, Asked, compare
from vivido.app.parity.origins import traced
from vivido.app.parity.rules import declared
from vivido.app.workspace import Workspace, open_workspace
from vivido.drift.parity.report import Parity, Subject, report
from vivido.model.finding import Found
from vivido.model.record import Deployed
from vivido.model.reference import parse_digest, parse_repository
from vivido.model.release import Artifact, Release, Revision

pytestmark = pytest.mark.real("kubectl")
PAIRS = (("dev", "staging"), ("staging", "production"))
BRANCH = Asked(at="main")
DAY = 24 * 3600 * 1_000_000


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VIVIDO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("VIVIDO_STATE", str(tmp_path / "state"))
    root = monorepo.write(tmp_path / "repository", 4, "kustomize")
    (root / "vivido.yaml").write_text((root / "vivido.yaml").read_text() + monorepo.PARITY)
    monorepo.forget(root, "kustomize", 2)
    monorepo.commit(root, "Forget something")
    return root


def opened(root: Path, later: int = 0) -> Workspace:
    ws = open_workspace(root)
    now = ws.now
    ws.now = lambda: now() + later
    return ws


def answer(root: Path, asked: Asked = BRANCH, later: int = 0) -> Parity:
    ws = opened(root, later)
    found = traced(ws, compare(ws, asked)).parity
    ws.close()
    return found


def cache(root: Path) -> Path:
    return root.parent / "cache" / "renderings.db"


def afresh(root: Path, asked: Asked = BRANCH, later: int = 0) -> Parity:
    """The answer of somebody who has no cache."""
    away = cache(root).with_suffix(".away")
    cache(root).rename(away)
    found = answer(root, asked, later)
    cache(root).unlink()
    away.rename(cache(root))
    return found


def undeclared(found: Parity) -> list[tuple[str, str, str]]:
    return [(f.pair, f.service, f.at) for f in found.findings if f.found is Found.UNDECLARED]


FORGOTTEN = ("staging ~ production", "service-0002", "ConfigMap/service-0002-settings/data/LIMIT")


def test_it_is_what_comes_of_services_one_by_one(place: Path) -> None:
    ws = opened(place)
    tip = ws.repository(ws.project.environments[0]).fetch()
    subjects: list[Subject] = []
    for service in ws.project.services:
        stand_in = [Artifact(service.name, parse_repository(service.image), parse_digest(monorepo.DIGEST))]
        sides = {e.name: rendered_at(ws, tip, e, stand_in, as_is=True) for e in ws.project.environments}
        image = {service.name: f"{service.image}@{monorepo.DIGEST}"}
        subjects.append(Subject((service.name,), sides, dict.fromkeys(sides, image)))
    ws.close()
    alone = report(subjects, PAIRS, declared(ws), key=b"k", today="2026-01-01")
    cache(place).unlink()
    for _ in range(2):
        ws = opened(place)
        assert compare(ws, Asked(at="main")).parity == alone
        ws.close()
    assert undeclared(alone) == [FORGOTTEN]
    assert alone.allowed == 4 * 2 * 3


def test_nothing_is_rendered_or_looked_for_twice(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = counting(place, monkeypatch)
    first = answer(place)
    before = runs()
    assert before > 0
    assert answer(place) == first
    assert runs() == before
    overlay = place / "services/service-0001/overlays/dev/kustomization.yaml"
    overlay.write_text(overlay.read_text() + "# a word\n")
    monorepo.commit(place, "Say a word")
    assert answer(place) == first
    assert runs() == before + 1
    origins = [o for f in first.findings for o in f.origins]
    assert [(o.path.rpartition("/")[0], o.environment) for o in origins] == [
        ("services/service-0002/base", "staging"),
        ("services/service-0002/overlays/production", "production"),
    ]


def _overlay(root: Path) -> None:
    monorepo.forget(root, "kustomize", 0)


def _base(root: Path) -> None:
    monorepo.touch(root, "kustomize", 3)
    file = root / "services/service-0003/overlays/staging/deployment.yaml"
    file.write_text(file.read_text().replace("replicas: 2", "replicas: 1"))


def _shared(root: Path) -> None:
    file = root / "components/log/kustomization.yaml"
    file.write_text(
        file.read_text() + "- {target: {kind: Service}, patch: '[{op: add, path: /spec/type, value: NodePort}]'}\n"
    )


def _gone(root: Path) -> None:
    shutil.rmtree(root / "services/service-0001/overlays/staging")


def _broken(root: Path) -> None:
    (root / "services/service-0001/overlays/dev/deployment.yaml").write_text("kind: [\n")


def _rules(root: Path) -> None:
    file = root / "vivido.yaml"
    file.write_text(file.read_text().replace("holds: earlier < later", "holds: earlier > later"))


def _tokens(root: Path) -> None:
    file = root / "vivido.yaml"
    file.write_text(
        file.read_text().replace("tokens: {domain: staging.example.com}", "tokens: {domain: other.example.com}")
    )


def _own_rules(root: Path) -> None:
    rules = "'*': {allow: [{at: ConfigMap/*/data/LIMIT, because: larger}]}\n"
    (root / "services/service-0002/parity.yaml").write_text(rules)


def _new_base(root: Path) -> None:
    """Let an overlay build on a directory that nothing depended on before."""
    other = root / "elsewhere"
    other.mkdir()
    (other / "kustomization.yaml").write_text("resources: [more.yaml]\n")
    (other / "more.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more}\ndata: {A: one}\n")
    file = root / "services/service-0003/overlays/production/kustomization.yaml"
    file.write_text(
        file.read_text().replace("resources: [../../base]", "resources: [../../base, ../../../../elsewhere]")
    )


CHANGES = [_overlay, _base, _shared, _gone, _broken, _rules, _tokens, _own_rules, _new_base]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_whatever_changes_is_seen(change: Callable[[Path], None], place: Path) -> None:
    first = answer(place)
    change(place)
    monorepo.commit(place, "Change something")
    second = answer(place)
    assert second == afresh(place)
    assert second != first
    # And back again: what is kept of the first time is served for it only.
    monorepo.git(place, "revert", "--no-edit", "HEAD")
    assert answer(place) == first


def test_a_base_that_was_new_is_watched_from_then_on(place: Path) -> None:
    answer(place)
    _new_base(place)
    monorepo.commit(place, "Build on something new")
    before = answer(place)
    more = place / "elsewhere/more.yaml"
    more.write_text(more.read_text().replace("metadata: {name: more}", "metadata: {name: other}"))
    monorepo.commit(place, "Call it otherwise")
    after = answer(place)
    assert after == afresh(place)
    assert after != before


def test_a_directory_that_becomes_a_root_module_is_asked_for_its_state(place: Path) -> None:
    answer(place)
    for environment in ("dev", "staging"):
        folder = place / f"services/service-0001/overlays/{environment}"
        shutil.rmtree(folder)
        folder.mkdir()
        (folder / "main.tf").write_text('terraform {\n  backend "local" { path = "/srv/one.tfstate" }\n}\n')
    monorepo.commit(place, "Describe it in another language")
    told = [(f.pair, f.service) for f in answer(place).findings if f.found is Found.SHARED]
    assert told == [("dev ~ staging", "service-0001")]


def test_the_last_day_of_a_rule_passes_although_nothing_else_changes(place: Path) -> None:
    file = place / "vivido.yaml"
    text = file.read_text()
    ws = opened(place)
    until = msgspec.json.decode(msgspec.json.encode(_day(ws.now() + DAY)))
    ws.close()
    file.write_text(text.replace("holds: earlier < later", f"holds: earlier < later, until: {until}"))
    monorepo.commit(place, "Until tomorrow")
    assert [f for f in answer(place).findings if f.found is Found.EXPIRED] == []
    late = answer(place, later=3 * DAY)
    assert late == afresh(place, later=3 * DAY)
    assert len([f for f in late.findings if f.found is Found.EXPIRED]) == 8
    assert [f for f in answer(place).findings if f.found is Found.EXPIRED] == []


def _day(now: int) -> str:
    from vivido.app.parity.compare import today

    return today(now)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE cache SET body = CAST(REPLACE(CAST(body AS TEXT), 'LIMIT', 'WEIGHT') AS BLOB)",
        "UPDATE cache SET body = CAST('{}' AS BLOB)",
        'UPDATE cache SET body = CAST(\'{"findings":[],"used":[],"allowed":0,"tokens":{},"sealed":false}\' AS BLOB)',
        "UPDATE cache SET body = (SELECT body FROM cache ORDER BY LENGTH(body) LIMIT 1)",
        "UPDATE cache SET body = SUBSTR(body, 1, LENGTH(body) / 2)",
        "DELETE FROM cache WHERE LENGTH(body) > (SELECT AVG(LENGTH(body)) FROM cache)",
        "DELETE FROM cache WHERE LENGTH(body) < (SELECT AVG(LENGTH(body)) FROM cache)",
    ],
)
def test_a_poisoned_cache_serves_nothing(sql: str, place: Path) -> None:
    first = answer(place)
    with closing(sqlite3.connect(cache(place))) as db, db:
        assert db.execute(sql).rowcount > 0
    db.close()
    assert answer(place) == first


def test_what_hmacs_took_part_in_is_not_kept(place: Path) -> None:
    """Values of encrypted Secrets are compared by a key of one time; findings of another time would hold HMACs of no key."""
    for environment in monorepo.ENVIRONMENTS:
        secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nsops: {version: 3}\n"
        secret += f"data: {{password: ENC-{environment}}}\n"
        folder = place / f"services/service-0000/overlays/{environment}"
        (folder / "secret.yaml").write_text(secret)
        file = folder / "kustomization.yaml"
        file.write_text(file.read_text().replace("resources: [../../base]", "resources: [../../base, secret.yaml]"))
    monorepo.commit(place, "Add an encrypted secret")
    texts = [[f.left_value for f in answer(place).findings if f.at == "Secret/db/data/password"] for _ in range(2)]
    assert all(len(one) == 2 and all(str(v).startswith("hmac-sha256:") for v in one) for one in texts)
    assert texts[0] != texts[1]
    kept = b"".join(p.read_bytes() for p in cache(place).parent.glob("renderings.db*"))
    assert b"hmac-sha256:" not in kept


def _deploy(root: Path, environment: str, digest: str = "", commit: str = "") -> Release:
    ws = opened(root)
    repository = ws.repository(ws.environment(environment))
    artifacts = tuple(
        Artifact(s.name, parse_repository(s.image), parse_digest(digest or monorepo.DIGEST))
        for s in ws.project.services
    )
    release = Release(artifacts, Revision(repository.url, repository.fetch()))
    number = len(ws.records.deployed(environment, limit=99))
    ws.records.add_deployed(
        Deployed(environment, release, "", commit or release.revision.commit, f"p-{environment}-{number}", number)
    )
    ws.close()
    return release


def test_deployed_truths_are_kept_by_their_images_too(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A digest that no commit names yet is edited in before it is rendered, and another digest is another rendering."""
    for environment in monorepo.ENVIRONMENTS:
        _deploy(place, environment)
    runs = counting(place, monkeypatch)
    first = answer(place, Asked())
    assert undeclared(first) == [FORGOTTEN]
    before = runs()
    assert answer(place, Asked()) == first
    assert runs() == before
    # The image is what is on its way, and no difference.
    _deploy(place, "dev", f"sha256:{'7' * 64}")
    second = answer(place, Asked())
    assert undeclared(second) == [FORGOTTEN]
    assert second == afresh(place, Asked())
    assert runs() > before


def test_an_environment_whose_commit_is_gone_is_not_judged_and_the_others_are(place: Path) -> None:
    for environment in monorepo.ENVIRONMENTS:
        _deploy(place, environment, commit="f" * 40 if environment == "production" else "")
    found = answer(place, Asked())
    unjudged = [f for f in found.findings if f.found is Found.UNJUDGED]
    assert {f.pair for f in unjudged} == {"staging ~ production"}
    assert {f.service for f in unjudged} == {f"service-000{n}" for n in range(4)}


def test_what_git_alone_names_is_judged_otherwise_than_what_was_promoted(place: Path) -> None:
    """The objects and images are the same in both questions; whether another version is on its way is not."""
    for file in place.glob("services/*/overlays/dev/kustomization.yaml"):
        text = file.read_text()
        assert monorepo.DIGEST in text
        file.write_text(text.replace(monorepo.DIGEST, f"sha256:{'7' * 64}"))
    monorepo.commit(place, "Another version in dev")
    for environment in monorepo.ENVIRONMENTS:
        _deploy(place, environment, f"sha256:{'7' * 64}" if environment == "dev" else "")
    promoted = answer(place, Asked())
    written = answer(place)
    assert written == afresh(place)
    assert [f for f in promoted.findings if "another version" in f.message] == []
    assert len({f.service for f in written.findings if "another version" in f.message}) == 4


def test_what_is_on_its_way_is_told_the_same_each_time(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for environment in monorepo.ENVIRONMENTS:
        _deploy(place, environment)
    runs = counting(place, monkeypatch)
    answer(place, Asked())
    before = runs()
    monorepo.touch(place, "kustomize", 1)
    monorepo.touch(place, "kustomize", 2)
    monorepo.commit(place, "More memory")
    _deploy(place, "dev")
    first = answer(place, Asked())
    # Two services in dev, and what they will be in staging, in one process.
    assert runs() == before + 1
    notes = [(f.pair, f.service) for f in first.findings if "on its way" in f.message]
    assert sorted(set(notes)) == [("dev ~ staging", "service-0001"), ("dev ~ staging", "service-0002")]
    assert undeclared(first)[-1] == FORGOTTEN
    assert first == answer(place, Asked()) == afresh(place, Asked())
    # What differs for another reason stays a finding when it is promoted with the rest.
    file = place / "services/service-0001/overlays/dev/deployment.yaml"
    file.write_text(
        re.sub("ENVIRONMENT, value: dev", "ENVIRONMENT, value: dev}, {name: MORE, value: x", file.read_text())
    )
    monorepo.commit(place, "Only in dev")
    _deploy(place, "dev")
    third = answer(place, Asked())
    assert third == afresh(place, Asked())
    more = [f for f in third.findings if f.at.endswith("env/MORE")]
    assert [(f.service, "on its way" in f.message) for f in more] == [("service-0001", False)]


def test_a_file_that_cannot_be_written_out_harms_no_other(place: Path) -> None:
    (place / "services/service-0001/overlays/dev/out.yaml").symlink_to("/etc/passwd")
    monorepo.commit(place, "A link")
    found = answer(place)
    blind = [(f.pair, f.service) for f in found.findings if f.found is Found.UNJUDGED]
    assert blind == [("dev ~ staging", "service-0001")]
    assert undeclared(found) == [FORGOTTEN]


def test_an_answer_names_what_was_compared(place: Path) -> None:
    ws = opened(place)
    found: Answer = compare(ws, Asked("dev", services=("service-0002",), at="main"))
    assert [g.services for g in found.sides.groups] == [("service-0002",)]
    part = found.sides.part("dev", "service-0002")
    assert part is not None and part.wanted.place.directory == "services/service-0002/overlays/dev"
    assert found.sides.part("dev", "service-0001") is None
    ws.close()
