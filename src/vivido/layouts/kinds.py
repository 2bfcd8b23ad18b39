"""The kinds of layouts there are, by the name that `layout:` gives them."""

from vivido.layouts import branches, directories, repositories
from vivido.layouts.interface import Layout
from vivido.model.project import Project

KINDS: dict[str, Layout] = {"branches": branches, "directories": directories, "repositories": repositories}


def layout_of(project: Project) -> Layout:
    """Return how a project's configuration is kept."""
    return KINDS[project.layout]
