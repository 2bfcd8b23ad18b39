"""HCL is read with positions, and what cannot be read says where."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terraform_program import needed, outputs
from vivido.errors import InputError
from vivido.render.terraform.edit import replaced, written
from vivido.render.terraform.literals import quoted
from vivido.render.terraform.nodes import Expression, Literal
from vivido.render.terraform.syntax import MAX_BYTES, MAX_DEPTH, read
from vivido.render.terraform.values import Scope, Unknown, is_known

VALUES = {
    "plain": '"a b"',
    "escapes": r'"tab\t quote\" back\\ line\n é \u00e9 \U0001F600"',
    "dollar": '"$5 $ % $${var.x} %%{if}"',
    "empty": '""',
    "integer": "42",
    "negative": "-7",
    "float": "2.50",
    "power": "1e3",
    "small": "1.5e-3",
    "yes": "true",
    "nothing": "null",
    "parentheses": '("x")',
    "list": '[1, "two", true,]',
    "object": '{ a = 1, "b.c" : [2], d = { e = "f" } }',
    "lines": "{\n    a = 1 # one\n    // two\n    b = 2 /* three */\n  }",
    "heredoc": "<<EOT\n  a\n    b $${x}\n  EOT",
    "trimmed": "<<-EOT\n      a\n        b\n\n      c\n    EOT",
}


def values(text: str) -> dict[str, Any]:
    file = read(text.encode(), "a.tf")
    return {name: Scope({}, {}).evaluate(one.value, file) for name, one in file.body.attributes.items()}


def refused(data: bytes) -> InputError:
    with pytest.raises(InputError) as caught:
        read(data, "a.tf")
    return caught.value


@needed
def test_values_mean_what_terraform_says(tmp_path: Path) -> None:
    lines = [f'output "{name}" {{\n  value = {text}\n}}\n' for name, text in VALUES.items() if name != "nothing"]
    (tmp_path / "main.tf").write_text("".join(lines))
    mine = values("".join(f"{name} = {text}\n" for name, text in VALUES.items()))
    assert mine.pop("nothing") is None
    assert mine == outputs(tmp_path)


def test_every_part_knows_its_place() -> None:
    file = read('\ufeffa = 1\r\nb "x" y {\r\n  c = "ü${var.d.e[0]}"\r\n}\r\n'.encode(), "a.tf")
    block = file.body.blocks[0]
    one = block.body.attributes["c"]
    assert (block.type, block.labels, block.position) == ("b", ("x", "y"), "2:1")
    assert (one.where, file.source(one.value)) == ("a.tf:3:7", '"ü${var.d.e[0]}"')
    assert file.bom == "\ufeff"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("upper(var.x)", "is the function upper"),
        ("data.a.b.c", "is data.a.b.c, which is known when Terraform runs"),
        ("var.x", "is var.x, which no file gives a value"),
        ("true ? 1 : 2", "is a condition"),
        ("1 + 2 + 3", "is an operation"),
        ("[for a in [1]: a]", "is a for expression"),
        ("[1][*].a", "is a splat"),
        ('"%{ if true }a%{ endif }"', "is a template with directives"),
        ("<<A\n${var.x}\nA\n", "is a template"),
        ('"a-${upper("b")}"', "is the function upper"),
        ("provider::a::b(1)", "is the function provider"),
    ],
)
def test_what_only_terraform_works_out_is_unknown_and_says_why(text: str, why: str) -> None:
    found = values(f"a = {text}\n")["a"]
    assert isinstance(found, Unknown)
    assert found.why == why
    assert found.where.startswith("a.tf:1:")


def test_a_sum_of_a_thousand_parts_is_no_deep_nesting() -> None:
    assert isinstance(values(f"a = {' + '.join(['1'] * 1000)}\n")["a"], Unknown)


@pytest.mark.parametrize(
    ("data", "code", "where", "says"),
    [
        (b"a = 1\nb = <<EOT\nx\n", "terraform.syntax", "a.tf:2:5", "the heredoc <<EOT does not end"),
        (b'a = "x\n', "terraform.syntax", "a.tf:1:", "the text ends before this is closed"),
        (b'a = "x\ny"\n', "terraform.syntax", "a.tf:1:6", "quoted text ends on its line"),
        (b"a = {\n", "terraform.syntax", "a.tf:2:1", "the text ends before this is closed"),
        (b"a = 1\nb = ]\n", "terraform.syntax", "a.tf:2:5", "this is no HCL"),
        (b"a = \x00\n", "terraform.syntax", "a.tf:1:5", "this is no HCL"),
        (b"\x89PNG\r\n\x1a\n\x00", "terraform.encoding", "a.tf:1:1", "is no UTF-8"),
        (b"a = 1\nb = \xff\n", "terraform.encoding", "a.tf:2:5", "is no UTF-8"),
        (b'a = "\\q"\n', "terraform.syntax", "a.tf:1:6", "gives no meaning"),
        (b'a = "\\ud800"\n', "terraform.syntax", "a.tf:1:6", "gives no meaning"),
        (b"a = " + b"1" * 5000, "terraform.syntax", "a.tf:1:5", "as large as this"),
        (b"a = 1e999\n", "terraform.syntax", "a.tf:1:5", "as large as this"),
        (b"a = b." + b"1" * 5000, "terraform.syntax", "a.tf:1:", "as large as this"),
        (b"a = 1\na = 2\n", "terraform.duplicate", "a.tf:2:5", "a is set twice"),
        (b'b "${x}" {}\n', "terraform.syntax", "a.tf:1:3", "a label cannot be computed"),
        (b"a = " + b"[" * 3000 + b"]" * 3000, "terraform.too-deep", "a.tf:1:", f"more than {MAX_DEPTH} levels"),
        (b"a {" * 100 + b"}" * 100, "terraform.too-deep", "a.tf:1:", f"more than {MAX_DEPTH} levels"),
        (b"a" * (MAX_BYTES + 1), "terraform.too-big", "a.tf", "are not read"),
    ],
)
def test_bad_input_says_where(data: bytes, code: str, where: str, says: str) -> None:
    error = refused(data)
    assert error.code == code
    assert error.where.startswith(where)
    assert says in error.message
    assert error.hint


def test_a_hundred_megabytes_are_refused_unread() -> None:
    assert refused(b"#" * 100_000_000).code == "terraform.too-big"


def test_an_error_does_not_quote_what_may_be_a_secret() -> None:
    error = refused(b'password = "hunter2" "x"\n')
    assert "hunter2" not in f"{error.message} {error.hint}"


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
names = st.from_regex(r"[a-z][a-z0-9_]{0,6}", fullmatch=True)
data = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=12,
)
blanks = st.sampled_from(["", " ", "\t", "  "])
endings = st.sampled_from(["\n", "\r\n", "\n\n", " # comment\n", ' // "${\n', " /* a\n b */\n"])


@given(texts)
def test_quoted_text_means_itself(text: str) -> None:
    assert values(f"a = {quoted(text)}\n") == {"a": text}


@given(data)
def test_what_is_written_is_read_again(value: Any) -> None:
    found = values(f"a = {written(value)}\n")["a"]
    assert is_known(found)
    assert json.dumps(found, sort_keys=True) == json.dumps(value, sort_keys=True)


@pytest.mark.parametrize(("written", "meant"), [("$${", "${"), ("%%{", "%{"), ("$${x", "${x"), ("$${x}", "${x}")])
def test_an_escape_ends_with_its_brace(written: str, meant: str) -> None:
    assert values(f'a = "{written}"\nb = ["{written}", "}}"]\n') == {"a": meant, "b": [meant, "}"]}


def literals(expression: Expression) -> list[Literal]:
    from vivido.render.terraform.nodes import inside

    if isinstance(expression, Literal):
        return [expression]
    return [one for part in inside(expression) for one in literals(part)]


@given(st.dictionaries(names, st.tuples(data, blanks, endings), min_size=1, max_size=5), texts, st.data())
def test_a_splice_changes_one_value_and_no_other_byte(whole: dict[str, Any], new: str, chosen: st.DataObject) -> None:
    text = "".join(f"{blank}{name}{blank}={blank}{written(value)}{end}" for name, (value, blank, end) in whole.items())
    file = read(text.encode(), "a.tfvars")
    texts_of = [one for a in file.body.attributes.values() for one in literals(a.value) if isinstance(one.value, str)]
    if not texts_of:
        return
    one = chosen.draw(st.sampled_from(texts_of))
    made = replaced(file, [(one, new)]).decode()
    assert made == text[: one.start] + quoted(new) + text[one.end :]


@given(st.dictionaries(names, st.tuples(data, blanks, endings), max_size=4), data, st.booleans())
def test_an_added_value_stands_at_the_end_and_changes_no_byte(whole: dict[str, Any], new: Any, last: bool) -> None:
    text = "".join(f"{blank}{name}{blank}={blank}{written(value)}{end}" for name, (value, blank, end) in whole.items())
    text = text if last else text.rstrip("\r\n")
    made = replaced(read(text.encode(), "a.tfvars"), [], {"zz_new": new}).decode()
    assert made.startswith(text)
    assert json.dumps(values(made)["zz_new"]) == json.dumps(new)
