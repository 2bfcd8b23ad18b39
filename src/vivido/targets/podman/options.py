"""What the file says of a `podman` target."""

from typing import Annotated

import msgspec

from vivido.time.option import Duration, seconds


class PodmanOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Run the rendered objects as containers on this machine, behind HAProxy. Everything has a default."""

    ports: dict[str, Annotated[int, msgspec.Meta(ge=1, le=65535)]] = {}
    """Loopback port per Service (`web: 8081`), or per port of one (`web:metrics: 9001`). Others get one that stays the same."""
    ready: Duration = "2m"
    """How long new pods, and each Job, may take before the promotion is refused."""
    drain: Duration = "30s"
    """How long requests that are under way on old pods are waited for."""
    ignore: tuple[str, ...] = ()
    """Objects that this machine leaves out: `Kind` or `Kind/name`, with `*`."""

    writes: tuple[str, ...] = ()
    """Directories in containers where programs write, besides those for logs and temporary files: changes there are no drift."""

    def __post_init__(self) -> None:
        """Refuse what could never work."""
        seconds("ready", self.ready)
        seconds("drain", self.drain)
        if any(not path.startswith("/") for path in self.writes):
            raise ValueError("writes: a directory in a container begins with /")
        if len(set(self.ports.values())) < len(self.ports):
            raise ValueError("ports: one port is given to two Services")
