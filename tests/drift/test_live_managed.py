"""Kubernetes' own record of who set which field, as claims. The fixture is written by hand from the documented format."""

import copy
import json
from typing import Any

import pytest
import yaml

from vivido.drift.live.compare import live_drift
from vivido.drift.live.managed import list_keys, ownership, thing
from vivido.model.difference import path_text
from vivido.model.observation import Observation

GIT: dict[str, Any] = yaml.safe_load("""
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, labels: {app: web}}
spec:
  replicas: 2
  template:
    spec:
      containers:
        - name: main
          image: registry.test/web@sha256:1
          args: [serve, --verbose]
          ports: [{containerPort: 8080}]
          env: [{name: LEVEL, value: info}]
""")

APPLIED = {
    "f:metadata": {"f:labels": {"f:app": {}}},
    "f:spec": {
        "f:replicas": {},
        "f:template": {
            "f:spec": {
                "f:containers": {
                    'k:{"name":"main"}': {
                        ".": {},
                        "f:name": {},
                        "f:image": {},
                        "f:args": {},
                        "f:ports": {'k:{"containerPort":8080,"protocol":"TCP"}': {".": {}, "f:containerPort": {}}},
                        "f:env": {'k:{"name":"LEVEL"}': {".": {}, "f:name": {}, "f:value": {}}},
                    }
                }
            }
        },
    },
}
"""What server-side apply of the manifest above is recorded as."""


def entry(manager: str, fields: dict[str, Any], at: str = "2026-01-02T03:04:05Z", **more: str) -> dict[str, Any]:
    operation = "Apply" if manager == "vivido" else "Update"
    return {"manager": manager, "operation": operation, "time": at, "fieldsV1": fields, **more}


def container(**fields: Any) -> dict[str, Any]:
    """The record of one container's fields."""
    inner = {f"f:{name}": value for name, value in fields.items()}
    return {"f:spec": {"f:template": {"f:spec": {"f:containers": {'k:{"name":"main"}': inner}}}}}


def living() -> dict[str, Any]:
    """The object as the server keeps it: defaults filled in, owned by nobody."""
    made = copy.deepcopy(GIT)
    made["metadata"] |= {"uid": "1", "resourceVersion": "7", "managedFields": [entry("vivido", APPLIED)]}
    made["spec"] |= {"revisionHistoryLimit": 10, "strategy": {"type": "RollingUpdate"}}
    main = made["spec"]["template"]["spec"]["containers"][0]
    main |= {"imagePullPolicy": "IfNotPresent", "terminationMessagePath": "/dev/termination-log"}
    main["ports"][0]["protocol"] = "TCP"
    status = entry("kube-controller-manager", {"f:status": {"f:replicas": {}}}, subresource="status")
    made["metadata"]["managedFields"].append(status)
    return made | {"status": {"replicas": 2}}


def main_of(made: dict[str, Any]) -> dict[str, Any]:
    return made["spec"]["template"]["spec"]["containers"][0]


def audit(*live: dict[str, Any], **trusted: tuple[tuple[str, ...], ...]) -> list[tuple[str, str, str]]:
    keys = list_keys(live)
    owned = ownership(live, frozenset({"vivido"}), trusted)
    found = live_drift(Observation((thing(GIT, keys),), tuple(thing(o, keys) for o in live), owned))
    return [(path_text(d.difference.path), d.manager, d.at) for d in found]


def test_defaults_are_nobodys_and_no_drift() -> None:
    assert audit(living()) == []


MAIN = "spec/template/spec/containers/main"
LATER = "2026-02-03T00:00:00Z"


def changed(what: str) -> dict[str, Any]:
    made = living()
    main, records = main_of(made), made["metadata"]["managedFields"]
    match what:
        case "image":
            main["image"] = "registry.test/web@sha256:2"
            records.append(entry("kubectl-edit", container(image={}), LATER))
        case "added variable":
            main["env"].append({"name": "DEBUG", "value": "1"})
            record = {'k:{"name":"DEBUG"}': {".": {}, "f:name": {}, "f:value": {}}}
            records.append(entry("kubectl-edit", container(env=record), LATER))
        case "added container":
            made["spec"]["template"]["spec"]["containers"].append({"name": "shell", "image": "busybox"})
            record = {'k:{"name":"shell"}': {".": {}, "f:name": {}, "f:image": {}}}
            pods = {"f:spec": {"f:template": {"f:spec": {"f:containers": record}}}}
            records.append(entry("kubectl-edit", pods, LATER))
        case "changed default":
            main["imagePullPolicy"] = "Always"
            records.append(entry("kubectl-patch", container(imagePullPolicy={}), LATER))
        case "annotation":
            made["metadata"]["annotations"] = {"note": "mine"}
            records.append(entry("kubectl-annotate", {"f:metadata": {"f:annotations": {"f:note": {}}}}, LATER))
        case "atomic list":
            main["args"] = ["serve"]
            records.append(entry("kubectl-edit", container(args={}), LATER))
        case "spoofed name":
            main["workingDir"] = "/tmp"
            records[0]["fieldsV1"] = json.loads(json.dumps(APPLIED))
            records.append(entry("vivido", container(workingDir={}), LATER))
        case _:
            main["env"] = []
    return made


@pytest.mark.parametrize(
    ("what", "found"),
    [
        ("image", (f"{MAIN}/image", "kubectl-edit", LATER)),
        ("added variable", (f"{MAIN}/env/DEBUG", "kubectl-edit", LATER)),
        ("added container", ("spec/template/spec/containers/shell", "kubectl-edit", LATER)),
        ("changed default", (f"{MAIN}/imagePullPolicy", "kubectl-patch", LATER)),
        ("annotation", ("metadata/annotations", "kubectl-annotate", LATER)),
        ("atomic list", (f"{MAIN}/args", "kubectl-edit", LATER)),
        ("spoofed name", (f"{MAIN}/workingDir", "vivido", LATER)),
    ],
)
def test_what_somebody_changed_is_found_with_who_and_when(what: str, found: tuple[str, str, str]) -> None:
    assert audit(changed(what)) == [found]


def test_a_removed_variable_is_found() -> None:
    assert [path for path, _, _ in audit(changed("removed variable"))] == [f"{MAIN}/env/LEVEL"]


def test_cleared_records_are_found() -> None:
    made = living()
    made["metadata"]["managedFields"] = []
    assert ("metadata/managedFields", "", "") in audit(made)


def test_an_autoscaler_that_is_trusted_may_scale() -> None:
    made = living()
    made["spec"]["replicas"] = 5
    made["metadata"]["managedFields"].append(entry("autoscaler", {"f:spec": {"f:replicas": {}}}, subresource="scale"))
    assert audit(made, autoscaler=(("spec", "replicas"),)) == []
    assert [(p, m) for p, m, _ in audit(made)] == [("spec/replicas", "autoscaler")]


def test_a_same_value_written_by_somebody_else_is_no_drift() -> None:
    made = living()
    made["metadata"]["managedFields"].append(entry("kubectl-edit", container(image={}), LATER))
    assert audit(made) == []


def test_what_is_not_in_git_is_an_orphan() -> None:
    orphan = living()
    orphan["metadata"]["name"] = "old"
    assert audit(living(), orphan)[0][0] == ""
