"""`vivido init` looks at repositories of several shapes and writes a file that works in them."""

import os
import re
from pathlib import Path

import pytest
from config_examples import KINDS
from hypothesis import given
from hypothesis import strategies as st

from vivido.config.check import check
from vivido.config.detect.branches import environments
from vivido.config.detect.look import detect, with_branches
from vivido.config.detect.names import chain, in_order, own
from vivido.config.detect.own import differs, patterns
from vivido.config.detect.propose import propose
from vivido.config.detect.scan import MAX_DEPTH
from vivido.layouts.own import owner
from vivido.model.project import Project


def deployment(name: str, image: str) -> str:
    return f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  template:
    spec:
      containers:
        - {{name: main, image: "{image}"}}
---
apiVersion: v1
kind: Service
metadata: {{name: {name}}}
spec: {{ports: [{{port: 8080}}]}}
"""


def write(root: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    return root


def proposed(root: Path, project: str = "shop", registry: str = "localhost:5000/shop") -> Project:
    text = propose(detect(root), project, registry)
    found, diagnostics = check(text, root / "vivido.yaml", KINDS, root)
    assert found is not None, text + "\n".join(map(str, diagnostics))
    return found


def test_a_monorepo_with_two_services(tmp_path: Path) -> None:
    overlays = {
        f"deploy/{s}/overlays/{e}/kustomization.yaml": f"resources: [../../base]\nimages: [{{name: {s}, newTag: v1}}]\n"
        for s in ("web", "api")
        for e in ("prod", "staging", "dev")
    }
    bases = {
        f"deploy/{s}/base/{name}": content
        for s in ("web", "api")
        for name, content in {
            "kustomization.yaml": "resources: [web.yaml]",
            "web.yaml": deployment(s, s),
        }.items()
    }
    files = {
        "services/web/Containerfile": "FROM scratch\nEXPOSE 8080/tcp\n",
        "services/api/Dockerfile": "FROM scratch\n",
    }
    shop = proposed(write(tmp_path, files | bases | overlays))
    assert [(s.name, s.build.context if s.build else "", s.config, s.replaces) for s in shop.services] == [
        ("api", "services/api", "deploy/api/overlays/{environment}", ("api",)),
        ("web", "services/web", "deploy/web/overlays/{environment}", ("web",)),
    ]
    assert [(e.name, e.after, e.target.kind) for e in shop.environments] == [
        ("dev", "", "podman"),
        ("staging", "dev", "podman"),
        ("prod", "staging", "podman"),
    ]
    assert shop.registries.plain_http == ("localhost:5000",)
    assert [e.automatic for e in shop.environments] == [True, False, False]


def test_one_containerfile_at_the_top_with_overlays(tmp_path: Path) -> None:
    files = {
        ".git/config": '[core]\n\tbare = false\n[remote "origin"]\n\turl = https://me:hush@github.com/Team/Guestbook.git\n',
        "Dockerfile": "FROM scratch\nEXPOSE 3000 9000/udp\n",
        "kustomize/base/kustomization.yaml": "resources:\n- app.yaml\n- https://example.com/remote.yaml\n",
        "kustomize/base/app.yaml": deployment("guestbook", "ghcr.io/team/guestbook:v1")
        + "---\n"
        + deployment("db", "docker.io/library/postgres:16"),
        "kustomize/overlays/production/kustomization.yaml": "resources: [../../base]\n",
        "kustomize/overlays/qa/kustomization.yaml": "resources: [../../base]\n",
    }
    root = write(tmp_path, files)
    found = detect(root)
    assert (found.project, found.registry) == ("guestbook", "ghcr.io/team/guestbook")
    assert found.remote == "https://github.com/Team/Guestbook.git"
    assert found.contexts[0].ports == (3000, 9000)
    project = proposed(root, found.project, "registry.example.com/team")
    (service,) = project.services
    assert (service.name, service.config) == ("guestbook", "kustomize/overlays/{environment}")
    assert service.replaces == ("ghcr.io/team/guestbook",)
    assert [e.name for e in project.environments] == ["qa", "production"]
    assert not proposed(root, "guestbook", "ghcr.io/team").services[0].replaces


def test_plain_manifests_in_a_directory_for_each_environment(tmp_path: Path) -> None:
    files = {
        f"k8s/{e}/{s}.yaml": deployment(s, f"registry.example.com/shop/{s}:1")
        for e in ("test", "live")
        for s in ("web", "api")
    }
    shop = proposed(write(tmp_path, files))
    assert [(s.name, s.image, s.build, s.config) for s in shop.services] == [
        ("api", "registry.example.com/shop/api", None, "k8s/{environment}"),
        ("web", "registry.example.com/shop/web", None, "k8s/{environment}"),
    ]
    assert [e.name for e in shop.environments] == ["test", "live"]


@pytest.mark.parametrize("place", ["registry.example.com/shop", "registry.example.com", "localhost:5000"])
def test_images_are_kept_where_the_manifests_have_all_of_them(tmp_path: Path, place: str) -> None:
    root = write(tmp_path, {f"k8s/dev/{s}.yaml": deployment(s, f"{place}/{s}:1") for s in ("web", "api")})
    found = detect(root)
    assert found.registry == place
    assert [s.image for s in proposed(root, registry=found.registry).services] == [f"{place}/api", f"{place}/web"]


def test_images_of_several_registries_or_of_none_say_nothing(tmp_path: Path) -> None:
    for images in (("one.example.com/web", "two.example.com/api"), ("web", "team/api")):
        root = write(
            tmp_path / images[0].partition("/")[0],
            {f"k8s/dev/{i}.yaml": deployment(i.rpartition("/")[2], i) for i in images},
        )
        assert detect(root).registry == ""


def test_environments_above_services(tmp_path: Path) -> None:
    files = {f"envs/{e}/{s}/d.yaml": deployment(s, f"{s}:1") for e in ("eu-test", "us-prod") for s in ("web", "api")}
    files |= {f"{s}/Containerfile": "FROM scratch\n" for s in ("web", "api")}
    shop = proposed(write(tmp_path, files))
    assert [s.config for s in shop.services] == ["envs/{environment}/api", "envs/{environment}/web"]
    assert {e.name for e in shop.environments} == {"eu-test", "us-prod"}


def test_one_directory_for_all_environments(tmp_path: Path) -> None:
    files = {"Containerfile": "FROM scratch\n", "deploy/app.yaml": deployment("app", "app")}
    shop = proposed(write(tmp_path, files))
    assert [(s.name, s.config) for s in shop.services] == [("app", "deploy")]
    assert [e.name for e in shop.environments] == ["dev", "staging", "production"]


def test_several_containerfiles_in_one_directory(tmp_path: Path) -> None:
    files = {
        "build/Dockerfile": "FROM scratch\n",
        "docker/Dockerfile.web": "FROM scratch\n",
        "docker/worker.Dockerfile": "FROM scratch\n",
        "docker/Dockerfile.dockerignore": "*\n",
        "deploy/all.yaml": deployment("web", "shop-web") + "---\n" + deployment("worker", "shop-worker"),
    }
    shop = proposed(write(tmp_path, files))
    assert [(s.name, s.build.file if s.build else "", s.replaces) for s in shop.services] == [
        ("web", "docker/Dockerfile.web", ("shop-web",)),
        ("worker", "docker/worker.Dockerfile", ("shop-worker",)),
    ]


def test_a_directory_that_says_nothing_gives_its_parents_name(tmp_path: Path) -> None:
    files = {f"{d}/Dockerfile": "FROM scratch\n" for d in ("src/cart/src", "src", "web/docker")}
    (tmp_path / "here").mkdir()
    found = detect(write(tmp_path / "here", files))
    assert {c.path: c.name for c in found.contexts} == {"src/cart/src": "cart", "src": "here", "web/docker": "web"}


def test_nothing_at_all_gives_a_sketch_that_says_so(tmp_path: Path) -> None:
    found = detect(tmp_path)
    assert len(found.notes) == 1 and "a sketch to fill in" in found.notes[0]
    text = propose(found, "shop", "registry.example.com/shop")
    assert found.notes[0] in text
    project, diagnostics = check(text, "vivido.yaml", KINDS)
    assert project is not None, diagnostics
    assert {e.target.kind for e in project.environments} == {"none"}
    assert [d.code for d in check(text, "vivido.yaml", KINDS, tmp_path)[1]] == ["config.no-path", "config.no-path"]


def test_a_containerfile_without_manifests_is_said(tmp_path: Path) -> None:
    found = detect(write(tmp_path, {"web/Containerfile": "FROM scratch\n"}))
    assert found.notes == ("No manifests were found for web; write them into deploy/web.",)
    text = propose(found, "shop", "registry.example.com/shop")
    (tmp_path / "deploy/web").mkdir(parents=True)
    assert check(text, "vivido.yaml", KINDS, tmp_path)[1] == ()


def test_one_service_without_manifests_does_not_keep_the_others(tmp_path: Path) -> None:
    files = {f"{s}/Containerfile": "FROM scratch\n" for s in ("web", "seed")} | {
        "k8s/web.yaml": deployment("web", "web")
    }
    root = write(tmp_path, files)
    assert [s.name for s in proposed(root).services] == ["web"]
    text = propose(detect(root), "shop", "r.example.com/shop")
    assert "  # seed:\n  #   build: seed\n" in text and "it is commented out" in text


def test_an_image_that_is_built_elsewhere_without_a_registry_is_expected_in_ours(tmp_path: Path) -> None:
    files = {"k8s/app.yaml": deployment("app", "app:1") + "---\n" + deployment("db", "postgres:16")}
    (service,) = proposed(write(tmp_path, files), registry="r.example.com/shop").services
    assert (service.image, service.build, service.replaces) == ("r.example.com/shop/app", None, ("app",))


def test_what_is_no_image_name_replaces_nothing(tmp_path: Path) -> None:
    files = {"k8s/app.yaml": deployment("app", "r.example.com/UPPER/app:1"), "app/Containerfile": "FROM scratch\n"}
    assert proposed(write(tmp_path, files)).services[0].replaces == ()


def test_what_is_commented_out_works_too(tmp_path: Path) -> None:
    files = {"web/Containerfile": "FROM scratch\n", "deploy/web/web.yaml": deployment("web", "web")}
    text = propose(detect(write(tmp_path, files)), "shop", "registry.example.com/shop")
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDN6EnZJKrUSTwKHzaZBbSzRAzXqcjBMu0BMmrFOUbdo alice"
    awake = re.sub(r"(?m)^( *)# (people:|groups:|gates:|checks:|  )", r"\1\2", text).replace(
        "ssh-ed25519 AAAA… alice", key
    )
    project, diagnostics = check(awake, "vivido.yaml", KINDS, tmp_path)
    assert project is not None, awake + "\n".join(map(str, diagnostics))
    assert [g.kind for e in project.environments for g in e.gates] == ["run", "http", "approve"]
    assert project.services[0].checks == ("make test",)


def test_the_first_line_is_for_editors(tmp_path: Path) -> None:
    first = propose(detect(tmp_path), "shop", "r.example.com/x").splitlines()[0]
    assert first == "# yaml-language-server: $schema=.vivido/schema.json"


def test_a_service_without_an_environments_overlay_leaves_that_out(tmp_path: Path) -> None:
    files = {f"deploy/web/{e}/w.yaml": deployment("web", "web") for e in ("dev", "prod")}
    files |= {f"deploy/api/{e}/a.yaml": deployment("api", "api") for e in ("dev", "uat", "prod")}
    files |= {f"{s}/Containerfile": "FROM scratch\n" for s in ("web", "api")}
    found = detect(write(tmp_path, files))
    assert found.environments == ("dev", "prod")
    assert "Not every service has a configuration for uat: left out." in found.notes


def test_charts_are_configurations_with_the_environments_that_have_values(tmp_path: Path) -> None:
    files = {
        "charts/web/Chart.yaml": "name: web\n",
        "charts/web/values.yaml": "image: {repository: ghcr.io/team/web, tag: v1}\n",
        "charts/web/templates/d.yaml": deployment("x", "ghcr.io/a/x"),
        "charts/web/charts/part/Chart.yaml": "name: part\n",
        "charts/lib/Chart.yaml": "name: lib\ntype: library\n",
        "deploy/api/chart/Chart.yaml": "name: api\n",
        "deploy/api/chart/values.yaml": "main: {image: {registry: ghcr.io, repository: team/api}}\n",
    }
    files |= {f"charts/web/values-{e}.yaml": "replicas: 1\n" for e in ("dev", "prod", "schema")}
    files |= {f"deploy/api/values/{e}.yml": "replicas: 1\n" for e in ("prod", "dev")}
    root = write(tmp_path, files)
    shop = proposed(root)
    assert [(s.name, s.config, s.image) for s in shop.services] == [
        ("web", "charts/web", "ghcr.io/team/web"),
        ("api", "deploy/api", "ghcr.io/team/api"),
    ]
    assert [(e.name, e.after) for e in shop.environments] == [("dev", ""), ("prod", "dev")]
    assert "# a Helm chart" in propose(detect(root), "shop", "ghcr.io/team")


def test_a_chart_without_values_for_environments_is_said_and_its_templates_are_not_read(tmp_path: Path) -> None:
    files = {
        "chart/Chart.yaml": "name: x\n",
        "chart/templates/d.yaml": deployment("x", "ghcr.io/a/x"),
        "Dockerfile": "",
    }
    root = write(tmp_path, files)
    found = detect(root)
    assert [(c.path, c.helm, c.uses) for c in found.configs] == [("chart", True, ())]
    assert "chart has no values for each environment; write values-dev.yaml and so on beside it." in found.notes
    assert [(s.config, s.build is not None) for s in proposed(root).services] == [("chart", True)]


def test_custom_resources_alone_are_configurations_of_services_whose_image_is_not_known(tmp_path: Path) -> None:
    resource = "apiVersion: example.com/v1\nkind: Fleet\nmetadata: {name: shop}\nspec: {size: 3}\n"
    root = write(tmp_path, {f"deploy/fleet/{e}/fleet.yaml": resource for e in ("dev", "prod")})
    found = detect(root)
    (service,) = proposed(root).services
    assert (service.name, service.config, service.image) == (
        "fleet",
        "deploy/fleet/{environment}",
        "localhost:5000/shop/fleet",
    )
    assert [e.target.kind for e in proposed(root).environments] == ["none", "none"]
    assert any("name no image" in note for note in found.notes)


@pytest.mark.parametrize(
    ("branches", "expected"),
    [
        (
            ("develop", "main", "production", "staging", "feature/staging"),
            {"develop": "develop", "staging": "staging", "production": "production"},
        ),
        (("main", "staging", "prod"), {"dev": "main", "staging": "staging", "prod": "prod"}),
        (("main", "prod"), {"dev": "main", "prod": "prod"}),
        (("develop", "main"), {"develop": "develop", "production": "main"}),
        (("develop", "staging", "master"), {"develop": "develop", "staging": "staging", "production": "master"}),
        (("main", "env/dev", "env/prod"), {"dev": "env/dev", "prod": "env/prod"}),
        (("main", "topic"), {}),
        (("staging",), {}),
        ((), {}),
    ],
)
def test_branches_called_like_environments_are_environments(
    branches: tuple[str, ...], expected: dict[str, str]
) -> None:
    found = environments(branches)
    assert found == expected
    assert list(found) == list(expected), "in the order of promotion"


def test_branches_are_proposed_where_no_directory_is_one_environments(tmp_path: Path) -> None:
    files = {"Containerfile": "FROM scratch\n", "deploy/app.yaml": deployment("app", "app")}
    branches, own = {"dev": "develop", "production": "main"}, {"production": ("deploy/*/limits.yaml", "deploy/x y")}
    found = with_branches(detect(write(tmp_path, files)), branches, own)
    text = propose(found, "shop", "localhost:5000/shop")
    project, diagnostics = check(text, tmp_path / "vivido.yaml", KINDS, tmp_path)
    assert project is not None, diagnostics
    assert project.layout == "branches"
    places = [(e.name, e.after, e.configuration.branch if e.configuration else "", e.own) for e in project.environments]
    assert places == [("dev", "", "develop", ()), ("production", "dev", "main", own["production"])]


@pytest.mark.parametrize(
    ("own", "others", "expected"),
    [
        (("deploy/web/limits.yaml", "deploy/api/limits.yaml"), ("deploy/web/app.yaml",), ("deploy/*/limits.yaml",)),
        # What one service shares keeps the star away.
        (("a/w/x", "a/v/x"), ("a/u/x",), ("a/v/x", "a/w/x")),
        (("a/w/x", "a/v/x", "a/v/y", "z"), (), ("a/*/x", "a/v/y", "z")),
        ((), ("a",), ()),
    ],
)
def test_patterns_fit_what_is_own_and_nothing_else(
    own: tuple[str, ...], others: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert patterns(own, (*own, *others)) == expected


@given(st.lists(st.tuples(*[st.sampled_from("ab")] * 3).map("/".join), unique=True), st.data())
def test_patterns_never_take_a_file_of_the_others(files: list[str], data: st.DataObject) -> None:
    own = {f for f in files if data.draw(st.booleans())}
    owns = owner(patterns(own, files))
    assert {f for f in files if owns(f)} == own


@pytest.mark.parametrize(
    ("one", "other", "more"),
    [
        ("image: r/web:1\nx: 1\n", "image: r/web:2\nx: 1\n", False),
        ("- {name: web, newTag: a}\n", "- {name: web, newTag: b}\n", False),
        ('image = "r/web:1"\n', 'image = "r/web:2"\n', False),
        ("image: r/web:1\nreplicas: 1\n", "image: r/web:2\nreplicas: 2\n", True),
        ("stage: a\n", "stage: b\n", True),
    ],
)
def test_files_that_differ_in_images_alone_are_nobodys_own(one: str, other: str, more: bool) -> None:
    assert differs(one.encode(), other.encode()) is more


def test_damaged_and_foreign_files_say_nothing(tmp_path: Path) -> None:
    files = {
        "a.yaml": "[" * 5000,
        "b.yaml": "apiVersion: {{ .Values.x }}\nkind: Deployment\n",
        "c.yaml": "apiVersion: v1\nkind: Service\nmetadata: x\nspec: y\n",
        "d.yaml": "- 1\n--- \nx: !!python/object:os.system {}\n",
        "e.yaml": "apiVersion: v1\nkind: Pod\nspec: {containers: [1, {image: '$(IMAGE)'}, {image: a/b@sha256:0}]}\n",
        "k/kustomization.yaml": "resources: nothing\nimages: [7, {name: 8}]\n",
        "node_modules/x/Dockerfile": "FROM scratch\n",
        "/".join(["d"] * (MAX_DEPTH + 1)) + "/Dockerfile": "FROM scratch\n",
    }
    (tmp_path / "latin.yaml").write_bytes(b"apiVersion: v1\nkind: Pod\n# \xe9\n")
    (tmp_path / "big.yaml").write_bytes(b"#" * 2_000_000)
    (tmp_path / "link.yaml").symlink_to("/etc/hostname")
    os.mkfifo(tmp_path / "pipe.yaml")
    found = detect(write(tmp_path, files))
    assert found.contexts == ()
    assert [u.image for c in found.configs for u in c.uses] == ["a/b"]


def test_components_and_shared_files_are_no_configuration(tmp_path: Path) -> None:
    files = {
        "c/kustomization.yaml": "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\nresources: [x.yaml]\n",
        "c/x.yaml": deployment("x", "x"),
        "shared/web.yaml": deployment("web", "web"),
        "prod/kustomization.yaml": "resources: [../shared/web.yaml]\ncomponents: [../c]\n",
    }
    assert [c.path for c in detect(write(tmp_path, files)).configs] == ["{environment}"]


@pytest.mark.parametrize(
    ("names", "ordered"),
    [
        ({"prod", "dev"}, ("dev", "prod")),
        (
            {"production", "preprod", "staging", "qa", "test", "dev"},
            ("dev", "test", "qa", "staging", "preprod", "production"),
        ),
        ({"prod-us", "prod-eu", "blue", "dev"}, ("dev", "blue", "prod-eu", "prod-us")),
    ],
)
def test_environments_are_put_in_their_usual_order(names: set[str], ordered: tuple[str, ...]) -> None:
    assert in_order(names) == ordered


def test_several_productions_follow_the_same_environment() -> None:
    assert chain(("dev", "staging", "prod-eu", "prod-us")) == {
        "dev": "",
        "staging": "dev",
        "prod-eu": "staging",
        "prod-us": "staging",
    }
    assert chain(("prod-eu", "prod-us")) == {"prod-eu": "", "prod-us": "prod-eu"}
    assert chain(()) == {}


def test_two_services_of_one_name_are_told_apart() -> None:
    assert own(["web", "web", "api", "web"]) == ["web", "web-2", "api", "web-3"]
