"""Terraform: a root module with the values that an environment gives its variables.

What comes out is one object for the root module and one for each module inside the tree that it calls, of a kind that no server
knows: there only to be compared, hashed and gated as manifests are. Running `terraform` is the target's matter.
"""

import hashlib
from pathlib import Path
from typing import Any, ClassVar

from vivido.errors import InputError
from vivido.model.objects import Manifest, Rendered
from vivido.model.problem import Problem
from vivido.render.interface import TerraformRoot
from vivido.render.objects import collect, problem
from vivido.render.terraform import clear, content, images, reads
from vivido.render.terraform.endings import ENDINGS, has_module
from vivido.render.terraform.inputs import Inputs, read_inputs, secrets
from vivido.render.terraform.inputs import called as of_call
from vivido.render.terraform.kinds import API, KIND, STATE
from vivido.render.terraform.module import LOCK, Module, literal, local_source, passed_over, read_module
from vivido.render.terraform.nodes import Block
from vivido.render.terraform.state import State, read_state
from vivido.render.terraform.syntax import read as read_file
from vivido.render.terraform.values import Scope, Unknown, is_known, unknowns
from vivido.render.tree import List, Read, is_directory, join, of_directory

_MOST_MODULES = 200
_NO_CONTENT = (*ENDINGS, ".tfvars", ".tfvars.json", ".tfbackend", ".tfstate", ".tfplan")
"""Files of a module's directory that are read as what they are."""
_RARELY = (".md", ".hcl")
"""Files that say nothing to Terraform, unless the module names them."""


class Terraform:
    """Reads a root module and what it builds on inside the tree."""

    kind: ClassVar[str] = "terraform"

    def __init__(self, told: TerraformRoot | None = None) -> None:
        self._told = told or TerraformRoot("terraform")

    def render(self, root: Path, directory: str) -> Rendered | tuple[Problem, ...]:
        """Render a directory; see `Renderer`."""
        read, listing = of_directory(root)
        return objects(self._told, directory, read, listing)


def objects(told: TerraformRoot, directory: str, read: Read, listing: List) -> Rendered | tuple[Problem, ...]:
    """Return a root module's objects. Pure over two functions that read a tree."""
    module = read_module(directory, read, listing)
    if not isinstance(module, Module):
        return module
    inputs = read_inputs(module, told.variables, read, listing)
    if not isinstance(inputs, Inputs):
        return inputs
    state = read_state(module, told.backend, told.workspace, read)
    if not isinstance(state, State):
        return state
    problems: list[Problem] = []
    try:
        below, problems = _called(module, told.name, read, listing)
        made = [_root(told, module, inputs, read, listing), *below, *clear.secrets_of(told.name, module, inputs)]
    except InputError as e:
        return (*problems, problem(e))
    if has_module(directory, listing):
        made.append(_state(told.name, state))
    return tuple(problems) or collect(made, "terraform")


def called_directories(directory: str, read: Read, listing: List) -> tuple[str, ...]:
    """Return the directories inside the tree that a directory's module calls, or reads files of; none where it cannot be read."""
    module = read_module(directory, read, listing)
    if not isinstance(module, Module):
        return ()
    found = (local_source(call, directory) for call in module.calls.values())
    read_from = (p if is_directory(p, listing) else p.rpartition("/")[0] for p in _outside(module, listing))
    return tuple(dict.fromkeys(p for p in (*found, *read_from) if p is not None and is_directory(p, listing)))


def _outside(module: Module, listing: List) -> list[str]:
    return [path for path in reads.named(module, listing) if not reads.is_below(path, module.directory)]


def scope_of(module: Module, inputs: Inputs, workspace: str) -> Scope:
    """Return what names mean in a root module. Sensitive values are no part of it: nothing that is shown may be made of them."""
    hidden = {
        name: Unknown(f"is var.{name}, which is sensitive", inputs.given[name].file)
        for name in inputs.sensitive & inputs.given.keys()
    }
    return Scope(inputs.values | hidden, module.locals, workspace)


def computed(module: Module, inputs: Inputs, workspace: str) -> dict[str, str]:
    """Return the variables and local values that the files alone do not tell, each with the reason."""
    scope = scope_of(module, inputs, workspace)
    shown = {name: value for name, value in inputs.values.items() if name not in inputs.sensitive}
    unknown = {f"var.{name}": _why(value) for name, value in shown.items() if not is_known(value)}
    return unknown | {f"local.{n}": _why(v) for n in module.locals if not is_known(v := scope.local(n))}


def _root(told: TerraformRoot, module: Module, inputs: Inputs, read: Read, listing: List) -> Manifest:
    values = {name: value for name, value in inputs.values.items() if name not in inputs.sensitive}
    scope = scope_of(module, inputs, told.workspace)
    spec = _spec(module, read, listing)
    spec |= _filled(
        variables=_variables(inputs),
        images=images.named(module, scope, values),
        unset=sorted(inputs.unset),
        undeclared=sorted(inputs.undeclared),
        unknown=computed(module, inputs, told.workspace),
        workspace=told.workspace,
    )
    return _object(KIND, told.name, spec)


def _variables(inputs: Inputs) -> dict[str, Any]:
    shown = {name: value for name, value in inputs.values.items() if name not in inputs.sensitive}
    hidden = dict.fromkeys(inputs.sensitive & inputs.given.keys(), clear.HIDDEN)
    return {n: v if is_known(v) else _source(inputs, n) for n, v in shown.items()} | hidden


def _why(value: Any) -> str:
    return "; ".join(dict.fromkeys(one.why for one in unknowns(value)[:5]))


def _source(inputs: Inputs, name: str) -> Any:
    one = inputs.given[name]
    return content.plain(one.attribute.value, one.attribute.file) if one.attribute else one.value


def _spec(module: Module, read: Read, listing: List) -> dict[str, Any]:
    """Return what the files of a module say, without the values of its variables."""
    settings = [b for t in module.of("terraform") for b in t.body.blocks]
    versions = {k: content.plain(a.value, a.file) for t in module.of("terraform") for k, a in t.body.attributes.items()}
    others = [
        b
        for b in module.blocks
        if b.type not in ("terraform", "resource", "data", "module", "output", "variable", "provider")
    ]
    return _filled(
        terraform=versions,
        providers=_providers(settings, _locked(module.directory, read)),
        settings=[content.labelled(b) for b in settings if b.type not in ("backend", "cloud", "required_providers")],
        inputs={name: _without_default(block) for name, block in module.variables.items()},
        locals={name: content.plain(one.value, one.file) for name, one in module.locals.items()},
        modules={name: _call(module, call, read, listing) for name, call in module.calls.items()},
        resources=content.named(module.of("resource")),
        data=content.named(module.of("data")),
        outputs=content.named(module.of("output")),
        provider=clear.providers(module)[0],
        others=content.named(others),
        files=_files(module, read, listing),
    )


def _call(module: Module, call: Block, read: Read, listing: List) -> dict[str, Any]:
    """Return a call without the values that the called module declares sensitive; they are Secrets, where they stand there."""
    said, path = content.body(call.body), local_source(call, module.directory)
    found = read_module(path, read, listing) if path is not None and has_module(path, listing) else None
    given = secrets(of_call(found, call)) if isinstance(found, Module) else {}
    return said | dict.fromkeys(given.keys() & said.keys(), clear.HIDDEN)


def _without_default(block: Block) -> dict[str, Any]:
    said = content.body(block.body)
    said.pop("default", None)  # It counts where no file gives a value, and stands among the variables then.
    return said


def _providers(settings: list[Block], locked: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for block in (b for b in settings if b.type == "required_providers"):
        for name, one in block.body.attributes.items():
            said = content.plain(one.value, one.file)
            found[name] = dict(said) if isinstance(said, dict) else {"version": said}
    for address, version in locked.items():
        name = next((n for n, p in found.items() if address.endswith("/" + str(p.get("source", n)))), address)
        found.setdefault(name, {})["locked"] = version
    return found


def _locked(directory: str, read: Read) -> dict[str, str]:
    path = join(directory, LOCK) or LOCK
    data = read(path)
    if data is None:
        return {}
    blocks = read_file(data, path).body.of("provider")
    return {b.labels[0]: literal(b.body.value("version")) for b in blocks if b.labels}


def _called(module: Module, name: str, read: Read, listing: List) -> tuple[list[Manifest], list[Problem]]:
    """Return an object for each module inside the tree that is called, by the names of the calls."""
    made: list[Manifest] = []
    problems: list[Problem] = []
    todo: list[tuple[str, Module, tuple[str, ...]]] = [(name, module, (module.directory,))]
    while todo:
        at, one, above = todo.pop()
        for called, call in one.calls.items():
            path = local_source(call, one.directory)
            where = f"{call.file.name}:{call.position}"
            if path is None:
                if literal(call.body.value("source")).startswith(("./", "../")):
                    what = f"module {called} has a source outside of the repository"
                    problems.append(Problem("terraform.outside", what, "Keep the module in the repository.", where))
                continue
            found = _module(path, called, where, above, read, listing)
            if not isinstance(found, Module):
                problems += found
            elif len(made) < _MOST_MODULES:
                given, below = of_call(found, call), f"{at}.{called}"
                spec = _spec(found, read, listing) | _filled(variables=_variables(given))
                made += [_object(KIND, below, spec), *clear.secrets_of(below, found, given)]
                todo.append((below, found, (*above, path)))
    return made, problems


def _module(
    path: str, called: str, where: str, above: tuple[str, ...], read: Read, listing: List
) -> Module | tuple[Problem, ...]:
    if path in above:
        return (Problem("terraform.circle", f"module {called} calls itself", "Break the circle.", where),)
    if not has_module(path, listing):
        what = f"module {called} has its source in {path or '.'}, where there is no *.tf or *.tofu file"
        return (Problem("terraform.no-module", what, "Correct the path.", where),)
    return read_module(path, read, listing)


def _files(module: Module, read: Read, listing: List) -> dict[str, str]:
    """Return other files that a module may read, such as templates, by the hash of their content."""
    directory, said = module.directory, reads.named(module, listing)
    paths = [p for p in _below(directory, listing) if not p.endswith(_RARELY)]
    # What OpenTofu passes over, Terraform reads: it may not change unseen.
    paths += [join(directory, name) or name for name in passed_over(directory, listing)]
    for path in said:
        if not is_directory(path, listing):
            paths += [] if path.endswith(_NO_CONTENT) else [path]
        elif not directory or not reads.is_below(path, directory):
            paths += _below(path, listing)
    found = ((path.removeprefix(f"{directory}/"), read(path)) for path in sorted(set(paths)))
    return {name: hashlib.sha256(data).hexdigest()[:16] for name, data in found if data is not None}


def _below(directory: str, listing: List) -> list[str]:
    found: list[str] = []
    todo = [directory]
    while todo:
        at = todo.pop()
        for entry in listing(at):
            name, path = entry.rstrip("/"), join(at, entry.rstrip("/")) or entry.rstrip("/")
            if name.startswith(".") or name.endswith(_NO_CONTENT):
                continue
            if listing(path):
                # At the top of a repository everything would be below; modules stand for themselves.
                todo += [] if not directory or has_module(path, listing) else [path]
            else:
                found.append(path)
    return found


def _state(name: str, state: State) -> Manifest:
    spec: dict[str, Any] = {"type": state.type, "at": dict(state.at), "workspace": state.workspace}
    return _object(STATE, name, spec | _filled(unknown=list(state.unknown)))


def _object(kind: str, name: str, spec: dict[str, Any]) -> Manifest:
    return {"apiVersion": API, "kind": kind, "metadata": {"name": name}, "spec": spec}


def _filled(**parts: Any) -> dict[str, Any]:
    return {key: value for key, value in parts.items() if value not in ({}, [], "")}
