"""The JSON Schema of the file, for editors and for `check`: one description, made from the structs.

Draft 7, which every editor's YAML support knows; what is written means the same by 2020-12.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import inspect

from vivido.config.kinds import Kind, Kinds, kind_shape
from vivido.config.shape.environment import GateShape
from vivido.config.shape.parity import PairShape
from vivido.config.shape.project import ProjectShape
from vivido.config.values import PairName
from vivido.errors import InputError

Schema = dict[str, Any]

_COLLECTIONS = (
    inspect.ListType,
    inspect.VarTupleType,
    inspect.SetType,
    inspect.FrozenSetType,
    inspect.DictType,
)

DRAFT = "http://json-schema.org/draft-07/schema#"


def schema(kinds: Kinds) -> Schema:
    """Return the JSON Schema of a file that may use these kinds, with descriptions, defaults and examples.

    Raises:
        InputError: `config.kind`: a kind's shorthand is none of its options, or not alone enough.
    """
    return shape_schema(kinds, described=True)


def shape_schema(kinds: Kinds, *, described: bool = False) -> Schema:
    """Return the same without descriptions, which is quick: reading them means reading source files."""
    structs = (ProjectShape, GateShape, *(k.options for k in (*kinds.gates.values(), *kinds.targets.values())))
    every = tuple(dict.fromkeys((*structs, *_nested(structs))))
    references, definitions = msgspec.json.schema_components(every, ref_template="#/$defs/{name}")
    refs = {struct: str(ref["$ref"]) for struct, ref in zip(every, references, strict=True)}
    for struct, ref in refs.items():
        _finish(definitions[_name(ref)], struct, described=described)
    gate = definitions.pop(_name(refs[GateShape]))
    definitions["gate"] = _one_of("gate", kinds.gates, refs, definitions, gate["properties"])
    definitions["target"] = _one_of("target", kinds.targets, refs, definitions, {})
    root = definitions[_name(refs[ProjectShape])]["properties"]["environments"]["additionalProperties"]
    environment = definitions[_name(root["$ref"])]["properties"]
    environment["target"] |= {"$ref": "#/$defs/target"}
    environment["gates"] |= {"items": {"$ref": "#/$defs/gate"}}
    whole = {"$schema": DRAFT, "title": "vivido.yaml", "$ref": refs[ProjectShape], "$defs": definitions}
    # Through JSON once: defaults are tuples and structs until then.
    return msgspec.json.decode(msgspec.json.encode(whole))


def pairs_schema() -> Schema:
    """Return the schema of a service's own file of parity rules, without descriptions."""
    (whole,), definitions = msgspec.json.schema_components((dict[PairName, PairShape],), ref_template="#/$defs/{name}")
    return {**whole, "$defs": definitions}


def _name(ref: str) -> str:
    return ref.removeprefix("#/$defs/")


def _nested(structs: tuple[type, ...]) -> Iterator[type]:
    """Yield the structs that occur in the fields of others, so that each definition can be told to whom it belongs."""
    seen: set[type] = set()
    waiting: list[inspect.Type] = list(inspect.multi_type_info(structs))
    while waiting:
        part = waiting.pop()
        if isinstance(part, inspect.StructType):
            if part.cls in seen:
                continue
            seen.add(part.cls)
            yield part.cls
            waiting += [f.type for f in part.fields]
        else:
            _refuse_deadly(part)
            waiting += _parts(part)


def _refuse_deadly(part: inspect.Type) -> None:
    """Refuse the union that makes msgspec free a pattern as if it were a type; see `values.words`."""
    if isinstance(part, inspect.UnionType):
        patterns = [t for t in part.types if isinstance(t, inspect.StrType) and t.pattern]
        if patterns and any(isinstance(t, _COLLECTIONS) for t in part.types):
            raise InputError(
                f"an option is text with the pattern {patterns[0].pattern} or a collection: msgspec cannot hold both",
                code="config.kind",
                hint="Give the pattern by vivido.config.values.words.",
            )


def _parts(part: inspect.Type) -> list[inspect.Type]:
    """Return the types directly inside another: of a union, a list, a mapping, an annotation."""
    found: list[inspect.Type] = []
    for name in part.__struct_fields__:
        value = getattr(part, name)
        found += [v for v in (value if isinstance(value, tuple) else (value,)) if isinstance(v, inspect.Type)]
    return found


def _finish(definition: Schema, struct: type, *, described: bool) -> None:
    definition.pop("title", None)
    if noun := getattr(struct, "noun", ""):
        definition["title"] = noun
    if choice := getattr(struct, "exactly_one", ()):
        definition["oneOf"] = [{"required": [name]} for name in choice]
    if not described:
        return
    # Here, because a command that only reads the file must not pay for what reads source files.
    from vivido.config.describe import field_docs

    docs = field_docs(struct)
    for field in msgspec.structs.fields(struct):
        if doc := docs.get(field.name):
            definition["properties"][field.encode_name]["description"] = doc


def _one_of(
    noun: str, kinds: Mapping[str, Kind], refs: Mapping[type, str], definitions: Schema, beside: Schema
) -> Schema:
    """Return the schema of something that has exactly one kind: its bare name, or `{kind: options}`."""
    options = {name: _options(name, kind, refs[kind.options], definitions) for name, kind in kinds.items()}
    bare = [name for name, kind in kinds.items() if kind_shape(kind).bare]
    written = {
        "title": noun,
        "type": "object",
        "properties": options | beside,
        "additionalProperties": False,
        "oneOf": [{"required": [name]} for name in kinds],
    }
    return {"anyOf": [{"enum": bare, "title": noun}, written]} if bare else written


def _options(name: str, kind: Kind, ref: str, definitions: Schema) -> Schema:
    options: Schema = {"$ref": ref}
    described = {k: v for k, v in definitions[_name(ref)].items() if k == "description"}
    if not kind.shorthand:
        return options | described
    if not kind_shape(kind).takes(kind.shorthand):
        raise InputError(
            f"the kind “{name}” cannot be written in short: “{kind.shorthand}” is not its one required option",
            code="config.kind",
            hint="Tell whoever made this kind.",
        )
    short = definitions[_name(ref)]["properties"][kind.shorthand]
    return {"anyOf": [short, options], **described}
