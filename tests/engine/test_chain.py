import msgspec
from hypothesis import given
from hypothesis import strategies as st

from vivido.engine.chain import GENESIS, Link, broken, link, seal, weakest
from vivido.model.canonical import canonical, fingerprint
from vivido.model.event import Entry, Finished, Signalled, StepBegan

_words = st.text(max_size=8)
_events = st.one_of(
    st.builds(Signalled, _words, _words, _words, st.dictionaries(_words, st.one_of(_words, st.integers(), st.none()))),
    st.builds(StepBegan, _words, st.integers(1, 9), _words),
    st.builds(Finished, _words, _words),
)


def _chain(events: list[Signalled | StepBegan | Finished]) -> list[Entry]:
    made: list[Entry] = []
    for seq, event in enumerate(events, start=1):
        made.append(link("p-1", seq, seq * 10, event, made[-1].hash if made else GENESIS))
    return made


@given(st.lists(_events, max_size=6))
def test_a_chain_holds(events: list[Signalled | StepBegan | Finished]) -> None:
    assert broken(_chain(events)) is None


@given(_words, st.integers(1), st.integers(0), _events, _words)
def test_an_entry_is_sealed_as_the_canonical_list_of_its_parts(
    promotion: str, seq: int, at: int, event: Signalled | StepBegan | Finished, previous: str
) -> None:
    assert seal(promotion, seq, at, canonical(event), previous) == fingerprint([promotion, seq, at, event, previous])


@given(st.lists(_events, min_size=1, max_size=6), st.data())
def test_every_change_is_found(events: list[Signalled | StepBegan | Finished], data: st.DataObject) -> None:
    chain = _chain(events)
    place = data.draw(st.integers(0, len(chain) - 1))
    other = data.draw(_events.filter(lambda event: canonical(event) != canonical(chain[place].event)))
    changed = msgspec.structs.replace(chain[place], event=other)
    assert (
        broken([*chain[:place], changed, *chain[place + 1 :]]) == f"entry {place + 1} was changed after it was written"
    )
    moved = msgspec.structs.replace(chain[place], at=chain[place].at + 1)
    assert broken([*chain[:place], moved, *chain[place + 1 :]]) == f"entry {place + 1} was changed after it was written"


def test_a_missing_entry_is_found() -> None:
    chain = _chain([Finished("a", "b"), Finished("c", "d"), Finished("e", "f")])
    assert broken([chain[0], chain[2]]) == "entry 2 is missing: entry 3 stands in its place"


def test_an_entry_of_another_chain_is_found() -> None:
    chain, other = _chain([Finished("a", "b"), Finished("c", "d")]), _chain([Finished("x", "y"), Finished("c", "d")])
    assert broken([chain[0], other[1]]) == "entry 2 does not follow the entry before it"


def test_an_entry_holds_although_a_later_version_would_write_it_with_more_fields() -> None:
    body = b'{"from":"an older Vivido","type":"signalled"}'
    own = seal("p-1", 1, 10, body, GENESIS)
    assert weakest([Link(1, GENESIS, own, seal("p-1", 1, 10, body, GENESIS))]) is None
