import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A copy of the example application that a test may change."""
    return Path(shutil.copytree(ROOT / "examples" / "shop", tmp_path / "shop"))
