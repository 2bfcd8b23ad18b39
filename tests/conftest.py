"""What every test shares: real programs are there, or the test says why not."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from vivido.testing.miniature import Miniature

# A deadline per example would be a timed assertion: it fails on a busy machine and says nothing about the code.
settings.register_profile("vivido", deadline=None)
# CI judges a change, so it sees the same examples each time; every other run looks for new ones.
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "vivido")


def pytest_runtest_setup(item: pytest.Item) -> None:
    missing = [tool for mark in item.iter_markers("real") for tool in mark.args if shutil.which(tool) is None]
    if not missing:
        return
    reason = f"not on PATH: {', '.join(missing)} (`make test` installs it)"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def mini(tmp_path: Path, request: pytest.FixtureRequest) -> "Iterator[Miniature]":
    """A project in miniature; the mark `layout` says how it keeps its configuration, where that is not in directories."""
    from vivido.testing.miniature import miniature  # not at the top: most tests need none of it

    mark = request.node.get_closest_marker("layout")
    with miniature(tmp_path / "mini", *(mark.args if mark else ())) as made:
        yield made
