"""`vivido build`: build once."""

from vivido.build.interface import Built
from vivido.cli.common import PLAIN, Common
from vivido.cli.output.emit import emit, say
from vivido.cli.output.patience import at_terminal
from vivido.errors import Exit


def build(*services: str, allow_dirty: bool = False, cache: bool = False, common: Common = PLAIN) -> int:
    """Build images once, push them, and read their digests back from the registry.

    The service's checks run first. The same inputs again: the artifact that is there is returned, nothing is built.

    Args:
        services: Which; all where none is named.
        allow_dirty: Build uncommitted changes too. Such an artifact never passes the first environment.
        cache: Take layers of earlier builds: faster, and no longer reproducible on another machine.
        common: Flags of every command.
    """
    from vivido.app.images import build as make

    waiting = at_terminal()

    def progress(line: str) -> None:
        say(line)
        waiting.begin(line, told=True)

    ws = common.open()
    waiting.begin("reading the work tree")
    try:
        made = make(ws, services, allow_dirty=allow_dirty, cache=cache, progress=progress)
    finally:
        waiting.end()
    emit(
        [_plain(b) for b in made],
        common.output,
        lambda: "\n".join(_line(b) for b in made),
        (b.artifact.image for b in made),
    )
    for warning in [w for b in made for w in b.warnings]:
        say(f"note: {warning.where}: {warning.message}" if warning.where else f"note: {warning.message}")
    if common.output == "text":
        say("next: vivido release create")
    return Exit.OK


def _plain(built: Built) -> dict[str, object]:
    return {
        "service": built.artifact.service,
        "image": built.artifact.image,
        "digest": built.artifact.digest,
        "commit": built.commit,
        "built_from": built.artifact.commit,
        "dirty": built.artifact.dirty,
        "reused": built.reused,
        "tag": built.tag,
        "checks": [{"command": c.command, "seconds": round(c.seconds, 3)} for c in built.checks],
    }


def _line(built: Built) -> str:
    how = "already there" if built.reused else "built"
    dirty = "  (dirty: goes nowhere)" if built.artifact.dirty else ""
    return f"{built.artifact.service:12} {how}: {built.artifact.image}{dirty}"
