"""The user's own command: ko, Bazel, Nix, a script. It builds and pushes by itself; Vivido reads the digest from the registry."""

import json

from vivido.build.containers import TIMEOUT, tool_failed
from vivido.build.interface import BuildOrder
from vivido.process import run
from vivido.text.redact import printable, redact


class Command:
    """Runs a shell command in the project's directory; see `vivido.build.interface.Builder`.

    The command must push to `$VIVIDO_IMAGE`. It also gets `VIVIDO_REPOSITORY`, `VIVIDO_TAG`, `VIVIDO_COMMIT`,
    `VIVIDO_CONTEXT` and `VIVIDO_PLATFORMS` (separated by commas), `SOURCE_DATE_EPOCH`, `VIVIDO_LABELS` and
    `VIVIDO_ARGS` (a line `name=value` each) and the labels as one JSON object in `VIVIDO_LABELS_JSON`.
    """

    name = "command"

    def __init__(self, command: str) -> None:
        self.command = command

    def available(self) -> str | None:
        """Return the command where there is one; whether it works shows when it runs."""
        return self.command.strip() or None

    def build(self, order: BuildOrder) -> None:
        """Run it.

        Raises:
            ToolError: `build.failed`: it did not exit with 0.
        """
        order.progress(f"command: {printable(redact(self.command))}")
        done = run(["/bin/sh", "-c", self.command], cwd=order.root, env=_environ(order), timeout=TIMEOUT)
        if done.returncode != 0:
            raise tool_failed("the build command", done, "build.failed", f"build {order.image.repository}")


def _environ(order: BuildOrder) -> dict[str, str]:
    return {
        **order.environ,
        "VIVIDO_IMAGE": str(order.image),
        "VIVIDO_REPOSITORY": str(order.image.repository),
        "VIVIDO_TAG": order.image.tag,
        "VIVIDO_COMMIT": order.commit,
        "VIVIDO_CONTEXT": str(order.context),
        "VIVIDO_PLATFORMS": ",".join(order.platforms),
        "VIVIDO_LABELS": "\n".join(f"{k}={v}" for k, v in order.labels.items()),
        "VIVIDO_LABELS_JSON": json.dumps(dict(order.labels)),
        "VIVIDO_ARGS": "\n".join(f"{k}={v}" for k, v in order.args.items()),
        "SOURCE_DATE_EPOCH": str(order.epoch),
    }
