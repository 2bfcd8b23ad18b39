"""What somebody changed on real containers is declared in Git: command, user, a file of a ConfigMap, fewer replicas."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from shop import MANIFEST, Shop, shop

if TYPE_CHECKING:
    from conftest import Images

pytestmark = pytest.mark.real("podman", "buildah", "haproxy", "docker-registry", "busybox", "git")

SITE = """\
---
apiVersion: v1
kind: ConfigMap
metadata: {name: site}
data:
  level.ini: |
    level = info
"""


@pytest.fixture
def made(tmp_path: Path, images: "Images") -> Iterator[Shop]:
    with shop(tmp_path / "shop", images.registry) as one:
        text = MANIFEST.replace(
            "          env:\n", "          volumeMounts: [{name: site, mountPath: /site}]\n          env:\n"
        ).replace("      containers:\n", "      volumes: [{name: site, configMap: {name: site}}]\n      containers:\n")
        one.commit({"deploy/dev/app.yaml": f"{text}{SITE}".encode()}, "Show a file")
        yield one


def _again(made: Shop, *more: str, flags: tuple[str, ...] = ()) -> None:
    """Make each container anew with more words and flags, as a person does it."""
    line = json.loads(made.podman("inspect", "--format={{json .Config.CreateCommand}}", made.containers()[0]))
    for name in made.containers():
        made.podman("rm", "--force", "--time=0", name)
        words = [re.sub(r"(web-|replica=)0$", rf"\g<1>{name[-1]}", word) for word in line[1:]]
        made.podman(words[0], *flags, *words[1:], *more)
        made.podman("start", name)


def _container(made: Shop) -> dict[str, object]:
    text = made.git("show", "main:deploy/dev/app.yaml")
    return next(iter(yaml.safe_load_all(text)))["spec"]["template"]["spec"]["containers"][0]


def test_what_a_manifest_can_say_is_declared_and_nothing_is_left_after_the_promotion(
    made: Shop, images: "Images"
) -> None:
    image = images.build("web", "1")
    made.promote(image)
    command = ["/bin/busybox", "httpd", "-f", "-p", "8080", "-h", "/www", "-vv"]
    _again(made, *command, flags=("--user=1000:50",))
    volume = next(v for v in made.podman("volume", "ls", "--quiet").split() if made.project in v and "site" in v)
    where = Path(made.podman("volume", "inspect", "--format={{.Mountpoint}}", volume).strip())
    (where / "level.ini").chmod(0o644)
    (where / "level.ini").write_text("level = debug\n")
    made.podman("rm", "--force", "--time=0", made.containers()[-1])
    shown = made.run("drift", "adopt", "dev", "--reason", "it has to", "--dry-run")
    assert shown.code == 0, shown.err + shown.out
    made.good("drift", "adopt", "dev", "--reason", "it has to", "--yes")
    container = _container(made)
    assert container["command"] == command
    assert container["securityContext"] == {"runAsUser": 1000, "runAsGroup": 50}
    text = made.git("show", "main:deploy/dev/app.yaml")
    assert "replicas: 1  # enough for a laptop" in text
    assert list(yaml.safe_load_all(text))[-1]["data"] == {"level.ini": "level = debug\n"}
    made.promote(image)
    assert made.places() == []
    assert len(made.containers()) == 1


def test_one_more_replica_another_file_and_memory_that_is_mounted_are_declared(made: Shop, images: "Images") -> None:
    image = images.build("web", "1")
    made.promote(image)
    before = len(made.containers())
    _again(made, flags=("--tmpfs=/cache",))
    line = json.loads(made.podman("inspect", "--format={{json .Config.CreateCommand}}", made.containers()[0]))
    words = [re.sub(r"(web-|replica=)0$", rf"\g<1>{before}", word) for word in line[1:]]
    created = made.podman(*words).strip()
    made.podman("start", created)
    volume = next(v for v in made.podman("volume", "ls", "--quiet").split() if made.project in v and "site" in v)
    where = Path(made.podman("volume", "inspect", "--format={{.Mountpoint}}", volume).strip())
    (where / "more.ini").write_text("more = yes\n")
    (where / "level.ini").unlink()
    made.good("drift", "adopt", "dev", "--reason", "it has to", "--yes")
    workload, *_, config = yaml.safe_load_all(made.git("show", "main:deploy/dev/app.yaml"))
    assert workload["spec"]["replicas"] == before + 1
    pod = workload["spec"]["template"]["spec"]
    assert pod["volumes"][-1] == {"name": "declared-cache", "emptyDir": {"medium": "Memory"}}
    assert pod["containers"][0]["volumeMounts"][-1] == {"mountPath": "/cache", "name": "declared-cache"}
    assert config["data"] == {"more.ini": "more = yes\n"}
    made.promote(image)
    assert made.places() == []
    assert len(made.containers()) == before + 1
