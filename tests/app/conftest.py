from collections.abc import Iterator
from pathlib import Path

import pytest

from vivido.layouts.kinds import KINDS
from vivido.testing.miniature import Miniature, miniature


@pytest.fixture(params=sorted(KINDS))
def any_mini(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Miniature]:
    """A project in miniature, in each layout."""
    with miniature(tmp_path / "mini", request.param) as made:
        yield made
