"""An environment's own network, and the addresses of its Services in it.

The network's first half belongs to Services: each has an address of its own, which this machine answers for and where HAProxy
listens. Its second half belongs to containers.
"""

import ipaddress

import msgspec

from vivido.crashpoint import crashpoint
from vivido.errors import ToolError
from vivido.model.canonical import sha256
from vivido.targets.podman import names as label
from vivido.targets.podman.names import Names
from vivido.targets.podman.program import Podman, failure, labelled

PREFIX = 23
"""Bits of a network: 250 Services and 126 containers."""
CANDIDATES = 40
"""Subnets that are tried before giving up."""


class Network(msgspec.Struct, frozen=True):
    """What is needed of a network."""

    name: str
    interface: str
    """Its bridge; there while a container runs in it."""
    subnet: str
    """`10.231.14.0/23`."""

    def addresses(self, services: tuple[str, ...]) -> dict[str, str]:
        """Return an address for each Service: the same one as long as its name does not collide with an earlier one's.

        Raises:
            ToolError: `podman.addresses`: there are more Services than addresses.
        """
        hosts = [str(h) for h in list(ipaddress.ip_network(self.subnet).hosts())[1:255]]
        if len(services) > len(hosts):
            raise ToolError(f"more than {len(hosts)} Services in one environment", code="podman.addresses")
        taken: dict[str, str] = {}
        for name in sorted(services):
            start = int(sha256(name.encode())[:8], 16)
            free = (hosts[(start + step) % len(hosts)] for step in range(len(hosts)))
            taken[name] = next(a for a in free if a not in taken.values())
        return taken


def find_network(podman: Podman, names: Names) -> Network | None:
    """Return the environment's network, None where there is none.

    Raises:
        ToolError: `podman.name-taken`: it is another environment's.
    """
    done = podman.attempt("network", "inspect", names.prefix)
    if done.returncode != 0:
        return None
    found = msgspec.json.decode(done.stdout)[0]
    labels = found.get("labels") or {}
    owner = (labels.get(label.PROJECT), labels.get(label.ENVIRONMENT))
    if owner != (names.project, names.environment):
        raise ToolError(
            f"the network {names.prefix} belongs to {' '.join(str(o) for o in owner if o) or 'somebody else'}",
            code="podman.name-taken",
            hint="Two projects or environments are called so that their names run together: rename one.",
        )
    return Network(names.prefix, str(found["network_interface"]), str(found["subnets"][0]["subnet"]))


def ensure_network(podman: Podman, names: Names) -> Network:
    """Make the environment's network unless it is there.

    Raises:
        ToolError: `podman.name-taken`, `podman.failed`.
    """
    for subnet in _candidates(names.prefix):
        found = find_network(podman, names)
        if found is not None:
            return found
        crashpoint("podman.network.create.before")
        done = podman.attempt("network", "create", *labelled(names.labels), *_layout(subnet), names.prefix)
        crashpoint("podman.network.create.after")
        if done.returncode != 0 and "subnet" not in done.complaint and "already" not in done.complaint:
            raise failure(done)
    raise ToolError(
        f"no free subnet was found for {names.prefix}",
        code="podman.network",
        hint="`podman network ls` shows networks that are not needed any more.",
    )


def _layout(subnet: ipaddress.IPv4Network) -> list[str]:
    containers = list(subnet.subnets(new_prefix=25))[2]
    # Names are given to containers as fixed addresses: the network's own name server has nothing to say.
    return ["--disable-dns", f"--subnet={subnet}", f"--gateway={subnet[1]}", f"--ip-range={containers}"]


def _candidates(name: str) -> list[ipaddress.IPv4Network]:
    """Return subnets of 10.192.0.0/10 in an order of the name's own, so that environments seldom meet."""
    blocks = 1 << (PREFIX - 10)
    start = int(sha256(name.encode())[:8], 16)
    base = int(ipaddress.IPv4Address("10.192.0.0"))
    steps = ((start + step * 97) % blocks for step in range(CANDIDATES))
    return [ipaddress.IPv4Network((base + block * (1 << (32 - PREFIX)), PREFIX)) for block in steps]
