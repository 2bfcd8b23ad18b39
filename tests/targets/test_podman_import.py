"""Containers that somebody started by hand are taken in, replaced by a promotion, and brought back by a rollback."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from load import get
from shop import MANIFEST, Shop, shop
from target_situation import needs_limits

if TYPE_CHECKING:
    from conftest import Images

pytestmark = pytest.mark.real("podman", "buildah", "haproxy", "docker-registry", "busybox", "git")


@pytest.fixture
def made(tmp_path: Path, images: "Images") -> Iterator[Shop]:
    with shop(tmp_path / "shop", images.registry) as one:
        yield one
        one.podman("rm", "--force", "--time=0", "--ignore", _name(one))


def _name(made: Shop) -> str:
    return f"{made.project}-dev-web"


def _by_hand(made: Shop, image: str) -> str:
    """Start what an operator would: no label, no network of Vivido's."""
    made.podman("run", "--detach", "--tls-verify=false", f"--name={_name(made)}", image)
    return _name(made)


def _says(made: Shop, image: str) -> None:
    made.commit({"deploy/dev/app.yaml": MANIFEST.replace("web:none", image).encode()}, "Run it")


def _state(made: Shop, name: str) -> str:
    return made.podman("inspect", "--format={{.State.Status}}", name).strip()


def test_what_runs_by_hand_is_taken_in_and_comes_back(made: Shop, images: "Images") -> None:
    old, new = images.build("web", "1"), images.build("web", "2")
    _says(made, f"{images.registry}/web:1")
    name = _by_hand(made, old)
    found = json.loads(made.good("import", "--dry-run", "-o", "json"))[0]
    assert (found["services"][0]["source"], found["services"][0]["digest"]) == ("runs", old.partition("@")[2])
    assert [p["code"] for p in found["told"]][:2] == ["import.no-digest", "import.no-commit"]
    before = made.git("show", "main:deploy/dev/app.yaml")
    made.good("import", "--yes")
    assert (made.containers(), _state(made, name)) == ([], "running")
    assert made.git("show", "main:deploy/dev/app.yaml") == before
    looked = made.drift()
    assert (looked["live"], looked["artifacts"]) == ([], [])
    assert any("was not started by Vivido" in n for n in looked["notes"])
    made.promote(new)
    assert get(f"{made.url()}/version") == "2"
    # Nobody asked Vivido to stop what is not its own.
    assert _state(made, name) == "running"
    made.good("rollback", "dev", "--reason", "slow", "--yes")
    assert get(f"{made.url()}/version") == "1"
    assert old.partition("@")[2] in made.git("show", "main:deploy/dev/app.yaml")
    assert made.places() == []


def test_another_digest_than_git_says_is_told_and_is_what_is_taken_in(made: Shop, images: "Images") -> None:
    said, runs = images.build("web", "1"), images.build("web", "2")
    _says(made, said)
    name = _by_hand(made, runs)
    found = json.loads(made.good("import", "--dry-run", "-o", "json"))[0]
    # The registry serves other tests, too: a tag `dev` of theirs may point elsewhere.
    assert [p["code"] for p in found["told"]][:2] == ["import.other-runs", "import.no-commit"]
    made.good("import", "--yes")
    made.promote(said)
    assert get(f"{made.url()}/version") == "1"
    made.good("rollback", "dev", "--yes")
    assert get(f"{made.url()}/version") == "2"
    made.podman("stop", "--time=0", name)


def test_what_somebody_replaced_after_the_import_is_drift(made: Shop, images: "Images") -> None:
    old, other = images.build("web", "1"), images.build("web", "2")
    _says(made, old)
    name = _by_hand(made, old)
    made.good("import", "--yes")
    made.podman("rm", "--force", "--time=0", name)
    _by_hand(made, other)
    assert [a["what"] for a in made.drift()["artifacts"]] == ["never-promoted"]
    made.podman("rm", "--force", "--time=0", name)
    assert any("nothing runs" in n for n in made.drift()["unseen"])


@needs_limits
def test_what_another_tool_brought_up_from_the_same_manifests_is_seen(made: Shop, images: "Images") -> None:
    old = images.build("web", "1")
    _says(made, old)
    text = (
        made.git("show", "main:deploy/dev/app.yaml")
        .split("---")[0]
        .replace("{name: web}", f"{{name: {made.project}-dev}}", 1)
    )
    file = made.root / "app.yaml"
    # One replica, without probes: this Podman's own reader of manifests knows no more.
    file.write_text(
        "\n".join(line for line in text.splitlines() if "readinessProbe" not in line).replace(
            "replicas: 2", "replicas: 1"
        )
    )
    made.podman("kube", "play", "--tls-verify=false", str(file))
    try:
        (found,) = json.loads(made.good("import", "--dry-run", "-o", "json"))
        assert (found["services"][0]["source"], found["services"][0]["digest"]) == ("runs", old.partition("@")[2])
        made.good("import", "--yes")
        assert made.drift()["artifacts"] == []
        made.promote(images.build("web", "2"))
        made.good("rollback", "dev", "--yes")
        assert get(f"{made.url()}/version") == "1"
    finally:
        made.podman("kube", "down", str(file))
