"""Stop and remove containers and pods."""

from collections.abc import Callable, Iterable

from vivido.crashpoint import crashpoint
from vivido.targets.podman.program import Podman
from vivido.targets.podman.seen import Seen

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
