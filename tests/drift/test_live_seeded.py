"""Recall and precision of live drift on the seeded set: every manual change is found in its place, and no harmless one anywhere."""

import pytest
from harmless_changes import CHANGES as HARMLESS
from manual_changes import CHANGES as MANUAL
from manual_changes import RENAMED
from seeded import SECRETS, Seed, World, seeds

manual = [*seeds(MANUAL, harmless=False)]
harmless = [*seeds(HARMLESS, harmless=True)]


def found(seed: Seed) -> list[str]:
    world = World()
    seed.make(world)
    return sorted(d.difference.at for d in world.drift())


def test_the_set_is_large_enough() -> None:
    assert len(manual) >= 200
    assert len(harmless) >= 200


def test_the_recording_itself_has_no_drift() -> None:
    assert World().drift() == ()


def test_every_manual_change_is_found_in_its_place_and_nothing_else() -> None:
    missed: list[str] = []
    for seed in manual:
        told = found(seed)
        if not told or not all(t.startswith(seed.found) for t in told):
            missed.append(f"{seed.name}: {told}, not {seed.found}")
    assert missed == []


def test_no_harmless_change_is_found() -> None:
    assert [f"{seed.name}: {told}" for seed in harmless if (told := found(seed))] == []


@pytest.mark.parametrize("seed", [*seeds(RENAMED, harmless=False)], ids=lambda s: s.name)
def test_a_renamed_container_is_told_by_its_name_or_as_missing(seed: Seed) -> None:
    told = found(seed)
    assert told in ([f"{seed.found[0]}name"], sorted(["Container/by-hand", seed.found[0].rstrip("/")]))


def test_no_secret_value_is_in_what_is_seen() -> None:
    assert all(value not in repr(World().observe()) for value in SECRETS.values() if len(value) > 4)
