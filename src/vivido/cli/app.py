"""The commands, by name, and what happens around them: loading only what is used, one way to print an error."""

import gc
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vivido.errors import Error, Exit

if TYPE_CHECKING:
    from cyclopts import App

HELP = """Carry one container image, byte for byte the same, from development to production.

The daily way:

    vivido build                 build once, push, read the digest back
    vivido release create        artifacts + configuration = one release
    vivido promote staging       plan, show the diff, ask, go
    vivido why production        what it waits for, and for whom
    vivido approve production    a signed yes over exactly this content
    vivido rollback production   the way back, as a commit

Exit codes: 0 done · 2 bad input · 3 refused by a gate · 4 failed and gone back · 5 not allowed · 6 not found · 7 conflict ·
8 timed out waiting · 9 waits for somebody · 10 differences · 11 blind · 12 integrity · 13 stuck · 14 a tool is missing ·
20 unreachable · 130 interrupted.
"""

_HELP = frozenset({"--help", "-h"})
_COMMANDS = {
    "status": ("status:status", "Show what runs where, and what waits for whom."),
    "build": ("build:build", "Build images once, push them, and read their digests back from the registry."),
    "release": ("release:release_app", "Make, list and show releases."),
    "promote": ("promote:promote", "Bring a release to an environment: plan, show, ask, go."),
    "approve": ("decision:approve", "Approve a promotion: sign exactly its release, environment, content and plan."),
    "reject": ("decision:reject", "Reject a promotion: it is refused, and nothing is changed."),
    "why": ("why:why", "Say why an environment or a promotion is where it is."),
    "rollback": ("rollback:rollback", "Go back to a release that ran there before, by a new commit."),
    "changed": ("changed:changed", "Say which services a range of commits concerns."),
    "down": ("down:down", "Stop and remove what runs in an environment; Git keeps what it says."),
    "diff": ("diff:diff", "Show the rendered difference between what an environment runs and a release."),
    "drift": ("drift:drift_app", "Find what runs and is not in Git; revert it, or declare it."),
    "parity": ("parity:parity", "Compare environments with each other, and say which differences nobody declared."),
    "audit": ("audit:audit", "Compare all environments, and tell what is new since the last audit."),
    "history": ("history:history", "List promotions, newest first; or every fact of one of them."),
    "logs": ("logs:logs", "Show what an environment's services print."),
    "open": ("logs:open_", "Print where an environment is reached, and open it."),
    "pause": ("signal:pause", "Stop a promotion before its next step; what it has done stays."),
    "resume": ("signal:resume", "Go on with a paused promotion."),
    "abort": ("signal:abort", "End a promotion: what it changed is undone."),
    "retry": ("signal:retry", "Try what failed again, from the failed step."),
    "run": ("run:run", "Go on with every promotion that can move."),
    "pin": ("pin:pin_app", "Keep releases out of environments."),
    "ledger": ("ledger:ledger_app", "Check the append-only record."),
    "layout": (
        "layout:layout_app",
        "Move the project from one layout to another, and see how far its environments are entangled.",
    ),
    "config": ("config:config_app", "Check and show vivido.yaml."),
    "import": ("import_:import_", "Take in what runs already, as the first release of each environment."),
    "init": ("init:init", "Look at this repository and write a vivido.yaml that works."),
    "completion": ("completion:completion", "Print a script that completes commands and flags in your shell."),
    "doctor": ("doctor:doctor", "Check this machine, the state, Git, the registry and the programs."),
}
"""Name → module and function, and the line that `--help` shows: so that nothing is imported but what is used."""


_COLLECTED = 50_000
"""Objects that are made, beyond those that go again, before the youngest of them are looked through for cycles."""


def build_app(chosen: str = "") -> "App":
    """Return the command line. Commands are named, not imported.

    Args:
        chosen: The command that will run.
    """
    from cyclopts import App, Parameter

    from vivido import __version__

    app = App(
        name="vivido",
        help=HELP,
        help_format="markdown",
        version=__version__,
        result_action="return_value",
        # A flag has a counterpart only where that means something, and a default is told only where there is one.
        default_parameter=Parameter(negative=(), show_default=_told_default),
    )
    for name, (place, summary) in _COMMANDS.items():
        # The command that is asked for tells all of its docstring; of the others the list needs a line.
        app.command(f"vivido.cli.{place}", name=name, help=None if name == chosen else summary)
    return app


def _told_default(value: object) -> str | None:
    return None if value in (False, None, "", ()) else f"{value}"


def main() -> None:
    """Run the command line and exit with the documented code."""
    _prepare()
    collect_rarely()
    code = run(sys.argv[1:])
    # Collecting msgspec's struct types while the interpreter ends crashes now and then (msgspec/msgspec#717); what is
    # frozen is not collected, and the process ends sooner.
    gc.freeze()
    sys.exit(code)


def collect_rarely() -> None:
    """Look for garbage in cycles less often: a command ends before there is much, and looking takes a tenth of its time."""
    gc.set_threshold(_COLLECTED, 50, 50)


def _prepare() -> None:
    """Make the process fit for any caller: closed streams, terminals without UTF-8, SIGTERM."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - as long as the process
        elif mode == "w":
            stream.reconfigure(errors="replace")
    # SIGTERM ends what runs as Ctrl-C does: children are stopped, the promotion goes on with `vivido run`.
    signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; errors are printed, never raised.

    Nothing but this function turns an exception into text.
    """
    if list(arguments) in (["--version"], ["-V"]):
        from vivido import __version__

        sys.stdout.write(f"{__version__}\n")
        return Exit.OK
    try:
        return _dispatch(list(arguments) or ["status"])
    except Error as e:
        return _told(e)
    except KeyboardInterrupt:
        sys.stderr.write("\ninterrupted; what was begun goes on with: vivido run\n")
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # The reader went away (`| head`); there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.OK
    except Exception as e:
        return _fault(e)


def _dispatch(arguments: list[str]) -> int:
    from cyclopts import CycloptsError

    app = build_app(arguments[0])
    if _HELP.intersection(arguments):
        from vivido.cli.examples import add

        add(app, arguments[0])
    try:
        result = app(arguments, exit_on_error=False, print_error=False)
    except CycloptsError as e:
        from vivido.cli.usage import usage

        raise usage(e) from e
    return int(result) if isinstance(result, int) else Exit.OK


def _fault(error: Exception) -> int:
    """Tell a fault of Vivido's own: what, where, and how to see all of it."""
    import traceback

    from vivido.text.redact import printable, redact

    frame = traceback.extract_tb(error.__traceback__)[-1]
    sys.stderr.write(f"error Vivido met something it did not foresee: {printable(redact(repr(error)))[:500]}\n")
    sys.stderr.write(f"  at {frame.filename}:{frame.lineno} in {frame.name}\n")
    sys.stderr.write(
        "  → What was begun can be gone on with: vivido run. VIVIDO_DEBUG=1 shows all of it; please report it.\n"
    )
    if os.environ.get("VIVIDO_DEBUG"):
        traceback.print_exception(error)
    return Exit.UNFORESEEN


def _told(error: Error) -> int:
    from vivido.cli.output.fold import fold
    from vivido.cli.output.style import paint
    from vivido.text.redact import printable

    message = printable(error.message)
    where = f"{error.where}: " if error.where and error.where not in message else ""
    code = paint(f"[{error.code}]", "dim", sys.stderr)
    lines = [f"{paint('error', 'red', sys.stderr)} {where}{message} {code}"]
    if error.hint:
        lines.append(f"  → {printable(error.hint)}")
    sys.stderr.write(fold("\n".join(lines), sys.stderr) + "\n")
    if os.environ.get("VIVIDO_DEBUG"):
        import traceback

        traceback.print_exception(error)
    return error.exit_code
