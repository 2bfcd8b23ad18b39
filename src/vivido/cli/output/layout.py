"""A conversion as people read it: what moves, what is committed where, and what to do next."""

from vivido.app.convert.interface import Conversion
from vivido.cli.output.style import width
from vivido.cli.output.table import table
from vivido.text.redact import printable

_SHOWN = 12
"""Files that move and are told one by one."""


def planned(found: Conversion) -> str:
    """Return the plan."""
    parts = [f"{found.id}: from {found.source} to {found.to}"]
    rows = [
        [
            one.environment or "switches over",
            f"{one.url} {one.branch}",
            f"{one.commit[:12]}{' (is there)' if one.there else ''}",
            str(one.files),
        ]
        for one in found.commits
    ]
    parts.append(table(rows, ["FOR", "BRANCH", "COMMIT", "FILES"], width(), give=[1]))
    moved = [f"  {m.environment}: {printable(m.old)} → {printable(m.new)}" for m in found.moved]
    if moved:
        more = [f"  … and {len(moved) - _SHOWN} more"] if len(moved) > _SHOWN else []
        parts.append("\n".join(["moved:", *moved[:_SHOWN], *more]))
    parts.append(found.file)
    parts.append(
        f"proved: {found.compared} renderings of services in environments have the same objects before and after"
    )
    parts += [f"note: {note}" for note in found.notes]
    return "\n\n".join(parts)


def next_steps(found: Conversion, *, pushed: bool) -> list[str]:
    """Return what a person does next, one line each."""
    last = found.commits[-1]
    if pushed:
        return [
            "git pull, so that vivido.yaml here is the new one",
            "vivido release create, then promote it: nothing changes, and each environment has a way back in the new layout",
        ]
    remote = {c.here: c.url for c in found.commits}
    lines = [f"git push {remote[c.here]} {c.here}:{c.branch}" for c in found.commits if not c.there and c is not last]
    merge = f"git merge --ff-only {last.here}, and push it: that switches over" if not last.environment else ""
    push = f"git push {last.url} {last.here}:{last.branch}; work goes on there"
    return [*lines, merge or push, "or all of it by Vivido: the same command with --push"]
