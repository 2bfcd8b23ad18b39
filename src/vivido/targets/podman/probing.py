"""Perform one probe, from this machine, through a pod's loopback ports."""

import http.client
import select
import socket
import ssl
from contextlib import suppress

from vivido.targets.podman.manifest.blueprint import Probe
from vivido.targets.podman.program import Podman
from vivido.targets.podman.seen import Seen


def passes(podman: Podman, probe: Probe, container: Seen) -> str:
    """Perform a probe once; return why it fails, empty where it passes."""
    if probe.how == "exec":
        done = podman.attempt("exec", container.id, *probe.command, timeout=max(probe.timeout, 5.0))
        return "" if done.returncode == 0 else f"its command ended with {done.returncode}"
    port = container.ports.get(probe.port)
    if port is None:
        return f"port {probe.port} is not published"
    try:
        return _http(probe, port) if probe.how == "http" else _tcp(probe, port)
    except (OSError, http.client.HTTPException) as e:
        return f"port {probe.port} does not answer ({type(e).__name__})"


def _http(probe: Probe, port: int) -> str:
    connection = _connection(probe, port)
    try:
        # One write: Python servers answer a request that comes in two 40 ms later.
        connection.request("GET", probe.path, headers={"User-Agent": "vivido-probe", **dict(probe.headers)})
        status = connection.getresponse().status
    finally:
        connection.close()
    return "" if 200 <= status < 400 else f"GET {probe.path} answered {status}"


def _connection(probe: Probe, port: int) -> http.client.HTTPConnection:
    if not probe.https:
        return http.client.HTTPConnection("127.0.0.1", port, timeout=probe.timeout)
    # Kubernetes does not verify certificates of probes either: they are the pod's own.
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection("127.0.0.1", port, timeout=probe.timeout, context=context)


def _tcp(probe: Probe, port: int) -> str:
    with socket.create_connection(("127.0.0.1", port), timeout=probe.timeout) as connection:
        # Rootless Podman accepts before the container does, and hangs up when nobody is there.
        readable, _, _ = select.select([connection], [], [], 0.1)
        with suppress(BlockingIOError):
            if readable and not connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT):
                return f"port {probe.port} hangs up"
    return ""
