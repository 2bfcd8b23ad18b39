"""Promoting with Helm: the right value changes, and the real Helm then runs exactly the digests."""

from pathlib import Path

import msgspec
import pytest
from layout_trees import DIGEST, Tree, artifact, environment, project, service, tree
from test_layouts_kustomize import lines

from vivido.layouts.files import edits, read_images, render_environment, roots
from vivido.layouts.interface import Place
from vivido.layouts.places import place
from vivido.layouts.verify import wrong_images
from vivido.model.objects import Rendered, identity
from vivido.model.problem import Problem
from vivido.model.project import Chart, ImageValues, Project
from vivido.render.images import images

TEMPLATE = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: "{{ .Release.Name }}"}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: IMAGE
"""
BY_TAG = '"{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"'
WHOLE = "{{ .Values.web.image }}"
BY_DIGEST = (
    '"{{ with .Values.image.registry }}{{ . }}/{{ end }}{{ .Values.image.repository }}'
    '{{ with .Values.image.digest }}@{{ . }}{{ else }}:{{ .Values.image.tag }}{{ end }}"'
)
BY_SHA = '"{{ .Values.image.repository }}:{{ .Values.image.tag }}@sha256:{{ .Values.image.sha }}"'
RELEASE = (artifact("web", "2"),)
SHOP = project(service("web", "deploy/web"))


def shop(values: str, template: str = BY_TAG, staging: str = "replicas: 2\n", **more: str) -> Tree:
    files = tree(
        deploy__web__Chart_yaml="apiVersion: v2\nname: web\nversion: 1.0.0\nappVersion: '7'\n",
        deploy__web__values_yaml=values,
        deploy__web__templates__web_yaml=TEMPLATE.replace("IMAGE", template),
        **more,
    )
    beside = {"staging": staging, "production": "", "dev": ""}
    return Tree({**files, **{f"deploy/web/values-{name}.yaml": text.encode() for name, text in beside.items()}})


def promoted(files: Tree, name: str = "staging", of: Project = SHOP) -> dict[str, bytes]:
    found = edits(of, environment(of, name), RELEASE, files.read, files.listing)
    assert isinstance(found, dict), found
    return found


def refused(files: Tree, name: str = "staging", of: Project = SHOP) -> Problem:
    found = edits(of, environment(of, name), RELEASE, files.read, files.listing)
    assert isinstance(found, tuple), found
    assert all(p.message and p.hint and p.where for p in found)
    return found[0]


def rendered(files: Tree, where: Path, name: str = "staging", of: Project = SHOP) -> Rendered:
    stop = environment(of, name)
    found = render_environment(of, stop, files.export(roots(of, stop, files.listing, files.read), where))
    assert isinstance(found, Rendered), found
    return found


@pytest.mark.real("helm")
@pytest.mark.parametrize(
    ("values", "staging", "template", "added", "runs"),
    [
        (
            "image:\n  repository: web\n  tag: dev\n",
            "# ours\nreplicas: 2\n",
            BY_TAG,
            ["image:", "  repository: localhost:5000/shop/web", f"  tag: {'2' * 12}@{DIGEST['2']}"],
            f"localhost:5000/shop/web:{'2' * 12}@{DIGEST['2']}",
        ),
        (
            "image:\n  repository: localhost:5000/shop/web\n  tag: dev\n  digest: ''\n",
            f"image:   # staging's\n  digest: {DIGEST['1']}   # by vivido\n",
            BY_DIGEST,
            [f"  digest: {DIGEST['2']}   # by vivido"],
            f"localhost:5000/shop/web@{DIGEST['2']}",
        ),
        (
            "image: {registry: docker.io, repository: web, tag: dev, digest: ''}\n",
            "image: {tag: '1.10'}\n",
            BY_DIGEST,
            ['image: {tag: \'1.10\', registry: "localhost:5000", repository: shop/web, digest: "' + DIGEST["2"] + '"}'],
            f"localhost:5000/shop/web@{DIGEST['2']}",
        ),
        (
            "image: {repository: localhost:5000/shop/web, tag: v1, sha: ''}\n",
            "replicas: 2\n",
            BY_SHA,
            ["image:", '  sha: "' + "2" * 64 + '"'],
            f"localhost:5000/shop/web:v1@{DIGEST['2']}",
        ),
        (
            f"image:\n  repository: localhost:5000/shop/web@sha256\n  tag: {'a' * 64}\n",
            f"image:\n  tag: {'b' * 64}\n",
            BY_TAG,
            [f'  tag: "{"2" * 64}"'],
            f"localhost:5000/shop/web@{DIGEST['2']}",
        ),
        (
            "web:\n  image: web:dev\n",
            "web:\n  replicas: 2\n  image: &i 'web:1'\n".replace("&i ", ""),
            WHOLE,
            [f"  image: 'localhost:5000/shop/web@{DIGEST['2']}'"],
            f"localhost:5000/shop/web@{DIGEST['2']}",
        ),
    ],
)
def test_each_way_to_write_an_image(
    values: str, staging: str, template: str, added: list[str], runs: str, tmp_path: Path
) -> None:
    files = shop(values, template, staging)
    path = "deploy/web/values-staging.yaml"
    changed = promoted(files)
    assert list(changed) == [path]
    assert [line[2:-1] for line in lines(files[path], changed[path]) if line[0] == "+"] == added
    files |= changed
    after = rendered(files, tmp_path)
    assert wrong_images(SHOP, RELEASE, after) == ()
    assert [use.image for use in images(after)] == [runs]
    said = read_images(SHOP, environment(SHOP, "staging"), files.read, files.listing)["web"]
    assert said in (runs, RELEASE[0].image)
    assert promoted(files) == {}


@pytest.mark.parametrize(
    "name",
    [
        "values-qa.yaml", "values.qa.yaml", "values_qa.yml", "qa.values.yaml", "values/qa.yaml", "qa/values.yaml", "envs/qa.yaml",
        "envs/qa/values.yaml", "env/qa.yml", "environments/qa.yaml", "overlays/qa/values.yaml",
    ],
)  # fmt: skip
@pytest.mark.parametrize("chart", ["", "chart/"])
def test_an_environments_values_are_found_by_their_name(name: str, chart: str) -> None:
    of = project(service("web", "deploy/web"), environments=("qa", "production"))
    files = Tree({f"deploy/web/{chart}Chart.yaml": b"", f"deploy/web/{name}": b"", "deploy/web/README.md": b""})
    found = place(of, of.services[0], environment(of, "qa"), files.listing)
    assert isinstance(found, Place), found
    assert (found.directory, found.kind) == (f"deploy/web/{chart}".rstrip("/"), "helm")
    assert found.helm is not None
    assert found.helm.values == (f"deploy/web/{name}",)
    assert isinstance(place(of, of.services[0], environment(of, "production"), files.listing), Problem)


def test_two_files_that_could_be_it_are_refused() -> None:
    files = shop("image: {repository: web, tag: dev}\n", deploy__web__values__staging_yaml="")
    assert "could all be web's values for staging" in refused(files).message


@pytest.mark.real("helm")
def test_a_chart_of_its_own_per_environment_has_its_values_edited(tmp_path: Path) -> None:
    files = tree(
        deploy__base__Chart_yaml="apiVersion: v2\nname: base\nversion: 1.0.0\n",
        deploy__base__values_yaml="image: {repository: web, tag: dev, digest: ''}\n",
        deploy__base__templates__web_yaml=TEMPLATE.replace("IMAGE", BY_DIGEST),
        deploy__staging__Chart_yaml="apiVersion: v2\nname: staging\nversion: 1.0.0\n"
        "dependencies:\n- {name: base, version: 1.0.0, repository: file://../base}\n",
        deploy__staging__values_yaml="base:\n  replicas: 2\n",
    )
    of = project(service("web", "deploy"), environments=("staging",))
    assert promoted(files, of=of) == {
        "deploy/staging/values.yaml": (
            f"base:\n  replicas: 2\n  image:\n    repository: localhost:5000/shop/web\n    digest: {DIGEST['2']}\n"
        ).encode()
    }
    assert roots(of, environment(of, "staging"), files.listing, files.read) == ("deploy/base", "deploy/staging")
    files |= promoted(files, of=of)
    assert wrong_images(of, RELEASE, rendered(files, tmp_path, of=of)) == ()


@pytest.mark.real("helm")
def test_one_chart_serves_many_services_as_the_configuration_says(tmp_path: Path) -> None:
    files = tree(
        charts__service__Chart_yaml="apiVersion: v2\nname: service\nversion: 1.0.0\n",
        charts__service__values_yaml="main: {name: '', at: ''}\n",
        charts__service__templates__web_yaml=TEMPLATE.replace(
            "IMAGE", '"{{ .Values.main.name }}@{{ .Values.main.at }}"'
        ),
        web__all_yaml="main: {name: localhost:5000/shop/web}\n",
        web__staging_yaml="# staging\n",
        api__staging_yaml="",
    )
    paths = ImageValues(repository="main.name", digest="main.at")

    def chart(name: str) -> Chart:
        own = f"{name}/{{environment}}.yaml"
        return Chart(("web/all.yaml", own) if name == "web" else (own,), paths, namespace="shop-{environment}")

    services = [msgspec.structs.replace(service(n, "charts/service"), chart=chart(n)) for n in ("web", "api")]
    of = project(*services)
    release = (artifact("api", "1"), artifact("web", "2"))
    stop = environment(of, "staging")
    changed = edits(of, stop, release, files.read, files.listing)
    assert changed == {
        "web/staging.yaml": f"# staging\nmain:\n  at: {DIGEST['2']}\n".encode(),
        "api/staging.yaml": f"main:\n  name: localhost:5000/shop/api\n  at: {DIGEST['1']}\n".encode(),
    }
    files |= Tree(changed)
    after = rendered(files, tmp_path, of=of)
    assert [identity(o) for o in after.objects] == ["Deployment/api", "Deployment/web"]
    assert wrong_images(of, release, after) == ()


def test_an_image_that_no_value_names_is_told_with_what_there_is() -> None:
    found = refused(shop("image: {repository: nginx, tag: '1'}\n"))
    assert found.code == "layout.image-not-found"
    assert "nginx:1" in found.message and "image: {repository: …, digest: …}" in found.hint


def test_an_environment_without_values_is_refused_with_what_was_looked_for() -> None:
    files = shop("image: {repository: web, tag: '1'}\n")
    del files["deploy/web/values-staging.yaml"]
    found = refused(files)
    assert found.code == "layout.no-values"
    assert "values-staging.yaml" in found.message


def test_a_value_behind_an_anchor_is_refused_with_its_place() -> None:
    files = shop("image: {repository: localhost:5000/shop/web, tag: '1'}\n", staging="x: &t '1'\nimage:\n  tag: *t\n")
    assert refused(files).where == "deploy/web/values-staging.yaml:3:8"


@pytest.mark.real("helm")
def test_a_template_that_sets_the_image_itself_is_found_out(tmp_path: Path) -> None:
    files = shop("image: {repository: localhost:5000/shop/web, tag: '1'}\n", "localhost:5000/shop/web:latest")
    files |= promoted(files)
    found = wrong_images(SHOP, RELEASE, rendered(files, tmp_path))
    assert [p.code for p in found] == ["layout.wrong-image"]
