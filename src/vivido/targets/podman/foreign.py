"""Two checkouts of one project on one machine have the same names in Podman: only the one that made something may change it."""

from vivido.errors import ConflictError
from vivido.targets.podman import names as label
from vivido.targets.podman.names import Names
from vivido.targets.podman.program import Podman
from vivido.targets.podman.seen import see


def foreign(podman: Podman, names: Names, state: str) -> ConflictError | None:
    """Return why an environment is not this state's to change; None where it is.

    Args:
        podman: The program.
        names: The environment's.
        state: Its directory in the state that asks.

    Raises:
        ToolError: `podman.failed`, `tool.missing`.
    """
    others = {s.labels.get(label.STATE, "") for s in see(podman, names.labels)} - {state, ""}
    if not others:
        return None
    where = ", ".join(sorted(others))
    return ConflictError(
        f"{names.environment} of {names.project} runs here already, from another checkout whose state is in {where}",
        code="podman.foreign",
        hint=f"Work from that checkout; or empty it there first (vivido down {names.environment}), or give this one another"
        " `project:` name, and both run beside each other.",
    )


def refuse_foreign(podman: Podman, names: Names, state: str) -> None:
    """Refuse to change what another checkout runs.

    Raises:
        ConflictError: `podman.foreign`.
        ToolError: As `foreign`.
    """
    found = foreign(podman, names, state)
    if found is not None:
        raise found
