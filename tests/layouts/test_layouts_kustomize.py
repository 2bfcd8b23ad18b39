"""Promoting with Kustomize: the right line changes, and the real kustomize then runs exactly the digests."""

import difflib
from pathlib import Path

import pytest
from layout_trees import DEPLOYMENT, DIGEST, SHOP, Tree, artifact, environment, project, service, shop, tree

from vivido.errors import InputError
from vivido.layouts.files import edits, read_images, render_environment, roots
from vivido.layouts.verify import wrong_images
from vivido.model.objects import Rendered, identity
from vivido.model.problem import Problem
from vivido.model.project import Project
from vivido.model.release import Artifact
from vivido.render.images import images

RELEASE = (artifact("api", "1"), artifact("web", "2"))
OVERLAY = "deploy/overlays/{}/kustomization.yaml"


def promoted(files: Tree, name: str, *artifacts: Artifact, of: Project = SHOP) -> dict[str, bytes]:
    found = edits(of, environment(of, name), artifacts, files.read, files.listing)
    assert isinstance(found, dict), found
    return found


def refused(files: Tree, name: str, *artifacts: Artifact, of: Project = SHOP) -> tuple[Problem, ...]:
    found = edits(of, environment(of, name), artifacts, files.read, files.listing)
    assert isinstance(found, tuple), found
    assert all(p.message and p.hint for p in found)
    return found


def lines(old: bytes, new: bytes) -> list[str]:
    pair = [data.decode().splitlines(keepends=True) for data in (old, new)]
    return [line for line in difflib.ndiff(*pair) if line[0] in "+-"]


def rendered(files: Tree, name: str, where: Path, of: Project = SHOP) -> Rendered:
    stop = environment(of, name)
    found = render_environment(of, stop, files.export(roots(of, stop, files.listing, files.read), where))
    assert isinstance(found, Rendered), found
    return found


def test_one_image_is_one_line() -> None:
    files = shop()
    path = OVERLAY.format("production")
    changed = promoted(files, "production", artifact("web", "2"))
    assert lines(files[path], changed[path]) == [
        f"-   digest: {DIGEST['a']}   # by vivido\n",
        f"+   digest: {DIGEST['2']}   # by vivido\n",
    ]
    assert list(changed) == [path]


def test_a_tag_becomes_a_digest_and_line_ends_stay() -> None:
    files = shop()
    path = OVERLAY.format("staging")
    assert sorted(lines(files[path], promoted(files, "staging", *RELEASE)[path])) == [
        f"+   digest: '{DIGEST['2']}'\r\n",
        f'+ - {{name: ghcr.io/team/api, newName: "localhost:5000/shop/api", digest: "{DIGEST["1"]}"}}',
        "-   newTag: '1.10'\r\n",
        '- - {name: ghcr.io/team/api, newTag: "0e5"}',
    ]


def test_without_entries_they_are_made_under_the_names_that_the_manifests_use() -> None:
    files = shop()
    assert promoted(files, "dev", *RELEASE) == {
        OVERLAY.format("dev"): (
            "resources: [../../base]\n"
            "images:\n"
            f"- name: web\n  newName: localhost:5000/shop/web\n  digest: {DIGEST['2']}\n"
            f"- name: ghcr.io/team/api\n  newName: localhost:5000/shop/api\n  digest: {DIGEST['1']}\n"
        ).encode()
    }


@pytest.mark.parametrize("name", ["dev", "staging", "production"])
def test_the_same_again_changes_nothing(name: str) -> None:
    files = shop()
    files |= promoted(files, name, *RELEASE)
    assert promoted(files, name, *RELEASE) == {}
    assert promoted(files, name) == {}


@pytest.mark.real("kubectl")
@pytest.mark.parametrize("name", ["dev", "staging", "production"])
def test_what_kustomize_makes_of_it_runs_exactly_the_digests(name: str, tmp_path: Path) -> None:
    files = shop()
    before = rendered(files, name, tmp_path / "before")
    assert wrong_images(SHOP, RELEASE, before)
    files |= promoted(files, name, *RELEASE)
    after = rendered(files, name, tmp_path / "after")
    assert wrong_images(SHOP, RELEASE, after) == ()
    used = {use.image for use in images(after)} - {"quay.io/log:2", "quay.io/tracer:1"}
    assert used == {f"localhost:5000/shop/web@{DIGEST['2']}", f"localhost:5000/shop/api@{DIGEST['1']}"}
    assert before.hash != after.hash
    now = read_images(SHOP, environment(SHOP, name), files.read, files.listing)
    assert now == {a.service: a.image for a in RELEASE}


@pytest.mark.real("kubectl")
@pytest.mark.parametrize("name", ["dev", "staging", "production"])
def test_what_git_says_is_what_kustomize_makes_of_it(name: str, tmp_path: Path) -> None:
    files = shop()
    said = read_images(SHOP, environment(SHOP, name), files.read, files.listing)
    used = {use.image for use in images(rendered(files, name, tmp_path)) if use.container in ("web", "api")}
    assert set(said.values()) == used


def test_an_export_has_what_is_needed_and_no_more() -> None:
    files = shop()
    assert roots(SHOP, environment(SHOP, "staging"), files.listing, files.read) == (
        "deploy/base",
        "deploy/overlays/staging",
        "deploy/tracing",
    )
    whole = tree(kustomization_yaml="resources: [dev]\n", dev__kustomization_yaml="resources: [..]\n")
    of = project(service("web", "."))
    assert roots(of, environment(of, "dev"), whole.listing, whole.read) == ("",)


def kustomization(text: str, base: str = "", **more: str) -> Tree:
    return tree(
        k__base__kustomization_yaml="resources: [d.yaml]\n" + base,
        k__base__d_yaml=DEPLOYMENT.format(name="web", image="app:1"),
        k__dev__kustomization_yaml="resources: [../base]\n" + text,
        **more,
    )


INLINE = """\
patches:
- patch: |-
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      template:
        spec:
          initContainers: [{name: migrate, image: 'shop-web:1'}]
          containers: [{name: web, image: 'shop-web:1'}]
"""
STEP = """\
patches:
- target: {kind: Deployment}
  patch: '[{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "shop-web"}]'
"""
ONE = project(service("web", "k", "app"))


@pytest.mark.real("kubectl")
@pytest.mark.parametrize(
    ("text", "base", "of"),
    [
        ("", "", ONE),
        ("images: []\n", "", ONE),
        ("images:\n", "", ONE),
        ("images: # none yet\nnamePrefix: x-\n", "", ONE),
        ("images: [{name: other, newTag: x}]\n", "", ONE),
        (f"images: [{{name: app, newName: old/app, newTag: '1', digest: {DIGEST['a']}}}]\n", "", ONE),
        (f"images:\n- name: app\n  newTag: '1'\n  digest: {DIGEST['a']}\n  newName: old/app\n", "", ONE),
        ("images:\n- name: app\n  tagSuffix: -x\n", "", ONE),
        ("images:\n- newTag: v1\n  name: app\n", "", ONE),
        # The base gives the image another name: that one counts above it.
        ("", "images: [{name: app, newName: registry.example.com:8443/team/app, newTag: v3}]\n",
         project(service("web", "k", "registry.example.com:8443/team/app"))),
        # Only what the entry makes of it tells whose image it is.
        ("images:\n- name: app\n  newName: localhost:5000/shop/web\n  newTag: v1\n", "", project(service("web", "k"))),
        # A patch gives the container an image of the service.
        (INLINE, "", project(service("web", "k", "shop-web"))),
        (STEP, "", project(service("web", "k", "shop-web", "app"))),
        ("patches:\n- {path: p.yaml}\n", "", project(service("web", "k", "shop-web", "app"))),
        ("components: [../c]\n", "", project(service("web", "k", "renamed"))),
    ],
)  # fmt: skip
def test_every_way_to_write_it_ends_with_the_digest(text: str, base: str, of: Project, tmp_path: Path) -> None:
    files = kustomization(
        text,
        base,
        k__c__kustomization_yaml="apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
        "images: [{name: app, newName: renamed}]\n",
        k__dev__p_yaml="apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
        "spec: {template: {spec: {containers: [{name: web, image: 'shop-web:1'}]}}}\n",
    )
    wanted = artifact("web", "5")
    files |= promoted(files, "dev", wanted, of=of)
    assert promoted(files, "dev", wanted, of=of) == {}
    found = rendered(files, "dev", tmp_path, of=of)
    assert wrong_images(of, [wanted], found) == ()
    assert {use.image for use in images(found) if use.container != "log"} == {wanted.image}


def test_an_image_that_nobody_names_is_a_problem_with_what_there_is() -> None:
    (found,) = refused(kustomization(""), "dev", artifact("web", "1"), of=project(service("web", "k", "team/web")))
    assert found.code == "layout.image-not-found"
    for said in ("team/web", "localhost:5000/shop/web", "app:1", "quay.io/log:2"):
        assert said in found.message


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        (
            f"images:\n- &x\n  name: app\n  digest: {DIGEST['a']}\nvars: [*x]\n",
            "yaml.anchored",
            "k/dev/kustomization.yaml:3:3",
        ),
        ("images:\n- name: app\n  newName: *n\n", "yaml.unknown-alias", "k/dev/kustomization.yaml:4:12"),
        (f"x: &d {DIGEST['a']}\nimages:\n- name: app\n  digest: *d\n", "yaml.alias", "k/dev/kustomization.yaml:5:11"),
        ("components: [../gone]\n", "render.missing", "k/dev/kustomization.yaml:2:14"),
        ("resources: [x]\n", "yaml.duplicate-key", "k/dev/kustomization.yaml:2:1"),
        ("patches:\n- patch: |-\n    a: [\n", "yaml.invalid", "k/dev/kustomization.yaml:2:1"),
        ("images: text\n", "yaml.not-sequence", "k/dev/kustomization.yaml:2:9"),
    ],
)
def test_what_cannot_be_edited_is_a_problem_with_its_place(text: str, code: str, where: str) -> None:
    (found,) = refused(kustomization(text), "dev", artifact("web", "1"), of=ONE)
    assert (found.code, found.where) == (code, where)


def test_a_release_of_another_project_is_refused() -> None:
    (found,) = refused(shop(), "dev", artifact("stranger", "1"))
    assert found.code == "layout.unknown-service"


def test_reading_says_what_is_broken_and_leaves_out_what_is_not_there() -> None:
    files = kustomization("components: [../gone]\n")
    with pytest.raises(InputError) as caught:
        read_images(ONE, environment(ONE, "dev"), files.read, files.listing)
    assert (caught.value.code, caught.value.where) == ("render.missing", "k/dev/kustomization.yaml:2:14")
    of = project(service("web", "k", "app"), service("api", "k"), service("db", "nowhere"))
    files = kustomization("")
    assert read_images(of, environment(of, "dev"), files.read, files.listing) == {"web": "app:1"}


@pytest.mark.real("kubectl")
def test_a_patch_above_the_edit_is_found_by_what_came_out(tmp_path: Path) -> None:
    files = kustomization(
        "replacements:\n- path: r.yaml\n",
        k__dev__r_yaml="source: {kind: Deployment, fieldPath: metadata.name}\ntargets:\n"
        "- select: {kind: Deployment}\n  fieldPaths: [spec.template.spec.containers.0.image]\n",
    )
    wanted = artifact("web", "1")
    files |= promoted(files, "dev", wanted, of=ONE)
    (found,) = wrong_images(ONE, [wanted], rendered(files, "dev", tmp_path, of=ONE))
    assert (found.code, found.where) == ("layout.wrong-image", "Deployment/web")
    assert "would run web in web" in found.message


def test_a_digest_in_a_field_of_its_own_counts_as_run() -> None:
    wanted = artifact("web", "1")
    custom = {
        "apiVersion": "x/v1",
        "kind": "App",
        "metadata": {"name": "a"},
        "spec": {"versions": [{"use": wanted.image}]},
    }
    assert wrong_images(ONE, [wanted], Rendered((custom,))) == ()
    (found,) = wrong_images(ONE, [artifact("web", "2")], Rendered((custom,)))
    assert found.code == "layout.image-not-found"


@pytest.mark.real("kubectl")
def test_services_of_one_directory_are_rendered_once(tmp_path: Path) -> None:
    found = rendered(shop(), "dev", tmp_path)
    names = [identity(o) for o in found.objects]
    assert [n for n in names if "settings" not in n] == ["Deployment/api", "Deployment/web", "Namespace/shop"]
    assert len(names) == 4


def test_a_circle_of_kustomizations_ends() -> None:
    files = kustomization("", "components: [../dev, ../base]\n")
    assert list(promoted(files, "dev", artifact("web", "1"), of=ONE)) == ["k/dev/kustomization.yaml"]


@pytest.mark.parametrize(
    "patch",
    [
        "[1, {op: remove, path: /spec}]",
        "- {op: add, path: /x/image, value: 1}",
        "- {op: add, path: /y, value: {image: a}}",
    ],
)
def test_patches_that_set_no_image_are_passed_over(patch: str) -> None:
    files = kustomization("patches: [{path: p.yaml, target: {kind: X}}, 7]\n", k__dev__p_yaml=patch + "\n")
    assert read_images(ONE, environment(ONE, "dev"), files.read, files.listing) == {"web": "app:1"}
