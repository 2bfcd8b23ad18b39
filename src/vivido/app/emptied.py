"""Whether an environment is empty because somebody emptied it (`vivido down`). Pure."""

from vivido.model.record import PromotionRow

DOWN = "down"
"""The kind of a plan that empties an environment."""


def down_since(rows: tuple[PromotionRow, ...]) -> int | None:
    """Return since when an environment is empty because somebody emptied it, in microseconds since 1970; None where it is not.

    Args:
        rows: Its promotions, newest first. One that was refused changed nothing; one that went back brought up what ran before.
    """
    last = next((r for r in rows if r.status in ("succeeded", "went-back")), None)
    return last.updated if last is not None and last.kind == DOWN and last.status == "succeeded" else None
