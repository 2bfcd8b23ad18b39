"""Readiness and startup probes, and the ports that they and Services name."""

from typing import Any

from vivido.targets.podman.manifest.blueprint import Probe
from vivido.targets.podman.manifest.reading import Findings, items, mapping, number, strings

Ports = tuple[tuple[str, int], ...]


def read_probe(probe: Any, ports: Ports, where: str, findings: Findings) -> Probe | None:
    """Read a probe; None where there is none, or none that can be performed.

    Delays and periods are not taken over: Vivido asks from the start and often, until the target's limit. A pass is a pass.
    """
    probe = mapping(probe)
    timeout, successes = float(number(probe.get("timeoutSeconds"), 1)), number(probe.get("successThreshold"), 1)
    if "exec" in probe:
        command = strings(mapping(probe["exec"]).get("command"))
        return Probe("exec", command=command, timeout=timeout, successes=successes)
    for how, key in (("http", "httpGet"), ("tcp", "tcpSocket"), ("tcp", "grpc")):
        if key in probe:
            action = mapping(probe[key])
            port = port_number(action.get("port"), ports)
            if port is None:
                findings.invalid(where, f"a probe asks port {action.get('port')}, which the container does not name")
                return None
            return _network(how, port, action, timeout, successes)
    if probe:
        findings.unsupported(where, f"a probe is of kind {', '.join(probe)}")
    return None


def _network(how: str, port: int, action: dict[str, Any], timeout: float, successes: int) -> Probe:
    headers = tuple((str(h.get("name")), str(h.get("value"))) for h in items(action.get("httpHeaders")))
    path = str(action.get("path") or "/")
    path = path if path.startswith("/") else f"/{path}"
    https = action.get("scheme") == "HTTPS"
    return Probe(how, port, path, https, headers, timeout=timeout, successes=successes)


def port_number(port: Any, ports: Ports) -> int | None:
    """Return the number of a container's port that is given by number or name."""
    if isinstance(port, int):
        return port
    by_name = dict(ports).get(str(port)) if port else None
    return by_name if by_name else int(str(port)) if str(port).isdecimal() else None
