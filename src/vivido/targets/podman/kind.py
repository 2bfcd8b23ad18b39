"""The kind `podman`, as `vivido.yaml` names it. What it is made of is loaded when an environment is opened."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

import msgspec

from vivido.targets.interface import TargetContext
from vivido.targets.podman.options import PodmanOptions

if TYPE_CHECKING:
    from vivido.targets.podman.target import PodmanTarget


class PodmanKind:
    """Containers on this machine; implements `TargetKind` and `LogSource`."""

    options: ClassVar[type[msgspec.Struct]] = PodmanOptions
    shorthand: ClassVar[str] = ""

    def open(
        self, options: PodmanOptions, context: TargetContext, environment: str, environ: Mapping[str, str]
    ) -> "PodmanTarget":
        """Make the target of one environment."""
        from vivido.targets.podman.target import PodmanTarget

        return PodmanTarget(options, context, environment, environ)

    def logs(
        self,
        context: TargetContext,
        environment: str,
        environ: Mapping[str, str],
        *,
        service: str,
        follow: bool,
        lines: int,
    ) -> Iterator[str]:
        """Yield what the containers print; see `podman.logs.logs`."""
        from vivido.targets.podman.logs import logs

        return logs(context, environment, environ, service=service, follow=follow, lines=lines)
