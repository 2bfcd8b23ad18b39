"""The docstrings under a struct's fields, read from its source: what editors and the reference show."""

import ast
import inspect
import itertools
import textwrap


def field_docs(struct: type) -> dict[str, str]:
    """Return attribute name → docstring, inherited ones included; empty where the source is not there."""
    found: dict[str, str] = {}
    for part in reversed(struct.__mro__):
        found.update(_own(part))
    return found


def _own(struct: type) -> dict[str, str]:
    try:
        source = textwrap.dedent(inspect.getsource(struct))
    except (OSError, TypeError):
        return {}
    definition = ast.parse(source).body[0]
    body = definition.body if isinstance(definition, ast.ClassDef) else []
    return {
        field.target.id: " ".join(doc.value.value.split())
        for field, doc in itertools.pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(doc, ast.Expr)
        and isinstance(doc.value, ast.Constant)
        and isinstance(doc.value.value, str)
    }
