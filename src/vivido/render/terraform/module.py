"""A module: the `.tf` files of one directory, put together as Terraform does.

Terraform: `internal/configs/parser_config_dir.go` (which files, overrides last), `internal/configs/module_merge.go`.
"""

from dataclasses import dataclass, field

from vivido.errors import InputError
from vivido.model.problem import Problem
from vivido.render.objects import problem
from vivido.render.terraform.endings import ENDING, OTHERS
from vivido.render.terraform.nodes import Block, Body, Expression
from vivido.render.terraform.syntax import read as read_file
from vivido.render.terraform.values import Written
from vivido.render.tree import List, Read, join

LOCK = ".terraform.lock.hcl"
_MERGED = ("variable", "module", "resource", "data", "output", "provider")
"""Blocks that an override file changes, where there is one with the same labels."""


@dataclass(slots=True, eq=False)
class Module:
    """What a module's files say.

    Attributes:
        directory: From the tree's root.
        blocks: All of them, overrides applied.
        locals: Local values by name.
    """

    directory: str
    blocks: list[Block] = field(default_factory=list[Block])
    locals: dict[str, Written] = field(default_factory=dict[str, Written])

    def of(self, kind: str) -> list[Block]:
        """Return the blocks of a type."""
        return [block for block in self.blocks if block.type == kind]

    @property
    def variables(self) -> dict[str, Block]:
        """The declared variables by name."""
        return {block.labels[0]: block for block in self.of("variable") if block.labels}

    @property
    def calls(self) -> dict[str, Block]:
        """The module calls by name."""
        return {block.labels[0]: block for block in self.of("module") if block.labels}


def read_module(directory: str, read: Read, listing: List) -> Module | tuple[Problem, ...]:
    """Read a directory's module; one without `.tf` files is empty."""
    module = Module(directory)
    problems: list[Problem] = []
    for name in _in_order(directory, listing):
        path = join(directory, name) or name
        if name.endswith(OTHERS):
            what = f"{path} is Terraform in another syntax than HCL's own in *.tf, which is not read"
            problems.append(Problem("terraform.other-syntax", what, "Write it as *.tf.", path))
            continue
        try:
            _take(module, read_file(read(path) or b"", path).body.blocks, override=_is_override(name))
        except InputError as e:
            problems.append(problem(e))
    return tuple(problems) or module


def local_source(call: Block, directory: str) -> str | None:
    """Return the directory of a call's module where its source is a path inside the tree; None for every other source."""
    source = literal(call.body.value("source"))
    if not source.startswith(("./", "../")):
        return None
    return join(directory, source)


def literal(expression: Expression | None) -> str:
    """Return a text that stands there as it is; empty where it is computed or missing."""
    value = getattr(expression, "value", None)
    return value if isinstance(value, str) else ""


def _in_order(directory: str, listing: List) -> list[str]:
    # Names with a tilde or a number sign are editors' copies; Terraform passes over them, and over hidden files.
    names = [n for n in listing(directory) if not n.startswith((".", "#")) and not n.endswith(("~", "#", "/"))]
    mine = [n for n in names if n.endswith((ENDING, *OTHERS))]
    return sorted(mine, key=lambda n: (_is_override(n), n))


def _is_override(name: str) -> bool:
    stem = name.removesuffix(ENDING)
    return stem == "override" or stem.endswith("_override")


def _take(module: Module, blocks: list[Block], *, override: bool) -> None:
    for block in blocks:
        if block.type == "locals":
            for name, one in block.body.attributes.items():
                if name in module.locals and not override:
                    raise _twice(f"local.{name}", one.where)
                module.locals[name] = Written(one.value, one.file)
            continue
        same = next((b for b in module.blocks if (b.type, b.labels) == (block.type, block.labels)), None)
        if block.type not in _MERGED or same is None:
            module.blocks.append(block)
        elif override:
            module.blocks[module.blocks.index(same)] = _merged(same, block)
        elif block.type != "provider":
            raise _twice(".".join((block.type, *block.labels)), f"{block.file.name}:{block.position}")


def _merged(one: Block, other: Block) -> Block:
    """Return a block with another's attributes, and its blocks by type, over its own."""
    kinds = {b.type for b in other.body.blocks}
    kept = [b for b in one.body.blocks if b.type not in kinds]
    body = Body({**one.body.attributes, **other.body.attributes}, [*kept, *other.body.blocks])
    return Block(one.type, one.labels, body, one.file, one.position)


def _twice(what: str, where: str) -> InputError:
    return InputError(f"{what} is there twice", code="terraform.duplicate", where=where, hint="Remove one of the two.")
