"""A conversion as people read it (what moves, what is committed where, what to do next), and the report on a layout."""

from vivido.app.convert.interface import Conversion
from vivido.app.entanglement import Branch, Entangled, Report
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
            one.branch,
            f"{one.commit[:12]}{' (is there)' if one.there else ''}",
            str(one.files),
            one.url,
        ]
        for one in found.commits
    ]
    parts.append(table(rows, ["FOR", "BRANCH", "COMMIT", "FILES", "OF"], width(), give=[4]))
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
            "vivido release create: promotions need one of the new layout; what runs its images is passed as unchanged",
        ]
    remote = {c.here: c.url for c in found.commits}
    lines = [f"git push {remote[c.here]} {c.here}:{c.branch}" for c in found.commits if not c.there and c is not last]
    merge = f"git merge --ff-only {last.here}, and push it: that switches over" if not last.environment else ""
    push = f"git push {last.url} {last.here}:{last.branch}; work goes on there"
    return [*lines, merge or push, "or all of it by Vivido: the same command with --push"]


def reported(found: Report) -> str:
    """Return the report."""
    rows = [
        [
            e.environment,
            str(e.files),
            str(e.shared),
            str(e.not_shared),
            str(e.copied),
            f"{e.differing} of {e.objects}" if e.against else "-",
        ]
        for e in found.environments
    ]
    parts = [f"layout {found.layout}"]
    parts.append(
        table(rows, ["ENVIRONMENT", "FILES", "SHARED", "NOT SHARED", "COPIES", "OBJECTS THAT DIFFER"], width())
    )
    branches = [(e, e.branch) for e in found.environments if e.branch is not None]
    if branches:
        rows = [_of_branch(e, b) for e, b in branches]
        heads = ["BRANCH OF", "DECLARED", "FOUND", "NOBODY'S", "ON THEIR WAY", "DEBTS", "MERGES WITH CONFLICTS"]
        parts.append(table(rows, heads, width()))
    parts += [_listed(f"nobody's in {e.environment}", b.nobodys) for e, b in branches if b.nobodys]
    parts += [_listed(f"debts in {e.environment}", b.debts) for e, b in branches if b.debts]
    parts += [_listed("the same file", several) for several in found.copies[:_SHOWN]]
    parts.append("\n".join(f"- {printable(line)}" for line in found.advice))
    return "\n\n".join(parts)


def _of_branch(one: Entangled, branch: Branch) -> list[str]:
    numbers = (len(branch.declared), len(branch.found), len(branch.nobodys), branch.coming, len(branch.debts))
    return [one.environment, *map(str, numbers), f"{branch.conflicting} of {branch.merges}"]


def _listed(title: str, lines: tuple[str, ...]) -> str:
    more = [f"  … and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
    return "\n".join([f"{title}:", *(f"  {printable(line)}" for line in lines[:_SHOWN]), *more])
