"""Rendered objects as files: one for each object, the same bytes for the same objects, and proved to be read as what they were."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from vivido.errors import IntegrityError
from vivido.model.canonical import canonical, fingerprint
from vivido.model.objects import Manifest, Rendered, identity, plain_name, same_object
from vivido.render.objects import read_objects

_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_./@-]*(?:[:=][A-Za-z0-9_./@-]+)*(?: [A-Za-z0-9_./@-]+)*")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"})
_STRANGE = re.compile(r"[^A-Za-z0-9._-]")


def written(rendered: Rendered, head: str) -> dict[str, bytes]:
    """Return a file for each object, by path: `<namespace>/<kind>-<name>.yaml`, without the directory where no namespace is given.

    Names are without the hash that Kustomize appends, so that a changed ConfigMap is a changed file; where two objects would have
    one path, theirs are longer.

    Args:
        rendered: The objects.
        head: A line for the top of each file, without `#`.

    Raises:
        IntegrityError: `render.unwritable`: an object would be read otherwise than it was written.
    """
    paths = _paths(rendered.objects)
    return {path: _bytes(one, head, path) for path, one in sorted(zip(paths, rendered.objects, strict=True))}


def _paths(objects: tuple[Manifest, ...]) -> list[str]:
    levels: tuple[Callable[[Manifest], str], ...] = (_short, _long, _unique)
    taken = [Counter(level(one).casefold() for one in objects) for level in levels]
    found: list[str] = []
    for one in objects:
        free = (level(one) for level, count in zip(levels, taken, strict=True) if count[level(one).casefold()] == 1)
        path = next(free, _unique(one))
        found.append(_unique(one) if path.casefold() in {f.casefold() for f in found} else path)
    return found


def _short(one: Manifest) -> str:
    _, kind, namespace, name = same_object(one)
    return _path(namespace, f"{kind.lower()}-{plain_name(name)}")


def _long(one: Manifest) -> str:
    group, kind, namespace, name = same_object(one)
    return _path(namespace, ".".join(part for part in (f"{kind.lower()}-{name}", group) if part))


def _unique(one: Manifest) -> str:
    return f"{_long(one).removesuffix('.yaml')}-{fingerprint(list(same_object(one)))[:8]}.yaml"


def _path(namespace: str, name: str) -> str:
    return f"{_clean(namespace)}/{_clean(name)}.yaml" if namespace else f"{_clean(name)}.yaml"


def _clean(text: str) -> str:
    """Return a text as one part of a path, which is neither hidden nor leads anywhere."""
    return _STRANGE.sub("-", text).lstrip(".") or "-"


def _bytes(one: Manifest, head: str, path: str) -> bytes:
    """Write an object as YAML that people read, or as JSON, which is YAML too, where that would be read otherwise."""
    for text in (_yaml, _json):
        data = f"# {head}\n{text(one)}".encode()
        objects, problems = read_objects(data, path)
        if not problems and len(objects) == 1 and canonical(objects[0]) == canonical(one):
            return data
    raise IntegrityError(
        f"{identity(one)} cannot be written so that it is read as it was rendered",
        code="render.unwritable",
        hint="Look for values in it that YAML and JSON cannot hold.",
        where=path,
    )


def _yaml(one: Manifest) -> str:
    import yaml

    class Dumper(yaml.CSafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

    def text(dumper: yaml.CSafeDumper, value: str) -> yaml.ScalarNode:
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=_style(value))

    Dumper.add_representer(str, text)
    try:
        return yaml.dump(one, Dumper=Dumper, sort_keys=True, allow_unicode=True, width=2**20, default_flow_style=False)
    except (yaml.YAMLError, UnicodeEncodeError):
        return ""


def _style(value: str) -> str | None:
    """Quote whatever any reader of YAML might take for something else than text."""
    if "\n" in value:
        return "|"
    return None if _PLAIN.fullmatch(value) and value.lower() not in _WORDS else '"'


def _json(one: Manifest) -> str:
    import msgspec

    return msgspec.json.format(canonical(one), indent=2).decode() + "\n"
