"""Linux capabilities as Podman counts them. Source: containers.conf(5), `default_capabilities`; podman-run(1)."""

from collections.abc import Iterable

_DEFAULT = (
    "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
)  # fmt: skip

OLDER = ("AUDIT_WRITE", "MKNOD", "NET_RAW")
"""What containers.conf of older machines gives besides."""


def default_capabilities() -> tuple[str, ...]:
    """Return what a container gets where nobody says anything."""
    return _DEFAULT


def name(text: str) -> str:
    """Return a capability without its prefix, in capitals."""
    return text.upper().removeprefix("CAP_")


def with_flags(given: Iterable[str], added: Iterable[str], dropped: Iterable[str]) -> tuple[str, ...]:
    """Return the capabilities that are left, sorted: `ALL` drops everything else, and what is added by name stays."""
    more, less = {name(a) for a in added}, {name(d) for d in dropped}
    left = set[str]() if "ALL" in less else set(given) - less
    return tuple(sorted(left | (more - {"ALL"})))
