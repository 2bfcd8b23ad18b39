"""`configuration.md`, `gates.md` and `targets.md`: every key of `vivido.yaml`, from its JSON Schema."""

import inspect
import json
from collections.abc import Iterator
from typing import Any

from reference.text import page, table
from vivido.app.kinds import installed
from vivido.config.schema import schema
from vivido.gates.kinds import KINDS as GATES
from vivido.targets.kinds import KINDS as TARGETS

Schema = dict[str, Any]

_ABOUT_FILE = """
`vivido.yaml` lies at the top of a repository, or in a directory of it. `vivido init` writes one, `vivido config check` says
everything that is wrong with it, `vivido config show` prints it with all defaults, and `vivido config schema` prints the JSON
Schema that this page is made from; editors read it from `.vivido/schema.json`. Unknown keys are mistakes. Paths are relative to
the file.
"""
_ABOUT_GATES = """
A gate is written as `KIND: VALUE` for its main option alone, or as `KIND: {OPTION: VALUE, …}`. Beside the kind may stand
`name:` and `when:`. A gate answers `passed`, `failed`, `pending`, `blind` (it could not be judged: that freezes, it never
promotes) or `skipped`. Other packages may bring more kinds: [A kind of your own](../how-to/new-kind.md).
"""
_ABOUT_TARGETS = """
A target is written as its name alone where no option is needed, as `KIND: VALUE` for its main option, or as
`KIND: {OPTION: VALUE, …}`. Other packages may bring more kinds: [A kind of your own](../how-to/new-kind.md).
"""
_TITLES = {
    "ProjectShape": "The file",
    "ServiceShape": "A service",
    "BuildShape": "A build",
    "ConfigShape": "A chart or a module",
    "ImageShape": "An image among values",
    "EnvironmentShape": "An environment",
    "OwnConfigurationShape": "A repository of its own",
    "HydrateShape": "Rendered objects",
    "SecretSourceShape": "Where a secret comes from",
    "ConfigurationShape": "The configuration repository",
    "RegistriesShape": "Registries",
    "CommitsShape": "Commits",
    "PersonShape": "A person",
    "SecretsShape": "Secrets in manifests",
    "AllowedSecretShape": "A Secret that may stay in clear",
    "BuildsShape": "Builds of branches",
    "AllowedBuildShape": "A build that may differ",
    "PairShape": "Parity of two environments",
    "AllowShape": "A difference that may be",
    "EqualShape": "What may never differ",
    "AuditShape": "Audits",
    "RequiresShape": "What a service needs",
    "ExpectationShape": "What must hold",
    "ProvidedShape": "What is there already",
    "AllowedResource": "A resource that may go",
}


def configuration() -> str:
    """Return the page of the whole file."""
    definitions = _definitions()
    parts = [_shape(_TITLES[name], definitions[name]) for name in definitions if name.endswith("Shape")]
    return page("The configuration file", _ABOUT_FILE, *parts)


def gates() -> str:
    """Return the page of the gates."""
    definitions = _definitions()
    beside = {k: v for k, v in definitions["gate"]["properties"].items() if k in ("name", "when")}
    parts = [f"## Beside the kind\n\n{_table({'properties': beside})}"]
    for name, kind in GATES.items():
        told = inspect.getdoc(type(kind)) or ""
        main = f"Written in short it stands for `{kind.shorthand}`. " if kind.shorthand else ""
        moment = f"{main}It is judged `{kind.moment}` unless `when:` says otherwise."
        own = definitions[kind.options.__name__]
        parts.append("\n\n".join((f"## {name}", told, moment, _table(own))))
        parts += [_shape(_TITLES[part], definitions[part]).replace("## ", "### ", 1) for part in _parts(own)]
    return page("Gates", _ABOUT_GATES, *parts)


def targets() -> str:
    """Return the page of the targets."""
    definitions = _definitions()
    parts: list[str] = []
    for name, kind in TARGETS.items():
        told = inspect.cleandoc(definitions[kind.options.__name__]["description"])
        main = f"Written in short it stands for `{kind.shorthand}`." if kind.shorthand else "It has no short form."
        parts.append("\n\n".join((f"## {name}", told, main, _table(definitions[kind.options.__name__]))).strip())
    return page("Targets", _ABOUT_TARGETS, *parts)


def _parts(definition: Schema) -> list[str]:
    """Return the structs that the options of a kind are made of."""
    items = (one.get("items", {}) for one in definition["properties"].values())
    return [item["$ref"].rpartition("/")[2] for item in items if "$ref" in item]


def _definitions() -> dict[str, Schema]:
    return schema(installed().for_config())["$defs"]


def _shape(title: str, definition: Schema) -> str:
    return f"## {title}\n\n{definition.get('description', '')}\n\n{_table(definition)}"


def _table(definition: Schema) -> str:
    properties: dict[str, Schema] = definition["properties"]
    if not properties:
        return ""
    required = set(definition.get("required", ()))
    one_of = [b["required"][0] for b in definition.get("oneOf", ())]
    rows = [
        (
            f"`{name}`",
            ", ".join(_types(one)),
            "required" if name in required else "exactly one of these" if name in one_of else _default(one),
            one.get("description", ""),
        )
        for name, one in properties.items()
    ]
    return table(("key", "value", "default", "meaning"), rows)


def _default(one: Schema) -> str:
    default = one.get("default")
    return (
        ""
        if default in (None, "", [], {}) or isinstance(default, dict)
        else f"`{json.dumps(default)}`".replace('"', "")
    )


def _types(one: Schema) -> Iterator[str]:
    if "$ref" in one:
        name = one["$ref"].rpartition("/")[2]
        links = {"gate": "[a gate](gates.md)", "target": "[a target](targets.md)"}
        yield links.get(name) or f"[{_TITLES[name].lower()}](#{_TITLES[name].lower().replace(' ', '-')})"
    elif "anyOf" in one:
        yield " or ".join(dict.fromkeys(t for branch in one["anyOf"] for t in _types(branch)))
    elif "enum" in one:
        yield " or ".join(f"`{v}`" for v in one["enum"])
    elif one.get("type") == "array":
        inner = one.get("items")
        yield "list of " + ", ".join(_types(inner)) if inner else "list"
    elif one.get("type") == "object":
        inner = one.get("additionalProperties")
        yield "name → " + ", ".join(_types(inner)) if isinstance(inner, dict) else "mapping"
    else:
        yield _scalar(one)


def _scalar(one: Schema) -> str:
    kinds = {
        "string": "text",
        "integer": "number",
        "number": "number",
        "boolean": "`true` or `false`",
        "null": "nothing",
    }
    plain = kinds.get(one.get("type", ""), "anything")
    title = one.get("title", "")
    if title and title != "text":
        return "a name" if title.startswith("a name of") else str(title)
    low, high = one.get("minimum"), one.get("maximum")
    return f"{plain} from {low} to {high}" if low is not None and high is not None else plain
