"""Stop and remove containers and pods."""

from collections.abc import Iterable

from vivido.crashpoint import crashpoint
from vivido.targets.podman.program import Podman
from vivido.targets.podman.seen import Seen


def remove_pod(podman: Podman, name: str) -> None:
    """Remove a pod or container of that name, whatever state it is in."""
    podman.attempt("pod", "rm", "--force", "--ignore", "--time=0", name)
    podman.run("rm", "--force", "--ignore", "--time=0", name)


def stop_and_remove(podman: Podman, seen: Iterable[Seen], timeout: float) -> None:
    """Stop containers with the time that their manifests give them, and remove them with their pods."""
    doomed = list(seen)
    if not doomed:
        return
    crashpoint("podman.container.remove.before")
    ids = [s.id for s in doomed]
    podman.attempt("stop", "--ignore", *ids, timeout=timeout)
    podman.run("rm", "--force", "--ignore", "--time=0", *ids)
    pods = sorted({s.pod for s in doomed if s.pod != s.name})
    if pods:
        podman.run("pod", "rm", "--force", "--ignore", "--time=0", *pods)
    crashpoint("podman.container.remove.after")
