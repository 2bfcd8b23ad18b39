"""Builders: the user's own command where it was chosen, and only there."""

from vivido.config.diagnostic import Report
from vivido.config.node import Node, child, entries, text_of


def check_builds(root: Node, report: Report) -> None:
    """Check `with` and `command` of every build."""
    for service in entries(child(root, "services")):
        build = child(service.value, "build")
        builder, command = child(build, "with"), child(build, "command")
        if builder is None:
            continue
        if text_of(builder) == "command" and command is None:
            message = f"{service.key} is built with a command that is not there"
            report.add(builder, "config.missing", message, "Add “command: …”; it pushes an image to $VIVIDO_IMAGE.")
        elif text_of(builder) in ("buildah", "podman", "docker") and command is not None:
            message = f"{service.key} is built with {text_of(builder)}, and has a command of its own"
            report.add(command, "config.contradiction", message, "Keep one of the two.")
