"""What an environment has: the rendered objects, the secrets that the file names, what is provided from outside."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from vivido.drift.contract.gap import Gap
from vivido.model.difference import Path
from vivido.model.foreign import items, mapping
from vivido.model.objects import Manifest, plain_name
from vivido.model.selector import matches
from vivido.text.nearest import nearest

Keys = frozenset[str] | None
"""Keys of a ConfigMap or Secret; None where they cannot be known, so that any may be there."""

EVERYWHERE: tuple[Path, ...] = (
    ("ConfigMap", "kube-root-ca.crt"),
    ("ServiceAccount", "default"),
    ("Service", "kubernetes"),
)
"""What each namespace of a cluster has (the last one the namespace `default`), made by Kubernetes' own controllers."""
_CERTIFICATE = frozenset(("tls.crt", "tls.key", "ca.crt"))
_TOKEN = frozenset(("token", "ca.crt", "namespace"))
_ISSUERS = ("cert-manager.io/issuer", "cert-manager.io/cluster-issuer", "kubernetes.io/tls-acme")
"""Annotations by which cert-manager makes the Secrets that an Ingress names."""


class Supply:
    """What can be referred to, found by kind and name.

    Args:
        objects: Everything that is rendered.
        secrets: Secrets whose values the file names sources for: name → keys.
        provided: Selectors, taken apart, of what the environment has from elsewhere.
    """

    def __init__(
        self, objects: Iterable[Manifest], secrets: Mapping[str, Collection[str]], provided: Sequence[Path]
    ) -> None:
        self._provided = (*EVERYWHERE, *provided)
        self._found: dict[tuple[str, str], list[tuple[str, Keys]]] = {}
        for one in objects:
            for kind, name, namespace, keys in _made_by(one):
                self._found.setdefault((kind, name), []).append((namespace, keys))
        for name, keys in secrets.items():
            self._found.setdefault(("Secret", name), []).append(("", frozenset(keys)))

    def has(self, kind: str, namespace: str, name: str) -> bool:
        """Say whether there is such an object."""
        return bool(self._there(kind, namespace, name)) or self.provides((kind, name))

    def keys(self, kind: str, namespace: str, name: str) -> Keys:
        """Return the keys of a ConfigMap or Secret; none where it is not there."""
        there = self._there(kind, namespace, name)
        # What is rendered and declared too (an empty Secret that the target fills) has the keys of both.
        known = [keys for _, keys in there]
        if None in known or self._whole((kind, name)):
            return None
        return frozenset(key for keys in known for key in keys or ())

    def has_key(self, kind: str, namespace: str, name: str, key: str) -> bool:
        """Say whether a ConfigMap or Secret has a key, or may have it."""
        keys = self.keys(kind, namespace, name)
        return keys is None or key in keys or self.provides((kind, name, "data", key))

    def provides(self, thing: Path) -> bool:
        """Say whether something comes from outside: as a whole, or one key of it; an object also where a key of it does."""
        if self._whole(thing[:2]):
            return True
        if len(thing) == 2:
            return any(p[2:3] == ("data",) and matches(p[:2], thing) for p in self._provided)
        return any(matches(p, thing) for p in self._provided)

    def excuses(self, gap: Gap) -> bool:
        """Say whether the place that needs something is declared as met from outside."""
        at = gap.at
        place = (at.kind, plain_name(at.name), *at.path)
        return any(matches(p, place[:end]) for p in self._provided if len(p) > 2 for end in range(3, len(place) + 1))

    def nearest(self, kind: str, name: str) -> str:
        """Return the name of the object of a kind that comes nearest; empty where none does."""
        return nearest(name, [n for k, n in self._found if k == kind]) or ""

    def _there(self, kind: str, namespace: str, name: str) -> list[tuple[str, Keys]]:
        # An object without a namespace goes where its neighbours go.
        return [f for f in self._found.get((kind, name), ()) if not namespace or not f[0] or f[0] == namespace]

    def _whole(self, thing: Path) -> bool:
        return any(len(p) <= 2 and matches(p, thing) for p in self._provided)


def _made_by(manifest: Manifest) -> Iterator[tuple[str, str, str, Keys]]:
    """Yield an object, and the Secrets that controllers make of it: (kind, name, namespace, keys)."""
    meta, spec = mapping(manifest.get("metadata")), mapping(manifest.get("spec"))
    kind, name, namespace = str(manifest.get("kind", "")), str(meta.get("name", "")), str(meta.get("namespace") or "")
    yield kind, name, namespace, _keys(manifest)
    match kind:
        case "SealedSecret":
            template = mapping(spec.get("template"))
            made = str(mapping(template.get("metadata")).get("name") or name)
            keys = frozenset((*mapping(spec.get("encryptedData")), *mapping(template.get("data"))))
            yield "Secret", made, namespace, keys
        case "ExternalSecret":
            target = mapping(spec.get("target"))
            open_ = spec.get("dataFrom") or target.get("template")
            keys = None if open_ else frozenset(str(d.get("secretKey")) for d in items(spec.get("data")))
            yield "Secret", str(target.get("name") or name), namespace, keys
        case "Certificate":
            yield "Secret", str(spec.get("secretName")), namespace, _CERTIFICATE
        case "SecretProviderClass":
            for made in items(spec.get("secretObjects")):
                keys = frozenset(str(d.get("key")) for d in items(made.get("data")))
                yield "Secret", str(made.get("secretName")), namespace, keys
        case "Ingress" if any(a in mapping(meta.get("annotations")) for a in _ISSUERS):
            for tls in items(spec.get("tls")):
                yield "Secret", str(tls.get("secretName")), namespace, _CERTIFICATE
        case _:
            pass


def _keys(manifest: Manifest) -> Keys:
    if manifest.get("type") == "kubernetes.io/service-account-token":
        return _TOKEN
    fields = (mapping(manifest.get(field)) for field in ("data", "stringData", "binaryData"))
    return frozenset(str(key) for field in fields for key in field)
