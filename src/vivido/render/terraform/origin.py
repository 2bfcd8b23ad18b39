"""Where in a root module's files a value of its object is written."""

from collections.abc import Mapping, Sequence

from vivido.errors import InputError
from vivido.render.interface import TerraformRoot
from vivido.render.terraform import edit
from vivido.render.terraform.inputs import Inputs, read_inputs
from vivido.render.terraform.module import Module, read_module
from vivido.render.terraform.nodes import Attribute, Block
from vivido.render.tree import List, Read
from vivido.yamledit.document import Documents

Place = tuple[str, int, int]
"""File, line and column, both from 1."""


def written(directory: str, told: TerraformRoot, path: Sequence[str], read: Read, listing: List) -> Place | None:
    """Return where a value stands; None where it cannot be told, as for modules that the root module calls.

    Args:
        directory: Of the root module.
        told: What is told of it.
        path: Keys from the object down: `("spec", "variables", "image")`.
        read: Gives a file's content.
        listing: Gives a directory's names.
    """
    module = read_module(directory, read, listing)
    if not isinstance(module, Module) or len(path) < 3:
        return None
    part, name, *rest = path[1:]
    match part:
        case "variables":
            return _variable(module, told, name, rest, read, listing)
        case "locals" if name in module.locals:
            one = module.locals[name]
            return _in_attribute(Attribute(name, one.value, one.file), rest)
        case "modules" | "resources" | "data" | "outputs" | "inputs":
            kind = {"modules": "module", "resources": "resource", "outputs": "output", "inputs": "variable"}.get(
                part, part
            )
            blocks = {".".join(b.labels): b for b in module.of(kind)}
            return _in_block(blocks.get(name), rest)
        case "providers":
            settings = [b for t in module.of("terraform") for b in t.body.of("required_providers")]
            found = (b.body.attributes.get(name) for b in settings)
            return next((_in_attribute(one, rest) for one in found if one is not None), None)
        case _:
            return None


def _variable(
    module: Module, told: TerraformRoot, name: str, rest: Sequence[str], read: Read, listing: List
) -> Place | None:
    inputs = read_inputs(module, told.variables, read, listing)
    given = inputs.given.get(name) if isinstance(inputs, Inputs) else None
    if given is None:
        return None
    return _in_attribute(given.attribute, rest) if given.attribute else _in_json(given.file, (name, *rest), read)


def _in_attribute(one: Attribute, rest: Sequence[str]) -> Place:
    found = edit.at(one.value, rest) or one.value
    return one.file.name, found.line, found.column


def _in_block(block: Block | None, rest: Sequence[str]) -> Place | None:
    if block is None:
        return None
    attributes: Mapping[str, Attribute] = block.body.attributes
    if rest and rest[0] in attributes:
        return _in_attribute(attributes[rest[0]], rest[1:])
    line, column = block.position.split(":")
    return block.file.name, int(line), int(column)


def _in_json(file: str, path: tuple[str, ...], read: Read) -> Place | None:
    try:
        node = Documents(read(file) or b"", file).find(path)
    except InputError:
        return None
    return (file, node.line + 1, node.column + 1) if node is not None else None
