"""Fleets of processes that die, sleep past their leases and come between each other: every promise, for every tape."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vivido.testing.simulator import Simulation, Tape

SEEDS = 8
EACH = 40


def _play(numbers: list[int]) -> list[str]:
    simulation = Simulation(Tape(numbers))
    simulation.run()
    return simulation.broken


@settings(max_examples=150)
@given(st.binary(max_size=400))
def test_nothing_breaks_whatever_happens(tape: bytes) -> None:
    assert _play(list(tape)) == []


@pytest.mark.parametrize("seed", range(SEEDS))
def test_nothing_breaks_in_long_random_runs(seed: int) -> None:
    for number in range(seed * EACH, (seed + 1) * EACH):
        chance = random.Random(number)
        rare = chance.uniform(0.4, 0.95)
        head = [chance.randrange(60) for _ in range(6)]
        tape = head + [
            0 if chance.random() < rare else chance.randrange(1, 64) for _ in range(chance.randrange(20, 400))
        ]
        assert _play(list(tape)) == [], f"seed {number}: {tape}"


def test_the_same_tape_gives_the_same_run() -> None:
    tape = [5, *(number * 37 % 64 for number in range(300))]
    runs = [Simulation(Tape(list(tape))) for _ in range(2)]
    for run in runs:
        run.run()
    first, second = ([[e.hash for e in row.entries] for row in run.state.rows.values()] for run in runs)
    assert first == second
    assert len(first) > 1
