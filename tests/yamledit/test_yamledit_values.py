"""Plain data as Kubernetes reads it."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from vivido.errors import InputError
from vivido.yamledit.resolve import reads_as_text, resolve
from vivido.yamledit.tree import parse
from vivido.yamledit.values import plain_data

_TRAPS = """
yes on NO y n N off True 0644 0o644 12345e6 0891234 12:30:45 2024-01-01 2024-01-01T00:00:00Z 1_000 12345678901234567890
 123456789012345678901234567890 +1 -1 1.0 1.10 0x1f 0xFFFFFFFFFFFFFFFFFF 0b101 -0b11 0b2 1e3 1e999 .5 +.5 -.5e2 ~ null Null
 0 00 08 1. 0. 1.5e-7 1e21 1e20 123456.789 0_7 1__0 -- 0x 0o8 1e -0 -0.0 = v1 1.2.3 _1 +0x1f -0644 +12e3 0.1 1e-7 .e3 ._5
 9223372036854775808 -9223372036854775809 100000000000000000000.5 1_0.5 0b +.inf2 TRUE tRUE 18446744073709551616 1E5
 +9223372036854775808 0777777777777777777777777 0x_1f _ +_1 1_ 0e5 00e5 1:2 190:20:30 .. . + -
"""
TRAPS = _TRAPS.split()


def read(text: str) -> Any:
    return plain_data(parse(text, "f.yaml")[0], "f.yaml")


def same(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, bool) or isinstance(theirs, bool) or not isinstance(ours, int | float):
        return type(ours) is type(theirs) and ours == theirs
    return isinstance(theirs, int | float) and float(ours) == float(theirs)


@pytest.mark.real("kubectl")
def test_scalars_mean_what_kubectl_takes_them_for(tmp_path: Path) -> None:
    scalars = "".join(f"- [{t}]\n" for t in TRAPS if t != "-")
    text = (
        f"apiVersion: example.com/v1\nkind: X\nmetadata: {{name: a}}\nspec:\n{scalars}"
        "keys: {1: a, 1.5: b, yes: c, 0x10: d}\nq: !!str 12\nb: !!binary aGVsbG8=\nf: !!float 3\ni: !!int 0x10\nn: !!null ~\n"
        "t: !!bool yes\nm: {<<: {a: 1, b: 2}, b: 3}\nl: {b: 3, <<: [{a: 1}, {a: 2, c: 4}]}\nx: &x [1, on]\ny: *x\n"
        "e: !  12\nv: {'<<': 1}\n"
    )
    (tmp_path / "f.yaml").write_text(text)
    done = subprocess.run(
        ["kubectl", "label", "--local", "-f", tmp_path / "f.yaml", "a=b", "-o", "json"],
        capture_output=True,
        check=True,
        timeout=60,
    )
    theirs, ours = json.loads(done.stdout), read(text)
    assert len(theirs["spec"]) == len(ours["spec"])
    assert [(o, t) for o, t in zip(ours["spec"], theirs["spec"], strict=True) if not same(o[0], t[0])] == []
    for key in ("keys", "q", "b", "f", "i", "n", "t", "m", "l", "x", "y", "e", "v"):
        assert ours.get(key) == theirs.get(key), key


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: .inf", "yaml.value"),
        ("a: .nan", "yaml.value"),
        ("a: !mine 1", "yaml.tag"),
        ("a: !!int x", "yaml.tag"),
        ("a: !!float .inf", "yaml.tag"),
        ("a: !!binary '%%%'", "yaml.value"),
        ("a: !!binary /w==", "yaml.value"),
        ("{[a]: 1}", "yaml.key"),
        ("~: 1", "yaml.key"),
        ("{<<: 1}", "yaml.merge"),
        ("a: &x [*x]", "yaml.alias-cycle"),
    ],
)
def test_what_kubernetes_cannot_hold_is_refused(text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read(text)
    assert caught.value.code == code
    assert caught.value.where.startswith("f.yaml:1:")


def test_a_page_of_aliases_that_stands_for_billions_is_refused() -> None:
    wide = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 10)
    )
    deep = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 2000))
    for bomb in (wide, deep):
        with pytest.raises(InputError) as caught:
            read(bomb)
        assert caught.value.code == "yaml.alias-bomb"


def test_nothing_is_nothing() -> None:
    assert plain_data(None, "f") is None
    assert resolve("") is None


@pytest.mark.parametrize("text", TRAPS)
def test_text_that_stays_plain_is_text_to_kubernetes(text: str) -> None:
    if reads_as_text(text):
        assert resolve(text) == text
