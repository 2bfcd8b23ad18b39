"""Services: which pods stand behind which port, and what is spoken there."""

from typing import Any

from vivido.targets.podman.manifest.blueprint import Backend, Container, Port, Probe, Service, Workload
from vivido.targets.podman.manifest.probe import port_number
from vivido.targets.podman.manifest.reading import (
    Findings,
    items,
    mapping,
    name_of,
    namespace_of,
    number,
    string_map,
)

_HTTP_PORTS = (80, 3000, 5000, 8000, 8080, 8888, 9090)
"""What is taken for HTTP where nothing else says what is spoken."""


def read_service(
    manifest: dict[str, Any], workloads: tuple[Workload, ...], where: str, findings: Findings
) -> Service | None:
    """Read a Service; None where it cannot be had on this machine."""
    spec = mapping(manifest.get("spec"))
    if spec.get("type") == "ExternalName":
        findings.unsupported(where, "it stands for a foreign name (ExternalName)", "Let the program call that name.")
        return None
    selector = string_map(spec.get("selector"))
    if not selector:
        findings.unsupported(where, "it selects no pods by labels")
        return None
    namespace = namespace_of(manifest)
    chosen = [w for w in workloads if w.namespace == namespace and selector.items() <= w.labels.items()]
    if not chosen:
        findings.notice(f"{where} selects no pod: it will answer with errors")
    if spec.get("sessionAffinity") == "ClientIP":
        findings.notice(f"{where}: sessionAffinity has no effect on this machine")
    ports = (_port(entry, chosen, where, findings) for entry in items(spec.get("ports")))
    return Service(name_of(manifest), namespace, tuple(p for p in ports if p is not None))


def _port(entry: dict[str, Any], workloads: list[Workload], where: str, findings: Findings) -> Port | None:
    listened = number(entry.get("port"), 0)
    if entry.get("protocol", "TCP") != "TCP":
        findings.unsupported(where, f"port {listened} speaks {entry['protocol']}; only TCP is balanced here")
        return None
    wanted = entry.get("targetPort", listened)
    backends = tuple(b for w in workloads if (b := _backend(w, wanted)) is not None)
    if workloads and not backends:
        findings.invalid(where, f"targetPort {wanted} is no port of the pods it selects")
    probe = _probe(workloads, backends)
    name = str(entry.get("name") or "")
    return Port(listened, name, _mode(entry, name, listened, probe), backends, _askable(probe, backends))


def _backend(workload: Workload, wanted: Any) -> Backend | None:
    ports = tuple(p for c in workload.containers for p in c.ports)
    found = port_number(wanted, ports)
    return Backend(workload.name, found) if found else None


def _probe(workloads: list[Workload], backends: tuple[Backend, ...]) -> Probe | None:
    """Return the readiness probe that asks the very port behind the Service."""
    ports = {(b.workload, b.port) for b in backends}
    containers: list[tuple[str, Container]] = [(w.name, c) for w in workloads for c in w.containers]
    probes = (c.readiness for w, c in containers if c.readiness is not None and (w, c.readiness.port) in ports)
    return next(probes, None)


def _askable(probe: Probe | None, backends: tuple[Backend, ...]) -> Probe | None:
    """Return the probe where HAProxy may go on asking it: plain HTTP, and the same for all pods behind the port."""
    return probe if probe is not None and probe.how == "http" and not probe.https and len(backends) == 1 else None


def _mode(entry: dict[str, Any], name: str, listened: int, probe: Probe | None) -> str:
    """Say what is spoken: what the manifest says, what it is called (as Istio reads it), what it is probed with."""
    protocol = str(entry.get("appProtocol") or name).lower()
    if protocol.startswith(("grpc", "http2", "h2c", "kubernetes.io/h2c")):
        return "h2"
    if protocol.startswith(("https", "tls", "tcp")):
        return "tcp"
    if protocol.startswith(("http", "kubernetes.io/ws", "web")):
        return "http"
    if probe is not None and probe.how == "http":
        return "tcp" if probe.https else "http"
    return "http" if listened in _HTTP_PORTS and not entry.get("appProtocol") else "tcp"
