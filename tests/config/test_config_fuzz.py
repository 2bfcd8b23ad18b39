"""Any bytes give a project or diagnostics, and nothing else ever; no secret of the file stands in what is said."""

import json
from pathlib import Path
from typing import Any

import pytest
from config_examples import FUZZ, KINDS, SHOP
from hypothesis import given
from hypothesis import strategies as st

from vivido.config.check import check
from vivido.config.diagnostic import LIMIT, Diagnostic
from vivido.config.node import plain
from vivido.config.read import read

WHOLE = plain(read(SHOP, "f")[0])  # type: ignore[arg-type]
WORDS = [
    *SHOP.replace(",", " ").replace("{", " { ").replace("}", " } ").split(" "),
    "\n", "\t", "\n  ", "\n    ", "- ", ": ", "&a ", "*a", "!x ", "<<: ", "'", '"', "---\n", "\x00", "[", "]", "|\n", "~", "0644",
    "after: ", "https://a:b@c/", "../", "{environment}", "\u2028", "\ufeff",
]  # fmt: skip

json_value = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(WORDS),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


def judged(source: bytes | str, root: Path | None = None) -> tuple[Diagnostic, ...]:
    project, found = check(source, "vivido.yaml", KINDS, root)
    assert (project is None) == bool(found)
    assert list(found) == sorted(found, key=lambda d: (d.line, d.column))
    assert len(set(found)) == len(found) <= LIMIT
    assert all(d.line >= 1 and d.column >= 1 and d.message and d.code for d in found)
    return found


@FUZZ
@given(st.binary(max_size=400))
def test_any_bytes(source: bytes) -> None:
    judged(source)


@FUZZ
@given(st.lists(st.sampled_from(WORDS), max_size=60))
def test_any_words_of_the_file(words: list[str]) -> None:
    judged("".join(words).encode("utf-8", "replace"))


@FUZZ
@given(st.integers(0, len(SHOP)), st.integers(0, 30), st.sampled_from(WORDS))
def test_any_splice_of_a_good_file(at: int, cut: int, word: str) -> None:
    judged(SHOP[:at] + word + SHOP[at + cut :])


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A good file with one part replaced, removed or added, anywhere."""
    whole = json.loads(json.dumps(WHOLE))
    part, steps = whole, draw(st.integers(1, 6))
    for _ in range(steps):
        keys = list(part) if isinstance(part, dict) else list(range(len(part)))
        if not keys:
            break
        key = draw(st.sampled_from(keys))
        below = part[key]
        if not isinstance(below, dict | list) or draw(st.integers(0, 3)) == 0:
            part[key] = draw(json_value)
            break
        part = below
    else:
        if isinstance(part, dict):
            part[draw(st.sampled_from(["gates", "name", "after", "run", "http", "x", "env"]) | st.text(max_size=4))] = (
                draw(json_value)
            )
        else:
            part.append(draw(json_value))
    return whole


@FUZZ
@given(whole=mutated())
def test_any_change_of_a_good_file_also_on_disk(whole: Any, tmp_path: Path) -> None:
    judged(json.dumps(whole), tmp_path)
    judged(json.dumps(whole, ensure_ascii=False).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(
    "source",
    [
        "environments: {" + ", ".join(f"e{n}: {{after: e{n + 1}}}" for n in range(6000)) + "}",
        "environments: {" + ", ".join(f"environment-with-a-long-name-{n}: {{}}" for n in range(6000)) + "}",
        "{" + ", ".join(f"servises{n}: 1" for n in range(9000)) + "}",
        "people: {"
        + ", ".join(f"p{n}: {{keys: [a b]}}" for n in range(3000))
        + "}\ngroups: {g: ["
        + "nobody, " * 3000
        + "x]}",
        "services: {" + ", ".join(f"s{n}: {{build: 'd', config: '{{environment}}'}}" for n in range(2500)) + "}",
        "project: " + "a" * 1_000_000,
        "project: " + "-" * 1_000_000,
        "state: " + "sqlite:///" * 90_000,
        "registry: " + "a:" * 400_000,
        "registry: " + "a." * 400_000 + "!",
        "configuration: {branch: '" + "a/" * 400_000 + "'}",
        "a: [" + "'https://x:" * 9_000 + "]",
        "x: " + "https://a:" * 90_000,
        "x: " + "a" * 500_000 + "://" + "b" * 400_000,
        "people: {p: {email: '" + "@" * 900_000 + "'}}",
        "project: [" + "[" * 30 + "]" * 31,
        "\n" * 1_000_000 + "a:\tb\n\t- c",
        "a: |\n" + "  x\n" * 200_000,
        '"' + "\\x41" * 200_000 + '": 1',
    ],
)
@pytest.mark.parametrize("on_disk", [False, True])
def test_large_and_hostile_files_are_judged_in_bounded_time(source: str, on_disk: bool, tmp_path: Path) -> None:
    # The limit is in the counts below, not in seconds: what is said stays short, whatever the file's size.
    found = judged(source, tmp_path if on_disk else None)
    assert 0 < len(found) <= LIMIT
    assert all(len(str(d)) < 1000 for d in found)
