"""Where Terraform keeps the state of a root module: two environments that keep it in one place destroy each other's things.

What a backend's files leave out is filled with its defaults as far as they tell states apart (developer.hashicorp.com/terraform/
language/backend); regions, credentials, locks and encryption tell nothing apart.
"""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from vivido.errors import InputError
from vivido.model.problem import Problem
from vivido.render.objects import problem
from vivido.render.terraform.module import Module
from vivido.render.terraform.nodes import Attribute, Block, Body, Object
from vivido.render.terraform.syntax import read as read_file
from vivido.render.terraform.values import Scope, Unknown, text_of
from vivido.render.tree import Read, join

_TELLING = {
    "s3": ("endpoint", "bucket", "key"),
    "gcs": ("bucket", "prefix"),
    "azurerm": ("storage_account_name", "container_name", "key"),
    "azure": ("storage_account_name", "container_name", "key"),
    "http": ("address",),
    "consul": ("address", "path"),
    "pg": ("conn_str", "schema_name"),
    "kubernetes": ("config_context", "host", "namespace", "secret_suffix"),
    "oss": ("bucket", "prefix", "key"),
    "cos": ("bucket", "prefix", "key"),
    "remote": ("hostname", "organization", "workspaces.name", "workspaces.prefix"),
    "cloud": ("hostname", "organization", "workspaces.name", "workspaces.project", "workspaces.tags"),
}
"""Type of backend → what names a state in it."""
_DEFAULTS = {
    "hostname": "app.terraform.io",
    "pg": {"schema_name": "terraform_remote_state"},
    "kubernetes": {"namespace": "default"},
    "oss": {"prefix": "env:", "key": "terraform.tfstate"},
    "cos": {"key": "terraform.tfstate"},
}
_OWN_WORKSPACES = ("cloud", "remote")
_PASSWORD = re.compile(r"(//[^/@:]*):[^/]*@")
_SECRET = re.compile(r"(?i)pass|secret|token|credential|access|private|sas|key_")
"""Settings of a backend that is not known here, which may hold what nobody shall see."""


class State(msgspec.Struct, frozen=True):
    """Where a state is kept."""

    type: str
    """Type of the backend; `local` where there is none."""
    at: tuple[tuple[str, str], ...]
    """What names it there, in a fixed order. A value that cannot be told is empty."""
    workspace: str
    """The workspace; `default` where none is told."""
    unknown: tuple[str, ...] = ()
    """What of its name the files do not say, and why."""
    where: str = ""
    """`file:line:column` of the backend; the directory where there is none."""

    @property
    def text(self) -> str:
        """For people: `s3 bucket=shop key=web.tfstate`."""
        named = " ".join(f"{key}={value}" for key, value in self.at if value)
        return f"{self.type} {named}".strip()


def read_state(module: Module, files: Sequence[str], workspace: str, read: Read) -> State | tuple[Problem, ...]:
    """Return where a root module keeps its state.

    Args:
        module: The root module.
        files: As `-backend-config` would name them, from the tree's root; later ones over earlier ones.
        workspace: Empty: the default one.
        read: Gives a file's content.
    """
    block = _backend(module)
    said = dict(_settings(block.body)) if block else {}
    problems: list[Problem] = []
    for path in files:
        data = read(path)
        if data is None:
            what = f"there is no file {path} with settings of a backend"
            problems.append(Problem("terraform.no-file", what, "Correct `backend-config:`, or create it.", path))
            continue
        try:
            said.update(_settings(read_file(data, path).body))
        except InputError as e:
            problems.append(problem(e))
    if problems:
        return tuple(problems)
    kind = "local" if block is None else "cloud" if block.type == "cloud" else (*block.labels, "local")[0]
    where = f"{block.file.name}:{block.position}" if block else module.directory or "."
    if kind == "local":
        return _local(module.directory, said, workspace, where)
    return _named(kind, said, workspace, where)


def _backend(module: Module) -> Block | None:
    found = [b for t in module.of("terraform") for b in t.body.blocks if b.type in ("backend", "cloud")]
    return found[-1] if found else None


def _settings(body: Body, at: str = "") -> dict[str, Any]:
    nothing = Scope({}, {})
    found: dict[str, Any] = {}
    for name, one in body.attributes.items():
        if isinstance(one.value, Object):
            value = nothing.evaluate(one.value, one.file)
            found.update({f"{at}{name}.{key}": part for key, part in value.items()})
        else:
            found[at + name] = _value(one, nothing)
    for block in body.blocks:
        found.update(_settings(block.body, f"{at}{block.type}."))
    return found


def _value(one: Attribute, nothing: Scope) -> Any:
    found = nothing.evaluate(one.value, one.file)
    return ",".join(sorted(map(str, found))) if isinstance(found, list) else found


def _named(kind: str, said: dict[str, Any], workspace: str, where: str) -> State:
    unknown: list[str] = []
    at: list[tuple[str, str]] = []
    own: Any = _DEFAULTS.get(kind)
    for key in _TELLING.get(kind, tuple(sorted(k for k in said if not _SECRET.search(k)))):
        value = said.get(key)
        if value is None:
            value = own.get(key, "") if isinstance(own, dict) else ""
            value = value or (_DEFAULTS.get(key, "") if key == "hostname" else "")
        if isinstance(value, Unknown):
            unknown.append(f"{key} {value.why}")
            value = ""
        at.append((key, _normal(key, text_of(value) or "")))
    needed = {"s3": ("bucket", "key"), "gcs": ("bucket",), "azurerm": ("container_name", "key"), "http": ("address",)}
    unknown += [
        f"{key} is not in the files" for key in needed.get(kind, ()) if not dict(at).get(key) and not said.get(key)
    ]
    if kind in _OWN_WORKSPACES and dict(at).get("workspaces.name"):
        workspace = ""
    return State(kind, tuple(at), workspace or "default", tuple(unknown), where)


def _normal(key: str, value: str) -> str:
    value = _PASSWORD.sub(r"\1:***@", value)
    return value.strip("/") if key in ("key", "prefix", "path") else value


def _local(directory: str, said: dict[str, Any], workspace: str, where: str) -> State:
    path = said.get("path")
    if isinstance(path, Unknown):
        return State("local", (("path", ""),), workspace or "default", (f"path {path.why}",), where)
    named = str(path or "terraform.tfstate")
    at = named if named.startswith("/") else join(directory, named) or f"{directory}/{named}"
    return State("local", (("path", at),), workspace or "default", (), where)
