"""Every example in the README and in docs/ is run, and prints what the page says."""

from pathlib import Path

import pytest
from doc_pages import commands, read
from doc_projects import session
from doc_session import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def _parameters() -> list[object]:
    parameters: list[object] = []
    for path in PAGES:
        page = read(path)
        if not any(block.runs for block in page.blocks):
            continue
        marks = [pytest.mark.real(*page.needs)] if page.needs else []
        parameters.append(pytest.param(path, id=str(path.relative_to(ROOT)), marks=marks))
    return parameters


@pytest.mark.parametrize("path", _parameters())
def test_the_examples_of_a_page_print_what_it_says(path: Path, tmp_path: Path) -> None:
    page = read(path)
    with session(page.project, tmp_path) as opened:
        for block in page.blocks:
            if block.left_out:
                continue
            if "title" in block.options:
                opened.write(block.options["title"], block.text)
            elif block.language == "console":
                for command in commands(block):
                    opened.run(path, command)
