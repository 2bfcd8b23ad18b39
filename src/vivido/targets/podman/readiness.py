"""Wait until every pod of a generation is ready, or say which one is not and what it printed."""

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from vivido.errors import RefusedError
from vivido.targets.podman.logs import last_lines
from vivido.targets.podman.manifest.blueprint import Container, Probe
from vivido.targets.podman.pods import Pod
from vivido.targets.podman.probing import passes
from vivido.targets.podman.program import Podman
from vivido.targets.podman.seen import Seen

PAUSE = 0.1
"""Seconds between two looks."""
RESTARTS = 5
"""A program that ended so often while it was waited for will not come up."""
SETTLED = 1
"""Seconds that a container without any probe has to run before it counts as ready."""


class Waiter:
    """Waits for the pods of one generation."""

    def __init__(
        self,
        podman: Podman,
        look: Callable[[], tuple[Seen, ...]],
        secrets: Callable[[], tuple[str, ...]],
        progress: Callable[[str], None],
    ) -> None:
        self._podman = podman
        self._look = look
        self._secrets = secrets
        self._progress = progress
        self._told = ""
        self._passed: dict[tuple[str, str], int] = {}
        self._why: dict[str, str] = {}

    def wait(self, pods: Iterable[Pod], timeout: float) -> None:
        """Return when all are ready.

        Raises:
            RefusedError: `target.not-ready` with the pod, the reason and its last output.
        """
        waiting = list(pods)
        deadline = time.monotonic() + timeout
        while waiting:
            seen = {s.name: s for s in self._look()}
            waiting = [pod for pod in waiting if not self._ready(pod, seen)]
            if waiting and time.monotonic() > deadline:
                raise self._refusal(waiting[0], f"it was not ready within {timeout:g} s", seen)
            if waiting:
                self._tell(waiting[0])
                time.sleep(PAUSE)

    def _tell(self, pod: Pod) -> None:
        line = f"{pod.workload.kind}/{pod.workload.name}: {self._why.get(pod.name, 'it comes up')}"
        if line != self._told:
            self._progress(line)
        self._told = line

    def _ready(self, pod: Pod, seen: dict[str, Seen]) -> bool:
        return all(self._container_ready(pod, spec, seen) for spec in pod.workload.containers)

    def _container_ready(self, pod: Pod, spec: Container, seen: dict[str, Seen]) -> bool:
        found = seen.get(container_name(pod, spec))
        if found is None:
            raise self._refusal(pod, f"its container {spec.name} is gone", seen)
        if found.restarts >= RESTARTS:
            raise self._refusal(pod, f"{spec.name} ended {found.restarts} times", seen)
        if not found.running:
            self._why[pod.name] = f"{spec.name} is {found.state} (exit code {found.exit_code})"
            return False
        probes = [p for p in (spec.startup, spec.readiness) if p is not None]
        if not probes:
            return self._runs_long_enough(pod, spec, found)
        return all(self._probed(pod, probe, found) for probe in probes)

    def _probed(self, pod: Pod, probe: Probe, found: Seen) -> bool:
        key = (f"{found.id}/{found.started_at}", repr(probe))
        if self._passed.get(key, 0) >= probe.successes:
            return True
        why = passes(self._podman, probe, found)
        self._passed[key] = 0 if why else self._passed.get(key, 0) + 1
        self._why[pod.name] = why or "its probe has not passed often enough"
        return self._passed[key] >= probe.successes

    def _runs_long_enough(self, pod: Pod, spec: Container, found: Seen) -> bool:
        self._why[pod.name] = f"{spec.name} has not run long enough"
        return seconds_since(found.started_at) >= max(SETTLED, pod.workload.min_ready)

    def _refusal(self, pod: Pod, why: str, seen: dict[str, Seen]) -> RefusedError:
        reason = f": {self._why[pod.name]}" if pod.name in self._why else ""
        printed = [
            f"{spec.name} printed:\n{text}"
            for spec in pod.workload.containers
            if (found := seen.get(container_name(pod, spec)))
            and (text := last_lines(self._podman, found.id, self._secrets()))
        ]
        return RefusedError(
            "\n".join([f"{pod.workload.kind}/{pod.workload.name} did not come up: {why}{reason}", *printed]),
            code="target.not-ready",
            hint="What ran still runs. Mend the image or its configuration and promote again.",
        )


def container_name(pod: Pod, spec: Container) -> str:
    """Return the name of a pod's container: the pod's own where it is alone."""
    return pod.name if len(pod.workload.containers) == 1 else f"{pod.name}-{spec.name}"


def seconds_since(stamp: str) -> float:
    """Return how long ago Podman's time stamp was; 0 where it says none."""
    try:
        # Nanoseconds are more than Python reads.
        then = datetime.fromisoformat(stamp.split(".", maxsplit=1)[0].rstrip("Z")).replace(tzinfo=UTC)
    except ValueError:
        return 0.0
    return (datetime.now(UTC) - then).total_seconds()
