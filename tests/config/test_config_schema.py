"""The schema is good for editors, and the checker and an independent validator agree about every document."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import jsonschema_rs
import msgspec
import pytest
from config_examples import FUZZ, KINDS, Http, Options
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import Meta
from test_config_fuzz import WHOLE, json_value, mutated

from vivido.config.describe import field_docs
from vivido.config.diagnostic import Diagnostic, Report
from vivido.config.kinds import Kind, Kinds
from vivido.config.read import read
from vivido.config.schema import schema, shape_schema
from vivido.config.shape.project import ProjectShape
from vivido.config.walk import walk
from vivido.errors import InputError
from vivido.process import run

SCHEMA = schema(KINDS)
VALIDATOR = jsonschema_rs.Draft7Validator(SCHEMA)


def walked(document: Any, against: dict[str, Any] = SCHEMA) -> list[Diagnostic] | None:
    node, found = read(json.dumps(document), "f")
    if node is None or found:
        return None
    report = Report("f")
    walk(node, against, report)
    return list(report.diagnostics())


def agree(document: Any) -> None:
    found = walked(document)
    if found is not None:
        assert VALIDATOR.is_valid(document) == (not found), (document, [str(d) for d in found])


@FUZZ
@given(mutated())
@example(WHOLE)
def test_checker_and_validator_agree_about_files_with_a_change(document: Any) -> None:
    agree(document)


@FUZZ
@given(json_value)
def test_checker_and_validator_agree_about_any_document(document: Any) -> None:
    agree(document)


@FUZZ
@given(
    st.sampled_from(["project", "channel", "state", "registry"]),
    st.text(max_size=50) | st.from_regex(r"[a-z0-9-]{1,45}\n?"),
)
def test_checker_and_validator_agree_about_patterns(key: str, text: str) -> None:
    agree({**WHOLE, key: text})


def test_without_descriptions_it_says_the_same() -> None:
    def bare(part: Any) -> Any:
        if isinstance(part, dict):
            return {k: bare(v) for k, v in part.items() if k != "description" or not isinstance(v, str)}
        return [bare(v) for v in part] if isinstance(part, list) else part

    assert bare(SCHEMA) == bare(shape_schema(KINDS))


def test_every_key_of_the_file_is_described() -> None:
    for name, definition in SCHEMA["$defs"].items():
        for key, field in definition.get("properties", {}).items():
            if name.endswith("Shape"):
                assert field.get("description"), f"{name}.{key}"
    assert SCHEMA["$defs"]["gate"]["anyOf"][1]["properties"]["run"]["description"] == "A command that has to succeed."
    assert SCHEMA["$defs"]["Run"]["properties"]["command"]["description"] == "The command."
    assert SCHEMA["$defs"]["EnvironmentShape"]["properties"]["queue"]["default"] == "latest"


def test_the_schema_itself_is_valid() -> None:
    jsonschema_rs.meta.validate(SCHEMA)


def test_a_shorthand_that_is_not_enough_is_refused() -> None:
    for shorthand in ("method", "within"):
        with pytest.raises(InputError) as caught:
            schema(Kinds({"http": Kind(Http, shorthand)}, {}))
        assert caught.value.code == "config.kind"


DEADLY = """
from typing import Annotated
from config_examples import Options
from msgspec import Meta
from vivido.config.kinds import Kind, Kinds
from vivido.config.schema import schema
from vivido.errors import InputError

class Deadly(Options, frozen=True):
    names: Annotated[str, Meta(pattern="^a")] | list[str] = ""

try:
    schema(Kinds({"deadly": Kind(Deadly)}, {}))
except InputError as e:
    print(e.code, e.hint, flush=True)
"""


def test_a_union_that_would_end_the_process_is_refused() -> None:
    # In a process of its own: that it was looked at is enough to let it die at its end, now and then.
    told = run([sys.executable, "-c", DEADLY], cwd=Path(__file__).parent).text
    assert told == "config.kind Give the pattern by vivido.config.values.words.\n"


def test_checking_leaves_the_process_whole() -> None:
    # A fault of msgspec's that `values.words` avoids showed itself only when the interpreter ended, one time in three.
    code = "from config_examples import KINDS, SHOP; from vivido.config.check import check; check(SHOP, 'f', KINDS)"
    ends = [run([sys.executable, "-c", code], cwd=Path(__file__).parent).returncode for _ in range(8)]
    assert ends == [0] * 8


def test_what_has_no_source_has_no_descriptions() -> None:
    made = msgspec.defstruct("Made", [("a", int)])
    assert field_docs(made) == {}
    assert field_docs(ProjectShape)["registry"].startswith("Where images are pushed")


class Ball(Options, frozen=True, tag="ball"):
    size: int


class Box(Options, frozen=True, tag="box"):
    sides: tuple[int, int]


class Odd(Options, frozen=True):
    thing: Ball | Box | None = None
    short: Annotated[str, Meta(min_length=2, max_length=3)] = "ab"
    open_: Annotated[float, Meta(gt=0, lt=1)] = 0.5
    few: Annotated[list[int], Meta(max_length=2)] = []  # noqa: RUF012 - msgspec copies it
    word: Literal["a", "b"] | int = 1
    flag: Literal["on", "off"] = "on"
    again: "Odd | None" = None


ODD = schema(Kinds({"odd": Kind(Odd)}, {"odd": Kind(Odd)}))["$defs"]
ODD_VALIDATOR = jsonschema_rs.Draft202012Validator({"$ref": "#/$defs/Odd", "$defs": ODD})


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"thing": {"type": "ball", "size": 1}}, []),
        ({"thing": {"type": "ball", "size": "1"}}, ["thing.size has to be a whole number, not text"]),
        ({"thing": {"type": "bal", "size": 1}}, ["thing.type: “bal” is not known"]),
        ({"thing": {"size": 1}}, ["thing lacks “type”"]),
        ({"thing": {"type": "box", "sides": [1, "x"]}}, ["thing.sides[1] has to be a whole number, not text"]),
        ({"thing": {"type": "box", "sides": [1]}}, ["thing.sides needs 2 or more"]),
        ({"short": "a"}, ["short: “a” does not fit"]),
        ({"short": "abcd"}, ["short: “abcd” does not fit"]),
        ({"open": 0}, ["open is 0; it has to be more than 0"]),
        ({"open": 1}, ["open is 1; it has to be less than 1"]),
        ({"few": [1, 2, 3]}, ["few takes at most 2"]),
        ({"few": [1.0, 2]}, []),
        ({"word": 7}, []),
        ({"word": "c"}, ["word: “c” is not known"]),
        ({"word": True}, ["word has to be text or a whole number, not a switch (true or false)"]),
        ({"again": {"again": {"x": 1}}}, ["“x” is no key of again.again"]),
        ({"again": []}, ["again has to be keys with values or nothing, not a list"]),
    ],
)
def test_all_that_option_structs_make_of_json_schema(options: dict[str, Any], said: list[str]) -> None:
    found = walked(options, {"$ref": "#/$defs/Odd", "$defs": ODD})
    assert found is not None
    assert [d.message for d in found] == said
    assert ODD_VALIDATOR.is_valid(options) == (not said)
