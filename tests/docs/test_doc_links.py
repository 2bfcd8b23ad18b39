"""Links between pages lead somewhere, down to the heading."""

import re
from pathlib import Path

import pytest
from doc_session import ROOT

PAGES = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    *(p for p in sorted((ROOT / "docs").rglob("*.md"))),
]
_LINK = re.compile(r"(?<!!)\[(?:[^\]\[]|\[[^\]]*\])*\]\(([^)\s]+)\)")
_FENCED = re.compile(r"^ *(`{3,}).*?^ *\1$", re.MULTILINE | re.DOTALL)


def prose(path: Path) -> str:
    return _FENCED.sub("", path.read_text(encoding="utf-8"))


def anchors(path: Path) -> set[str]:
    """Return a page's anchors as forges make them: lower case, words joined by hyphens, other characters dropped."""
    headings = re.findall(r"^#{1,6} +(.+?) *$", prose(path), re.MULTILINE)
    plain = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", h).lower() for h in headings)
    return {re.sub(r"[^\w\- ]", "", h).replace(" ", "-") for h in plain}


def broken(path: Path) -> list[str]:
    found: list[str] = []
    for target in _LINK.findall(prose(path)):
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, anchor = target.partition("#")
        there = (path.parent / name).resolve() if name else path
        if not there.exists():
            found.append(f"{target}: no such file")
        elif anchor and there.suffix == ".md" and anchor not in anchors(there):
            found.append(f"{target}: no such heading")
    return found


@pytest.mark.parametrize("path", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    assert broken(path) == []


_PLACE = re.compile(r"`((?:src|tests|tools|docs|examples|bench)/[A-Za-z0-9_./-]+)`")


@pytest.mark.parametrize("path", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_places_in_the_repository_are_there(path: Path) -> None:
    assert [place for place in _PLACE.findall(prose(path)) if not (ROOT / place).exists()] == []


def test_every_page_is_linked_from_another() -> None:
    linked = {
        (page.parent / target.partition("#")[0]).resolve()
        for page in PAGES
        for target in _LINK.findall(prose(page))
        if "://" not in target
    }
    folders = {p for p in linked if p.is_dir()}
    lonely = [
        p for p in PAGES if p not in linked and p.parent not in folders and p.name not in ("README.md", "CHANGELOG.md")
    ]
    assert lonely == []


def test_what_is_broken_is_found(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("# A `title`, here\n")
    page = tmp_path / "page.md"
    page.write_text(
        "[a](other.md#a-title-here) [b](other.md#nowhere) [c](gone.md) [d](https://example.com/x)\n```\n[e](f)\n```\n"
    )
    assert broken(page) == ["other.md#nowhere: no such heading", "gone.md: no such file"]
