"""Differences as Markdown, for pull requests and chats."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from vivido.cli.output.differences import changed_lines
from vivido.cli.output.value import in_a_line, pair_of
from vivido.model.difference import Difference, Group

_TICKS = re.compile(r"`+")


def markdown(title: str, found: Sequence[Difference]) -> str:
    """Return a section: a table for each group, what has several lines folded away below it.

    Args:
        title: A heading.
        found: As the differ returns them.
    """
    parts = [f"### {_escaped(title)}", ""]
    if not found:
        parts.append("No difference.")
    for group in Group:
        members = [d for d in found if d.group is group]
        if members:
            parts += [f"#### {group.value.capitalize()}", "", *_table(members), *_blocks(members)]
    return "\n".join(parts).rstrip()


def _table(found: Sequence[Difference]) -> Iterator[str]:
    short = [(d, *pair_of(d)) for d in found if _is_short(d)]
    if not short:
        return
    yield from ("| where | left | right |", "|---|---|---|")
    for one, old, new in short:
        remark = f" ({one.remark or one.sort})" if one.remark or one.sort == "order" else ""
        yield f"| {_code(in_a_line(one.at))}{remark} | {_code(''.join(old))} | {_code(''.join(new))} |"
    yield ""


def _is_short(one: Difference) -> bool:
    return bool(one.path) and all(len(side) <= 1 for side in pair_of(one))


def _blocks(found: Sequence[Difference]) -> Iterator[str]:
    for where, members in groupby((d for d in found if not _is_short(d)), key=lambda d: d.at):
        lines = [f"{sign} {line}".rstrip() for d in members for sign, line in changed_lines(*pair_of(d))]
        fence = _longer_than("\n".join(lines), 3)
        what = in_a_line(where).replace("&", "&amp;").replace("<", "&lt;")
        yield from (
            f"<details><summary><code>{what}</code></summary>",
            "",
            f"{fence}diff",
            *lines,
            fence,
            "",
            "</details>",
            "",
        )


def _code(text: str) -> str:
    """Return text as a code span in a table's cell; nothing stays nothing."""
    if not text:
        return ""
    ticks = _longer_than(text, 1)
    padded = f" {text} " if text[0] == "`" or text[-1] == "`" else text
    return f"{ticks}{padded}{ticks}".replace("|", "\\|")


def _longer_than(text: str, least: int) -> str:
    return "`" * max(least, *(len(run) + 1 for run in _TICKS.findall(text)), 0)


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", text)
