"""What a Terraform plan would change, as a comparison like any other."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vivido.app.compare import Comparison
from vivido.app.differing import presented_differences
from vivido.errors import InputError

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


def planned(ws: "Workspace", words: Sequence[str], file: Path) -> Comparison:
    """Compare what is there with what a plan would make of it.

    Args:
        ws: The project.
        words: The environment that the plan is of, or nothing.
        file: Of `terraform show -json PLAN`.

    Raises:
        InputError: `diff.words`: something else than an environment is named; `plan.missing`; as `drift.plan.sides`.
        NotFoundError: `environment.unknown`.
    """
    from vivido.drift.plan import read_file, sides

    if len(words) > 1:
        raise InputError("a plan is of one environment", code="diff.words", hint="Name it, or nothing.")
    environment = ws.environment(words[0]).name if words else "plan"
    data = read_file(file, str(file))
    key = "".join(ws.token() for _ in range(4)).encode()
    before, after = sides(data, str(file), key)
    return Comparison(environment, "state", file.name, presented_differences(before, after, key))
