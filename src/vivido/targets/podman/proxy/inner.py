"""The way from rootless containers to HAProxy.

Rootless Podman keeps its networks in a namespace of the user's own: this machine has no address there, and the namespace has none
here. So a second HAProxy runs inside, listens on the Services' addresses, and passes every connection through a Unix socket (which
knows no network namespaces) to the first. It never changes with a promotion: what is switched is always the first.
"""

from pathlib import Path

from vivido.targets.podman.proxy.config import inner_configuration, inner_structure
from vivido.targets.podman.proxy.process import Proxy
from vivido.targets.podman.proxy.runtime import Runtime
from vivido.targets.podman.proxy.serving import Serving
from vivido.targets.record import write


class Inner:
    """The process inside rootless Podman's network; nothing at all where no route is rootless."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy
        self._runtime = Runtime(proxy.directory, proxy.socket)

    def alive(self, serving: Serving) -> bool:
        """Say whether it answers and passes on what it should."""
        wanted = inner_structure(serving)
        return not wanted or self._runtime.structure() == wanted

    def ensure(self, serving: Serving) -> bool:
        """Start or reload it if it does not run as it should; say whether that was so.

        Raises:
            ConflictError: `podman.port-taken`.
            ToolError: `haproxy.failed`.
        """
        wanted = inner_structure(serving)
        if not wanted or self._runtime.structure() == wanted:
            return False
        write(self._proxy.config, inner_configuration(serving, self._proxy.socket).encode())
        self._proxy.start(take_over=self._runtime.structure() is not None)
        return True

    def leave(self, namespace: str) -> None:
        """Stop it if it runs in another network namespace: Podman makes a new one when the last container was gone."""
        if any(_namespace(pid) not in (namespace, "") for pid in self._proxy.running()):
            self._proxy.stop()

    def stop(self) -> None:
        """Stop it and forget its configuration."""
        self._proxy.stop()
        self._proxy.config.unlink(missing_ok=True)


def _namespace(pid: int) -> str:
    try:
        return str(Path(f"/proc/{pid}/ns/net").readlink())
    except OSError:
        return ""
