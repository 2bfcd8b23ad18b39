"""Helm, versions 3 and 4: what a chart becomes, what is refused and where, and that nobody's settings matter."""

from pathlib import Path

import pytest
from chart_trees import CHART, TEMPLATE, chart, config_map, packed, write

from vivido.errors import ToolError
from vivido.model.objects import Rendered, identity
from vivido.model.problem import Problem
from vivido.render.helm import KUBE_VERSION, Helm
from vivido.render.images import images
from vivido.render.interface import HelmRelease

both = pytest.mark.parametrize("program", [pytest.param(p, marks=pytest.mark.real(p)) for p in ("helm", "helm3")])


def made(root: Path, program: str, *values: str, timeout: float = 60, **told: str) -> Rendered:
    found = Helm(HelmRelease("shop", values, **told), program=program, timeout=timeout).render(root, "deploy/web")
    assert isinstance(found, Rendered), found
    return found


def refused(root: Path, program: str, *values: str) -> Problem:
    found = Helm(HelmRelease("shop", values), program=program).render(root, "deploy/web")
    assert isinstance(found, tuple), found
    assert all(p.message and p.hint and p.where for p in found)
    return found[0]


@both
def test_values_files_count_in_their_order(program: str, tmp_path: Path) -> None:
    chart(tmp_path, **{"values-staging.yaml": "replicas: 2\nimage: {tag: '1.10'}\n"})
    write(tmp_path, {"common.yaml": "replicas: 5\nimage: {tag: lost}\n"})
    found = made(tmp_path, program, "common.yaml", "deploy/web/values-staging.yaml", namespace="shop-staging")
    assert [identity(o) for o in found.objects] == ["Deployment/shop-staging/shop"]
    assert found.objects[0]["spec"]["replicas"] == 2
    assert [use.image for use in images(found)] == ["web:1.10"]
    assert found.objects[0]["metadata"]["annotations"] == {"kube": f"v{KUBE_VERSION}"}
    assert found.source.startswith(f"helm {program[4:] or '4'}.")


@both
def test_capabilities_are_what_is_declared(program: str, tmp_path: Path) -> None:
    template = '{{ if .Capabilities.APIVersions.Has "x.io/v1/Thing" }}\n' + config_map("has", "it") + "{{ end }}"
    chart(tmp_path, **{"templates/cap.yaml": template})
    release = HelmRelease("shop", kube_version="1.27.3", api_versions=("x.io/v1/Thing",))
    found = Helm(release, program=program).render(tmp_path, "deploy/web")
    assert isinstance(found, Rendered)
    assert {identity(o) for o in found.objects} == {"ConfigMap/has", "Deployment/default/shop"}
    assert found.objects[0]["metadata"]["annotations"] == {"kube": "v1.27.3"}


@both
def test_nobodys_settings_matter(program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chart(tmp_path)
    before = made(tmp_path, program)
    plugins = tmp_path / "plugins" / "evil"
    write(plugins, {"plugin.yaml": "name: evil\nversion: 1.0.0\nusage: x\ndescription: x\ncommand: touch ran\n"})
    for name, value in {
        "HELM_PLUGINS": str(plugins.parent),
        "HELM_NAMESPACE": "elsewhere",
        "HELM_KUBEAPISERVER": "http://127.0.0.1:1",
        "HELM_DEBUG": "true",
        "HELM_KUBECONTEXT": "production",
        "KUBECONFIG": str(tmp_path / "none"),
    }.items():
        monkeypatch.setenv(name, value)
    assert made(tmp_path, program) == before


@both
def test_vendored_and_local_charts_are_part_of_it(program: str, tmp_path: Path) -> None:
    dependencies = (
        CHART + "dependencies:\n"
        "- {name: inside, version: 1.0.0, repository: https://charts.example.com}\n"
        "- {name: packed, version: 2.0.0, repository: oci://registry.example.com/charts, alias: box}\n"
        "- {name: beside, version: 3.0.0, repository: file://../../library/beside}\n"
    )
    below = {
        name: {
            "Chart.yaml": f"apiVersion: v2\nname: {name}\nversion: {version}\n",
            "values.yaml": "value: default\n",
            "templates/c.yaml": config_map(name, "{{ .Values.value }}"),
        }
        for name, version in (("inside", "1.0.0"), ("packed", "2.0.0"), ("beside", "3.0.0"))
    }
    lock = "dependencies:\n- {name: inside, version: 1.0.0}\n- {name: packed, version: 2.0.0}\n"
    chart(tmp_path, **{"Chart.yaml": dependencies, "Chart.lock": lock})
    write(tmp_path / "deploy/web/charts/inside", {**below["inside"]})
    write(tmp_path, {"deploy/web/charts/packed-2.0.0.tgz": packed("packed", below["packed"])})
    write(tmp_path / "library/beside", {**below["beside"]})
    write(tmp_path, {"v.yaml": "box: {value: mine}\nbeside: {value: ours}\n"})
    found = made(tmp_path, program, "v.yaml")
    said = {o["metadata"]["name"]: o["data"]["value"] for o in found.objects if o["kind"] == "ConfigMap"}
    assert said == {"inside": "default", "packed": "mine", "beside": "ours"}


@both
def test_a_chart_that_would_be_fetched_is_refused_with_its_place(program: str, tmp_path: Path) -> None:
    lines = "dependencies:\n- name: redis\n  version: 1.0.0\n  repository: https://charts.example.com\n"
    chart(tmp_path, **{"Chart.yaml": CHART + lines})
    found = refused(tmp_path, program)
    assert (found.code, found.where) == ("render.remote", "deploy/web/Chart.yaml:6:3")


@both
def test_a_vendored_chart_that_is_not_the_locked_one_is_refused(program: str, tmp_path: Path) -> None:
    chart(
        tmp_path,
        **{
            "Chart.yaml": CHART
            + "dependencies:\n- {name: redis, version: ~1, repository: 'https://charts.example.com'}\n",
            "Chart.lock": "dependencies:\n- name: redis\n  version: 1.2.0\n",
            "charts/redis/Chart.yaml": "apiVersion: v2\nname: redis\nversion: 1.3.0\n",
        },
    )
    found = refused(tmp_path, program)
    assert (found.code, found.where) == ("render.chart-lock", "deploy/web/Chart.lock:2:3")
    assert "1.2.0" in found.message and "1.3.0" in found.message


@both
@pytest.mark.parametrize(
    ("template", "where"),
    [
        ("a: 1\nb: {{ .Values.image.none.deeper }}\n", "deploy/web/templates/bad.yaml:2:14"),
        ('a: 1\n\nb: {{ fail "not here" }}\n', "deploy/web/templates/bad.yaml:3:7"),
        ('ä: {{ fail "not here" }}\n', "deploy/web/templates/bad.yaml:1:7"),
        ("a: {{ if }}\n", "deploy/web/templates/bad.yaml:1:4"),
        ("a: [1\nb: 2\n", "deploy/web/templates/bad.yaml:2:2"),
        (
            "{{- if true }}\na: 1\n{{- end }}\n---\n{{- range list 1 2 }}\nb: {{ . }}\n---\n{{- end }}\nc: d: {{ 1 }}\n",
            "deploy/web/templates/bad.yaml:9:5",
        ),
        ('a:\n  {{- "x: [1\\ny: 2" | nindent 2 }}\n', "deploy/web/templates/bad.yaml:2:3"),
        ("kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\nx: 1\nx: 2\n", "deploy/web/templates/bad.yaml:5:1"),
        ("kind: ConfigMap\n", "deploy/web/templates/bad.yaml:1:1"),
        ('{{ define "x" }}{{ include "x" . }}{{ end }}{{ include "x" . }}', "deploy/web/templates/bad.yaml:1:20"),
    ],
)
def test_a_template_that_fails_is_refused_with_its_place(
    program: str, template: str, where: str, tmp_path: Path
) -> None:
    chart(tmp_path, **{"templates/bad.yaml": template})
    found = refused(tmp_path, program)
    assert found.where == where, found.message


@both
def test_a_template_that_includes_itself_is_named_and_not_told_a_thousand_times(program: str, tmp_path: Path) -> None:
    looping = '{{ define "x" }}{{ include "x" . }}{{ end }}\n{{ include "x" . }}'
    chart(tmp_path, **{"templates/bad.yaml": looping})
    found = refused(tmp_path, program)
    assert found.message == "helm refused deploy/web: the template “x” includes itself without end"
    assert found.where.startswith("deploy/web/templates/bad.yaml:1:")


@both
def test_a_template_that_needs_too_much_ends(program: str, tmp_path: Path) -> None:
    chart(tmp_path, **{"templates/big.yaml": "{{ range until 900000000 }}x{{ end }}\n"})
    found = refused(tmp_path, program)
    assert "memory" in found.message
    chart(tmp_path, **{"templates/big.yaml": "{{ range until 3000000 }}# 12345678\n{{ end }}\n"})
    assert refused(tmp_path, program).code in ("render.helm", "yaml.too-big")


@both
def test_a_template_that_does_not_end_is_given_up(program: str, tmp_path: Path) -> None:
    loop = "{{ range until 30000 }}{{ range until 30000 }}{{ end }}{{ end }}\n"
    chart(tmp_path, **{"templates/loop.yaml": loop})
    with pytest.raises(ToolError, match="did not render deploy/web within"):
        made(tmp_path, program, timeout=0.5)


@both
@pytest.mark.parametrize(
    ("expression", "function"),
    [
        ("{{ randAlphaNum 12 }}", "randAlphaNum"),
        ("{{ randInt 0 2 }}", "randInt"),
        ('{{ now | date "2006-01-02" }}', "now"),
        ("{{ now.Year }}", "now"),
        ("{{ uuidv4 | quote }}", "uuidv4"),
        ('{{ (lookup "v1" "Secret" "shop" "db") | len }}', "lookup"),
        ('{{ (genCA "x" 1).Cert | b64enc }}', "genCA"),
        ("{{ tpl .Values.text . }}", "now"),
    ],
)
def test_a_chart_that_is_not_steady_is_refused_with_the_place(
    program: str, expression: str, function: str, tmp_path: Path
) -> None:
    chart(tmp_path, **{"templates/c.yaml": config_map("c", expression)})
    write(tmp_path, {"v.yaml": "text: '{{ now | unixEpoch | quote }}'\n"})
    found = refused(tmp_path, program, "v.yaml")
    assert found.code == "render.unsteady"
    assert f"{function} in " in found.message
    assert "ConfigMap/c" in found.message
    assert found.where.startswith(("deploy/web/templates/c.yaml:4:", "v.yaml:1:"))


@both
def test_an_unsteady_archive_is_found_too(program: str, tmp_path: Path) -> None:
    inside = {
        "Chart.yaml": "apiVersion: v2\nname: box\nversion: 1.0.0\n",
        "templates/c.yaml": config_map("c", "{{ randNumeric 9 | quote }}"),
    }
    chart(tmp_path, **{"charts/box-1.0.0.tgz": packed("box", inside)})
    found = refused(tmp_path, program)
    assert found.where == "deploy/web/charts/box-1.0.0.tgz/box/templates/c.yaml:4:18"


@both
def test_a_helper_that_nobody_calls_does_no_harm(program: str, tmp_path: Path) -> None:
    helper = '{{ define "password" }}{{ randAlphaNum 9 }}{{ lookup "v1" "Secret" "a" "b" }}{{ end }}'
    chart(tmp_path, **{"templates/_helpers.tpl": helper, "templates/c.yaml": config_map("now", "'{{ \"now\" }}'")})
    assert len(made(tmp_path, program).objects) == 2


@both
def test_secret_values_are_not_in_messages(program: str, tmp_path: Path) -> None:
    chart(tmp_path, **{"templates/bad.yaml": '{{ fail (printf "no %s" .Values.db.password) }}'})
    write(tmp_path, {"v.yaml": "db: {password: correct-horse}\n"})
    found = refused(tmp_path, program, "v.yaml")
    assert "correct-horse" not in found.message
    assert "no " in found.message


@both
def test_a_link_out_of_the_chart_is_refused(program: str, tmp_path: Path) -> None:
    chart(tmp_path)
    write(tmp_path, {"secret.yaml": config_map("x", "y")})
    (tmp_path / "deploy/web/templates/link.yaml").symlink_to("../../../secret.yaml")
    found = refused(tmp_path, program)
    assert (found.code, found.where) == ("render.outside", "deploy/web/templates/link.yaml")


@both
@pytest.mark.parametrize(
    ("values", "code"),
    [("a: [1\n", "yaml.invalid"), ("- a\n", "render.values"), (b"\xff\xfe", "yaml.encoding")],
)
def test_broken_values_are_refused(program: str, values: str | bytes, code: str, tmp_path: Path) -> None:
    chart(tmp_path)
    write(tmp_path, {"v.yaml": values})
    assert refused(tmp_path, program, "v.yaml").code == code


@both
def test_missing_values_are_refused(program: str, tmp_path: Path) -> None:
    chart(tmp_path)
    assert refused(tmp_path, program, "none.yaml").where == "none.yaml"


@pytest.mark.real("helm", "helm3")
def test_both_helms_make_the_same(tmp_path: Path) -> None:
    chart(tmp_path, **{"templates/more.yaml": TEMPLATE.replace("{{ .Release.Name }}", "other")})
    assert made(tmp_path, "helm").objects == made(tmp_path, "helm3").objects
