"""Plain manifests become objects, in order, or problems with their places."""

from pathlib import Path

import pytest

from vivido.model.objects import Rendered, identity, plain_name, same_object
from vivido.model.problem import Problem
from vivido.render.detect import detect
from vivido.render.images import images
from vivido.render.plain import Plain
from vivido.render.tree import join, of_directory

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      initContainers: [{name: migrate, image: "localhost:5000/shop/web:1"}]
      containers:
      - {name: web, image: "localhost:5000/shop/web:1"}
      - {name: log, image: fluent/bit}
      - {name: none}
      volumes:
      - {name: models, image: {reference: "quay.io/m:1"}}
      - {name: tmp, emptyDir: {}}
"""
LIST = """\
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: ConfigMap, metadata: {name: b}, data: {a: "1"}}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: ns}}
"""


def write(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def rendered(root: Path, directory: str = "") -> Rendered:
    found = Plain().render(root, directory)
    assert isinstance(found, Rendered), found
    return found


def problems(root: Path) -> list[tuple[str, str]]:
    found = Plain().render(root, "")
    assert isinstance(found, tuple)
    assert all(p.message and p.hint for p in found)
    return [(p.code, p.where) for p in found]


def test_all_files_are_read_lists_are_taken_apart_and_order_means_nothing(tmp_path: Path) -> None:
    one = write(
        tmp_path / "one", a_yaml=DEPLOYMENT + "---\n---\n# nothing\n", sub__b_yml=LIST, c_json='{"not": "read"}'[:0]
    )
    (one / "c.json").write_text('{"apiVersion": "v1",\n\t"kind": "Service", "metadata": {"name": "web"}}')
    write(one, _git__x_yaml="no: object", notes_txt="no: object")
    two = write(tmp_path / "two", z_yaml=LIST, b_yaml=DEPLOYMENT)
    (two / "a.yaml").write_text("apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n")
    assert [identity(o) for o in rendered(one).objects] == [
        "Deployment/web",
        "ConfigMap/b",
        "ConfigMap/ns/a",
        "Service/web",
    ]
    assert rendered(one).hash == rendered(two).hash
    assert rendered(tmp_path, "one").hash == rendered(one).hash
    assert rendered(one).source == "plain"


def test_values_mean_what_kubectl_takes_them_for(tmp_path: Path) -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {on: yes, v: 0644, d: 2024-01-01}\n"
    (one,) = rendered(write(tmp_path, a_yaml=text)).objects
    assert one["data"] == {"true": True, "v": 420, "d": "2024-01-01"}


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        ("just text\n", "render.no-object", "a.yaml:1:1"),
        ("kind: Pod\nmetadata: {name: a}\n", "render.no-object", "a.yaml:1:1"),
        ("# c\n---\napiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}\n", "render.no-object", "a.yaml:3:1"),
        ("apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: n}\n", "render.no-object", "a.yaml:1:1"),
        ("apiVersion: v1\nkind: List\nitems: [1]\n", "render.no-object", "a.yaml:1:1"),
        ("a: 1\na: 2\n", "yaml.duplicate-key", "a.yaml:2:1"),
        ("a: {b: .inf}\n", "yaml.value", "a.yaml:1:8"),
        ("a: [\n", "yaml.invalid", "a.yaml:2:1"),
    ],
)
def test_mistakes_have_a_place(tmp_path: Path, text: str, code: str, where: str) -> None:
    assert problems(write(tmp_path, a_yaml=text)) == [(code, where)]


def test_one_object_twice_is_refused_whatever_its_version(tmp_path: Path) -> None:
    write(tmp_path, a_yaml=DEPLOYMENT, b_yaml=DEPLOYMENT.replace("apps/v1", "apps/v1beta1"))
    assert problems(tmp_path) == [("render.duplicate", "Deployment/web")]


def test_a_link_out_of_the_tree_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside.yaml").write_text(DEPLOYMENT)
    root = write(tmp_path / "root", a_yaml=DEPLOYMENT)
    (root / "b.yaml").symlink_to(tmp_path / "outside.yaml")
    (root / "far").symlink_to(tmp_path)
    assert problems(root) == [("render.outside", "b.yaml")]
    read, listing = of_directory(root)
    assert (read("far/outside.yaml"), listing("far"), listing("nowhere")) == (None, (), ())
    assert detect(root) == "plain"


def test_what_a_directory_holds_is_found_by_its_names(tmp_path: Path) -> None:
    assert detect(write(tmp_path / "k", kustomization_yaml="")) == "kustomize"
    assert detect(write(tmp_path / "p", sub__a_yaml="")) == "plain"
    assert detect(write(tmp_path / "h", Chart_yaml="", values_yaml="")) == "helm"
    for name, files, code in (
        ("n", {"main_go": ""}, "render.unknown"),
        ("e", {}, "render.no-directory"),
    ):
        found = detect(write(tmp_path / name, **files))
        assert isinstance(found, Problem)
        assert (found.code, bool(found.hint)) == (code, True)


def test_images_are_found_wherever_pods_stand(tmp_path: Path) -> None:
    cron = (
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: c}\n"
        "spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: c, image: 'x:1'}]}}}}}\n"
    )
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: ns}\nspec: {containers: [{name: p, image: busybox}]}\n"
    found = images(rendered(write(tmp_path, a_yaml=DEPLOYMENT, b_yaml=cron, c_yaml=pod)))
    assert [tuple(use) for use in found] == [
        ("Deployment/web", "migrate", "localhost:5000/shop/web:1"),
        ("Deployment/web", "web", "localhost:5000/shop/web:1"),
        ("Deployment/web", "log", "fluent/bit"),
        ("Deployment/web", "volume models", "quay.io/m:1"),
        ("CronJob/c", "c", "x:1"),
        ("Pod/ns/p", "p", "busybox"),
    ]


def test_names_of_objects() -> None:
    assert plain_name("shop-db-7hk2m8b9cf") == "shop-db"
    assert plain_name("shop-db-settings12") == "shop-db-settings12"
    core = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}
    assert same_object(core) == ("", "Pod", "", "a")
    assert same_object({**core, "apiVersion": "x/v2"}) == ("x", "Pod", "", "a")


@pytest.mark.parametrize(
    ("directory", "relative", "wanted"),
    [
        ("a/b", "../c", "a/c"),
        ("a", "./b//c/", "a/b/c"),
        ("a", "..", ""),
        ("a", "../..", None),
        ("", "../a", None),
        ("a", "/etc", None),
        ("", "a", "a"),
    ],
)
def test_paths_never_leave_the_tree(directory: str, relative: str, wanted: str | None) -> None:
    assert join(directory, relative) == wanted
