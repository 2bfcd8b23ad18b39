"""What containers printed."""

import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from vivido.errors import NotFoundError
from vivido.targets.interface import TargetContext
from vivido.targets.podman import names as label
from vivido.targets.podman.names import Names
from vivido.targets.podman.program import Podman
from vivido.targets.podman.seen import see
from vivido.text.redact import printable, redact

LINES = 30
"""Lines of a failed container that reach the message."""


def last_lines(podman: Podman, container: str, secrets: tuple[str, ...] = (), lines: int = LINES) -> str:
    """Return the last lines that a container printed, without secrets and terminal escapes."""
    done = podman.attempt("logs", f"--tail={lines}", container)
    text = (done.stdout + done.stderr).decode("utf-8", "replace")
    return printable(redact(text, secrets)).strip()


def logs(
    context: TargetContext,
    environment: str,
    environ: Mapping[str, str],
    *,
    service: str = "",
    follow: bool = False,
    lines: int = 200,
) -> Iterator[str]:
    """Yield lines that an environment's containers printed, each with its container's name before it.

    Args:
        context: Of the environment.
        environment: Its name.
        environ: Variables for podman.
        service: Only containers of this service, or of the workload of this name; empty: all.
        follow: Go on until the containers end or the generator is closed.
        lines: Last lines of each container to begin with.

    Raises:
        NotFoundError: `podman.no-containers`: no such containers are there.
    """
    podman = Podman(Path(context.state), environ)
    found = see(podman, Names(context.project, environment).labels)
    chosen = [s for s in found if not service or service in (s.labels.get(label.SERVICE), s.labels.get(label.WORKLOAD))]
    if not chosen:
        known = sorted({s.labels.get(label.WORKLOAD, "") for s in found})
        raise NotFoundError(
            f"no containers of {service or 'anything'} in {environment}; there is: {', '.join(known) or 'nothing'}",
            code="podman.no-containers",
        )
    # Podman names containers only where there are several.
    before = f"{chosen[0].name} " if len(chosen) == 1 else ""
    args = ["podman", "logs", "--names", f"--tail={lines}", *(["--follow"] if follow else []), *(s.id for s in chosen)]
    with subprocess.Popen(args, env=podman.environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as child:
        try:
            for line in child.stdout or ():
                yield before + printable(redact(line.decode("utf-8", "replace").rstrip("\n")))
        finally:
            child.terminate()
