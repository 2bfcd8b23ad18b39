"""Choosing what stands for what runs, and sharing containers among environments: pure, with generated input."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from vivido.app.imports.choose import Known, Running, choose
from vivido.app.imports.claims import claim
from vivido.targets.interface import Stranger

DIGESTS = [f"sha256:{c * 64}" for c in "abcd"]
some = st.sampled_from(["", *DIGESTS])
contents = st.lists(
    st.lists(st.sampled_from(DIGESTS), min_size=1, max_size=2, unique=True), max_size=3, unique_by=tuple
)


@st.composite
def knowns(draw: st.DrawFn) -> Known:
    pinned = draw(some)
    image = draw(st.sampled_from(["", "r/web:1"])) if not pinned else f"r/web@{pinned}"
    return Known(
        "web",
        "production",
        git=image,
        git_digest=pinned,
        tag_digest=draw(some) if image and not pinned else "",
        running=tuple(Running(tuple(d)) for d in draw(contents)),
        sees=draw(st.booleans()),
        told=draw(some),
    )


@given(knowns())
def test_what_is_chosen_is_what_runs_and_nothing_is_passed_over_in_silence(known: Known) -> None:
    found = choose(known)
    every = {d for one in known.running for d in one.digests}
    if found.source == "runs":
        assert found.digest in every
    elif found.digest:
        # Nothing that runs is passed over.
        assert not every
        assert found.digest in {known.git_digest, known.tag_digest, known.told}
    else:
        assert found.told
    if found.source == "tag":
        assert "import.no-digest" in {p.code for p in found.told}
    if known.git_digest and found.digest not in ("", known.git_digest) and not known.told:
        assert "import.other-runs" in {p.code for p in found.told}
    if known.told and every and known.told not in every:
        assert [p.code for p in found.told] == ["import.contradicted"]
    if len(known.running) > 1 and not known.told:
        assert "import.several" in {p.code for p in found.told}
    assert all(p.where == "production/web" for p in found.told)


def _stranger(name: str, *words: str, image: str = "r/web") -> Stranger:
    return Stranger(name, (f"{image}@{DIGESTS[0]}",), (name, *words))


def _places(*strangers: Stranger, machine: tuple[str, ...] = ("dev", "eu-prod", "prod"), **own: Any) -> dict[str, str]:
    """Return container → environment; `?` where it is told as unclaimed."""
    found = claim(
        strangers,
        lambda image: "web" if image.startswith("r/web") else "",
        own,
        machine,
        ("dev", "staging", "eu-prod", "prod"),
    )
    said = {name: e for (e, _), running in found.running.items() for one in running for name in one.where}
    return said | {p.where.removeprefix("Container/"): "?" for p in found.unclaimed}


def test_a_container_says_by_its_words_whose_it_is() -> None:
    assert _places(_stranger("web-dev-1")) == {"web-dev-1": "dev"}
    assert _places(_stranger("w", "shop_dev_default")) == {"w": "dev"}
    assert _places(_stranger("developer")) == {"developer": "?"}
    assert _places(_stranger("x", image="r/other")) == {}
    # It names two, or one that runs elsewhere: nobody guesses.
    assert _places(_stranger("dev-prod")) == {"dev-prod": "?"}
    assert _places(_stranger("staging-web")) == {"staging-web": "?"}
    assert _places(_stranger("web"), machine=("prod",)) == {"web": "prod"}
    assert _places(_stranger("web-dev"), machine=("prod",)) == {"web-dev": "?"}


def test_a_name_of_two_words_is_more_than_one_of_them() -> None:
    assert _places(_stranger("web-eu-prod")) == {"web-eu-prod": "eu-prod"}


def test_a_repository_of_an_environment_s_own_says_it() -> None:
    own = {"r/prod/web": ("prod", "web")}
    found = claim([_stranger("w", image="r/prod/web")], lambda _: "", own, ("dev", "prod"), ("dev", "prod"))
    assert list(found.running) == [("prod", "web")]


@given(st.lists(st.sampled_from(["dev-1", "prod-1", "prod-2", "eu-prod", "x"]), unique=True))
def test_no_container_is_lost(names: list[str]) -> None:
    assert set(_places(*map(_stranger, names))) == set(names)
