"""Which builder builds a service."""

from collections.abc import Mapping

from vivido.build.buildah import Buildah
from vivido.build.command import Command
from vivido.build.docker import Docker
from vivido.build.interface import Builder
from vivido.build.podman import Podman
from vivido.errors import InputError, ToolError

KINDS = ("buildah", "podman", "docker", "command")
"""What `build: {with: …}` may name. The first three are looked for in this order where it names none."""


def choose(with_: str, command: str = "", environ: Mapping[str, str] | None = None) -> Builder:
    """Return the builder that is asked for, or the first that is there.

    Args:
        with_: One of `KINDS`; empty: the user's command where there is one, otherwise the first that is there.
        command: The user's own command.
        environ: What `vivido.containers.container_environ` says. Where it says something, the machine is restricted, and
            containers are built in a chroot.

    Raises:
        InputError: `build.unknown-builder`; `build.no-command`: `command` is asked for and none is given.
        ToolError: `build.no-builder`: none is there; the message says what was looked for.
    """
    kinds = _kinds("chroot" if environ else "", command)
    wanted = with_ or ("command" if command.strip() else "")
    if wanted and wanted not in kinds:
        hint = f"Write one of: {', '.join(KINDS)}."
        raise InputError(f"“{wanted}” is no builder", code="build.unknown-builder", hint=hint)
    if wanted == "command" and not command.strip():
        hint = "Give `build: {command: …}`: a command that pushes an image to $VIVIDO_IMAGE."
        raise InputError("there is no build command", code="build.no-command", hint=hint)
    looked_for = (wanted,) if wanted else KINDS[:-1]
    found = next((kinds[name] for name in looked_for if kinds[name].available() is not None), None)
    if found is None:
        raise ToolError(
            f"no builder is there; looked for: {', '.join(_WHAT.get(name, name) for name in looked_for)}",
            code="build.no-builder",
            hint="Install Buildah or Podman, or give `build: {command: …}` for a builder of your own.",
        )
    return found


_WHAT = {"docker": "docker (with its buildx plugin)"}


def _kinds(isolation: str, command: str) -> dict[str, Builder]:
    return {
        "buildah": Buildah(isolation),
        "podman": Podman(isolation),
        "docker": Docker(),
        "command": Command(command),
    }
