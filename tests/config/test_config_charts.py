"""Helm charts in the file: what is said about them, and what is refused with its place."""

import msgspec
import pytest
from config_examples import KINDS, SHOP

from vivido.config.check import check
from vivido.config.diagnostic import Diagnostic
from vivido.config.show import render_yaml
from vivido.model.project import Chart, ImageValues, Project

CHART = """\
project: shop
registry: registry.example.com/shop
services:
  web:
    build: ./web
    config:
      helm: ./charts/service
      values: [deploy/web.yaml, "deploy/web-{environment}.yaml"]
      image: {repository: main.image, digest: main.digest}
      release: web
      namespace: shop-{environment}
      kube-version: "1.33"
      api-versions: [monitoring.coreos.com/v1]
environments:
  dev: {target: none}
  production: {target: none, after: dev}
"""


def read(text: str) -> Project:
    project, found = check(text, "/repository/vivido.yaml", KINDS)
    assert project is not None, "\n".join(map(str, found))
    return project


def told(old: str, new: str) -> Diagnostic:
    assert CHART.count(old) == 1
    project, found = check(CHART.replace(old, new), "vivido.yaml", KINDS)
    assert project is None
    assert len(found) == 1, "\n".join(map(str, found))
    assert found[0].hint
    return found[0]


def test_everything_that_is_said_arrives() -> None:
    (web,) = read(CHART).services
    assert web.config == "charts/service"
    assert web.chart == Chart(
        values=("deploy/web.yaml", "deploy/web-{environment}.yaml"),
        image=ImageValues(repository="main.image", digest="main.digest"),
        release="web",
        namespace="shop-{environment}",
        kube_version="1.33",
        api_versions=("monitoring.coreos.com/v1",),
    )
    assert read(SHOP).services[0].chart is None


def test_shown_and_read_again_it_is_the_same() -> None:
    project = read(CHART)
    assert read(render_yaml(project)) == project
    short = read(CHART.replace("{repository: main.image, digest: main.digest}", "main.image"))
    assert short.services[0].chart is not None
    assert short.services[0].chart.image == ImageValues(reference="main.image")
    assert msgspec.structs.replace(read(render_yaml(short)), file="") == msgspec.structs.replace(short, file="")


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("{repository: main.image, digest: main.digest}", "{repository: main.image}", "config.missing", 9),
        ("digest: main.digest}", "reference: main.all}", "config.contradiction", 9),
        ("digest: main.digest}", "tag: t, digests: d}", "config.unknown-key", 9),
        ("digest: main.digest}", "digest: 'main..digest'}", "config.value", 9),
        ('"deploy/web-{environment}.yaml"', "deploy/own.yaml", "config.contradiction", 8),
        ('"deploy/web-{environment}.yaml"', '"../{environment}.yaml"', "config.path", 8),
        ('kube-version: "1.33"', "kube-version: latest", "config.value", 12),
        ("release: web", "release: Web", "config.value", 10),
    ],
)
def test_a_mistake_is_told_with_its_line(old: str, new: str, code: str, line: int) -> None:
    found = told(old, new)
    assert (found.code, found.line) == (code, line), str(found)
