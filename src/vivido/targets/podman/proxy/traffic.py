"""Bring the living HAProxy in line with what should serve: the file is the truth, and this can be done at any time again."""

import time
from collections.abc import Mapping
from typing import NamedTuple

from vivido.crashpoint import crashpoint
from vivido.errors import ToolError
from vivido.targets.podman.proxy.config import configuration, server_options, structure
from vivido.targets.podman.proxy.inner import Inner
from vivido.targets.podman.proxy.process import Proxy
from vivido.targets.podman.proxy.runtime import Backend, Runtime
from vivido.targets.podman.proxy.serving import Route, Serving, merged, opened
from vivido.targets.record import load, save, write

PAUSE = 0.05
"""Seconds between two looks at sessions that are under way."""


class Traffic:
    """The traffic of one environment."""

    def __init__(self, proxy: Proxy, inner: Inner) -> None:
        self._record = proxy.directory / "serving.json"
        self._proxy = proxy
        self._inner = inner
        self._runtime = Runtime(proxy.directory, proxy.socket)

    @property
    def serving(self) -> Serving:
        """What should serve; empty where nothing was ever switched, or the record was lost."""
        return load(self._record, Serving) or Serving()

    def alive(self) -> bool:
        """Say whether the process answers and runs with the structure that it should."""
        serving = self.serving
        return self._runtime.structure() == structure(serving) and self._inner.alive(serving)

    def running(self) -> str | None:
        """Return the name of the structure that the process runs with; None where none answers."""
        return self._runtime.structure()

    def written(self) -> bool:
        """Say whether the configuration file is as Vivido wrote it."""
        try:
            found = self._proxy.config.read_bytes()
        except OSError:
            return False
        return found == configuration(self.serving, self._proxy.socket).encode()

    def backends(self) -> tuple[Backend, ...]:
        """Return the servers of the living process.

        Raises:
            UnreachableError: `haproxy.unreachable`.
        """
        return self._runtime.backends()

    def switch(self, new: Serving) -> None:
        """Give a generation the traffic of all its Services; what serves now finishes what it has.

        Raises:
            ConflictError: `podman.port-taken`.
            ToolError: `haproxy.failed`, `tool.missing`.
        """
        crashpoint("haproxy.switch.before")
        self._save(merged(self.serving, new))
        crashpoint("haproxy.switch.recorded")
        self.restore()
        crashpoint("haproxy.switch.after")

    def open(self, new: Serving) -> None:
        """Open those Services of a generation that nobody serves, for pods only. What serves is not touched."""
        self._save(opened(self.serving, new))
        self.restore()

    def retire(self, keep: str) -> None:
        """Close the Services that only other generations have; what is under way there may finish."""
        self._save(self.serving.retired(keep))
        self.restore()

    def drop(self, keep: str) -> None:
        """Forget the servers of every generation but one."""
        self._save(self.serving.without(keep))
        self.restore()

    def stop(self) -> None:
        """Stop altogether and forget everything."""
        self._proxy.stop()
        self._inner.stop()
        for path in (self._record, self._proxy.config):
            path.unlink(missing_ok=True)

    def restore(self) -> bool:
        """Start or reload HAProxy if it does not run as it should, then correct its servers; say whether anything was wrong."""
        serving = self.serving
        if not serving.routes:
            return False
        found, wanted = self._runtime.structure(), structure(serving)
        if found != wanted:
            crashpoint("haproxy.start.before")
            self._proxy.start(take_over=found is not None)
            crashpoint("haproxy.start.after")
        passed_on = self._inner.ensure(serving)
        return self._correct(serving) or passed_on or found != wanted

    def drained(self, keep: str, timeout: float) -> bool:
        """Wait until no generation but one has requests under way, at most some seconds; say whether that came true."""
        deadline = time.monotonic() + timeout
        while self._under_way(keep):
            if time.monotonic() > deadline:
                return False
            time.sleep(PAUSE)
        return True

    def _under_way(self, keep: str) -> bool:
        # After a reload the old process finishes alone; its sessions are seen by nobody but itself.
        if len(self._proxy.running()) > 1:
            return True
        if self._runtime.structure() is None:
            return False
        return any(b.sessions for b in self._runtime.backends() if b.name.partition(".")[0] != keep)

    def _save(self, serving: Serving) -> None:
        write(self._proxy.config, configuration(serving, self._proxy.socket).encode())
        save(self._record, serving)

    def _correct(self, serving: Serving) -> bool:
        """Change what differs, all additions first, then all of the switch in one go."""
        present = {(b.route, b.name): b for b in self._runtime.backends()}
        plans = [_plan(route, present) for route in serving.routes]
        for command in (c for plan in plans for c in plan.additions):
            answer = self._runtime.command(command)
            if command.startswith("add server") and "registered" not in answer:
                raise _refused(command, answer)
        switch = [command for plan in plans for command in plan.switch]
        answer = self._runtime.command(*switch) if switch else ""
        if answer.strip():
            raise _refused("; ".join(switch), answer)
        # A server that still has a connection cannot be removed: it is tried again the next time, and gets no traffic until then.
        for command in (c for plan in plans for c in plan.removals):
            self._runtime.command(command)
        return any(plan.additions or plan.switch for plan in plans)


class _Plan(NamedTuple):
    additions: list[str]
    """Without effect on traffic yet."""
    switch: list[str]
    """Sent together with those of all other routes."""
    removals: list[str]


def _refused(command: str, answer: str) -> ToolError:
    return ToolError(f"HAProxy refused “{command[:200]}”: {answer.strip()[:500]}", code="haproxy.refused")


def _plan(route: Route, present: Mapping[tuple[str, str], Backend]) -> _Plan:
    """Return the commands for one route."""
    additions: list[str] = []
    switch: list[str] = []
    for server in route.servers:
        path, found = f"{route.name}/{server.name}", present.get((route.name, server.name))
        if found is None:
            additions.append(f"add server {path} 127.0.0.1:{server.port} {server_options(route)}".rstrip())
        elif found.port != server.port:
            additions.append(f"set server {path} addr 127.0.0.1 port {server.port}")
        if found is None or not _gets_traffic(found):
            switch += [*([f"enable health {path}"] if route.check else []), f"set server {path} state ready"]
    wanted, leaving = {s.name for s in route.servers}, {s.name for s in route.draining}
    others = [b for (r, name), b in present.items() if r == route.name and name not in wanted]
    switch += [f"set server {route.name}/{b.name} state drain" for b in others if _gets_traffic(b)]
    gone = [f"{route.name}/{b.name}" for b in others if b.name not in leaving]
    return _Plan(additions, switch, [c for path in gone for c in _removal(path)])


def _gets_traffic(backend: Backend) -> bool:
    return not backend.status.startswith(("MAINT", "DRAIN"))


def _removal(path: str) -> list[str]:
    return [f"set server {path} state maint", f"shutdown sessions server {path}", f"del server {path}"]
