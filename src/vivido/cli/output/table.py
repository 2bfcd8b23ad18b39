"""Tables in plain text, no wider than the terminal."""

from collections.abc import Sequence

from vivido.cli.output.fold import cells as columns_of

_GAP = "  "
_LEAST = 6
"""Characters that a column keeps."""


def table(rows: Sequence[Sequence[str]], heads: Sequence[str], columns: int, *, give: Sequence[int] = ()) -> str:
    """Lay rows out under heads; the widest column that may gives way until the table fits.

    Args:
        rows: Cells without line breaks.
        heads: One per column.
        columns: Width in characters.
        give: Numbers of the columns that may give way, from 0; all, where none is named.
    """
    cells = [[str(c).replace("\n", " ") for c in row] for row in rows]
    widths = [
        max(columns_of(head), *(columns_of(row[i]) for row in cells)) if cells else columns_of(head)
        for i, head in enumerate(heads)
    ]
    room = columns - len(_GAP) * (len(heads) - 1)
    while sum(widths) > room:
        widest = max(give or range(len(heads)), key=lambda i: widths[i])
        if widths[widest] <= _LEAST:
            break
        widths[widest] -= 1
    lines = [_line(heads, widths), *(_line(row, widths) for row in cells)]
    return "\n".join(lines)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return _GAP.join(_fit(cell, size) for cell, size in zip(cells, widths, strict=True)).rstrip()


def _fit(cell: str, size: int) -> str:
    if columns_of(cell) > size:
        while columns_of(cell) > size - 1:
            cell = cell[:-1]
        cell += "…"
    return cell + " " * (size - columns_of(cell))
