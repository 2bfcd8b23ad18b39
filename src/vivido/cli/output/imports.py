"""What an import takes in, as text: a table, then what could not be told."""

from collections.abc import Sequence

import msgspec

from vivido.app.imports.plan import Import, TakenService
from vivido.cli.output.plan import told_problems
from vivido.cli.output.style import paint, width
from vivido.cli.output.table import table
from vivido.model.problem import Problem

_FROM = {
    "runs": "it runs",
    "git": "Git says it",
    "tag": "Git's tag, now",
    "told": "you say it",
}


def told(imports: Sequence[Import]) -> str:
    """Return imports for a person who is asked whether to go."""
    rows = [_row(one, service) for one in imports if not one.already for service in one.services]
    parts = (
        [table(rows, ["ENVIRONMENT", "SERVICE", "DIGEST", "FROM", "COMMIT", "GIT"], width(), give=(5,))] if rows else []
    )
    lines = [line for one in imports for line in _release(one)]
    parts.append("\n".join(lines))
    unsure = [p for one in imports for p in one.told]
    if unsure:
        heads = paint("Not told, or in the way of the way back:", "yellow")
        parts.append("\n".join([heads, *_grouped(unsure)]))
    return "\n\n".join(filter(None, parts))


def _grouped(problems: Sequence[Problem]) -> list[str]:
    """Return problems a line each, those of one sort together with what to do about them once."""
    lines: list[str] = []
    kinds = dict.fromkeys((p.code, p.hint) for p in problems)
    for code, hint in kinds:
        same = [p for p in problems if (p.code, p.hint) == (code, hint)]
        lines += told_problems([*(msgspec.structs.replace(p, hint="") for p in same[:-1]), same[-1]])
    return lines


def _row(one: Import, service: TakenService) -> list[str]:
    digest = service.digest.removeprefix("sha256:")[:12] or "—"
    return [
        one.environment,
        service.service,
        digest,
        _FROM.get(service.source, "—"),
        service.commit[:12] or "—",
        service.git.rpartition("/")[2] or "—",
    ]


def _release(one: Import) -> list[str]:
    if one.already:
        return [f"{one.environment}: {one.already}; nothing to take in"]
    if not one.release:
        return [f"{one.environment}: nothing can be taken in"]
    files = f"; the commit writes digests into {', '.join(one.files)}" if one.files else "; no file changes"
    return [f"{one.environment}: {one.release} ({one.promotion}){files}"]
