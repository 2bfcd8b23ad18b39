"""Buildah: builds without a daemon, with or without root."""

from vivido.build.containers import ContainerTool, version_of
from vivido.build.interface import BuildOrder
from vivido.model.reference import Digest


class Buildah:
    """Builds by `buildah bud`; see `vivido.build.interface.Builder`.

    Args:
        isolation: `chroot` where namespaces cannot be had; empty: Buildah's own choice (`BUILDAH_ISOLATION`).
    """

    name = "buildah"

    def __init__(self, isolation: str = "") -> None:
        self._tool = ContainerTool("buildah", "bud", isolation)

    def available(self) -> str | None:
        """Return `buildah version …`, None where it is not there."""
        return version_of("buildah", "--version")

    def build(self, order: BuildOrder) -> Digest:
        """Build and push; the digest is the one of `--digestfile`."""
        return self._tool.build(order)
