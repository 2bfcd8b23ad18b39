"""What changes between two renderings, for people and for programs."""

from typing import Any

from vivido.model.objects import Manifest, Rendered
from vivido.render.diff import WIDTH, Change, diff, summary


def config(name: str, **data: Any) -> Manifest:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def deployment(image: str, **more: Any) -> Manifest:
    containers = [{"name": "log", "image": "log:1"}, {"name": "web", "image": image, **more}]
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {"replicas": 1, "template": {"spec": {"containers": containers}}},
    }


def test_nothing_changed_is_an_empty_text() -> None:
    same = Rendered((config("a", x="1"),))
    assert (diff(same, same), summary(same, same)) == ("", [])


def test_a_new_digest_is_two_short_lines() -> None:
    old = Rendered((deployment("localhost:5000/shop/web@sha256:" + "a" * 64),))
    new = Rendered((deployment("localhost:5000/shop/web@sha256:" + "b" * 64),))
    assert diff(old, new) == (
        "--- Deployment/web (now)\n"
        "+++ Deployment/web (after)\n"
        "@@ -10,4 +10,4 @@\n"
        "       - name: log\n"
        "         image: log:1\n"
        "       - name: web\n"
        f"-        image: localhost:5000/shop/web@sha256:{'a' * 12}\n"
        f"+        image: localhost:5000/shop/web@sha256:{'b' * 12}\n"
    )
    assert summary(old, new) == [
        Change(
            "Deployment/web",
            "spec/template/spec/containers/web/image",
            "localhost:5000/shop/web@sha256:" + "a" * 64,
            "localhost:5000/shop/web@sha256:" + "b" * 64,
        )
    ]


def test_digests_that_begin_alike_still_differ() -> None:
    old, new = (Rendered((deployment("w@sha256:" + "a" * 63 + end),)) for end in "ab")
    assert diff(old, new).count("image: w@sha256:") == 2


def test_objects_come_and_go() -> None:
    old, new = Rendered((config("a", x="1"),)), Rendered((config("b", x="1"),))
    text = diff(old, new)
    assert "--- ConfigMap/a (now)\n+++ nothing (after)\n" in text
    assert "--- nothing (now)\n+++ ConfigMap/b (after)\n" in text
    assert summary(old, new) == [
        Change("ConfigMap/a", "", "ConfigMap", None),
        Change("ConfigMap/b", "", None, "ConfigMap"),
    ]


def test_a_generated_name_with_another_hash_is_the_same_object() -> None:
    old, new = Rendered((config("a-2222222222", x="1"),)), Rendered((config("a-4444444444", x="2"),))
    assert summary(old, new) == [
        Change("ConfigMap/a-4444444444", "metadata/name", "a-2222222222", "a-4444444444"),
        Change("ConfigMap/a-4444444444", "data/x", "1", "2"),
    ]
    assert "--- ConfigMap/a-2222222222 (now)\n+++ ConfigMap/a-4444444444 (after)\n" in diff(old, new)


def test_lines_are_folded_and_texts_of_several_lines_compared_line_by_line() -> None:
    old = Rendered((config("a", conf="one\ntwo\n", long="x" * 200),))
    new = Rendered((config("a", conf="one\nthree\n", long="x" * 199 + "y"),))
    text = diff(old, new)
    assert "     one\n-    two\n" in text
    assert "+    three\n" in text
    assert all(len(line) <= WIDTH for line in text.splitlines())
    unfolded = "".join(line[3:] if line.startswith("+… ") else line for line in text.splitlines())
    assert "x" * 199 + "y" in unfolded


def test_kinds_of_values_are_told_apart() -> None:
    cases: list[tuple[Any, Any, list[tuple[str, Any, Any]]]] = [
        (1, True, [("data/v", 1, True)]),
        ({"a": 1}, [1], [("data/v", {"a": 1}, [1])]),
        ({"a": 1}, {"b": 1}, [("data/v/a", 1, None), ("data/v/b", None, 1)]),
        ([1, 2], [1, 3, 4], [("data/v/1", 2, 3), ("data/v/2", None, 4)]),
        ([{"name": "a"}, {"name": "b"}], [{"name": "b"}, {"name": "a"}], [("data/v", ["a", "b"], ["b", "a"])]),
        ([{"name": "a"}, {"name": "a"}], [{"name": "a"}, {"name": "b"}], [("data/v/0", {"name": "a"}, None)]),
    ]
    for old, new, wanted in cases[:5]:
        found = summary(Rendered((config("c", v=old),)), Rendered((config("c", v=new),)))
        assert [tuple(c)[1:] for c in found] == wanted
        assert diff(Rendered((config("c", v=old),)), Rendered((config("c", v=new),)))
    assert summary(Rendered((config("c", v=cases[5][0]),)), Rendered((config("c", v=cases[5][1]),)))
