"""What a release's identity is made of, and what it is not."""

import msgspec
import pytest

from vivido.model.actor import Roster
from vivido.model.objects import Rendered, identity, plain_name, same_object, sort_key
from vivido.model.plan import Plan, WayBack
from vivido.model.problem import Problem
from vivido.model.project import Environment, Kinded, Project, Service
from vivido.model.record import Deployed, Pin, PromotionRow
from vivido.model.reference import Digest, Repository
from vivido.model.release import Artifact, Release, ReleaseRecord, Revision, placed

A, B = Digest(f"sha256:{'a' * 64}"), Digest(f"sha256:{'b' * 64}")
WEB = Artifact("web", Repository("registry.test", "shop/web"), A, "c" * 40)
API = Artifact("api", Repository("registry.test", "shop/api"), B)
RELEASE = Release((API, WEB), Revision("shop.git", "d" * 40))


def test_the_identity_is_digests_repositories_and_revision_and_nothing_else() -> None:
    same = Release((WEB, API), Revision("https://elsewhere.test/shop.git", "d" * 40))
    rebuilt = Release((API, msgspec.structs.replace(WEB, commit="e" * 40)), RELEASE.revision)
    record = ReleaseRecord(RELEASE, 1, "alice", ("alice@example.com",), "Note")
    assert {RELEASE.id, same.id, rebuilt.id, record.release.id} == {RELEASE.id}
    assert RELEASE.id.startswith("r-")
    others = [
        Release((API, msgspec.structs.replace(WEB, digest=B)), RELEASE.revision),
        Release((API, msgspec.structs.replace(WEB, repository=API.repository)), RELEASE.revision),
        Release((API, WEB), Revision("shop.git", "e" * 40)),
        Release((WEB,), RELEASE.revision),
    ]
    assert len({RELEASE.id, *(o.id for o in others)}) == 5


def test_artifacts_are_found_by_service_and_keep_their_digest_where_they_are_placed() -> None:
    assert RELEASE.artifact("web") == WEB
    assert RELEASE.artifact("nobody") is None
    assert placed(RELEASE.artifacts, "") == RELEASE.artifacts
    assert [a.image for a in placed(RELEASE.artifacts, "prod.test/live")] == [
        f"prod.test/live/api@{B}",
        f"prod.test/live/web@{A}",
    ]


def test_objects_are_told_apart_by_group_and_not_by_version() -> None:
    new = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"}}
    old = {**new, "apiVersion": "apps/v1beta1"}
    assert same_object(new) == same_object(old) == ("apps", "Deployment", "shop", "web")
    assert same_object({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}})[0] == ""
    assert sort_key(new) != sort_key(old)
    assert (identity(new), identity({})) == ("Deployment/shop/web", "?/?")
    assert Rendered((new,)).hash != Rendered((old,)).hash
    assert Rendered((new,)).hash == Rendered((dict(reversed(list(new.items()))),), "another tool").hash


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("web-config-2kc98m45bf", "web-config"),
        ("web-config", "web-config"),
        ("web-config-2kc98m45be", "web-config-2kc98m45be"),
    ],
)
def test_the_hash_of_generated_names_is_taken_off(name: str, plain: str) -> None:
    assert plain_name(name) == plain


def test_what_is_approved_is_gates_people_and_kind_and_going_without_a_way_back() -> None:
    back = WayBack("r-1", "content", "f" * 40, "r-1 (ffff)")
    plan = Plan("p-1", "promotion", "shop", "dev", RELEASE, "content", (), (), (), (), Roster(), back, (), "alice", 1)
    other = msgspec.structs.replace(plan, promotion="p-2", requested_at=2, reason="why")
    risky = msgspec.structs.replace(plan, way_back=msgspec.structs.replace(back, accepted="it is gone"))
    assert plan.hash == other.hash
    assert len({plan.hash, risky.hash, msgspec.structs.replace(plan, kind="down").hash}) == 3


def test_a_project_knows_its_parts_by_name_and_what_follows_what() -> None:
    target = Kinded("none", {})
    dev, staging = Environment("dev", "", target), Environment("staging", "dev", target)
    project = Project("shop", "/shop", "/shop/vivido.yaml", "registry.test", "directories", (), (dev, staging))
    assert project.environment("staging") == staging
    assert project.environment("moon") is None
    assert project.followers("dev") == (staging,)
    assert project.service("web") is None
    known = msgspec.structs.replace(project, services=(Service("web", "registry.test/web", None, "deploy/web"),))
    assert known.service("web") == known.services[0]


@pytest.mark.parametrize(
    "record",
    [
        Deployed("dev", RELEASE, "content", "f" * 40, "p-1", 1),
        Pin("dev", "r-1", "alice", 1, "it is bad"),
        PromotionRow("p-1", "dev", "down", "r-1", "content", "succeeded", None, 1, 2, 3, "head"),
        Problem("a.code", "message", "hint", "where"),
    ],
)
def test_records_survive_being_written_down(record: msgspec.Struct) -> None:
    assert msgspec.json.decode(msgspec.json.encode(record), type=type(record)) == record
