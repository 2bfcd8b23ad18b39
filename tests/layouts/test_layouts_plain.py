"""Plain manifests, where places are, and what happens when several are one environment."""

from pathlib import Path

import pytest
from layout_trees import DEPLOYMENT, DIGEST, Tree, artifact, environment, project, service, tree

from vivido.layouts.files import edits, read_images, render_environment, roots
from vivido.layouts.interface import Layout, Place
from vivido.layouts.kinds import KINDS
from vivido.layouts.matching import Matcher, split
from vivido.layouts.places import place
from vivido.model.objects import Rendered, identity
from vivido.model.problem import Problem
from vivido.model.project import Project

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata: {{a: '{value}'}}\n"


def at(files: Tree, of: Project, name: str = "dev") -> Place | Problem:
    return place(of, of.services[0], environment(of, name), files.listing)


def test_every_container_of_the_service_changes_and_nothing_else() -> None:
    text = (
        DEPLOYMENT.format(name="web", image="localhost:5000/shop/web:1.0")
        + "---\n"
        + DEPLOYMENT.format(name="api", image="api")
    )
    cron = (
        '{"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "c"},\r\n "spec": {"jobTemplate": {"spec": '
        '{"template": {"spec": {"containers": [{"name": "c", "image": "localhost:5000/shop/web"}]}}}}}}'
    )
    files = tree(
        k__dev__all_yaml=text, k__dev__jobs__c_json=cron, k__dev__other_yaml=CONFIG.format(name="a", value="web")
    )
    of = project(service("web", "k"), service("api", "k"))
    changed = edits(of, environment(of, "dev"), [artifact("web", "1")], files.read, files.listing)
    image = f"localhost:5000/shop/web@{DIGEST['1']}"
    assert changed == {
        "k/dev/all.yaml": text.replace("localhost:5000/shop/web:1.0", image).encode(),
        "k/dev/jobs/c.json": cron.replace("localhost:5000/shop/web", image).encode(),
    }
    files |= changed
    assert edits(of, environment(of, "dev"), [artifact("web", "1")], files.read, files.listing) == {}
    assert read_images(of, environment(of, "dev"), files.read, files.listing) == {"web": image, "api": "api"}


def test_an_image_that_is_not_there_and_a_broken_file_are_problems() -> None:
    of = project(service("web", "k"))
    images = "".join(f"  - {{name: c{i}, image: other/i{i}}}\n" for i in range(25))
    many = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n  containers:\n{images}"
    for text, code, said in (
        (CONFIG.format(name="a", value="b"), "layout.image-not-found", "no image at all"),
        (many, "layout.image-not-found", "and 5 more"),
        ("a: [\n", "yaml.invalid", "no YAML"),
    ):
        files = tree(k__dev__a_yaml=text)
        found = edits(of, environment(of, "dev"), [artifact("web", "1")], files.read, files.listing)
        assert isinstance(found, tuple)
        assert found[0].code == code
        assert said in found[0].message


def test_places_inside_each_other_keep_both_edits() -> None:
    text = DEPLOYMENT.format(name="web", image="web") + "---\n" + DEPLOYMENT.format(name="api", image="api")
    files = tree(k__dev__api__d_yaml=text)
    of = project(service("web", "k"), service("api", "k/{environment}/api"))
    release = [artifact("web", "1"), artifact("api", "2")]
    changed = edits(of, environment(of, "dev"), release, files.read, files.listing)
    assert isinstance(changed, dict)
    assert {a.image.encode() in changed["k/dev/api/d.yaml"] for a in release} == {True}


@pytest.mark.parametrize(
    ("config", "file", "wanted"),
    [
        ("k", "k__overlays__dev__kustomization_yaml", Place("k/overlays/dev", "kustomize")),
        ("k", "k__dev__a_yaml", Place("k/dev", "plain")),
        ("./k/", "k__envs__dev__a_yml", Place("k/envs/dev", "plain")),
        ("k", "k__environments__dev__a_json", Place("k/environments/dev", "plain")),
        ("x/{environment}/k", "x__dev__k__a_yaml", Place("x/dev/k", "plain")),
        (".", "overlays__dev__kustomization_yml", Place("overlays/dev", "kustomize")),
    ],
)
def test_places_are_found(config: str, file: str, wanted: Place) -> None:
    assert at(tree(**{file: "", "k__staging__a_yaml": ""}), project(service("web", config))) == wanted


def test_a_directory_without_environments_serves_a_single_one() -> None:
    files = tree(k__a_yaml="")
    one = project(service("web", "k"), environments=("dev",))
    assert at(files, one) == Place("k", "plain")
    for of, tree_ in ((project(service("web", "k")), files), (one, tree(k__a_yaml="", k__overlays__prod__a_yaml=""))):
        found = at(tree_, of)
        assert isinstance(found, Problem)
        assert found.code == "layout.no-place"


def test_a_place_that_is_not_there_says_what_was_looked_for() -> None:
    found = at(tree(k__staging__a_yaml=""), project(service("web", "k")))
    assert isinstance(found, Problem)
    assert "k/overlays/dev, k/dev, k/envs/dev, k/environments/dev" in found.message
    assert "{environment}" in found.hint
    for config, code in (("x/{environment}", "layout.no-place"), ("../out", "layout.no-place")):
        found = at(tree(k__a_yaml=""), project(service("web", config)))
        assert isinstance(found, Problem)
        assert (found.code, found.where) == (code, "services.web.config")
    found = at(tree(k__dev__notes_txt=""), project(service("web", "k")))
    assert isinstance(found, Problem)
    assert found.code == "render.unknown"


def test_problems_of_all_services_are_told_at_once(tmp_path: Path) -> None:
    of = project(service("web", "a"), service("api", "b"))
    found = render_environment(of, environment(of, "dev"), tmp_path)
    assert isinstance(found, tuple)
    assert [p.where for p in found] == ["services.web.config", "services.api.config"]
    nothing = tree(x_y="")
    assert roots(of, environment(of, "dev"), nothing.listing, nothing.read) == ()
    edited = edits(of, environment(of, "dev"), [artifact("web", "1")], nothing.read, nothing.listing)
    assert isinstance(edited, tuple)
    assert [p.where for p in edited] == ["services.web.config"]


def test_places_may_share_an_object_that_is_the_same(tmp_path: Path) -> None:
    space = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"
    files = tree(
        a__dev__n_yaml=space,
        b__dev__n_yaml=space,
        a__dev__c_yaml=CONFIG.format(name="a", value=1),
        b__dev__c_yaml=CONFIG.format(name="b", value=1),
    )
    of = project(service("web", "a"), service("api", "b"))
    stop = environment(of, "dev")
    where = files.export(roots(of, stop, files.listing, files.read), tmp_path)
    found = render_environment(of, stop, where)
    assert isinstance(found, Rendered)
    assert [identity(o) for o in found.objects] == ["ConfigMap/a", "ConfigMap/b", "Namespace/shop"]
    assert found.source == "plain"
    only = render_environment(of, stop, where, ["api"])
    assert isinstance(only, Rendered)
    assert [identity(o) for o in only.objects] == ["ConfigMap/b", "Namespace/shop"]
    (where / "b/dev/c.yaml").write_text(CONFIG.format(name="a", value=2))
    differ = render_environment(of, stop, where)
    assert isinstance(differ, tuple)
    assert [(p.code, p.where) for p in differ] == [("layout.conflict", "ConfigMap/a")]
    (where / "b/dev/c.yaml").write_text("nothing")
    broken = render_environment(of, stop, where)
    assert isinstance(broken, tuple)
    assert [p.where for p in broken] == ["b/dev/c.yaml:1:1"]


@pytest.mark.parametrize(
    ("image", "wanted"),
    [
        ("localhost:5000/shop/web", "web"),
        ("localhost:5000/shop/web:1@sha256:00", "web"),
        ("localhost:5000/shop/web2", ""),
        ("web", "web"),
        ("web:1", "web"),
        ("other/web", ""),
        ("team/api:1", "api"),
        ("docker.io/team/api", "api"),
        ("${IMAGE}", "api"),
        ("registry.example.com/prod/web", "web"),
        ("docker.io/library/web", ""),
    ],
)
def test_whose_an_image_is(image: str, wanted: str) -> None:
    services = (service("web", "k"), service("api", "k", "team/api", "${IMAGE}"))
    assert Matcher(services, [artifact("web", "1", "registry.example.com/prod/web")]).service_of(image) == wanted


def test_images_are_taken_apart_as_they_are_written() -> None:
    assert split("a:5000/b") == ("a:5000/b", "", "")
    assert split("a:5000/b:c@sha256:d") == ("a:5000/b", "c", "sha256:d")


def test_the_layout_is_found_by_its_name() -> None:
    layout: Layout = KINDS["directories"]
    of = project(service("web", "k"))
    assert layout.directory(of, of.services[0], of.environments[0], tree(k__dev__a_yaml="").listing) == "k/dev"
