"""Moving the example's files: an environment's overlay as the directory itself, beside its base."""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from demo.shop import SERVICES


def flatten(deploy: Path, environment: str, where: Path) -> None:
    """Write the configuration of one environment below `where`: `SERVICE/base`, and the overlay's files in `SERVICE`."""
    for service in SERVICES:
        target = where / service
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(deploy / service / "base", target / "base")
        for file in (deploy / service / "overlays" / environment).iterdir():
            text = file.read_text(encoding="utf-8").replace("- ../../base\n", "- base\n")
            (target / file.name).write_text(text, encoding="utf-8")


def declare(file: Path, layout: str, keys: Mapping[str, str]) -> None:
    """Tell `vivido.yaml` the layout, and each environment the keys that it has because of it."""
    text = file.read_text(encoding="utf-8").replace("\nservices:\n", f"layout: {layout}\n\nservices:\n", 1)
    text = re.sub(r'"deploy/(\w+)/overlays/\{environment\}"', r"deploy/\1", text)
    for environment, lines in keys.items():
        text = text.replace(f"  {environment}:\n", f"  {environment}:\n    {lines}\n", 1)
    file.write_text(text, encoding="utf-8")
