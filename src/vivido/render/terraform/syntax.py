"""Read HCL with positions. The grammar is python-hcl2's; here its tree becomes `nodes`, and what it lets pass is checked.

Specification: hashicorp/hcl, `hclsyntax/spec.md`.
"""

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from vivido.errors import InputError
from vivido.render.terraform.literals import heredoc, number, unescaped
from vivido.render.terraform.nodes import (
    Attribute,
    Block,
    Body,
    Computed,
    Expression,
    File,
    Items,
    Literal,
    Object,
    Template,
    Traversal,
)

if TYPE_CHECKING:
    from lark import Token, Tree

MAX_BYTES = 1024 * 1024
"""Larger files are refused: reading one takes seconds, and nobody writes as much by hand."""
MAX_DEPTH = 60
"""Blocks, lists and objects inside each other."""
_BOM = "\ufeff"
_ESCAPED = re.compile(r"(\$\$|%%)\{")
_WHY = {
    "function_call": "a function call",
    "conditional": "a condition",
    "binary_op": "an operation",
    "unary_op": "an operation",
    "for_tuple_expr": "a for expression",
    "for_object_expr": "a for expression",
    "attr_splat_expr_term": "a splat",
    "full_splat_expr_term": "a splat",
}


def read(data: bytes, name: str) -> File:
    """Read a file.

    Raises:
        InputError: `terraform.too-big`, `terraform.encoding`, `terraform.syntax`, `terraform.duplicate`, `terraform.too-deep`, with
            `file:line:column`.
    """
    if len(data) > MAX_BYTES:
        what = f"{name} has {len(data)} bytes; more than {MAX_BYTES} are not read"
        raise InputError(what, code="terraform.too-big", where=name, hint="Split it into several files.")
    return _read(data, name)


@lru_cache(512)
def _read(data: bytes, name: str) -> File:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as e:
        line, column = _place(data[: e.start].decode("utf-8"))
        what = f"byte {e.start} is no UTF-8; Terraform reads nothing else"
        hint = "Save the file as UTF-8."
        raise InputError(what, code="terraform.encoding", where=f"{name}:{line}:{column}", hint=hint) from None
    bom = _BOM if text.startswith(_BOM) else ""
    file = File(name, bom, text[len(bom) :])
    return _Reader(file).file(_tree(file))


def _tree(file: File) -> "Tree[Token]":
    import hcl2
    from lark import Token
    from lark.exceptions import LarkError

    text, mark = _marked(file.text)
    try:
        tree = hcl2.parses_to_tree(text)
    except LarkError as e:
        line, column = getattr(e, "line", 0), getattr(e, "column", 0)
        what, hint = _told(file.text, line, column, getattr(getattr(e, "token", None), "type", ""))
        # The library's own words quote the text, and that may hold a secret.
        raise InputError(what, code="terraform.syntax", where=f"{file.name}:{line}:{column}", hint=hint) from None
    for part in tree.iter_subtrees() if mark else ():
        part.children = [c.update(value=c.replace(mark, "{")) if isinstance(c, Token) else c for c in part.children]
    return tree


def _marked(text: str) -> tuple[str, str]:
    """Return text in which nothing stands for the brace of `$${` and `%%{`, and what does; as long as it was.

    The grammar takes everything up to the next closing brace for a part of the escape, over the end of the text in quotes too.
    """
    if not _ESCAPED.search(text):
        return text, ""
    mark = next((c for c in map(chr, range(0xE000, 0xF900)) if c not in text), "")
    return (_ESCAPED.sub(rf"\1{mark}", text), mark) if mark else (text, "")


def _told(text: str, line: int, column: int, kind: str) -> tuple[str, str]:
    lines = text.split("\n")
    here = lines[line - 1][column - 1 :] if 0 < line <= len(lines) and column > 0 else ""
    if mark := re.match(r"<<-?([A-Za-z][\w.-]*)", here):
        return f"the heredoc {mark[0]} does not end", f"End it with a line that is {mark[1]} and nothing else."
    if kind == "$END" or not here.strip():
        return "the text ends before this is closed", "Close the quote, bracket or brace."
    return "this is no HCL", "Correct it; `terraform fmt` says what is wrong too."


def _place(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


class _Reader:
    """Makes nodes of the grammar's tree."""

    def __init__(self, file: File) -> None:
        self._file = file
        self._depth = 0

    def file(self, tree: "Tree[Token]") -> File:
        self._body(_trees(tree)[0], self._file.body)
        return self._file

    def _body(self, tree: "Tree[Token]", body: Body) -> Body:
        for child in _trees(tree):
            if child.data == "attribute":
                name = _word(child.children[0])
                value = self._expression(child.children[-1])
                if name in body.attributes:
                    what, hint = f"{name} is set twice", "Remove one of the two."
                    where = self._file.where(value)
                    raise InputError(what, code="terraform.duplicate", where=where, hint=hint)
                body.attributes[name] = Attribute(name, value, self._file)
            elif child.data == "block":
                body.blocks.append(self._block(child))
        return body

    def _block(self, tree: "Tree[Token]") -> Block:
        self._enter(tree)
        names: list[str] = []
        inner = Body()
        for child in _trees(tree):
            if child.data == "body":
                self._body(child, inner)
            elif child.data == "string":
                names.append(self._text(child))
            elif child.data != "new_line_or_comment":
                names.append(_word(child))
        self._depth -= 1
        where = f"{tree.meta.line}:{tree.meta.column}"
        return Block(names[0], tuple(names[1:]), inner, self._file, where)

    def _text(self, tree: "Tree[Token]") -> str:
        found = self._string(tree, self._at(tree))
        if isinstance(found, Literal):
            return str(found.value)
        raise self._refused(tree, "terraform.syntax", "a label cannot be computed", "Write the name itself.")

    def _enter(self, tree: "Tree[Token]") -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            what = f"more than {MAX_DEPTH} levels inside each other are not read"
            raise self._refused(tree, "terraform.too-deep", what, "Write it flatter.")

    def _refused(self, tree: "Tree[Token]", code: str, what: str, hint: str) -> InputError:
        return InputError(what, code=code, where=f"{self._file.name}:{tree.meta.line}:{tree.meta.column}", hint=hint)

    def _at(self, tree: "Tree[Token]") -> tuple[int, int, int, int]:
        return tree.meta.start_pos, tree.meta.end_pos, tree.meta.line, tree.meta.column

    def _expression(self, tree: Any) -> Expression:
        self._enter(tree)
        found = self._made(tree)
        self._depth -= 1
        return found

    def _made(self, tree: "Tree[Token]") -> Expression:
        at = self._at(tree)
        match tree.data:
            case "expr_term":
                inner = [c for c in _trees(tree) if c.data != "new_line_or_comment"]
                found = self._made(inner[0])
                # Parentheses belong to what is between them.
                found.start, found.end, found.line, found.column = at
                return found
            case "string":
                return self._string(tree, at)
            case "int_lit" | "float_lit" | "literal_value" | "heredoc_template" | "heredoc_template_trim":
                return self._literal(tree, at)
            case "tuple":
                return Items(*at, tuple(self._expression(c) for c in _trees(tree) if c.data != "new_line_or_comment"))
            case "object":
                return Object(*at, tuple(self._entry(c) for c in _trees(tree) if c.data == "object_elem"))
            case "identifier" | "get_attr_expr_term" | "index_expr_term":
                return self._traversal(tree, at)
            case "unary_op":
                return self._signed(tree, at)
            case _:
                return self._computed(tree, at)

    def _entry(self, tree: "Tree[Token]") -> tuple[str | Expression, Expression]:
        key, value = _trees(tree)[0], _trees(tree)[-1]
        inner = _trees(key)[0]
        if inner.data == "keyword":
            return _raw(inner), self._expression(value)
        found = self._expression(inner)
        bare = inner.data != "expr_term" or not str(inner.children[0]).startswith("(")
        match found:
            case Traversal(path=(str() as name,)) if bare:
                return name, self._expression(value)
            case Literal(value=name) if name is not None:
                return str(name), self._expression(value)
            case _:
                return found, self._expression(value)

    def _literal(self, tree: "Tree[Token]", at: tuple[int, int, int, int]) -> Expression:
        text = _raw(tree)
        if tree.data == "literal_value":
            return Literal(*at, {"true": True, "false": False, "null": None}[text])
        if tree.data in ("int_lit", "float_lit"):
            return Literal(*at, self._number(tree, text))
        said = heredoc(text)
        return Computed(*at, "a template", ()) if said is None else Literal(*at, said, "<<")

    def _number(self, tree: "Tree[Token]", text: str) -> int | float:
        found = number(text)
        if found is None:
            raise self._refused(
                tree, "terraform.syntax", "a number as large as this is not read", "Write a smaller one."
            )
        return found

    def _signed(self, tree: "Tree[Token]", at: tuple[int, int, int, int]) -> Expression:
        inner = self._expression(_trees(tree)[-1])
        if str(tree.children[0]) == "-" and isinstance(inner, Literal) and isinstance(inner.value, int | float):
            return Literal(*at, -inner.value)
        return Computed(*at, _WHY["unary_op"], (inner,))

    def _string(self, tree: "Tree[Token]", at: tuple[int, int, int, int]) -> Expression:
        parts: list[str | Expression] = []
        for part in _trees(tree):
            for piece in part.children:
                if isinstance(piece, str):
                    if "\n" in piece:
                        hint = "Close the quote, or write \\n or a heredoc."
                        raise self._refused(part, "terraform.syntax", "quoted text ends on its line", hint)
                    text = unescaped(piece, lambda what, tree=part: self._refused(tree, "terraform.syntax", *what))
                    parts.append(text)
                elif piece.data == "interpolation":
                    parts.append(self._expression(_trees(piece)[0]))
                else:
                    return Computed(*at, "a template with directives", ())
        if all(isinstance(p, str) for p in parts):
            return Literal(*at, "".join(str(p) for p in parts), '"')
        return Template(*at, tuple(parts))

    def _traversal(self, tree: "Tree[Token]", at: tuple[int, int, int, int]) -> Expression:
        steps: list[str | int] = []
        node = tree
        while node.data in ("get_attr_expr_term", "index_expr_term", "expr_term"):
            inner = [c for c in _trees(node) if c.data != "new_line_or_comment"]
            if node.data != "expr_term":
                step = self._step(inner[-1])
                if step is None:
                    return self._computed(tree, at, "an index")
                steps.append(step)
            node = inner[0]
        if node.data != "identifier":
            return self._computed(tree, at)
        return Traversal(*at, (_raw(node), *reversed(steps)))

    def _step(self, tree: "Tree[Token]") -> str | int | None:
        if tree.data == "get_attr":
            return _word(_trees(tree)[-1])
        if tree.data == "short_index":
            return int(self._number(tree, str(tree.children[-1])))
        found = self._expression(next(c for c in _trees(tree) if c.data != "new_line_or_comment"))
        value = found.value if isinstance(found, Literal) else None
        return value if isinstance(value, str | int) and not isinstance(value, bool) else None

    def _computed(self, tree: "Tree[Token]", at: tuple[int, int, int, int], why: str = "") -> Expression:
        """Take up the expressions inside; a long sum is a deep tree, so not by recursion."""
        parts: list[Expression] = []
        todo = list(reversed(_trees(tree)))
        while todo:
            one = todo.pop()
            if one.data == "expr_term":
                parts.append(self._expression(one))
            else:
                todo.extend(reversed(_trees(one)))
        said = why or _WHY.get(str(tree.data), "an expression")
        if tree.data == "function_call":
            said = f"the function {_raw(_trees(tree)[0])}"
        return Computed(*at, said, tuple(parts))


def _trees(tree: Any) -> "list[Tree[Token]]":
    return [c for c in tree.children if c is not None and not isinstance(c, str)]


def _raw(tree: Any) -> str:
    return "".join(str(c) for c in tree.children if isinstance(c, str))


def _word(tree: Any) -> str:
    return str(tree) if isinstance(tree, str) else _raw(tree)
