"""`vivido release`: make, list and show releases."""

from typing import Annotated

import msgspec
from cyclopts import App, Parameter

from vivido.app.release import Created
from vivido.cli.common import DRIVING, PLAIN, Common, Driving
from vivido.cli.drive import ending, follow
from vivido.cli.output.emit import emit, say
from vivido.cli.output.patience import patience
from vivido.cli.output.progress import Progress
from vivido.cli.output.style import width
from vivido.cli.output.table import table
from vivido.errors import Exit, InputError
from vivido.model.release import ReleaseRecord
from vivido.time.clock import age, rfc3339

release_app = App(name="release", help="Make, list and show releases.", result_action="return_value")


@release_app.command
def create(
    *,
    artifact: Annotated[tuple[str, ...], Parameter(name="--artifact", consume_multiple=False)] = (),
    changed: bool = False,
    since: str = "",
    revision: str = "",
    note: str = "",
    driving: Driving = DRIVING,
    common: Common = PLAIN,
) -> int:
    """Make a release of artifacts and the configuration they go with, and start what promotes automatically.

    Without --artifact it takes what `vivido build` built last (the channel tag) and keeps the rest of the newest release.

    Args:
        artifact: SERVICE=REPOSITORY@sha256:… of an image built elsewhere; a tag is resolved once, now. Repeat for several.
        changed: Look only for images of services that changed since the newest release; the others keep theirs.
        since: The same, since another commit.
        revision: Commit of the configuration, or ENVIRONMENT=COMMIT,… where each has its own; without it, the branches' tips.
        note: A line for people.
        driving: Flags of every command that brings a promotion on.
        common: Flags of every command.
    """
    from vivido.app.person import name_here
    from vivido.app.release import create as make

    ws = common.open(Progress(quiet=driving.quiet).listener())
    named = _pairs(artifact)
    with patience("asking the registry and fetching the configuration", quiet=driving.quiet):
        made = make(ws, named, by=name_here(ws), revision=revision, note=note, changed=changed, since=since)
    emit(
        {"id": made.record.release.id, **msgspec.to_builtins(made)},
        common.output,
        lambda: _created(made),
        [made.record.release.id],
    )
    for line in made.notes:
        say(line)
    codes = [ending(follow(ws, p, driving.timeout)) for p in made.promotions if driving.wait]
    return max(codes, default=Exit.OK)


@release_app.command(name="list")
def list_(*, limit: int = 20, common: Common = PLAIN) -> int:
    """List releases, newest first.

    Args:
        limit: How many.
        common: Flags of every command.
    """
    ws = common.open()
    found = ws.records.releases(limit)
    emit([_plain(r) for r in found], common.output, lambda: _list(found, ws.now()), (r.release.id for r in found))
    return Exit.OK


@release_app.command
def show(release: str, /, *, common: Common = PLAIN) -> int:
    """Show one release: digests, commits, who made it.

    Args:
        release: Its id, or the beginning of it.
        common: Flags of every command.
    """
    from vivido.app.find import find_release

    ws = common.open()
    record = ws.records.release(find_release(ws, release).id)
    assert record is not None  # noqa: S101 - found just now
    emit(_plain(record), common.output, lambda: _record(record), [record.release.id])
    return Exit.OK


def _plain(record: ReleaseRecord) -> dict[str, object]:
    """Return a record with its id, which follows from the rest and so is no field of it."""
    return {"id": record.release.id, **msgspec.to_builtins(record)}


def _pairs(given: tuple[str, ...]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in given:
        service, equals, image = text.partition("=")
        if not equals or not service or not image:
            raise InputError(
                f"--artifact {text}: no SERVICE=IMAGE", code="release.artifact", hint="Write web=registry/app@sha256:…"
            )
        pairs[service] = image
    return pairs


def _created(made: Created) -> str:
    head = "known already: " if made.known else ""
    return head + _record(made.record)


def _record(record: ReleaseRecord) -> str:
    lines = [f"{record.release.id}  {record.note}", f"  by {record.created_by} at {rfc3339(record.created_at)}"]
    for artifact in record.release.artifacts:
        lines += [f"  {artifact.service:12} {artifact.repository}", f"    {artifact.digest}"]
        if artifact.commit:
            lines.append(f"  {'':12} built from {artifact.commit[:12]}" + (" (dirty)" if artifact.dirty else ""))
    if record.release.revisions:
        revisions = [f"{name} {r.commit[:12]}" for name, r in record.release.revisions.items()]
        lines.append(f"  configuration {', '.join(revisions)}")
    else:
        lines.append(f"  configuration {record.release.revision.commit[:12]}")
    return "\n".join(lines)


def _list(found: tuple[ReleaseRecord, ...], now: int) -> str:
    rows = [
        [r.release.id, age(r.created_at, now), r.created_by, " ".join(a.service for a in r.release.artifacts), r.note]
        for r in found
    ]
    return table(rows, ["RELEASE", "AGE", "BY", "SERVICES", "NOTE"], width()) if rows else "no release yet"
