"""Promoting with Terraform: the environment's own variables say which digest is run."""

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from vivido.errors import InputError
from vivido.layouts import roots, spots
from vivido.layouts.interface import Place
from vivido.layouts.matching import Matcher
from vivido.layouts.missing import not_found
from vivido.layouts.terraform_spots import found
from vivido.model.problem import Problem
from vivido.model.project import ImageValues, Service
from vivido.model.release import Artifact
from vivido.render.objects import problem
from vivido.render.terraform import edit
from vivido.render.terraform.inputs import Inputs, read_inputs
from vivido.render.terraform.module import Module, read_module
from vivido.render.terraform.nodes import Attribute, Expression, File
from vivido.render.terraform.renderer import scope_of
from vivido.render.terraform.syntax import read as read_file
from vivido.render.terraform.values import Unknown, is_known, known, unknowns
from vivido.render.tree import List, Read
from vivido.yamledit.document import Documents
from vivido.yamledit.edit import Path

_HINT = (
    "Say which variables name it: `config: {{terraform: …, image: {{repository: …, digest: …}}}}` of {service}, "
    "or add the name there to `replaces:`."
)


class _Root(msgspec.Struct, frozen=True):
    """A root module of one environment, as it is read."""

    module: Module
    inputs: Inputs
    values: dict[str, Any]
    """Its variables, `local` and `module` values, as far as they are known and written out."""


class _Change(msgspec.Struct):
    """What becomes of one file."""

    values: list[tuple[Expression, str]] = []
    json: list[tuple[Path, str]] = []
    added: dict[str, Any] = {}


def edits(
    place: Place,
    services: Collection[Service],
    artifacts: Collection[Artifact],
    matcher: Matcher,
    read: Read,
    listing: List,
) -> dict[str, bytes] | tuple[Problem, ...]:
    """Set the values that name the artifacts' images; see `spots` for which.

    A value is changed where it stands, if that file is the environment's own; otherwise the variable is set in the environment's
    file. Local values and arguments of modules in a directory that several environments share cannot be set for one of them.
    """
    root = _read(place, read, listing)
    if not isinstance(root, _Root):
        return root
    by_name = {s.name: s for s in services}
    wishes: dict[Path, str] = {}
    problems: list[Problem] = []
    for artifact in artifacts:
        mine = _spots(by_name[artifact.service], place, root, matcher)
        if not mine:
            problems.append(_nowhere(artifact.service, place, root, matcher))
        for spot in mine:
            wishes |= spots.wanted(spot, artifact)
    try:
        changes = _changes(place, root, {p: v for p, v in wishes.items() if spots.at(root.values, p) != v})
        return tuple(problems) or {path: _written(path, one, read) for path, one in changes.items()}
    except InputError as e:
        return (*problems, problem(e))


def read_images(
    place: Place, services: Collection[Service], matcher: Matcher, read: Read, listing: List
) -> dict[str, str]:
    """Return the first image of each service as the variables name it.

    Raises:
        InputError: A file cannot be read.
    """
    root = _read(place, read, listing)
    if not isinstance(root, _Root):
        raise InputError(root[0].message, code=root[0].code, hint=root[0].hint, where=root[0].where)
    there = {s.name: _spots(s, place, root, matcher) for s in services}
    return {name: mine[0].image for name, mine in there.items() if mine}


def _read(place: Place, read: Read, listing: List) -> _Root | tuple[Problem, ...]:
    module = read_module(place.directory, read, listing)
    if not isinstance(module, Module):
        return module
    inputs = read_inputs(module, place.terraform.variables if place.terraform else (), read, listing)
    if not isinstance(inputs, Inputs):
        return inputs
    values = known({name: value for name, value in inputs.values.items() if name not in inputs.sensitive})
    written = {name: _literals(one.value, one.file) for name, one in module.locals.items()}
    values["local"] = {name: value for name, value in written.items() if value is not None}
    values["module"] = {name: _arguments(call.body.attributes) for name, call in module.calls.items()}
    return _Root(module, inputs, values)


def _arguments(attributes: Mapping[str, Attribute]) -> dict[str, Any]:
    written = {n: _literals(a.value, a.file) for n, a in attributes.items() if n not in ("source", "version")}
    return {name: value for name, value in written.items() if value is not None}


def _literals(expression: Expression, file: File) -> Any:
    """Return what of a value is written out there; None where nothing is."""
    from vivido.render.terraform.nodes import Literal, Object

    if isinstance(expression, Literal):
        return expression.value
    if isinstance(expression, Object):
        made = {k: _literals(v, file) for k, v in expression.entries if isinstance(k, str)}
        return {k: v for k, v in made.items() if v is not None}
    return None


def _spots(service: Service, place: Place, root: _Root, matcher: Matcher) -> list[spots.Spot]:
    if service.terraform is not None and service.terraform.image != ImageValues():
        return [spots.told(service.terraform.image, root.values)]
    workspace = place.terraform.workspace if place.terraform else ""
    scope = scope_of(root.module, root.inputs, workspace)
    return list(found(service.name, root.module, root.values, scope, matcher))


def _nowhere(service: str, place: Place, root: _Root, matcher: Matcher) -> Problem:
    """Say what is there instead, and what could not be worked out: the image may be in that."""
    workspace = place.terraform.workspace if place.terraform else ""
    scope = scope_of(root.module, root.inputs, workspace)
    there = [spot.image for spot in spots.found(root.values)]
    made = not_found(service, place.directory, matcher, there, _HINT)
    computed: list[Unknown] = []
    for name in root.module.locals:
        value = scope.local(name)
        computed += [Unknown(f"local.{name} {one.why}", one.where) for one in unknowns(value)]
    unset = [f"var.{name} has no value in a file" for name in root.inputs.unset]
    blind = [*(f"{one.why} ({one.where})" for one in computed), *unset][:5]
    if not blind:
        return made
    return msgspec.structs.replace(made, message=f"{made.message}; what cannot be worked out: {', '.join(blind)}")


def _changes(place: Place, root: _Root, wishes: Mapping[Path, str]) -> dict[str, _Change]:
    changes: dict[str, _Change] = {}
    for path, value in wishes.items():
        one = _attribute(root, path)
        file = one.file.name if one is not None else _json_file(root, path)
        rest = path[_depth(path) :]
        if file and roots.is_own(place, file):
            change = changes.setdefault(file, _Change())
            if one is None:
                change.json.append((path, value))
            else:
                change.values.append((_inside(one, rest, path), value))
        elif path[0] in ("local", "module"):
            raise _shared(path, one.where if one else place.directory)
        else:
            added = changes.setdefault(roots.own_file(place), _Change()).added
            name = str(path[0])
            added[name] = _with(added.get(name, _whole(root, name)), rest, value)
    return changes


def _depth(path: Path) -> int:
    """Return how many steps of a path name what has an attribute of its own: `var`, `local.name`, `module.call.argument`."""
    return {"local": 2, "module": 3}.get(str(path[0]), 1)


def _attribute(root: _Root, path: Path) -> Attribute | None:
    match path:
        case ("local", str() as name, *_):
            written = root.module.locals.get(name)
            return Attribute(name, written.value, written.file) if written else None
        case ("module", str() as call, str() as name, *_) if call in root.module.calls:
            return root.module.calls[call].body.attributes.get(name)
        case _:
            given = root.inputs.given.get(str(path[0]))
            return given.attribute if given else None


def _json_file(root: _Root, path: Path) -> str:
    given = root.inputs.given.get(str(path[0]))
    return given.file if given else ""


def _inside(one: Attribute, rest: Path, path: Path) -> Expression:
    found = edit.at(one.value, rest)
    if found is None:
        said = ".".join(map(str, path))
        what, hint = f"{said} does not stand here", "Add it with any text as its value, so that it can be changed."
        raise InputError(what, code="terraform.not-editable", where=one.where, hint=hint)
    return found


def _shared(path: Path, where: str) -> InputError:
    said = ".".join(map(str, path))
    return InputError(
        f"{said} is the same for every environment, and a promotion changes one of them",
        code="terraform.shared-value",
        where=where,
        hint="Make it a variable, which each environment's file with variables can set.",
    )


def _whole(root: _Root, name: str) -> Any:
    """Return all of a variable's value: Terraform replaces objects, it does not put them together."""
    given = root.inputs.given.get(name)
    if given is None or isinstance(given.value, Unknown):
        return ""
    if not is_known(given.value):
        where = given.attribute.where if given.attribute else given.file
        what, hint = f"{name} holds what cannot be worked out", "Set it in the environment's own file with variables."
        raise InputError(what, code="terraform.not-editable", where=where, hint=hint)
    return given.value


def _with(whole: Any, rest: Path, value: str) -> Any:
    if not rest:
        return value
    here = whole if isinstance(whole, dict) else {}
    return {**here, str(rest[0]): _with(here.get(str(rest[0])), rest[1:], value)}


def _written(path: str, change: _Change, read: Read) -> bytes:
    data = read(path) or b""
    if not path.endswith(".json"):
        return edit.replaced(read_file(data, path), change.values, change.added)
    documents = Documents(data or b"{}\n", path)
    made = [documents.replace(at, value) for at, value in change.json]
    made += [documents.insert((), name, value) for name, value in change.added.items()]
    return documents.apply(made)
