"""What stands inside a ConfigMap's key."""

from typing import Any

import pytest
from drift_objects import between, thing, told
from hypothesis import given
from hypothesis import strategies as st

from vivido.drift.opened import opened


def settings(key: str, text: Any) -> Any:
    return thing(data={key: text})


CASES: dict[str, tuple[str, str, str, list[str]]] = {
    "properties": (
        "app.properties",
        "db.pool=10\ndb.url: a\n",
        "db.pool = 20\ndb.url=a",
        ["changed @app.properties/db.pool"],
    ),
    "properties, continued and escaped": (
        "app.properties",
        "a\\ b = 1\\\n   2\nc=\\u00e4\n! note\n",
        "a\\ b=12\nc=ä\nd=\n",
        ["only-right @app.properties/d"],
    ),
    "json": ("a.json", '{"a": {"b": [1, 2]}}', '{"a": {"b": [1, 3]}}', ["changed @a.json/a/b/1"]),
    "json without an ending": ("settings", '{"a": 1}', '{"a": true}', ["changed @settings/a"]),
    "yaml": (
        "a.yaml",
        "a: 1\nlist:\n- name: x\n  v: 1\n",
        "a: 1\nlist: [{name: x, v: 2}]",
        ["changed @a.yaml/list/x/v"],
    ),
    "yaml that its readers disagree on": ("a.yml", "a: yes\nb: 1", "a: true\nb: 1", ["changed @a.yml/a"]),
    "a text and a number": ("a.yml", 'a: "1"\nb: 1', "a: 1\nb: 1", ["changed @a.yml/a"]),
    "ini": (
        "php.ini",
        "top = 1\n; note\n[a.b]\nx = 1\ny: two # three\n",
        "top=1\n[a.b]\nx=2\ny=two # three",
        ["changed @php.ini/a.b/x"],
    ),
    ".env": (".env", "# note\nexport A=1\nB=x=y\n", "A=2\nB=x=y\n", ["changed @.env/A"]),
    ".env without an ending": (
        "variables",
        "A=1\nB=2\n",
        "A=1\nC=2\n",
        ["only-left @variables/B", "only-right @variables/C"],
    ),
    "another spelling is told, and told apart": ("a.json", '{"a": 1, "b": 2}', '{"b":2,"a":1}', ["changed @a.json"]),
    "a text is a text": ("nginx.conf", "listen 80;\n", "listen 81;\n", ["changed @nginx.conf"]),
    "a key with a slash": ("a.json", '{"a/b": 1}', '{"a/b": 2}', ["changed @a.json/a~1b"]),
}


@pytest.mark.parametrize("name", CASES)
def test_opened(name: str) -> None:
    key, left, right, wanted = CASES[name]
    found = told(settings(key, left), settings(key, right))
    assert found == [line.replace("@", "ConfigMap/web/data/") for line in wanted]


BROKEN = [
    ("a.json", "{"),
    ("a.json", '{"a": 1, "a": 2}'),
    ("a.json", '{"a": NaN}'),
    ("a.json", '"only a text"'),
    ("a.json", '{"a": "\\ud800"}'),
    ("a.json", "[" * 5000 + "]" * 5000),
    ("a.json", "[" * 60 + "]" * 60),
    ("a.json", '{"a": ' + "9" * 5000 + "}"),
    ("a.yaml", "a: [1"),
    ("a.yaml", "a: &x 1\nb: *x"),
    ("a.yaml", "a: !!python/object:os.system {}"),
    ("a.yaml", "a: 1\na: 2"),
    ("a.yaml", "a: 1\n---\nb: 2"),
    ("a.yaml", "<<: {a: 1}"),
    ("a.yaml", "\x00"),
    ("a.properties", "a=1\na=2"),
    ("a.properties", "a=\\u12"),
    (".env", "A=1\nnot an assignment"),
    ("a.json", '{"a": "' + "x" * 300_000 + '"}'),
]


@pytest.mark.parametrize(("key", "text"), BROKEN)
def test_what_cannot_be_opened_stays_a_text(key: str, text: str) -> None:
    assert opened(key, text, text) is None
    (one,) = between(settings(key, text), settings(key, "other"))
    assert (one.path, one.left, one.right, one.remark) == (("data", key), text, "other", "")


def test_two_forms_are_two_texts() -> None:
    assert told(settings("a", '{"a": 1}'), settings("a", "A=1\nB=2")) == ["changed ConfigMap/web/data/a"]


def test_another_spelling_is_remarked() -> None:
    (one,) = between(settings("a.yaml", "a: 1 # note"), settings("a.yaml", "a: 1"))
    assert one.remark == "spelling"


def test_binary_data_is_not_opened() -> None:
    left, right = (thing(binaryData={"a.json": text}) for text in ("e30=", "W10="))
    assert told(left, right) == ["changed ConfigMap/web/binaryData/a.json"]


KEYS = st.sampled_from(["a.json", "a.yaml", "a.properties", ".env", "a"])
TEXTS = st.text(max_size=60) | st.text(alphabet='ab{}[]:,"=\\#!- \n\t&*', max_size=60)


@given(KEYS, TEXTS, TEXTS)
def test_any_text_is_opened_or_not(key: str, left: str, right: str) -> None:
    assert bool(between(settings(key, left), settings(key, right))) == (left != right)


PLAIN = st.dictionaries(
    st.text(alphabet="ab\\=: #!\t", min_size=1, max_size=5), st.text(alphabet="xy\\=: #", max_size=5)
)


@given(PLAIN)
def test_properties_come_back(data: dict[str, str]) -> None:
    def escaped(text: str) -> str:
        return "".join("\\t" if c == "\t" else f"\\{c}" if c in "\\=: #!" else c for c in text)

    text = "".join(f"{escaped(key)}={escaped(value)}\n" for key, value in data.items())
    assert opened("a.properties", text, text) == (data, data)
