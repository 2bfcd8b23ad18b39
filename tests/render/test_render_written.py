"""Rendered objects as files: read as what they were, whatever is in them, and the same bytes each time."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivido.model.canonical import canonical
from vivido.model.objects import Rendered, sort_key
from vivido.render.objects import read_objects
from vivido.render.written import written

HEAD = "Rendered by Vivido for a test."
TEXTS = st.one_of(
    st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=20),
    st.sampled_from(
        ["yes", "No", "on", "y", "0644", "0o7", "1e3", "1_000", ".5", "12:30", "2026-01-01", "null", "~", "", "=", "<<"]
    ),
    st.sampled_from(["two\nlines", "two\nlines\n", "kept\n\n\n", " indented\nnot", "#no comment", "a: b", "- a", "*a", "&a", "!t"]),
    st.sampled_from(["\t", "tab\tbed\nline", "trailing \nspace", "\u2028", "\ufeff", "é\n", "|", ">", "%", "@", "`", "{a}", "[1"]),
)  # fmt: skip
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=12,
)


def obj(kind: str = "ConfigMap", name: str = "web", namespace: str = "", version: str = "v1", **more: Any) -> Any:
    meta = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": version, "kind": kind, "metadata": meta, **more}


def rendered(*objects: Any) -> Rendered:
    return Rendered(tuple(sorted(objects, key=sort_key)))


@given(VALUES, TEXTS)
def test_what_is_read_is_what_was_rendered(value: Any, key: str) -> None:
    one = obj(data={key: value, "plain": key})
    made = written(rendered(one), HEAD)
    ((path, data),) = made.items()
    (back,), _ = read_objects(data, path)
    assert canonical(back) == canonical(one)
    assert written(rendered(one), HEAD) == made


def test_one_file_for_each_object_that_a_person_can_read() -> None:
    made = written(rendered(obj("Deployment", spec={"replicas": 2, "on": "yes"}), obj(namespace="shop")), HEAD)
    assert made == {
        "deployment-web.yaml": (
            b"# Rendered by Vivido for a test.\napiVersion: v1\nkind: Deployment\nmetadata:\n  name: web\n"
            b'spec:\n  "on": "yes"\n  replicas: 2\n'
        ),
        "shop/configmap-web.yaml": (
            b"# Rendered by Vivido for a test.\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n  namespace: shop\n"
        ),
    }


def test_a_generated_name_keeps_its_file_and_two_of_one_name_have_two() -> None:
    assert list(written(rendered(obj(name="web-5gk2tfhm7d")), HEAD)) == ["configmap-web.yaml"]
    both = written(rendered(obj(name="web-5gk2tfhm7d"), obj(name="web-7hk2tfhm7d")), HEAD)
    assert list(both) == ["configmap-web-5gk2tfhm7d.yaml", "configmap-web-7hk2tfhm7d.yaml"]
    groups = written(
        rendered(obj("Ingress", version="extensions/v1beta1"), obj("Ingress", version="networking.k8s.io/v1")), HEAD
    )
    assert list(groups) == ["ingress-web.extensions.yaml", "ingress-web.networking.k8s.io.yaml"]


@pytest.mark.parametrize("name", ["system:web", "../../etc", ".git", "a/b", "WEB"])
def test_no_name_leaves_the_directory(name: str) -> None:
    (path,) = written(rendered(obj("ClusterRole", name=name)), HEAD)
    assert path.count("/") == 0
    assert ".." not in path.split("/")
    assert path.startswith("clusterrole-")


@pytest.mark.parametrize("namespace", ["..", ".git", "a/b", "."])
def test_no_namespace_leaves_the_directory(namespace: str) -> None:
    (path,) = written(rendered(obj(namespace=namespace)), HEAD)
    assert not any(part in ("", ".", "..", ".git") for part in path.split("/")), path


@given(
    st.lists(
        st.tuples(st.sampled_from("abA:-"), st.sampled_from(["", "n", "N"]), st.sampled_from(["v1", "g/v1"])),
        unique=True,
    )
)
def test_no_two_objects_share_a_file(names: list[tuple[str, str, str]]) -> None:
    objects = [obj(name=n, namespace=ns, version=v) for n, ns, v in names]
    made = written(rendered(*objects), HEAD)
    assert len({path.casefold() for path in made}) == len(objects)
