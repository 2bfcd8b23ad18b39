"""Where files go when a project gets another layout: their places to each other stay, nothing meets, and there is a way back."""

import posixpath

from hypothesis import given
from hypothesis import strategies as st

from vivido.layouts.moves import Moves, Spread, template, to_branches, to_directories
from vivido.model.problem import Problem

ENVIRONMENTS = ("dev", "staging", "prod-eu")
_FORMS = ("deploy/web/{environment}", "deploy/web/overlays/{environment}", "{environment}/web", "k8s/web-{environment}")
_names = st.sampled_from(["app.yaml", "kustomization.yaml", "parts/a.yaml", "own.yaml", "dev.yaml"])


def _moved(moves: Moves, spreads: dict[str, Spread]) -> dict[str, Spread]:
    found: dict[str, Spread] = {}
    for environment, spread in spreads.items():
        files = {moves.path(path, environment): mark for path, mark in spread.files.items()}
        assert len(files) == len(spread.files), "no two files meet"
        directory = moves.path(f"{spread.directory}/x", environment).removesuffix("/x").removesuffix("x")
        found[environment] = Spread(directory, tuple(moves.path(v, environment) for v in spread.values), files)
    return found


@st.composite
def _directories(draw: st.DrawFn) -> dict[str, Spread]:
    """A service as the layout `directories` has it: a place per environment, and perhaps places that all build on."""
    form = draw(st.sampled_from(_FORMS))
    shared = draw(st.sets(st.sampled_from(["deploy/web/base/app.yaml", "deploy/common/a.yaml"])))
    files = draw(st.dictionaries(_names, st.sets(st.sampled_from(ENVIRONMENTS), min_size=1), min_size=1))
    spreads: dict[str, Spread] = {}
    for environment in ENVIRONMENTS:
        directory = form.replace("{environment}", environment)
        own = {
            f"{directory}/{name}": f"{name} {environment}" for name, having in files.items() if environment in having
        }
        spreads[environment] = Spread(directory, (), own | dict.fromkeys(shared, "same"))
    return spreads


@given(_directories())
def test_on_branches_each_finds_its_own_at_one_path_and_back_they_are_where_they_were(
    before: dict[str, Spread],
) -> None:
    on_branches = _moved(to_branches(before), before)
    assert len({s.directory for s in on_branches.values()}) == 1
    for environment in ENVIRONMENTS:
        for path in on_branches[environment].files:
            assert not any(e in path.split("/") for e in ENVIRONMENTS)
    back = to_directories("web", on_branches)
    assert isinstance(back, Moves)
    assert _moved(back, on_branches) == before


@given(_directories(), st.sampled_from(["to branches", "to directories"]))
def test_files_keep_their_places_to_each_other(before: dict[str, Spread], way: str) -> None:
    start = before if way == "to branches" else _moved(to_branches(before), before)
    moves = to_branches(start) if way == "to branches" else to_directories("web", start)
    assert isinstance(moves, Moves)
    for environment, spread in start.items():
        for path in spread.files:
            old = posixpath.relpath(path, spread.directory)
            new = posixpath.relpath(moves.path(path, environment), _moved(moves, start)[environment].directory)
            assert new == old


@given(_directories(), st.sets(st.sampled_from(["deploy/web/base/app.yaml", "deploy/common/a.yaml"])))
def test_what_differs_on_branches_never_meets_in_one_tree(before: dict[str, Spread], differing: set[str]) -> None:
    start = _moved(to_branches(before), before)
    unlike = {
        e: Spread(s.directory, (), {p: f"{m} {e}" if p in differing else m for p, m in s.files.items()})
        for e, s in start.items()
    }
    moves = to_directories("web", unlike)
    assert isinstance(moves, Moves)
    seen: dict[str, str] = {}
    for spread in _moved(moves, unlike).values():
        for path, mark in spread.files.items():
            assert seen.setdefault(path, mark) == mark


def _spreads(
    directory: str, *files: str, values: tuple[str, ...] = (), unlike: tuple[str, ...] = ()
) -> dict[str, Spread]:
    found: dict[str, Spread] = {}
    for e in ENVIRONMENTS:
        paths = [f.replace("{environment}", e) for f in files]
        marks = {p: e if f in unlike else "same" for p, f in zip(paths, files, strict=True)}
        filled = tuple(v.replace("{environment}", e) for v in values)
        found[e] = Spread(directory.replace("{environment}", e), filled, marks)
    return found


def test_manifests_alone_in_a_directory_get_one_below_it_for_each() -> None:
    moves = to_directories("web", _spreads("deploy/web", "deploy/web/app.yaml", unlike=("deploy/web/app.yaml",)))
    assert moves == Moves("deploy/web/{environment}", (), (("deploy/web", "deploy/web/{environment}"),))


def test_an_overlay_that_builds_on_what_all_share_gets_a_sister_for_each() -> None:
    overlay = "deploy/web/overlay/kustomization.yaml"
    moves = to_directories(
        "web", _spreads("deploy/web/overlay", overlay, "deploy/web/base/app.yaml", unlike=(overlay,))
    )
    assert isinstance(moves, Moves)
    assert moves.directory == "deploy/web/overlay-{environment}"
    assert moves.path("deploy/web/base/app.yaml", "dev") == "deploy/web/base/app.yaml"


def test_a_base_that_differs_goes_down_with_its_overlay() -> None:
    base = "deploy/web/base/app.yaml"
    moves = to_directories("web", _spreads("deploy/web/own", "deploy/web/own/k.yaml", base, unlike=(base,)))
    assert isinstance(moves, Moves)
    assert moves.path(base, "dev") == "deploy/web/dev/base/app.yaml"
    assert moves.directory == "deploy/web/{environment}/own"


def test_values_of_a_shared_chart_are_named_after_their_environment() -> None:
    files = ("chart/Chart.yaml", "chart/values-{environment}.yaml")
    start = _spreads("chart", *files, values=("chart/values-{environment}.yaml",), unlike=(files[1],))
    moves = to_branches(start)
    assert moves.values == ("chart/values-own.yaml",)
    assert to_directories("web", _moved(moves, start)) == Moves(
        "", ("chart/values-{environment}.yaml",), (("chart/values-own.yaml", "chart/values-{environment}.yaml"),)
    )


def test_unlike_places_that_would_meet_are_a_problem() -> None:
    start = {
        "dev": Spread("deploy/web", (), {"deploy/web/app.yaml": "1"}),
        "staging": Spread("deploy", (), {"deploy/web/app.yaml": "2"}),
    }
    found = to_directories("web", start)
    assert isinstance(found, Problem)
    assert (found.code, "deploy/web in dev" in found.message) == ("convert.unlike", True)


def test_a_form_needs_the_name_in_the_same_place() -> None:
    assert template({"dev": "a/dev/x", "prod": "a/prod/x"}) == "a/{environment}/x"
    assert template({"dev": "devops/web-dev", "prod": "devops/web-prod"}) == "devops/web-{environment}"
    assert template({"dev": "a/b", "prod": "a/b"}) == "a/b"
    assert template({"dev": "a/one", "prod": "a/two"}) is None
    assert template({"dev": "a/dev", "prod": "a/b/prod"}) is None
