"""The command of a `run` gate: what it is told, how it is run, what is kept of its output."""

import os
import re
import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from vivido.crashpoint import crashpoint
from vivido.gates.interface import GateContext, Subject
from vivido.process import run
from vivido.text.redact import printable, redact

KEPT = 256 * 1024
"""Bytes of the output's end that are kept in a file."""
_TAIL = 4000
_PLACEHOLDER = re.compile(r"(?<!\$)\{(url|environment|release)\}")
_INJECTS = re.compile(r"[\s'\"$`\\;&|<>(){}!\x00-\x1f\x7f]")
"""What a shell could take for more than a word even where somebody wrote quotes around the placeholder."""
_SECRET_NAME = re.compile(r"(?i)token|secret|passw|credential|api_?key|private_?key|access_?key")
_SHORTEST_SECRET = 6
# The outer shell sends everything to a file: nothing grows in memory, output keeps its order, and a process that the
# command leaves behind holds no pipe open.
_INTO_FILE = 'exec /bin/sh -c "$1" >"$2" 2>&1'


class Try(msgspec.Struct, frozen=True):
    """One run of the command."""

    code: int
    """Exit code; negative where a signal ended it."""
    timed_out: bool
    milliseconds: int
    output: str
    """Name of the file with its output, in the promotion's own directory."""
    tail: str
    """The end of it, redacted."""


def variables(subject: Subject) -> dict[str, str]:
    """Return the `VIVIDO_…` variables; their names are part of the interface."""
    found = {
        "VIVIDO_URL": subject.url,
        "VIVIDO_ENVIRONMENT": subject.environment,
        "VIVIDO_RELEASE": subject.release,
        "VIVIDO_PROMOTION": subject.promotion,
        "VIVIDO_GATE": subject.gate,
        "VIVIDO_ATTEMPT": str(subject.attempt),
    }
    found |= {f"VIVIDO_URL_{_shouted(name)}": url for name, url in subject.urls.items() if name}
    for artifact in subject.artifacts:
        found[f"VIVIDO_IMAGE_{_shouted(artifact.service)}"] = artifact.image
        found[f"VIVIDO_DIGEST_{_shouted(artifact.service)}"] = artifact.digest
    return found


def fill_in(command: str, subject: Subject) -> tuple[str, str]:
    """Return the command with its placeholders filled in, and why that cannot be done (then the command is empty).

    Other braces are the shell's own and stay. A value that could be more than one word to a shell is refused rather than
    quoted, because the file may have quotes around the placeholder already.
    """
    values = {"url": subject.url, "environment": subject.environment, "release": subject.release}
    for name in dict.fromkeys(_PLACEHOLDER.findall(command)):
        if not values[name]:
            return "", f"{{{name}}} has no value: the environment's {name} is not known"
        if _INJECTS.search(values[name]):
            return (
                "",
                f'{{{name}}} has characters that a shell would interpret; write "$VIVIDO_{name.upper()}" in its place',
            )
    return _PLACEHOLDER.sub(lambda m: shlex.quote(values[m[1]]), command), ""


def run_once(command: str, subject: Subject, context: GateContext, number: int, timeout: float) -> Try:
    """Run the command once and keep the end of its output.

    Args:
        command: The shell command, filled in.
        subject: What it is told.
        context: Where it runs and where its output goes.
        number: Which try this is, from 1.
        timeout: Seconds.

    Raises:
        ToolError: `tool.not-started`: there is no `/bin/sh`, or no project directory.
        OSError: The output cannot be kept.
    """
    name = re.sub(r"[^A-Za-z0-9_.-]", "_", f"{subject.gate}-{subject.attempt}-{number}")
    Path(context.state).mkdir(mode=0o700, parents=True, exist_ok=True)
    raw, kept = Path(context.state, f".{name}.raw"), Path(context.state, f"{name}.log")
    raw.unlink(missing_ok=True)
    os.close(os.open(raw, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    crashpoint("gate.run.before")
    begun = context.now()
    done = run(
        ["/bin/sh", "-c", _INTO_FILE, "sh", command, str(raw)],
        cwd=context.root,
        env=variables(subject),
        timeout=timeout,
    )
    took = context.now() - begun
    crashpoint("gate.run.after")
    text = end_of(raw, secrets(os.environ))
    kept.write_text(text, "utf-8")
    raw.unlink()
    return Try(done.returncode, done.timed_out, took // 1000, kept.name, text[-_TAIL:])


def secrets(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the values of variables whose names say that they are secret, longest first."""
    found = (v for k, v in environ.items() if _SECRET_NAME.search(k) and len(v) >= _SHORTEST_SECRET)
    return tuple(sorted(found, key=len, reverse=True))


def end_of(file: Path, hidden: Iterable[str]) -> str:
    """Return the last `KEPT` bytes of a file as text without secrets and control characters, from the start of a line."""
    with file.open("rb") as source:
        size = source.seek(0, os.SEEK_END)
        source.seek(max(0, size - KEPT))
        data = source.read(KEPT)
    if size > KEPT:
        # A secret that the cut goes through would not be recognised.
        data = b"[earlier output was cut]\n" + data.partition(b"\n")[2]
    return printable(redact(data.decode("utf-8", "replace"), tuple(hidden)))


def _shouted(name: str) -> str:
    return re.sub(r"[^A-Z0-9]", "_", name.upper())
