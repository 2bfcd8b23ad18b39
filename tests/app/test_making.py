"""Places whose files can lie in one tree are rendered from one; the others each from its own."""

from hypothesis import given
from hypothesis import strategies as st

from vivido.app.making import agreeing
from vivido.app.renderings import Wanted
from vivido.app.survey import Draft, Part
from vivido.layouts.interface import Place


def draft(name: str, needs: tuple[str, ...], changes: dict[str, bytes]) -> Draft:
    return Draft(Part(Wanted("dev", (name,), Place(needs[0], "plain"), needs, name)), changes)


def test_who_reads_a_file_that_another_changes_is_rendered_apart() -> None:
    shared = "values/all.yaml"
    alone = draft("a", ("charts/a", shared), {shared: b"one"})
    other = draft("b", ("charts/b", shared), {shared: b"two"})
    reader = draft("c", ("charts/c", "values"), {})
    same = draft("d", ("charts/d", shared), {shared: b"one", "charts/d/x": b"y"})
    stranger = draft("e", ("charts/e",), {})
    together, apart = agreeing([alone, other, reader, same, stranger])
    assert (together, apart) == ([alone, same, stranger], [other, reader])
    assert agreeing([]) == ([], [])


PATHS = st.sampled_from(["", "a", "a/b", "a/b/c.yaml", "a/d.yaml", "e.yaml"])
FILES = st.sampled_from(["a/b/c.yaml", "a/d.yaml", "e.yaml"])


@given(
    st.lists(
        st.tuples(
            st.lists(PATHS, min_size=1, max_size=3, unique=True),
            st.dictionaries(FILES, st.sampled_from([b"1", b"2"]), max_size=2),
        ),
        max_size=6,
    )
)
def test_in_one_tree_each_reads_what_it_would_read_alone(made: list[tuple[list[str], dict[str, bytes]]]) -> None:
    drafts = [draft(str(n), tuple(needs), changes) for n, (needs, changes) in enumerate(made)]
    together, apart = agreeing(drafts)
    assert sorted(d.part.wanted.key for d in (*together, *apart)) == sorted(d.part.wanted.key for d in drafts)
    tree = {path: content for d in together for path, content in d.changes.items()}
    for one in together:
        for path, content in tree.items():
            if any(need in ("", path) or path.startswith(f"{need}/") for need in one.part.wanted.needs):
                assert one.changes.get(path) == content
