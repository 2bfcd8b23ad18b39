"""Which services a change concerns."""

from hypothesis import given
from hypothesis import strategies as st

from vivido.model.changes import BUILD, CONFIGURATION, REASONS, Concern, Interest, concerned

PATHS = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=4).map("/".join)
INTERESTS = st.lists(
    st.builds(Interest, PATHS | st.just(""), st.sampled_from(["web", "api"]), st.sampled_from([BUILD, CONFIGURATION])),
    max_size=6,
)


def test_a_path_concerns_whoever_depends_on_it_or_on_what_is_around_it() -> None:
    interests = [
        Interest("web", "web", BUILD),
        Interest("deploy/web", "web", CONFIGURATION),
        Interest("deploy/base", "web", CONFIGURATION),
        Interest("deploy/base", "api", CONFIGURATION),
        Interest("webb", "other", BUILD),
    ]
    assert concerned(["web/main.py", "deploy/base/x.yaml"], interests, ["new"]) == (
        Concern("api", (), ("deploy/base/x.yaml",)),
        Concern("new", declaration=True),
        Concern("web", ("web/main.py",), ("deploy/base/x.yaml",)),
    )
    assert concerned(["README.md"], interests) == ()
    assert concerned([], interests) == ()


@given(st.lists(PATHS, max_size=5, unique=True), INTERESTS)
def test_it_is_what_holding_each_path_against_each_interest_gives(
    changed: list[str], interests: list[Interest]
) -> None:
    found = {
        (one.service, reason, path)
        for one in concerned(changed, interests)
        for reason, paths in ((BUILD, one.build), (CONFIGURATION, one.configuration))
        for path in paths
    }
    assert found == {
        (i.service, i.reason, path)
        for i in interests
        for path in changed
        if not i.path or path == i.path or path.startswith(f"{i.path}/")
    }


@given(st.lists(PATHS, max_size=5), INTERESTS)
def test_reasons_are_told_in_one_order(changed: list[str], interests: list[Interest]) -> None:
    for one in concerned(changed, interests):
        assert one.reasons == tuple(r for r in REASONS if r in one.reasons) != ()
