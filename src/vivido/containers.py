"""How Podman and Buildah are called on this machine: root, rootless, or restricted.

Where the process lacks CAP_SYS_RESOURCE, containers cannot raise their resource limits and every run fails; a configuration
file of Vivido's own, named by `CONTAINERS_CONF`, mends it without touching the system's files.
"""

from pathlib import Path


def container_environ(state: Path) -> dict[str, str]:
    """Return the variables that `podman` and `buildah` need on this machine, writing their file under `state`.

    Empty where nothing is needed, or where `CONTAINERS_CONF` is set already.
    """
    raise NotImplementedError(state)
