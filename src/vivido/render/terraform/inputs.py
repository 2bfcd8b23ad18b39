"""Which value each variable of a root module gets, and where it is written.

Terraform's order, later ones over earlier ones: the default; `terraform.tfvars`; `terraform.tfvars.json`; `*.auto.tfvars` and
`*.auto.tfvars.json` by name; the files named with `-var-file`, in their order (developer.hashicorp.com/terraform/language/values/
variables). `TF_VAR_…` and `-var` are no configuration in Git, and count for nothing here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from vivido.errors import InputError
from vivido.model.problem import Problem
from vivido.render.objects import problem
from vivido.render.terraform.module import Module, literal
from vivido.render.terraform.nodes import Attribute, Block, Traversal
from vivido.render.terraform.syntax import read as read_file
from vivido.render.terraform.values import Scope, converted, is_known
from vivido.render.tree import List, Read, join
from vivido.yamledit.document import Documents
from vivido.yamledit.values import plain_data

VARIABLES = (".tfvars", ".tfvars.json")
"""Endings of files with variables."""
_AUTO = (".auto.tfvars", ".auto.tfvars.json")
MAIN = ("terraform.tfvars", "terraform.tfvars.json")
"""Files that Terraform reads first."""


@dataclass(slots=True, eq=False)
class Given:
    """The value of a variable.

    Attributes:
        value: Plain data, with an `Unknown` for what cannot be told.
        file: Path of the file that it is in.
        attribute: Where it stands there; None in a JSON file.
    """

    value: Any
    file: str
    attribute: Attribute | None = None


@dataclass(slots=True, eq=False)
class Inputs:
    """The variables of a root module.

    Attributes:
        given: Those that have a value.
        unset: Those that are declared and get none from a file: whoever runs Terraform has to give it.
        undeclared: Those that a file gives and no `variable` block declares.
        sensitive: Those that are declared `sensitive` or `ephemeral`.
    """

    given: dict[str, Given]
    unset: tuple[str, ...]
    undeclared: tuple[str, ...]
    sensitive: frozenset[str]

    @property
    def values(self) -> dict[str, Any]:
        """Their values by name."""
        return {name: one.value for name, one in self.given.items()}


def read_inputs(module: Module, named: Sequence[str], read: Read, listing: List) -> Inputs | tuple[Problem, ...]:
    """Return the values of a root module's variables.

    Args:
        module: The root module; an empty one where there are only files with variables.
        named: Files as `-var-file` would name them, from the tree's root.
        read: Gives a file's content.
        listing: Gives a directory's names.
    """
    declared = module.variables
    given = dict(_defaults(declared))
    problems: list[Problem] = []
    files = (*automatic(module.directory, listing), *named)
    for path in dict.fromkeys(files):
        data = read(path)
        if data is None:
            what = f"there is no file {path} with variables"
            problems.append(Problem("terraform.no-file", what, "Correct `var-files:`, or create it.", path))
            continue
        try:
            given.update(_of_json(data, path) if path.endswith(".json") else _of_file(data, path))
        except InputError as e:
            problems.append(problem(e))
    if problems:
        return tuple(problems)
    for name, one in given.items():
        if name in declared:
            one.value = converted(one.value, _type(declared[name]))
    unset = tuple(name for name in declared if name not in given)
    undeclared = tuple(name for name in given if name not in declared) if declared else ()
    return Inputs(given, unset, undeclared, _sensitive(declared))


def called(module: Module, call: Block) -> Inputs:
    """Return the defaults of a module that is called, and the sensitive values that the call gives it."""
    declared = module.variables
    found = Inputs(dict(_defaults(declared)), (), (), _sensitive(declared))
    for name in found.sensitive & call.body.attributes.keys():
        one = call.body.attributes[name]
        found.given[name] = Given(Scope({}, {}).evaluate(one.value, one.file), one.file.name, one)
    return found


def automatic(directory: str, listing: List) -> tuple[str, ...]:
    """Return the files with variables of a directory that Terraform reads without being told, in its order."""
    names = listing(directory)
    found = [
        *(n for n in MAIN if n in names),
        *sorted(n for n in names if n.endswith(_AUTO) and not n.startswith(".")),
    ]
    return tuple(join(directory, name) or name for name in found)


def _defaults(declared: dict[str, Block]) -> Iterator[tuple[str, Given]]:
    nothing = Scope({}, {})
    for name, block in declared.items():
        default = block.body.attributes.get("default")
        if default is not None:
            yield name, Given(nothing.evaluate(default.value, default.file), default.file.name, default)


def _of_file(data: bytes, path: str) -> Iterator[tuple[str, Given]]:
    file, nothing = read_file(data, path), Scope({}, {})
    if file.body.blocks:
        first = file.body.blocks[0]
        what, hint = (
            f"a file with variables has no block “{first.type}”",
            "Write NAME = VALUE, or move it to a *.tf file.",
        )
        raise InputError(what, code="terraform.syntax", where=f"{path}:{first.position}", hint=hint)
    for name, one in file.body.attributes.items():
        yield name, Given(nothing.evaluate(one.value, file), path, one)


def _of_json(data: bytes, path: str) -> Iterator[tuple[str, Given]]:
    # JSON is YAML: its reader knows where values stand, and refuses what is given twice.
    documents = Documents(data, path)
    values = plain_data(documents.roots[0], path) if documents.roots and documents.roots[0] is not None else {}
    if not isinstance(values, dict):
        what, hint = "a file with variables has to be an object", 'Write {"name": value}.'
        raise InputError(what, code="terraform.syntax", where=path, hint=hint)
    for name, value in values.items():
        yield str(name), Given(value, path)


def _type(block: Block) -> str:
    said = block.body.value("type")
    if isinstance(said, Traversal) and len(said.path) == 1:
        return str(said.path[0])
    return literal(said)


def _sensitive(declared: dict[str, Block]) -> frozenset[str]:
    return frozenset(name for name, block in declared.items() if _is_sensitive(block))


def _is_sensitive(block: Block) -> bool:
    return any(getattr(block.body.value(key), "value", False) is True for key in ("sensitive", "ephemeral"))


def secrets(inputs: Inputs) -> dict[str, Any]:
    """Return the sensitive variables that a file gives a value in clear."""
    return {
        name: inputs.given[name].value
        for name in sorted(inputs.sensitive & inputs.given.keys())
        if inputs.given[name].value not in (None, "", [], {}) and is_known(inputs.given[name].value)
    }
