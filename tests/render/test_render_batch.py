"""Many overlays in one process give exactly what each gives alone, whatever they have in common."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vivido.model.objects import Rendered
from vivido.render.batch import Outcome, render_overlays, together
from vivido.render.crossing import doubtful
from vivido.render.kustomize import Kustomize, source
from vivido.render.objects import collect

pytestmark = pytest.mark.real("kubectl")

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  template:
    metadata: {{annotations: {{}}}}
    spec:
      serviceAccountName: {account}
      containers:
      - {{name: main, image: app, envFrom: [{{configMapRef: {{name: {settings}}}}}, {{secretRef: {{name: outside}}}}]}}
"""


def write(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)


def overlay(root: Path, name: str, base: str = "", kustomization: str = "", manifest: str = "") -> str:
    """An overlay `name/env` on a base of its own."""
    manifest = manifest or DEPLOYMENT.format(name=name, account=name, settings="settings")
    write(root, f"{name}/base/d.yaml", manifest)
    write(root, f"{name}/base/kustomization.yaml", "resources: [d.yaml]\n" + base)
    write(root, f"{name}/env/kustomization.yaml", "resources: [../base]\n" + kustomization)
    return f"{name}/env"


def singly(root: Path, directories: list[str]) -> dict[str, Outcome]:
    return {d: Kustomize().render(root, d) for d in directories}


GENERATOR = "configMapGenerator: [{{name: {}, literals: [A={}]}}]\n"
BASES = st.sampled_from(
    [
        "",
        GENERATOR.format("settings", 1),
        GENERATOR.format("settings", 2),
        GENERATOR.format("outside", 3),
        "namePrefix: deep-\n",
        "secretGenerator: [{name: outside, literals: [K=v]}]\n",
        "generatorOptions: {disableNameSuffixHash: true}\n" + GENERATOR.format("settings", 1),
    ]
)
REPLICAS = "[{op: add, path: /spec/replicas, value: 3}]"
OVERLAYS = st.lists(
    st.sampled_from(
        [
            "namespace: one",
            "namespace: two",
            "namePrefix: a-",
            "namePrefix: b-",
            "nameSuffix: -z",
            "commonAnnotations: {a: b}",
            f"patches: [{{target: {{kind: Deployment}}, patch: '{REPLICAS}'}}]",
            "buildMetadata: [managedByLabel]",
            "labels: [{pairs: {x: y}}]",
            "sortOptions: {order: legacy}",
            "components: [nowhere]",
        ]
    ),
    max_size=3,
    unique_by=lambda line: line.partition(":")[0],
)
MANIFESTS = st.sampled_from(
    [
        "",
        DEPLOYMENT.format(name="same", account="same", settings="settings"),
        DEPLOYMENT.format(name="other", account="s1", settings="s0")
        + "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: same}\n",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: reader}\nrules: []\n---\n"
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: reads}\n"
        "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}\n"
        "subjects: [{kind: ServiceAccount, name: same}]\n",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: reads, annotations: {}}\n"
        "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}\n"
        "subjects: [{kind: ServiceAccount, name: same, namespace: default}]\n",
    ]
)


@settings(
    max_examples=40 if os.environ.get("CI") != "true" else 15,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(made=st.lists(st.tuples(BASES, OVERLAYS, MANIFESTS), min_size=4, max_size=7), data=st.data())
def test_the_outcome_is_that_of_each_alone(
    made: list[tuple[str, list[str], str]], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("overlays")
    directories = [
        overlay(root, f"s{n}", base, "\n".join(lines), manifest) for n, (base, lines, manifest) in enumerate(made)
    ]
    directories = data.draw(st.permutations(directories))
    assert render_overlays(root, [directories], workers=1) == singly(root, directories)
    assert not list(root.glob(".vivido-*"))


def test_one_process_is_enough_for_overlays_that_have_nothing_in_common(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directories = [overlay(tmp_path, f"s{n}", GENERATOR.format("settings", n), "namespace: prod\n") for n in range(9)]
    # Each settings map is its service's own only by its name after the hash; by their first names they are one.
    directories += [overlay(tmp_path, f"t{n}", GENERATOR.format(f"t{n}", n), "namespace: prod\n") for n in range(9)]
    alone = singly(tmp_path, directories)
    started = _counted(tmp_path, monkeypatch)
    assert render_overlays(tmp_path, [directories[9:]], workers=1) == {d: alone[d] for d in directories[9:]}
    assert started() == 1
    # Where another processor has nothing to do it takes its part, but not of a handful.
    assert render_overlays(tmp_path, [directories[9:]], workers=2) == {d: alone[d] for d in directories[9:]}
    assert started() == 3
    assert render_overlays(tmp_path, [directories[9:14]], workers=2) == {d: alone[d] for d in directories[9:14]}
    assert started() == 4
    assert render_overlays(tmp_path, [directories]) == alone


def _counted(where: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Put a kubectl before the real one that counts how often it renders."""
    real = shutil.which("kubectl")
    log = where / ".log"
    write(where, ".bin/kubectl", f'#!/bin/sh\n[ "$1" = kustomize ] && echo x >>{log}\nexec {real} "$@"\n')
    (where / ".bin/kubectl").chmod(0o755)
    monkeypatch.setenv("PATH", f"{where / '.bin'}:{os.environ['PATH']}")
    return lambda: len(log.read_text().split())


def test_without_its_guard_an_overlay_would_be_given_what_is_anothers(tmp_path: Path) -> None:
    """What the comparison above is there to find: Kustomize itself renames what one overlay names to what another generates."""
    directories = [overlay(tmp_path, "a"), overlay(tmp_path, "b", GENERATOR.format("settings", 1))]
    alone = singly(tmp_path, directories)
    made = together(tmp_path, directories, 60)
    assert made is not None
    assert collect(made[0], source()) != alone["a/env"]
    assert collect(made[1], source()) == alone["b/env"]
    assert doubtful(made) == {0}
    assert render_overlays(tmp_path, [directories]) == alone


def test_few_overlays_of_environments_that_have_their_own_namespaces_are_rendered_in_one_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups: list[list[str]] = []
    for environment in ("dev", "staging"):
        overlay(tmp_path, "s", GENERATOR.format("settings", 1))
        write(tmp_path, f"s/{environment}/kustomization.yaml", f"resources: [../base]\nnamespace: {environment}\n")
        groups.append([f"s/{environment}"])
    alone = singly(tmp_path, [d for group in groups for d in group])
    started = _counted(tmp_path, monkeypatch)
    assert render_overlays(tmp_path, groups) == alone
    assert started() == 1
    # One namespace for both: two objects of one name, which no process could hold.
    write(tmp_path, "s/staging/kustomization.yaml", "resources: [../base]\nnamespace: dev\nnamePrefix: x-\n")
    assert render_overlays(tmp_path, groups) == singly(tmp_path, ["s/dev", "s/staging"])
    assert started() == 1 + 2 + 2


def test_a_broken_overlay_harms_no_other(tmp_path: Path) -> None:
    directories = [overlay(tmp_path, f"s{n}", "", f"namespace: n{n}\n") for n in range(12)]
    write(tmp_path, "s5/base/d.yaml", "apiVersion: v1\nkind: [\n")
    write(tmp_path, "s7/env/kustomization.yaml", "resources: [../missing]\n")
    made = render_overlays(tmp_path, [directories])
    assert made == singly(tmp_path, directories)
    assert [d for d in directories if not isinstance(made[d], Rendered)] == ["s5/env", "s7/env"]


def test_an_overlay_of_another_with_the_same_objects_is_told_apart(tmp_path: Path) -> None:
    for name in ("a", "b", "c", "d"):
        overlay(tmp_path, "s", "", "")
        write(tmp_path, f"s/{name}/kustomization.yaml", f"resources: [../base]\nnamespace: {name}\n")
    directories = [f"s/{name}" for name in ("a", "b", "c", "d")]
    assert render_overlays(tmp_path, [directories]) == singly(tmp_path, directories)


def test_a_name_that_may_be_anothers_is_a_doubt() -> None:
    def config(name: str, namespace: str) -> dict[str, object]:
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}}

    def user(of: str, namespace: str) -> dict[str, object]:
        return {**config("user", namespace), "data": {"of": of}}

    assert doubtful([[config("x-h2k", "one")], [user("x-h2k", "one")]]) == {1}
    assert doubtful([[config("x-h2k", "one")], [user("x-h2k", "two")]]) == set()
    assert doubtful([[config("x-h2k", "")], [user("x-h2k", "two")]]) == {1}
    assert doubtful([[config("x", "one")], [user("x", "one"), config("x", "")]]) == set()
    subject = {**config("binding", "two"), "subjects": [{"name": "web", "namespace": "one"}]}
    assert doubtful([[{**config("web", "one"), "kind": "ServiceAccount"}], [subject]]) == {1}
