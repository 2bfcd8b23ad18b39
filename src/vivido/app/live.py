"""What the targets themselves say: health, addresses, logs; and tags that somebody moved."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from vivido.app.seen import remember
from vivido.errors import Error, InputError
from vivido.targets.interface import Live, LogSource
from vivido.text.redact import redact

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


class Seen(msgspec.Struct, frozen=True):
    """What one environment's target answered."""

    environment: str
    live: Live | None
    problem: str = ""
    """Why nothing could be seen; empty where `live` is there."""


def look(ws: "Workspace", environment: str) -> Seen:
    """Ask an environment's target what runs there and remember the answer; its failure is a value."""
    where = ws.environment(environment)
    try:
        live = ws.target(where).current()
    except Error as e:
        return Seen(environment, None, redact(e.message))
    remember(ws, environment, live)
    return Seen(environment, live)


def repair_tags(ws: "Workspace", environment: str) -> tuple[str, ...]:
    """Let the environment's tag, and its alias, point at what runs there again.

    Returns:
        The references that somebody had moved or removed.
    """
    from vivido.app.aliases import write_aliases
    from vivido.app.executors.tag import move_tags

    if ws.leases.holder(ws.project.name, environment, ws.now()):
        return ()  # A promotion that is under way may have moved the tag before it records what runs.
    deployed = ws.records.deployed(environment)
    if not deployed:
        return ()
    release, where = deployed[0].release, ws.environment(environment)
    tags = tuple(f"{repository}:{environment}" for repository in move_tags(ws, release, where))
    return (*tags, *write_aliases(ws, release, where)[1])


def log_lines(ws: "Workspace", environment: str, service: str, *, follow: bool, tail: int) -> Iterator[str]:
    """Yield what an environment's services print.

    Raises:
        InputError: `logs.unsupported`: its target keeps no logs that Vivido can read.
    """
    where = ws.environment(environment)
    kind = ws.kinds.target(where.target.kind)
    if not isinstance(kind, LogSource):
        raise InputError(
            f"{environment} runs on {where.target.kind}, whose logs Vivido cannot read",
            code="logs.unsupported",
            hint="Look where that target keeps them.",
        )
    return kind.logs(ws.target_context(where), environment, ws.environ, service=service, follow=follow, lines=tail)
