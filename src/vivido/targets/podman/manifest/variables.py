"""A container's environment variables, and `$(NAME)` in its command line.

Source of the rules: Kubernetes API reference, Container v1 (`env`, `envFrom`, `command`): `$(NAME)` is replaced by variables that
are defined before, `$$` stands for `$`, and what is not defined stays as it is written.
"""

import base64
import re
from collections.abc import Callable
from typing import Any

from vivido.targets.podman.manifest.blueprint import SecretKey, Variable
from vivido.targets.podman.manifest.reading import Findings, items, mapping, name_of, namespace_of, string_map

_REFERENCE = re.compile(r"\$\$|\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

Parts = tuple[str | SecretKey, ...]


class Sources:
    """The ConfigMaps and Secrets that pods may refer to."""

    def __init__(self, objects: tuple[dict[str, Any], ...], keys: Callable[[str], tuple[str, ...]]) -> None:
        self._maps = {name_of(o): string_map(o.get("data")) for o in objects if o.get("kind") == "ConfigMap"}
        self._clear = {name_of(o): clear_values(o) for o in objects if o.get("kind") == "Secret"}
        self._keys = keys

    def config(self, name: str) -> dict[str, str] | None:
        """Return a ConfigMap's data, None where there is no such map."""
        return self._maps.get(name)

    @property
    def in_clear(self) -> dict[SecretKey, str]:
        """Secret values that stand in the manifests themselves."""
        return {SecretKey(name, key): value for name, data in self._clear.items() for key, value in data.items()}

    def secret_keys(self, name: str) -> tuple[str, ...]:
        """Return the keys of a secret: what the file gives sources for, and what the manifests hold in clear."""
        return tuple(sorted({*self._keys(name), *self._clear.get(name, {})}))


def clear_values(manifest: dict[str, Any]) -> dict[str, str]:
    """Return the values of a `kind: Secret` that stand in the manifests (which the project's file must allow by name)."""
    values: dict[str, str] = {}
    for key, encoded in string_map(manifest.get("data")).items():
        try:
            values[key] = base64.b64decode(encoded, validate=True).decode()
        except ValueError:
            continue
    return values | string_map(manifest.get("stringData"))


class Reader:
    """Reads one container's variables, in the order Kubernetes defines them."""

    def __init__(self, sources: Sources, pod: dict[str, Any], where: str, findings: Findings) -> None:
        self._sources = sources
        self._pod = pod
        self._where = where
        self._findings = findings

    def read(self, container: dict[str, Any]) -> tuple[Variable, ...]:
        """Return the variables; later ones replace earlier ones of the same name."""
        defined: dict[str, Parts] = {}
        for source in items(container.get("envFrom")):
            defined |= self._all_of(source)
        for entry in items(container.get("env")):
            name = str(entry.get("name", ""))
            parts = self._one(entry, defined)
            if parts is not None:
                defined[name] = parts
        return tuple(Variable(name, parts) for name, parts in defined.items())

    def _all_of(self, source: dict[str, Any]) -> dict[str, Parts]:
        prefix = str(source.get("prefix", ""))
        config, secret = mapping(source.get("configMapRef")), mapping(source.get("secretRef"))
        if config:
            data = self._sources.config(str(config.get("name")))
            if data is None and not config.get("optional"):
                self._findings.invalid(self._where, f"ConfigMap {config.get('name')} is not among the objects")
            return {prefix + k: (v,) for k, v in (data or {}).items() if _NAME.fullmatch(prefix + k)}
        name = str(secret.get("name"))
        keys = self._sources.secret_keys(name)
        if not keys and not secret.get("optional"):
            self._missing_secret(name)
        return {prefix + k: (SecretKey(name, k),) for k in keys if _NAME.fullmatch(prefix + k)}

    def _missing_secret(self, name: str) -> None:
        hint = f"Give each key of {name} a source under the environment's `secrets:`."
        self._findings.invalid(self._where, f"secret {name} has no keys with a source", hint)

    def _one(self, entry: dict[str, Any], defined: dict[str, Parts]) -> Parts | None:
        source = mapping(entry.get("valueFrom"))
        if not source:
            value = entry.get("value")
            return expand("" if value is None else str(value), defined)
        if "configMapKeyRef" in source:
            return self._from_map(mapping(source["configMapKeyRef"]))
        if "secretKeyRef" in source:
            return self._from_secret(mapping(source["secretKeyRef"]))
        if "fieldRef" in source:
            return self._from_field(str(mapping(source["fieldRef"]).get("fieldPath", "")))
        self._findings.unsupported(self._where, f"variable {entry.get('name')} comes from {', '.join(source)}")
        return None

    def _from_map(self, reference: dict[str, Any]) -> Parts | None:
        name, key = str(reference.get("name")), str(reference.get("key"))
        value = (self._sources.config(name) or {}).get(key)
        if value is None and not reference.get("optional"):
            self._findings.invalid(self._where, f"ConfigMap {name} with key {key} is not among the objects")
        return None if value is None else (value,)

    def _from_secret(self, reference: dict[str, Any]) -> Parts | None:
        name, key = str(reference.get("name")), str(reference.get("key"))
        if reference.get("optional") and key not in self._sources.secret_keys(name):
            return None
        return (SecretKey(name, key),)

    def _from_field(self, path: str) -> Parts | None:
        metadata = mapping(self._pod.get("metadata"))
        plain = {"metadata.name": name_of(self._pod), "metadata.namespace": namespace_of(self._pod)}
        labelled = re.fullmatch(r"metadata\.(labels|annotations)\['(.+)'\]", path)
        if labelled:
            return (string_map(metadata.get(labelled[1])).get(labelled[2], ""),)
        if path not in plain:
            self._findings.unsupported(self._where, f"a variable comes from the field {path}")
            return None
        return (plain[path],)


def expand(text: str, defined: dict[str, Parts]) -> Parts:
    """Replace `$(NAME)` in text by the parts of variables that are defined."""
    parts: list[str | SecretKey] = []
    end = 0
    for match in _REFERENCE.finditer(text):
        parts.append(text[end : match.start()])
        parts.extend(("$",) if match[0] == "$$" else defined.get(match[1], (match[0],)))
        end = match.end()
    parts.append(text[end:])
    return tuple(part for part in parts if part)
