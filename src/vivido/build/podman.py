"""Podman: the same library as Buildah, for machines that have only Podman."""

from vivido.build.containers import ContainerTool, version_of
from vivido.build.interface import BuildOrder
from vivido.model.reference import Digest


class Podman:
    """Builds by `podman build`; see `vivido.build.interface.Builder`.

    Args:
        isolation: `chroot` where namespaces cannot be had; empty: Podman's own choice.
    """

    name = "podman"

    def __init__(self, isolation: str = "") -> None:
        self._tool = ContainerTool("podman", "build", isolation)

    def available(self) -> str | None:
        """Return `podman version …`, None where it is not there."""
        return version_of("podman", "--version")

    def build(self, order: BuildOrder) -> Digest:
        """Build and push; the digest is the one of `--digestfile`."""
        return self._tool.build(order)
