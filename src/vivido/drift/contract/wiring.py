"""References between objects: selectors that choose no pod, backends, targets and accounts that are not there."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from vivido.drift.contract.gap import Gap, Place, place_of
from vivido.drift.contract.needs import Need
from vivido.drift.contract.pods import Pod
from vivido.model.foreign import items, mapping, strings
from vivido.model.objects import Manifest


class Port(msgspec.Struct, frozen=True):
    """A port of a Service that something refers to."""

    service: str
    port: str
    """A number or a name."""
    at: Place


def needs_of_object(manifest: Manifest) -> Iterator[Need]:
    """Yield what an object itself refers to by name; for what its pods refer to see `needs`."""
    kind = str(manifest.get("kind"))
    yield from (Need("Service", port.service, port.at) for port in ports_of(manifest))
    if kind in _REFERENCES:
        yield from _REFERENCES[kind](manifest, place_of(manifest))


def _ingress(manifest: Manifest, at: Place) -> Iterator[Need]:
    for number, tls in enumerate(items(mapping(manifest.get("spec")).get("tls"))):
        if name := tls.get("secretName"):
            yield Need("Secret", str(name), at.below("spec", "tls", str(number), "secretName"))


def _scaler(manifest: Manifest, at: Place) -> Iterator[Need]:
    target = mapping(mapping(manifest.get("spec")).get("scaleTargetRef"))
    yield Need(str(target.get("kind", "")), str(target.get("name", "")), at.below("spec", "scaleTargetRef", "name"))


def _stateful(manifest: Manifest, at: Place) -> Iterator[Need]:
    if name := mapping(manifest.get("spec")).get("serviceName"):
        yield Need("Service", str(name), at.below("spec", "serviceName"))


def _account(manifest: Manifest, at: Place) -> Iterator[Need]:
    for reference in items(manifest.get("imagePullSecrets")):
        name = str(reference.get("name"))
        yield Need("Secret", name, at.below("imagePullSecrets", name))


def _binding(manifest: Manifest, at: Place) -> Iterator[Need]:
    role = mapping(manifest.get("roleRef"))
    if role.get("kind") == "Role":
        yield Need("Role", str(role.get("name")), at.below("roleRef", "name"))
    for number, subject in enumerate(items(manifest.get("subjects"))):
        # Accounts of other namespaces are somebody else's.
        if subject.get("kind") == "ServiceAccount" and subject.get("namespace", at.namespace) == at.namespace:
            yield Need("ServiceAccount", str(subject.get("name")), at.below("subjects", str(number), "name"))


_REFERENCES = {
    "Ingress": _ingress,
    "HorizontalPodAutoscaler": _scaler,
    "StatefulSet": _stateful,
    "ServiceAccount": _account,
    "RoleBinding": _binding,
}


def ports_of(manifest: Manifest) -> Iterator[Port]:
    """Yield the Services that an Ingress or a route sends requests to, with their ports."""
    at = place_of(manifest, "spec")
    match manifest.get("kind"):
        case "Ingress":
            yield from _ingress_ports(mapping(manifest.get("spec")), at)
        case "HTTPRoute" | "GRPCRoute":
            yield from _route_ports(mapping(manifest.get("spec")), at)
        case _:
            pass


def _ingress_ports(spec: dict[str, Any], at: Place) -> Iterator[Port]:
    backends = [(at.below("defaultBackend"), spec.get("defaultBackend"))]
    for number, rule in enumerate(items(spec.get("rules"))):
        for which, path in enumerate(items(mapping(rule.get("http")).get("paths"))):
            place = at.below("rules", str(number), "http", "paths", str(which), "backend")
            backends.append((place, path.get("backend")))
    for place, backend in backends:
        if isinstance(service := mapping(backend).get("service"), dict):
            port = mapping(service.get("port"))
            said = port.get("name") or port.get("number") or ""
            yield Port(str(service.get("name")), str(said), place.below("service", "name"))


def _route_ports(spec: dict[str, Any], at: Place) -> Iterator[Port]:
    for number, rule in enumerate(items(spec.get("rules"))):
        for which, backend in enumerate(items(rule.get("backendRefs"))):
            if backend.get("kind", "Service") == "Service" and backend.get("namespace", at.namespace) == at.namespace:
                name = str(backend.get("name") or which)
                place = at.below("rules", str(number), "backendRefs", name, "name")
                yield Port(name, str(backend.get("port") or ""), place)


def lost_ports(manifest: Manifest, there: Mapping[str, Manifest]) -> Iterator[Gap]:
    """Yield a gap for each port that an Ingress or a route names and the Service, which is there, does not have."""
    for used in ports_of(manifest):
        service = there.get(used.service)
        if service is None or not used.port:
            continue
        has = [(str(p.get("port")), str(p.get("name"))) for p in items(mapping(service.get("spec")).get("ports"))]
        if has and not any(used.port in port for port in has):
            ports = ", ".join(name if name != "None" else number for number, name in has)
            message = (
                f"{used.at.object} sends requests to port {used.port} of Service/{used.service}, which has {ports}"
            )
            yield Gap("contract.port", message, used.at, "Name a port that the Service has.")


class Labelled:
    """All pods, found by a label that they have: with a thousand services each selector concerns a few of them."""

    def __init__(self, pods: Iterable[Pod]) -> None:
        self._pods = tuple(pods)
        self._by_label: dict[tuple[str, str], list[Pod]] = {}
        for pod in self._pods:
            for key, value in pod.labels.items():
                self._by_label.setdefault((key, str(value)), []).append(pod)

    def chosen(self, selector: dict[str, Any], namespace: str) -> list[Pod]:
        """Return the pods that a selector chooses in a namespace; one that is not told counts as the same."""
        wanted = next(iter(mapping(selector.get("matchLabels")).items()), None)
        near = self._pods if wanted is None else self._by_label.get((wanted[0], str(wanted[1])), ())
        here = (p for p in near if not namespace or not p.at.namespace or p.at.namespace == namespace)
        return [p for p in here if _chooses(selector, p.labels)]


def lost_selectors(manifest: Manifest, pods: Labelled) -> Iterator[Gap]:
    """Yield a gap for each selector that chooses no pod, and for each named port that the chosen pods do not have."""
    at = place_of(manifest, "spec")
    for place, selector, what in _selectors(manifest, at):
        if not pods.chosen(selector, at.namespace):
            said = ", ".join(f"{k}={v}" for k, v in mapping(selector.get("matchLabels")).items()) or "its expressions"
            message = f"{at.object} {what} {said}, and no pod has that"
            yield Gap("contract.selector", message, place, "Give the selector the labels of the pods that are meant.")
    if manifest.get("kind") == "Service":
        yield from _named_ports(manifest, at, pods)


def _named_ports(manifest: Manifest, at: Place, pods: Labelled) -> Iterator[Gap]:
    spec = mapping(manifest.get("spec"))
    selector = mapping(spec.get("selector"))
    chosen = pods.chosen({"matchLabels": selector}, at.namespace) if selector else []
    named = {
        str(port.get("name"))
        for pod in chosen
        for _, container, _ in pod.containers()
        for port in items(container.get("ports"))
    }
    for number, port in enumerate(items(spec.get("ports"))):
        target = port.get("targetPort")
        if chosen and isinstance(target, str) and not target.isdigit() and target not in named:
            place = at.below("ports", str(port.get("name") or number), "targetPort")
            message = f"{at.object} sends requests to a port named {target}, and no container of its pods has one"
            yield Gap("contract.port", message, place, f"Name a container's port {target}, or write its number.")


def _selectors(manifest: Manifest, at: Place) -> Iterator[tuple[Place, dict[str, Any], str]]:
    spec = mapping(manifest.get("spec"))
    match manifest.get("kind"):
        case "Service":
            if (labels := mapping(spec.get("selector"))) and spec.get("type") != "ExternalName":
                yield at.below("selector"), {"matchLabels": labels}, "sends requests to pods with"
        case "PodDisruptionBudget":
            if selector := mapping(spec.get("selector")):
                yield at.below("selector"), selector, "protects pods with"
        case "NetworkPolicy":
            if selector := mapping(spec.get("podSelector")):
                yield at.below("podSelector"), selector, "speaks of pods with"
            yield from _peers(spec, at)
        case _:
            pass


def _peers(spec: dict[str, Any], at: Place) -> Iterator[tuple[Place, dict[str, Any], str]]:
    for way, side, what in (("ingress", "from", "lets in pods with"), ("egress", "to", "lets out to pods with")):
        for number, rule in enumerate(items(spec.get(way))):
            for which, peer in enumerate(items(rule.get(side))):
                # With a namespace the pods may be anybody's.
                if "namespaceSelector" not in peer and (selector := mapping(peer.get("podSelector"))):
                    place = at.below(way, str(number), side, str(which), "podSelector")
                    yield place, selector, what


def _chooses(selector: dict[str, Any], labels: dict[str, Any]) -> bool:
    """Say whether a label selector chooses a pod (apimachinery, `metav1.LabelSelector`)."""
    if any(str(labels.get(k)) != str(v) or k not in labels for k, v in mapping(selector.get("matchLabels")).items()):
        return False
    return all(_holds(e, labels) for e in items(selector.get("matchExpressions")))


def _holds(expression: dict[str, Any], labels: dict[str, Any]) -> bool:
    key, values = str(expression.get("key")), strings(expression.get("values"))
    match expression.get("operator"):
        case "In":
            return key in labels and str(labels[key]) in values
        case "NotIn":
            return key not in labels or str(labels[key]) not in values
        case "Exists":
            return key in labels
        case _:
            return key not in labels
