"""A release of fifty services: one commit and one release set, all or nothing."""

import subprocess

import pytest

from vivido.testing.miniature import Miniature
from vivido.testing.registry_image import push_image

pytestmark = pytest.mark.real("ssh-keygen", "git")

COUNT = 50
NAMES = [f"s{n:02}" for n in range(COUNT)]
MANIFEST = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      containers:
        - {{name: main, image: "{name}:none"}}
"""


def many(mini: Miniature, target: str) -> None:
    """Put fifty services into the project, with an environment of this target."""
    host = mini.registry.host
    services = "".join(f'  {n}: {{image: "{host}/mini/{n}", config: "deploy/{n}/{{environment}}"}}\n' for n in NAMES)
    text = f'project: mini\nregistry: {host}/mini\nregistries: {{plain-http: ["{host}"]}}\nservices:\n{services}'
    gate = f"test ! -e {mini.root}/broken"
    text += f"environments:\n  dev: {{target: {target}, gates: [{{run: '{gate}'}}]}}\n"
    files = {f"deploy/{n}/dev/app.yaml": MANIFEST.format(name=n).encode() for n in NAMES}
    mini.commit({**files, "vivido.yaml": text.encode()}, "Fifty services")
    subprocess.run(["git", "-C", str(mini.clone), "pull", "--quiet", "--rebase"], check=True)


def release(mini: Miniature, version: str) -> str:
    named: list[str] = []
    for n in NAMES:
        made = push_image(mini.client, mini.repository(n), "edge", layers=(f"{n} {version}".encode(),))
        named += ["--artifact", f"{n}={mini.repository(n)}@{made.digest}"]
    return mini.good("release", "create", "-o", "name", *named).out.strip()


def images(mini: Miniature) -> set[str]:
    """What Git says each service runs: the lines with images."""
    return {line for n in NAMES for line in mini.file(f"deploy/{n}/dev/app.yaml").splitlines() if "image:" in line}


def test_fifty_services_are_one_commit(mini: Miniature) -> None:
    many(mini, "none")
    made = release(mini, "v1")
    before = mini.log()
    mini.good("promote", "dev", "--yes", "--quiet")
    assert len(mini.log()) == len(before) + 1
    assert len({line for line in images(mini) if "@sha256:" in line}) == COUNT
    (column,) = mini.good("status", "-o", "json").json()["columns"]
    assert column["release"] == made


def test_one_service_that_lacks_something_holds_all_back(mini: Miniature) -> None:
    many(mini, "none")
    path = f"deploy/{NAMES[37]}/dev/app.yaml"
    needy = mini.file(path).replace("main,", "main, envFrom: [{configMapRef: {name: gone}}],")
    mini.commit({path: needy.encode()}, "Need more")
    release(mini, "v1")
    before, there = mini.log(), images(mini)
    refused = mini.run("promote", "dev", "--yes", "--quiet")
    assert refused.code == 3
    assert f"Deployment/{NAMES[37]} needs ConfigMap/gone" in refused.err
    assert (mini.log(), images(mini)) == (before, there)


def test_a_gate_that_fails_after_the_commit_takes_all_back(mini: Miniature) -> None:
    many(mini, f"{{command: {{apply: 'echo $VIVIDO_RELEASE >> {mini.root}/applied'}}}}")
    first = release(mini, "v1")
    mini.good("promote", "dev", "--yes", "--quiet")
    there = images(mini)
    second = release(mini, "v2")
    (mini.root / "broken").touch()
    ran = mini.run("promote", "dev", "--yes", "--quiet")
    assert ran.code == 4, ran.err
    assert mini.log()[0] == f"Go back: {second} in dev"
    assert images(mini) == there
    assert mini.applied == [first, second, first]
    (column,) = mini.good("status", "-o", "json").json()["columns"]
    assert column["release"] == first
