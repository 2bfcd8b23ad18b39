"""Stop and remove containers and pods."""

from collections.abc import Callable, Iterable, Sequence

from vivido.crashpoint import crashpoint
from vivido.targets.interface import Contents
from vivido.targets.podman.foreign import refuse_foreign
from vivido.targets.podman.names import Names
from vivido.targets.podman.network import find_network
from vivido.targets.podman.program import Podman
from vivido.targets.podman.seen import Seen, see
from vivido.targets.podman.volumes import claimed

_NAMED = 3
"""Containers that are told by name."""


def remove_pod(podman: Podman, name: str) -> None:
    """Remove a pod or container of that name, whatever state it is in."""
    podman.attempt("pod", "rm", "--force", "--ignore", "--time=0", name)
    podman.run("rm", "--force", "--ignore", "--time=0", name)


def stop_and_remove(podman: Podman, seen: Iterable[Seen], timeout: float, progress: Callable[[str], None]) -> None:
    """Stop containers with the time that their manifests give them, and remove them with their pods.

    Args:
        podman: The program.
        seen: The containers.
        timeout: Seconds that stopping all of them may take.
        progress: Is told what is waited for, and how long that may take at most.
    """
    doomed = list(seen)
    if not doomed:
        return
    running = [s for s in doomed if s.running]
    if running:
        names = ", ".join(s.name for s in running[:_NAMED]) + (" and others" if len(running) > _NAMED else "")
        progress(f"stopping {names}; each may take up to {max(s.grace for s in running)} s")
    crashpoint("podman.container.remove.before")
    ids = [s.id for s in doomed]
    podman.attempt("stop", "--ignore", *ids, timeout=timeout)
    podman.run("rm", "--force", "--ignore", "--time=0", *ids)
    pods = sorted({s.pod for s in doomed if s.pod != s.name})
    if pods:
        podman.run("pod", "rm", "--force", "--ignore", "--time=0", *pods)
    crashpoint("podman.container.remove.after")


def contents(podman: Podman, names: Names, state: str, proxies: Sequence[int], *, volumes: bool) -> Contents:
    """Say what of an environment is on this machine.

    Args:
        podman: The program.
        names: The environment's.
        state: Its directory in the state that asks.
        proxies: Processes of its HAProxy.
        volumes: The claims' volumes go too.

    Raises:
        ConflictError: `podman.foreign`.
        ToolError: `podman.failed`, `podman.name-taken`, `tool.missing`.
    """
    refuse_foreign(podman, names, state)
    goes = [f"container {s.name} ({s.state})" for s in see(podman, names.labels)]
    goes += [f"HAProxy, process {pid}" for pid in proxies]
    if find_network(podman, names) is not None:
        goes.append(f"network {names.prefix}")
    claims = [f"volume {name}" for name in claimed(podman, names.labels)]
    return Contents((*goes, *claims)) if volumes else Contents(tuple(goes), tuple(claims))


def remove_claims(podman: Podman, labels: dict[str, str]) -> None:
    """Remove the volumes of an environment's claims, and what is in them.

    Raises:
        ToolError: `podman.failed`: a container of somebody else's uses one.
    """
    doomed = claimed(podman, labels)
    if doomed:
        crashpoint("podman.volume.remove.before")
        podman.run("volume", "rm", *doomed)
        crashpoint("podman.volume.remove.after")
