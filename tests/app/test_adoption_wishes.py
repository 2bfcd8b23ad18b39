"""What would declare a difference: pure."""

from typing import Any

import pytest

from vivido.app.adoption.wishes import replicas, wish
from vivido.app.drift import Item
from vivido.layouts.wish import Wish
from vivido.model.objects import Rendered

VOLUMES = [
    {"name": "site", "configMap": {"name": "site-2bcdfghkmt"}},
    {"name": "chosen", "configMap": {"name": "other", "items": [{"key": "b", "path": "b"}]}},
    {"name": "data", "persistentVolumeClaim": {"claimName": "files"}},
    {"name": "scratch", "emptyDir": {}},
]
RENDERED = Rendered(
    (
        {
            "kind": "Deployment",
            "metadata": {"name": "web"},
            "spec": {"replicas": 3, "template": {"spec": {"volumes": VOLUMES}}},
        },
        {"kind": "ConfigMap", "metadata": {"name": "site-2bcdfghkmt"}, "data": {"a.conf": "x=1\n", "b": "same"}},
        {"kind": "ConfigMap", "metadata": {"name": "other"}, "data": {"b": "same"}},
    )
)


def item(path: str, git: Any, runs: Any, sort: str = "changed", at: str = "Deployment/web") -> Item:
    return Item("id", at, path, sort, "structure", git, runs)


def made(path: str, git: Any, runs: Any, sort: str = "changed") -> dict[tuple[str, ...], Any]:
    found = wish(item(path, git, runs, sort), RENDERED)
    assert not isinstance(found, str), found
    assert {(w.kind, w.name, w.container) for w in found} == {("Deployment", "web", "main")}
    return {w.path: w.value for w in found}


def test_what_runs_becomes_the_command_and_nothing_is_appended() -> None:
    assert made("0/main/command", ["a"], ["/bin/a", "-v"]) == {("command",): ("/bin/a", "-v"), ("args",): None}


@pytest.mark.parametrize(
    ("runs", "user", "group"), [("1000", 1000, None), ("1000:50", 1000, 50), ("", None, None), (":50", None, 50)]
)
def test_a_user_is_numbers(runs: str, user: int | None, group: int | None) -> None:
    found = made("0/main/user", "0", runs, "changed" if runs else "only-left")
    assert found == {("securityContext", "runAsUser"): user, ("securityContext", "runAsGroup"): group}


def test_what_is_gone_is_removed() -> None:
    assert made("0/main/env/LEVEL", "info", None, "only-left") == {("env", "LEVEL"): None}
    assert made("0/main/limits/memory", 1 << 26, None, "only-left") == {("resources", "limits", "memory"): None}
    assert made("0/main/mounts/~1data/read-only", True, None, "only-left") == {
        ("volumeMounts", "/data", "readOnly"): None
    }
    assert made("0/main/mounts/~1data/read-only", None, True, "only-right") == {
        ("volumeMounts", "/data", "readOnly"): True
    }


@pytest.mark.parametrize(
    ("path", "runs", "why"),
    [
        ("0/main/user", "daemon", "a manifest takes numbers"),
        ("0/main/command", ["a", "--password=***"], "looks like a secret"),
        ("0/main/env/TOKEN", "(another value)", "looks like a secret"),
        ("0/main/mounts/~1data", {"from": "/srv"}, "a directory of the machine's"),
        ("0/main/mounts/~1data", {"from": "volume mine"}, "no volume of the manifest's"),
        ("0/main/mounts/~1data", {"from": "volume vivido-shop-dev-1-api-0-scratch"}, "no volume of the manifest's"),
        ("0/main/mounts/~1data/from", "/srv", "something else is mounted"),
        ("0/main/files", {"added": ["/x"]}, "no field of a manifest"),
        ("0/(pod)/hostname", "x", "no field of a manifest"),
    ],
)
def test_what_no_manifest_says_is_left_with_why(path: str, runs: Any, why: str) -> None:
    found = wish(item(path, "before", runs), RENDERED)
    assert isinstance(found, str)
    assert why in found


def test_a_volume_that_is_mounted_by_hand_is_one_of_the_pods_or_of_memory() -> None:
    def mounted(source: str, **more: Any) -> dict[tuple[str, ...], Any] | str:
        found = wish(item("0/main/mounts/~1a~1b", None, {"from": source, **more}, "only-right"), RENDERED)
        return found if isinstance(found, str) else {(w.container, *w.path): w.value for w in found}

    at = ("main", "volumeMounts", "/a/b")
    assert mounted("volume vivido-shop-dev-1-web-2-scratch") == {(*at, "name"): "scratch"}
    assert mounted("volume vivido-shop-dev-claim-files/x/y", **{"read-only": True}) == {
        (*at, "name"): "data",
        (*at, "readOnly"): True,
        (*at, "subPath"): "x/y",
    }
    assert mounted("memory") == {
        ("", "volumes", "declared-a-b", "emptyDir", "medium"): "Memory",
        (*at, "name"): "declared-a-b",
    }
    assert made("0/main/mounts/~1a", {"from": "volume x"}, None, "only-left") == {("volumeMounts", "/a"): None}


def test_a_file_that_came_or_went_is_a_key_of_the_volumes_map() -> None:
    def file(name: str, git: str | None, runs: str | None, volume: str = "deployment-web-site") -> Any:
        sort = "only-right" if git is None else "only-left" if runs is None else "changed"
        found = wish(item(f"content/{name}", git, runs, sort, f"Volume/vivido-shop-dev-1-{volume}"), RENDERED)
        return found if isinstance(found, str) else [(w.name, w.path[1], w.value) for w in found]

    assert file("new", None, "1") == [("site", "new", "1")]
    assert file("b", "same", None) == [("site", "b", None)]
    assert file("b", "same", "else") == [("site", "b", "else")], "the volume tells which of two that say the same"
    assert "is no name for a key" in file("a b", None, "1")
    assert "looks like a secret" in file("new", None, "password=***")
    assert "chosen keys of other" in file("b", "same", None, "deployment-web-chosen")
    assert "is not known" in file("new", None, "1", "deployment-api-site")


def test_a_file_of_a_volume_is_the_key_of_the_only_map_that_says_so() -> None:
    def file(name: str, git: str, runs: str) -> tuple[Wish, ...] | str:
        return wish(item(f"content/{name}", git, runs, at="Volume/made-by-another-target"), RENDERED)

    assert file("a.conf", "x=1\n", "x=2\n") == (Wish("ConfigMap", "site", "", ("data", "a.conf"), "x=2\n"),)
    for name, git in (("b", "same"), ("a.conf", "unknown")):
        assert "ConfigMaps say this" in str(file(name, git, "else"))
    assert "looks like a secret" in str(file("a.conf", "x=1\n", "password=***"))


def test_replicas_that_are_gone_are_counted() -> None:
    gone = [item(str(n), {"main": {}}, None, "only-left") for n in (1, 2)]
    assert replicas(gone, RENDERED) == ((Wish("Deployment", "web", "", ("replicas",), 1),), [])
    more = [item("", None, {"replica-of": "Deployment/web"}, "only-right", f"Container/web-{n}") for n in (3, 4, 5)]
    assert replicas(more[:2], RENDERED) == ((Wish("Deployment", "web", "", ("replicas",), 5),), [])
    assert replicas([*gone, *more], RENDERED) == ((Wish("Deployment", "web", "", ("replicas",), 4),), [])
    assert replicas([gone[0], more[0]], RENDERED) == ((), [])
    wishes, cannot = replicas([*gone, item("0", {}, None, "only-left")], RENDERED)
    assert (wishes, len(cannot)) == ((), 1)
