"""What HAProxy should do for one environment: kept in a small file, from which everything else follows."""

import msgspec

from vivido.model.canonical import sha256
from vivido.targets.podman.manifest.blueprint import Probe


class Server(msgspec.Struct, frozen=True):
    """A pod behind a route."""

    name: str
    """`<generation>.<workload>.<replica>`."""
    port: int
    """Its loopback port."""

    @property
    def generation(self) -> str:
        """The generation it belongs to."""
        return self.name.partition(".")[0]


class Route(msgspec.Struct, frozen=True):
    """One port of one Service."""

    service: str
    number: int
    label: str
    """The port's name in the manifest; may be empty."""
    mode: str
    """`http`, `h2` or `tcp`."""
    address: str
    """Where containers reach it, with `number`."""
    public: int
    """Loopback port where this machine reaches it; 0 before its first switch."""
    check: Probe | None
    servers: tuple[Server, ...]
    """Those that get traffic."""
    draining: tuple[Server, ...] = ()
    """Those that finish what they have."""
    rootless: bool = False
    """`address` lies in rootless Podman's own network, where a second process listens and passes on to `socket`."""

    @property
    def socket(self) -> str:
        """The Unix socket of a rootless route, relative to HAProxy's directory."""
        return f"{sha256(self.name.encode())[:12]}.sock"

    @property
    def name(self) -> str:
        """What HAProxy calls it."""
        return f"{self.service}:{self.number}"

    @property
    def url(self) -> str:
        """Where this machine reaches it."""
        return f"{'tcp' if self.mode == 'tcp' else 'http'}://127.0.0.1:{self.public}"


class Serving(msgspec.Struct, frozen=True):
    """What serves in one environment."""

    generation: str = ""
    release: str = ""
    routes: tuple[Route, ...] = ()
    pods: int = 0
    """Containers that the generation consists of."""

    def retired(self, keep: str) -> "Serving":
        """Return it without the routes that only other generations serve."""
        kept = tuple(r for r in self.routes if not r.servers or any(s.generation == keep for s in r.servers))
        return msgspec.structs.replace(self, routes=kept)

    def without(self, keep: str) -> "Serving":
        """Return it without routes and servers of other generations."""
        routes = (
            msgspec.structs.replace(r, servers=_of(r.servers, keep), draining=_of(r.draining, keep))
            for r in self.retired(keep).routes
        )
        return msgspec.structs.replace(self, routes=tuple(routes))


def _of(servers: tuple[Server, ...], generation: str) -> tuple[Server, ...]:
    return tuple(s for s in servers if s.generation == generation)


def merged(old: Serving, new: Serving) -> Serving:
    """Return what serves when the new generation gets all its Services' traffic and the old one finishes what it has.

    A Service that only the old generation has stays until it is settled.
    """
    before = {r.name: r for r in old.routes}
    routes = tuple(_taken_over(r, before.get(r.name)) for r in new.routes)
    names = {r.name for r in new.routes}
    return msgspec.structs.replace(new, routes=routes + tuple(r for r in old.routes if r.name not in names))


def opened(old: Serving, new: Serving) -> Serving:
    """Return what serves, and with it the new generation's routes that have no servers yet, without a public port."""
    served = tuple(r for r in old.routes if r.servers and r.public)
    names = {r.name for r in served}
    fresh = tuple(msgspec.structs.replace(r, public=0) for r in new.routes if r.name not in names)
    return msgspec.structs.replace(old, routes=served + fresh)


def _taken_over(route: Route, before: Route | None) -> Route:
    if before is None:
        return route
    fresh = {s.name for s in route.servers}
    left = tuple(s for s in before.servers + before.draining if s.name not in fresh)
    return msgspec.structs.replace(route, draining=left)
