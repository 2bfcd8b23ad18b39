from collections.abc import Iterator
from pathlib import Path

import pytest

from vivido.testing.miniature import Miniature, miniature


@pytest.fixture
def mini(tmp_path: Path) -> Iterator[Miniature]:
    with miniature(tmp_path / "mini") as made:
        yield made
