"""Every `vivido.yaml` that a page shows, whole or in part, passes `config check`."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from doc_pages import Block, read
from doc_session import ROOT

from vivido.app.kinds import installed
from vivido.config.check import check
from vivido.config.shape.project import ProjectShape

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{} {}"
KEYS = {
    "alice": KEY.format("AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g", "alice"),
    "bob": KEY.format("IGCg4SFhoeIiYqLjI2Oj5CRkpOUlZaXmJmam5ydnp+g", "bob"),
}
BASE: dict[str, Any] = {
    "project": "shop",
    "registry": "registry.example.com/shop",
    "services": {"web": {"build": "./web", "config": "deploy/web"}},
    "people": {name: {"email": f"{name}@example.com", "keys": [key]} for name, key in KEYS.items()},
    "groups": {"release-managers": ["alice", "bob"]},
    "environments": {"dev": {"target": "none"}},
}


def _files() -> list[object]:
    return [
        pytest.param(block, id=f"{path.relative_to(ROOT)}:{block.line}")
        for path in PAGES
        for block in read(path).blocks
        if block.language == "yaml" and _is_ours(block)
    ]


def _is_ours(block: Block) -> bool:
    documents = list(yaml.safe_load_all(block.text))
    known = {field.replace("_", "-") for field in ProjectShape.__struct_fields__}
    return len(documents) == 1 and isinstance(documents[0], dict) and bool(documents[0]) and set(documents[0]) <= known


@pytest.mark.parametrize("block", _files())
def test_a_file_that_a_page_shows_is_right(block: Block) -> None:
    shown = block.text
    for name, key in KEYS.items():
        shown = shown.replace(f"ssh-ed25519 AAAA… {name}", key)
    if "project" not in yaml.safe_load(shown):
        shown = yaml.safe_dump({**BASE, **yaml.safe_load(shown)}, allow_unicode=True, sort_keys=False)
    project, diagnostics = check(shown, Path("vivido.yaml"), installed().for_config())
    assert [str(d) for d in diagnostics] == []
    assert project is not None


def test_the_readme_shows_a_whole_file_of_thirty_lines_at_most() -> None:
    (block,) = [b for b in read(ROOT / "README.md").blocks if b.language == "yaml"]
    assert len(block.lines) <= 30
    shown = yaml.safe_load(block.text)
    assert (len(shown["services"]), len(shown["environments"])) == (2, 3)


def test_most_pages_with_yaml_show_a_file() -> None:
    assert len(_files()) >= 8
