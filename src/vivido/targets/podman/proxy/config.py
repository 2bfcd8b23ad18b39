"""HAProxy's configuration as a pure function of what should serve. Written for HAProxy 2.6 and newer."""

from vivido.model.canonical import sha256
from vivido.targets.podman.manifest.blueprint import Probe
from vivido.targets.podman.proxy.serving import Route, Serving

SOCKET = "haproxy.sock"
"""Relative to HAProxy's directory: a Unix socket's path has at most 107 characters."""

INNER_SOCKET = "inner.sock"
"""The same of the process inside rootless Podman's network."""

_HEAD = """\
# Written by vivido: changes are overwritten. What should serve is in serving.json beside this file.
global
    description {structure}
    # Relative to HAProxy's directory: a Unix socket's path has at most 107 characters.
    stats socket unix@{socket} mode 600 level admin expose-fd listeners
    # Two environments must never share a port by chance; a reload hands its listeners over instead.
    noreuseport
    nbthread 1
    hard-stop-after 10m
    tune.bufsize 32768

defaults
    timeout connect 5s
    timeout client 10m
    timeout server 10m
    timeout queue 30s
    timeout http-request 60s
    timeout http-keep-alive 10s
    timeout tunnel 1h
    timeout client-fin 30s
    retries 3
    option redispatch 1
"""
_CHECKED = "check inter 2s fall 3 rise 1"


def configuration(serving: Serving, socket: str) -> str:
    """Return the whole file, with the servers that get traffic: a fresh process does at once what it should."""
    head = _HEAD.format(structure=structure(serving), socket=socket)
    return "\n".join([head, *(_listen(r, servers=True) for r in serving.routes)])


def inner_configuration(serving: Serving, socket: str) -> str:
    """Return the configuration of the process inside rootless Podman's network: it passes everything on, and knows no servers."""
    head = _HEAD.format(structure=inner_structure(serving), socket=socket)
    return "\n".join([head, *map(_pass_on, serving.routes)])


def inner_structure(serving: Serving) -> str:
    """Return a name for the inner process's configuration; empty where no route needs one."""
    routes = [_pass_on(r) for r in serving.routes if r.rootless]
    return "vivido-" + sha256("\n".join([_HEAD, *routes]).encode())[:16] if routes else ""


def _pass_on(route: Route) -> str:
    lines = [
        f"listen {route.name}",
        "    mode tcp",
        f"    bind {_at(route)}",
        f"    server outer unix@{route.socket}",
    ]
    return "\n".join([*lines, ""])


def _at(route: Route) -> str:
    """Return where containers reach a route. The address may be away: it goes with the last container that runs, and comes back."""
    return f"{route.address}:{route.number} transparent"


def structure(serving: Serving) -> str:
    """Return a name for all that the runtime socket cannot change: if it differs, HAProxy has to be reloaded."""
    return "vivido-" + sha256("\n".join([_HEAD, *(_listen(r, servers=False) for r in serving.routes)]).encode())[:16]


def server_options(route: Route) -> str:
    """Return what stands behind a server's address."""
    return " ".join([*(["proto h2"] if route.mode == "h2" else []), *([_CHECKED] if route.check else [])])


def _listen(route: Route, *, servers: bool) -> str:
    protocol = " proto h2" if route.mode == "h2" else ""
    lines = [
        f"listen {route.name}",
        f"    mode {'tcp' if route.mode == 'tcp' else 'http'}",
        *([] if route.mode == "tcp" else ["    option idle-close-on-response"]),
        f"    bind {f'unix@{route.socket} mode 600' if route.rootless else _at(route)}{protocol}",
        *([f"    bind 127.0.0.1:{route.public}{protocol}"] if route.public else []),
        "    balance roundrobin",
        *(_check(route.check) if route.check else []),
    ]
    if servers:
        options = server_options(route)
        lines += [f"    server {s.name} 127.0.0.1:{s.port} {options}".rstrip() for s in route.servers]
    return "\n".join([*lines, ""])


def _check(probe: Probe) -> list[str]:
    """Go on asking what was asked before the switch; a pod that fails gets no requests until it passes again."""
    headers = {"Host": "localhost", **dict(probe.headers)}
    sent = " ".join(f"hdr {_quoted(k)} {_quoted(v)}" for k, v in headers.items())
    return [
        "    option httpchk",
        f"    http-check send meth GET uri {_quoted(probe.path)} ver HTTP/1.1 {sent}",
        "    http-check expect status 200-399",
    ]


def _quoted(text: str) -> str:
    """Return one word of HAProxy's language: strong quotes keep everything but themselves."""
    printable = "".join(c for c in text if c.isprintable())
    return "'" + printable.replace("'", "'\\''") + "'"
