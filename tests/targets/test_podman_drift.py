"""Drift of real containers from the command line: found, put back without a lost request, declared in Git."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from load import Load, get
from shop import Shop, shop
from target_situation import needs_limits

if TYPE_CHECKING:
    from conftest import Images

pytestmark = pytest.mark.real("podman", "buildah", "haproxy", "docker-registry", "busybox", "git")


@pytest.fixture
def made(tmp_path: Path, images: "Images") -> Iterator[Shop]:
    with shop(tmp_path / "shop", images.registry) as one:
        yield one


@needs_limits
def test_manual_changes_are_put_back_without_a_lost_request(made: Shop, images: "Images") -> None:
    made.promote(images.build("web", "1"))
    assert made.places() == []
    web = next(n for n in made.containers() if n.endswith("web-0"))
    made.podman("update", "--memory=100m", web)
    made.podman("exec", web, "/bin/busybox", "sh", "-c", "echo 1 >/new")
    made.podman(
        "run",
        "--detach",
        f"--name={made.project}-tmp",
        f"--network=vivido-{made.project}-dev",
        images.build("web", "1"),
    )
    found = ["Container/" + made.project + "-tmp", "Deployment/web/0/main/limits/memory", "Deployment/web/0/main/files"]
    assert made.places() == found
    told = made.run("drift", "dev").out
    assert max(map(len, told.split("\n\nnote")[0].splitlines()[:6])) <= 80
    plan = made.run("drift", "revert", "dev", "--dry-run").out
    assert "bring what Git says up in dev, beside what runs" in plan
    assert made.run("drift", "revert", "dev").code == 2
    assert made.places() == found
    with Load(made.url()) as load:
        load.wait_for("1")
        made.good("drift", "revert", "dev", "--yes", "--reason", "tried something")
        load.wait_for("1")
    assert load.failures == []
    assert made.places() == []
    assert "drift in dev" not in made.good("status")
    assert web not in made.containers()
    # Somebody's own container is out of the network, and lives.
    assert made.podman("inspect", "--format={{.State.Status}}", f"{made.project}-tmp").strip() == "running"
    made.podman("rm", "--force", "--time=0", f"{made.project}-tmp")
    assert made.run("drift", "revert", "dev", "--yes").code == 6
    # What follows a revert: the next promotion, its rollback, and their drift.
    made.promote(images.build("web", "2"))
    assert made.places() == []
    made.good("rollback", "dev", "--yes")
    assert get(f"{made.url()}/version") == "1"
    assert made.places() == []
    assert "revert of r-" in made.good("history", re.findall(r"p-[0-9a-f]+", made.good("history", "dev"))[-2])


def test_only_what_is_named_is_put_back(made: Shop, images: "Images") -> None:
    made.promote(images.build("web", "1"))
    before = made.containers()
    tmp = f"{made.project}-tmp"
    labels = [f"--label=vivido.project={made.project}", "--label=vivido.environment=dev"]
    made.podman("run", "--detach", f"--name={tmp}", *labels, images.build("web", "1"))
    made.podman("exec", before[0], "/bin/busybox", "sh", "-c", "echo 1 >/new")
    assert made.run("drift", "revert", "dev", "--only", "Container/nothing", "--yes").code == 2
    made.good("drift", "revert", "dev", "--only", f"Container/{tmp}", "--yes")
    assert made.containers() == before
    assert made.places() == ["Deployment/web/0/main/files"]
    status = made.good("status")
    assert "drift in dev: 1 difference" in status


@pytest.mark.parametrize("point", ["podman.container.create.after", "haproxy.switch.recorded", "target.settle.before"])
def test_a_killed_revert_is_gone_on_with(made: Shop, images: "Images", point: str) -> None:
    made.promote(images.build("web", "1"))
    before = made.containers()
    made.podman("exec", before[0], "/bin/busybox", "sh", "-c", "echo 1 >/new")
    killed = made.run("drift", "revert", "dev", "--yes", environ={"VIVIDO_CRASH_AT": point})
    assert killed.code == -9
    assert get(f"{made.url()}/version") == "1"
    blind = made.run("drift", "dev")
    assert (blind.code, "is under way" in blind.out) == (11, True)
    made.good("run", "--once")
    assert made.places() == []
    after = made.containers()
    assert len(after) == len(before) == 2
    assert not set(after) & set(before)
    # Exactly one revert stands in the ledger.
    kinds = [h["kind"] for h in json.loads(made.good("history", "dev", "-o", "json"))]
    assert kinds.count("revert") == 1


@needs_limits
def test_what_was_changed_by_hand_is_declared_and_promoted(made: Shop, images: "Images") -> None:
    image = images.build("web", "1")
    made.promote(image)
    for name in made.containers():
        made.podman("update", "--memory=100m", name)
    line = json.loads(made.podman("inspect", "--format={{json .Config.CreateCommand}}", made.containers()[0]))
    edited = [word.replace("LEVEL=info", "LEVEL=debug") for word in line[1:]]
    for name in made.containers():
        replica = name[-1]
        made.podman("rm", "--force", "--time=0", name)
        # The same edit on each replica, as a person makes it: names, hosts and labels follow the number.
        here = [re.sub(r"(web-|replica=)0$", rf"\g<1>{replica}", word) for word in edited]
        made.podman(*here)
        made.podman("start", name)
    name = made.containers()[0]
    made.podman("exec", name, "/bin/busybox", "sh", "-c", "echo 1 >/new")
    assert [p for p in made.places() if not p.startswith("Traffic")] == [
        "Deployment/web/0/main/env/LEVEL",
        "Deployment/web/0/main/files",
        "Deployment/web/1/main/env/LEVEL",
    ]
    assert made.run("drift", "adopt", "dev", "--yes").code == 2
    before = made.git("rev-parse", "main")
    dry = made.run("drift", "adopt", "dev", "--reason", "to see more", "--dry-run")
    assert "Deployment/web/0/main/files: no field of a manifest says this" in dry.out
    assert made.git("rev-parse", "main") == before
    ran = made.run("drift", "adopt", "dev", "--reason", "to see more", "--owner", "team-web", "--yes")
    assert ran.code == 0, ran.err
    assert made.git("diff", "--unified=0", "HEAD~1", "HEAD").splitlines()[-2:] == [
        "-            - {name: LEVEL, value: info}  # how much it tells",
        "+            - {name: LEVEL, value: debug}  # how much it tells",
    ]
    message = made.git("log", "-1", "--format=%an <%ae>%n%B", "main")
    assert message.startswith("Carol <carol@example.com>\nDeclare what was changed by hand in dev\n\nto see more\n")
    assert "Vivido-Owner: team-web" in message
    assert "Vivido-Promotion" not in message
    declared = {i["path"]: i.get("declared", "") for i in made.drift()["live"]}
    tip = made.git("rev-parse", "main").strip()
    assert declared["0/main/env/LEVEL"] == declared["1/main/env/LEVEL"] == tip
    assert declared["0/main/files"] == ""
    assert made.run("drift", "adopt", "dev", "--reason", "again", "--yes").code == 6
    made.promote(image)
    assert made.places() == []
    assert "LEVEL=debug" in get(f"{made.url()}/cgi-bin/env")
