"""What would declare a difference: pure."""

from typing import Any

import pytest

from vivido.app.adoption.wishes import replicas, wish
from vivido.app.drift import Item
from vivido.layouts.wish import Wish
from vivido.model.objects import Rendered

RENDERED = Rendered(
    (
        {"kind": "Deployment", "metadata": {"name": "web"}, "spec": {"replicas": 3}},
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
        ("0/main/mounts/~1data", {"from": "/srv"}, "no volume of the manifest's"),
        ("0/main/files", {"added": ["/x"]}, "no field of a manifest"),
        ("0/(pod)/hostname", "x", "no field of a manifest"),
    ],
)
def test_what_no_manifest_says_is_left_with_why(path: str, runs: Any, why: str) -> None:
    found = wish(item(path, "before", runs), RENDERED)
    assert isinstance(found, str)
    assert why in found


def test_a_file_of_a_volume_is_the_key_of_the_only_map_that_says_so() -> None:
    def file(name: str, git: str, runs: str) -> tuple[Wish, ...] | str:
        return wish(item(f"content/{name}", git, runs, at="Volume/vivido-shop-dev-1-deployment-web-site"), RENDERED)

    assert file("a.conf", "x=1\n", "x=2\n") == (Wish("ConfigMap", "site", "", ("data", "a.conf"), "x=2\n"),)
    for name, git in (("b", "same"), ("a.conf", "unknown")):
        assert "ConfigMaps say this" in str(file(name, git, "else"))
    assert "looks like a secret" in str(file("a.conf", "x=1\n", "password=***"))


def test_replicas_that_are_gone_are_counted() -> None:
    gone = [item(str(n), {"main": {}}, None, "only-left") for n in (1, 2)]
    assert replicas(gone, RENDERED) == ((Wish("Deployment", "web", "", ("replicas",), 1),), [])
    wishes, cannot = replicas([*gone, item("0", {}, None, "only-left")], RENDERED)
    assert (wishes, len(cannot)) == ((), 1)
