"""Saying a value in Git by one splice: where the workload stands, or in a patch of the overlay."""

from typing import Any

import pytest
import yaml

from vivido.layouts.declare import declare
from vivido.layouts.wish import Value, Wish
from vivido.model.problem import Problem
from vivido.render.tree import List, Read

MANIFEST = """\
# of team web
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
        - name: side
          image: side:1
        - name: main   # the service
          image: web:1
          env:
            - {name: LEVEL, value: "info"}  # how much
            - name: PASSWORD
              valueFrom: {secretKeyRef: {name: db, key: password}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
"""


def tree(files: dict[str, str]) -> tuple[Read, List]:
    def listing(directory: str) -> tuple[str, ...]:
        prefix = f"{directory}/" if directory else ""
        inside = [f.removeprefix(prefix) for f in files if f.startswith(prefix)]
        return tuple(dict.fromkeys(f"{f.partition('/')[0]}/" if "/" in f else f for f in inside))

    return (lambda path: files[path].encode() if path in files else None), listing


def wish(*path: str, value: Value = "debug", container: str = "main") -> Wish:
    return Wish("Deployment", "web", container, path, value)


def declared(files: dict[str, str], one: Wish, kind: str = "plain") -> dict[str, bytes] | Problem:
    return declare("app", kind, one, *tree(files))


def only(made: dict[str, bytes] | Problem) -> str:
    assert isinstance(made, dict)
    (text,) = made.values()
    return text.decode()


def test_one_value_changes_its_own_bytes() -> None:
    text = only(declared({"app/web.yaml": MANIFEST}, wish("env", "LEVEL")))
    assert text == MANIFEST.replace('"info"', '"debug"')


@pytest.mark.parametrize("value", ["yes", "0123", "1e3", "12345e6", "null", "a\nb", "", "# no comment"])
def test_a_text_stays_a_text(value: str) -> None:
    text = only(declared({"app/web.yaml": MANIFEST}, wish("env", "NEW", value=value)))
    main = next(iter(yaml.safe_load_all(text)))["spec"]["template"]["spec"]["containers"][1]
    assert main["env"][-1] == {"name": "NEW", "value": value}


def test_what_is_not_there_is_added_with_all_that_is_above_it() -> None:
    text = only(declared({"app/web.yaml": MANIFEST}, wish("resources", "limits", "memory", value="64Mi")))
    main = next(iter(yaml.safe_load_all(text)))["spec"]["template"]["spec"]["containers"][1]
    assert main["resources"] == {"limits": {"memory": "64Mi"}}
    assert text.startswith(MANIFEST.split("---", maxsplit=1)[0].rstrip())


def test_a_variable_that_comes_from_elsewhere_is_refused_with_its_place() -> None:
    made = declared({"app/web.yaml": MANIFEST}, wish("env", "PASSWORD"))
    assert isinstance(made, Problem)
    assert made.where == "app/web.yaml:15:15"


def test_an_overlay_gets_a_patch_of_its_own_and_then_one_more_value_in_it() -> None:
    overlay = "# production\nresources: [../base]\n"
    made = declared({"app/kustomization.yaml": overlay}, wish("env", "LEVEL"), "kustomize")
    assert isinstance(made, dict)
    assert set(made) == {"app/kustomization.yaml", "app/declared-deployment-web.yaml"}
    kustomization = made["app/kustomization.yaml"].decode()
    assert kustomization.startswith(overlay.rstrip())
    assert yaml.safe_load(kustomization)["patches"] == [{"path": "declared-deployment-web.yaml"}]
    files = {path: text.decode() for path, text in made.items()}
    again = only(declared(files, wish("env", "OTHER", value="1"), "kustomize"))
    container = yaml.safe_load(again)["spec"]["template"]["spec"]["containers"][0]
    assert [e["name"] for e in container["env"]] == ["LEVEL", "OTHER"]


def test_an_overlays_own_patch_is_edited_in_place() -> None:
    overlay = "resources: [../base]\npatches: [{path: patch.yaml}]\n"
    files = {"app/kustomization.yaml": overlay, "app/patch.yaml": MANIFEST}
    made = declared(files, wish("env", "LEVEL"), "kustomize")
    assert isinstance(made, dict)
    assert set(made) == {"app/patch.yaml"}


def test_what_nobody_has_or_a_chart_makes_is_said() -> None:
    for made in (
        declared({"app/web.yaml": MANIFEST}, wish("env", "A", container="none")),
        declared({"app/Chart.yaml": "name: web\n"}, wish("env", "A"), "helm"),
    ):
        assert isinstance(made, Problem)
        assert made.code == "drift.not-declarable"


def main_of(text: str) -> dict[str, Any]:
    return next(iter(yaml.safe_load_all(text)))["spec"]["template"]["spec"]["containers"][1]


def test_a_command_and_a_user_are_written_where_the_container_is() -> None:
    text = only(declared({"app/web.yaml": MANIFEST}, wish("command", value=("/bin/a", "-v"))))
    assert main_of(text)["command"] == ["/bin/a", "-v"]
    again = only(declared({"app/web.yaml": text}, wish("command", value=("/bin/b",))))
    assert main_of(again)["command"] == ["/bin/b"]
    assert main_of(only(declared({"app/web.yaml": again}, wish("command", value=None)))).get("command") is None
    text = only(declared({"app/web.yaml": MANIFEST}, wish("securityContext", "runAsUser", value=1000)))
    assert main_of(text)["securityContext"] == {"runAsUser": 1000}


def test_what_is_gone_is_taken_out_and_what_never_was_changes_nothing() -> None:
    text = only(declared({"app/web.yaml": MANIFEST}, wish("env", "LEVEL", value=None)))
    assert [e["name"] for e in main_of(text)["env"]] == ["PASSWORD"]
    assert only(declared({"app/web.yaml": MANIFEST}, wish("env", "OTHER", value=None))) == MANIFEST
    assert only(declared({"app/web.yaml": MANIFEST}, wish("args", value=None))) == MANIFEST


def test_a_patch_says_that_something_is_gone() -> None:
    overlay = {"app/kustomization.yaml": "resources: [../base]\n"}
    made = declared(overlay, wish("command", value=("/bin/a",)), "kustomize")
    assert isinstance(made, dict)
    files = {path: text.decode() for path, text in made.items()}
    for one in (wish("args", value=None), wish("env", "LEVEL", value=None)):
        made = declared({**overlay, **files}, one, "kustomize")
        assert isinstance(made, dict)
        files |= {path: text.decode() for path, text in made.items()}
    container = yaml.safe_load(files["app/declared-deployment-web.yaml"])["spec"]["template"]["spec"]["containers"][0]
    assert container == {
        "name": "main",
        "command": ["/bin/a"],
        "args": None,
        "env": [{"name": "LEVEL", "$patch": "delete"}],
    }


def test_an_overlays_own_fields_go_before_its_patches() -> None:
    overlay = """\
resources: [../base]
replicas: [{name: web, count: 3}]  # enough
configMapGenerator:
- name: site
  literals: [LEVEL=info]
  files: [conf/a.conf]
"""
    files = {"app/kustomization.yaml": overlay, "app/conf/a.conf": "x=1\n"}
    fewer = declared(files, wish("replicas", value=2, container=""), "kustomize")
    assert only(fewer) == overlay.replace("count: 3", "count: 2")
    literal = Wish("ConfigMap", "site", "", ("data", "LEVEL"), "debug")
    assert only(declared(files, literal, "kustomize")) == overlay.replace("LEVEL=info", "LEVEL=debug")
    file = Wish("ConfigMap", "site", "", ("data", "a.conf"), "x=2\n")
    assert declared(files, file, "kustomize") == {"app/conf/a.conf": b"x=2\n"}


def test_keys_come_and_go_in_the_overlays_own_generator() -> None:
    overlay = """\
resources: [../base]
configMapGenerator:
- name: site
  literals: [LEVEL=info]  # how much
  files: [conf/a.conf]
- name: bare
  files: [conf/a.conf]
- name: env
  envs: [conf/all.env]
"""
    files = {"app/kustomization.yaml": overlay, "app/conf/a.conf": "x=1\n", "app/conf/all.env": "A=1\n"}

    def made(name: str, key: str, value: str | None) -> dict[str, bytes]:
        found = declared(files, Wish("ConfigMap", name, "", ("data", key), value), "kustomize")
        assert isinstance(found, dict)
        return found

    assert only(made("site", "NEW", "1")) == overlay.replace("[LEVEL=info]", "[LEVEL=info, NEW=1]")
    assert yaml.safe_load(only(made("site", "LEVEL", None)))["configMapGenerator"][0]["literals"] == []
    assert yaml.safe_load(only(made("site", "a.conf", None)))["configMapGenerator"][0]["files"] == []
    assert yaml.safe_load(only(made("bare", "NEW", "a\nb")))["configMapGenerator"][1]["literals"] == ["NEW=a\nb"]
    # What a file of variables or a base makes is said by a patch.
    for name in ("env", "of-the-base"):
        patch = yaml.safe_load(made(name, "A", None)[f"app/declared-configmap-{name}.yaml"])
        assert (patch["metadata"], patch["data"]) == ({"name": name}, {"A": None})


def test_a_mount_and_its_volume_come_and_go() -> None:
    memory = wish("volumes", "cache", "emptyDir", "medium", value="Memory", container="")
    mount = wish("volumeMounts", "/cache", "name", value="cache")
    text = only(declared({"app/web.yaml": MANIFEST}, memory))
    text = only(declared({"app/web.yaml": text}, mount))
    text = only(declared({"app/web.yaml": text}, wish("volumeMounts", "/cache", "readOnly", value=True)))
    spec = next(iter(yaml.safe_load_all(text)))["spec"]["template"]["spec"]
    assert spec["volumes"] == [{"name": "cache", "emptyDir": {"medium": "Memory"}}]
    assert main_of(text)["volumeMounts"] == [{"mountPath": "/cache", "name": "cache", "readOnly": True}]
    assert "# of team web" in text and "# how much" in text
    gone = only(declared({"app/web.yaml": text}, wish("volumeMounts", "/cache", value=None)))
    assert not main_of(gone).get("volumeMounts")
    files = {"app/kustomization.yaml": "resources: [../base]\n"}
    for one in (memory, mount, wish("volumeMounts", "/old", value=None)):
        made = declared(files, one, "kustomize")
        assert isinstance(made, dict)
        files |= {path: text.decode() for path, text in made.items()}
    pod = yaml.safe_load(files["app/declared-deployment-web.yaml"])["spec"]["template"]["spec"]
    container = yaml.safe_load(files["app/declared-deployment-web-2.yaml"])["spec"]["template"]["spec"]["containers"]
    assert pod == {"volumes": [{"name": "cache", "emptyDir": {"medium": "Memory"}}]}
    mounts = [{"mountPath": "/cache", "name": "cache"}, {"mountPath": "/old", "$patch": "delete"}]
    assert container == [{"name": "main", "volumeMounts": mounts}]


def test_a_config_map_in_plain_manifests_is_edited_in_place() -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: site}\ndata:\n  a.conf: x=1  # one\n  b: y\n"
    made = declared({"app/site.yaml": text}, Wish("ConfigMap", "site", "", ("data", "a.conf"), "x=2"))
    assert only(made) == text.replace("x=1", "x=2")


def test_a_mount_becomes_read_only_where_it_is() -> None:
    text = MANIFEST.replace(
        "          env:\n", "          volumeMounts:\n            - {name: d, mountPath: /data}\n          env:\n", 1
    )
    made = only(declared({"app/web.yaml": text}, wish("volumeMounts", "/data", "readOnly", value=True)))
    assert main_of(made)["volumeMounts"] == [{"name": "d", "mountPath": "/data", "readOnly": True}]
    assert isinstance(declared({"app/web.yaml": text}, wish("volumeMounts", "/none", "readOnly", value=True)), Problem)
