"""A module: the `.tf` and `.tofu` files of one directory, put together as Terraform and OpenTofu do.

Terraform: `internal/configs/parser_config_dir.go` (which files, overrides last), `internal/configs/module_merge.go`. OpenTofu reads
`main.tofu` and passes over a `main.tf` beside it (opentofu.org/docs/language/files).
"""

from dataclasses import dataclass, field

from vivido.errors import InputError
from vivido.model.problem import Problem
from vivido.render.objects import problem
from vivido.render.terraform.endings import ENDINGS, OTHERS
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
    """Read a directory's module; one without such files is empty."""
    module = Module(directory)
    problems: list[Problem] = []
    for name in _in_order(directory, listing):
        path = join(directory, name) or name
        if name.endswith(OTHERS):
            what = f"{path} is Terraform in JSON: only HCL's own syntax is read, in which values can be edited in place"
            problems.append(Problem("terraform.other-syntax", what, "Write it as *.tf or *.tofu.", path))
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


def passed_over(directory: str, listing: List) -> tuple[str, ...]:
    """Return the files that OpenTofu does not read because of one beside them; Terraform would."""
    names = set(listing(directory))
    return tuple(n for n in sorted(names) if n.endswith(ENDINGS[0]) and _stem(n) + ENDINGS[1] in names)


def _in_order(directory: str, listing: List) -> list[str]:
    # Names with a tilde or a number sign are editors' copies; Terraform passes over them, and over hidden files.
    names = [n for n in listing(directory) if not n.startswith((".", "#")) and not n.endswith(("~", "#", "/"))]
    over = passed_over(directory, listing)
    mine = [n for n in names if n.endswith((*ENDINGS, *OTHERS)) and n not in over]
    return sorted(mine, key=lambda n: (_is_override(n), n))


def _is_override(name: str) -> bool:
    return _stem(name) == "override" or _stem(name).endswith("_override")


def _stem(name: str) -> str:
    return next((name.removesuffix(ending) for ending in ENDINGS if name.endswith(ending)), name)


def _take(module: Module, blocks: list[Block], *, override: bool) -> None:
    for block in blocks:
        if block.type == "locals":
            for name, one in block.body.attributes.items():
                if name in module.locals and not override:
                    raise _twice(f"local.{name}", one.where)
                module.locals[name] = Written(one.value, one.file)
            continue
        same = next((b for b in module.blocks if _identity(b) == _identity(block)), None)
        if block.type not in _MERGED or same is None:
            module.blocks.append(block)
        elif override:
            module.blocks[module.blocks.index(same)] = _merged(same, block)
        else:
            raise _twice(".".join((block.type, *block.labels)), f"{block.file.name}:{block.position}")


def _identity(block: Block) -> tuple[str, ...]:
    """Return what tells a block from others: of a provider there is one for each alias."""
    alias = (literal(block.body.value("alias")),) if block.type == "provider" else ()
    return (block.type, *block.labels, *alias)


def _merged(one: Block, other: Block) -> Block:
    """Return a block with another's attributes, and its blocks by type, over its own."""
    kinds = {b.type for b in other.body.blocks}
    kept = [b for b in one.body.blocks if b.type not in kinds]
    body = Body({**one.body.attributes, **other.body.attributes}, [*kept, *other.body.blocks])
    return Block(one.type, one.labels, body, one.file, one.position)


def _twice(what: str, where: str) -> InputError:
    return InputError(f"{what} is there twice", code="terraform.duplicate", where=where, hint="Remove one of the two.")
