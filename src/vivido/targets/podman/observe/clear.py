"""Take what nobody declared out of an environment."""

import msgspec

from vivido.crashpoint import crashpoint
from vivido.targets.podman.names import ENVIRONMENT, PROJECT, Names
from vivido.targets.podman.program import Podman
from vivido.targets.podman.removal import remove_pod


def clear(podman: Podman, names: Names, containers: tuple[str, ...]) -> None:
    """Remove containers that bear the environment's labels; disconnect others from its network and let them be.

    What is not there any more is left alone, so that it can be called again.

    Raises:
        ToolError: `podman.failed`.
    """
    for name in containers:
        done = podman.attempt("container", "inspect", name)
        if done.returncode != 0:
            continue
        seen = msgspec.json.decode(done.stdout)[0]
        labels = seen["Config"].get("Labels") or {}
        crashpoint("podman.clear.before")
        if (labels.get(PROJECT), labels.get(ENVIRONMENT)) == (names.project, names.environment) or seen.get("Pod"):
            remove_pod(podman, name)
        elif names.prefix in ((seen.get("NetworkSettings") or {}).get("Networks") or {}):
            podman.run("network", "disconnect", "--force", names.prefix, name)
        crashpoint("podman.clear.after")
