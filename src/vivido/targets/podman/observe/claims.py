"""What Podman, the image and the machine's settings put into a container by themselves. Pure.

Podman keeps no record of who set which field, so what is not listed here was set by hand. A value that the command line names was
chosen by whoever wrote it, whatever its name.
"""

from collections.abc import Iterator

from vivido.model.difference import ObjectIdentity
from vivido.model.observation import ANY, Claim
from vivido.targets.podman.observe.capabilities import OLDER, name
from vivido.targets.podman.observe.found import Looked

PODMAN = "podman"
PATH = ("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",)
"""What `PATH` is where the image sets none (podman, `DefaultPath`)."""
PROXIES = ("http_proxy", "https_proxy", "ftp_proxy", "no_proxy")
"""Handed on from the machine (podman-run(1), `--http-proxy`)."""
MEMORY_PLACES = ("/run", "/tmp", "/var/tmp", "/dev/shm")  # noqa: S108
"""Mounted in memory in a container whose own layer is read-only (podman-run(1), `--read-only-tmpfs`)."""


def claims(identity: ObjectIdentity, replica: str, container: str, looked: Looked) -> tuple[Claim, ...]:
    """Return what the system set in one container."""
    place = (replica, container)
    hostname = str(looked.inspect["Config"].get("Hostname") or "")
    return (
        *_variables(identity, (*place, "env"), hostname, looked),
        *_memory(identity, (*place, "mounts"), looked),
        *_capabilities(identity, (*place, "security", "capabilities"), looked),
    )


def _variables(identity: ObjectIdentity, place: tuple[str, ...], hostname: str, looked: Looked) -> Iterator[Claim]:
    defaults: dict[str, tuple[str, ...]] = {
        "container": ("podman", "oci"),
        "TERM": ("xterm",),
        "HOSTNAME": (hostname,),
        "PATH": PATH,
        "HOME": (),
        **dict.fromkeys((*PROXIES, *(p.upper() for p in PROXIES)), ()),
    }
    chosen = looked.line.variables
    for variable, values in defaults.items():
        # A value that may be anything is trusted only where nobody named it.
        if values or variable not in chosen:
            yield _claim(identity, (*place, variable), *values)


def _memory(identity: ObjectIdentity, place: tuple[str, ...], looked: Looked) -> Iterator[Claim]:
    if not (looked.inspect.get("HostConfig") or {}).get("ReadonlyRootfs"):
        return
    named = {v.partition(":")[0] for v in looked.line.values("--tmpfs")}
    for path in MEMORY_PLACES:
        if path not in named:
            yield _claim(identity, (*place, path, ANY), "memory")


def _capabilities(identity: ObjectIdentity, place: tuple[str, ...], looked: Looked) -> Iterator[Claim]:
    added = {name(a) for v in looked.line.values("--cap-add") for a in v.split(",")}
    if "ALL" in {name(d) for v in looked.line.values("--cap-drop") for d in v.split(",")} or not looked.line.known:
        return
    for capability in OLDER:
        if capability not in added and "ALL" not in added:
            yield _claim(identity, (*place, capability))


def _claim(identity: ObjectIdentity, path: tuple[str, ...], *values: str) -> Claim:
    return Claim(PODMAN, path, identity, trusted=True, values=values)
