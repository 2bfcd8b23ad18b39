"""The effective configuration, read again, is the same project."""

import json

import msgspec
import yaml
from config_examples import FUZZ, KINDS, SHOP
from hypothesis import given
from hypothesis import strategies as st

from vivido.config.check import check
from vivido.config.schema import schema
from vivido.config.show import render_yaml, show
from vivido.model.project import Environment, GateSpec, Project


def read(text: str) -> Project:
    project, found = check(text, "/repository/vivido.yaml", KINDS)
    assert project is not None, text + "\n".join(map(str, found))
    return project


def without_lines(project: Project) -> Project:
    def bare(gate: GateSpec) -> GateSpec:
        return msgspec.structs.replace(gate, line=0)

    def all_bare(e: Environment) -> Environment:
        return msgspec.structs.replace(e, gates=tuple(map(bare, e.gates)))

    return msgspec.structs.replace(project, environments=tuple(map(all_bare, project.environments)))


def test_it_means_the_same() -> None:
    shop = read(SHOP)
    assert without_lines(read(render_yaml(shop))) == without_lines(shop)


def test_where_rendered_objects_go_means_the_same() -> None:
    text = SHOP.replace("queue: fifo", "change: branch\n    hydrate: rendered/staging")
    shop = read(text.replace("    target: none", "    target: none\n    hydrate: {branch: rendered/production}"))
    assert without_lines(read(render_yaml(shop))) == without_lines(shop)


def test_defaults_are_in_it() -> None:
    shown = show(read(SHOP))
    assert shown["channel"] == "edge"
    assert list(shown["environments"]) == ["dev", "staging", "production"]
    assert shown["environments"]["staging"]["gates"][1] == {
        "run": {"command": "sh smoke.sh", "timeout": "10m", "retries": 0, "junit": []},
        "name": "run",
        "when": "after",
    }
    assert shown["services"]["web"]["build"]["context"] == "web"
    assert json.loads(json.dumps(shown)) == shown


def test_less_common_parts_are_in_it_too() -> None:
    text = (
        SHOP.replace(
            "build: ./web/", "build: {context: web, file: web/F, command: make, args: {A: 0o17}, platforms: [a/b]}"
        )
        .replace(
            "project: shop", "project: shop\nstate: sqlite:///x\ncommits: {sign: true}\nconfiguration: {branch: b}"
        )
        .replace("registries: {", "registries: {ca: ca.pem, ")
    )
    project = read(text)
    assert project.configuration.branch == "b" and project.registries.ca == "ca.pem"
    assert without_lines(read(render_yaml(project))) == without_lines(project)


@FUZZ
@given(st.text(st.sampled_from("ab01.:-+_~xoeEfnNyYtTrR<*&!%@ \n'\"#{}[]|>,"), min_size=1, max_size=15))
def test_any_command_survives(command: str) -> None:
    if not command.strip():
        return
    text = SHOP.replace("sh smoke.sh", json.dumps(command))
    again = read(render_yaml(read(text)))
    assert again.environments[1].gates[1].options["command"] == command
    # Readers of YAML 1.1 see the same text.
    old = yaml.safe_load(render_yaml(read(text)))
    assert old["environments"]["staging"]["gates"][1]["run"]["command"] == command


def test_it_follows_the_schema_that_editors_use() -> None:
    assert set(show(read(SHOP))) <= set(schema(KINDS)["$defs"]["ProjectShape"]["properties"])
