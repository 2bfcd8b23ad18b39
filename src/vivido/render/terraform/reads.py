"""Which files and directories a module names in its texts: `"${path.module}/../templates/a.tpl"`, `file("job.hcl")`."""

from collections.abc import Iterator
from functools import cache

from vivido.render.terraform.module import Module
from vivido.render.terraform.nodes import Body, Expression, Literal, Template, Traversal
from vivido.render.terraform.nodes import inside as parts_of
from vivido.render.tree import List, is_directory, join, names

_HERE = (("path", "module"), ("path", "root"))


def named(module: Module, listing: List) -> tuple[str, ...]:
    """Return the paths from the tree's root that a module's texts name and that are there, without those above the module.

    A text that only happens to be a file's name counts too: what is read for nothing does no harm, what is missed would.
    Directories count where the text says by `./`, `../` or `path.module` that it is a path.
    """
    found: dict[str, None] = {}
    inside = cache(lambda directory: names(directory, listing))
    for text in _texts(module):
        told = text.startswith(("./", "../"))
        path = join(module.directory, text)
        if not path or f"{module.directory}/".startswith(f"{path}/") or not _is_there(path, inside):
            continue
        if told or not is_directory(path, listing):
            found[path] = None
    return tuple(found)


def is_below(path: str, directory: str) -> bool:
    """Say whether a path is in a directory, at whatever depth."""
    return not directory or path.startswith(f"{directory}/")


def _is_there(path: str, inside: List) -> bool:
    # Step by step: any text may come here, and only what a directory holds is a name that it can be asked for.
    parts = path.split("/")
    return all(part in inside("/".join(parts[:depth])) for depth, part in enumerate(parts))


def _texts(module: Module) -> Iterator[str]:
    for local in module.locals.values():
        yield from _in(local.value)
    for block in module.blocks:
        yield from _of(block.body, skip="source" if block.type == "module" else "")


def _of(body: Body, skip: str = "") -> Iterator[str]:
    for name, one in body.attributes.items():
        if name != skip:
            yield from _in(one.value)
    for block in body.blocks:
        yield from _of(block.body)


def _in(expression: Expression) -> Iterator[str]:
    match expression:
        case Literal(value=str() as text):
            yield text
        case Template(parts=(Traversal(path=path), str() as text)) if path in _HERE and text.startswith("/"):
            yield f".{text}"
        case _:
            for part in parts_of(expression):
                yield from _in(part)
