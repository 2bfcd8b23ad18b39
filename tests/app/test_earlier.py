"""Where a file lies now that an earlier place of a service read: by its way from that place."""

import pytest

from vivido.app.earlier import Move
from vivido.layouts.interface import Place
from vivido.render.interface import HelmRelease


@pytest.mark.parametrize(
    ("old", "new", "needs", "path", "now"),
    [
        # An overlay is renamed, and its base stays where it is.
        ("web/overlays/prod", "web/overlays/own", ("web/base",), "web/overlays/prod/a.yaml", "web/overlays/own/a.yaml"),
        ("web/overlays/prod", "web/overlays/own", ("web/base",), "web/base/app.yaml", "web/base/app.yaml"),
        # All of it went down, base and overlay together.
        ("web/overlay", "web/prod/overlay", ("web/base",), "web/base/app.yaml", "web/prod/base/app.yaml"),
        # From a project in a directory to a repository of its own, and from the top of one.
        ("apps/shop/web", "web", (), "apps/shop/web/a.yaml", "web/a.yaml"),
        ("", "deploy/prod", (), "app.yaml", "deploy/prod/app.yaml"),
        ("web", "", (), "web/app.yaml", "app.yaml"),
        # What it never read is not its own, and what would lie outside of the repository lies nowhere.
        ("web/own", "web/prod", ("web/base",), "src/app.py", ""),
        ("a/b/own", "own", ("a/base",), "a/base/app.yaml", ""),
    ],
)
def test_the_way_from_its_place_stays(old: str, new: str, needs: tuple[str, ...], path: str, now: str) -> None:
    move = Move(Place(old, "kustomize"), Place(new, "kustomize"), (old, *needs), frozenset({"web"}))
    assert move.path(path) == now


def test_values_files_are_told_one_by_one() -> None:
    was, now = (
        HelmRelease("api", tuple(f"api/{n}.yaml" for n in names)) for names in (("all", "own"), ("all", "prod"))
    )
    move = Move(Place("api", "helm", was), Place("api", "helm", now), ("api", *was.values), frozenset({"api"}))
    assert move.path("api/own.yaml") == "api/prod.yaml"
    assert move.path("api/templates/app.yaml") == "api/templates/app.yaml"
    assert move.moved
