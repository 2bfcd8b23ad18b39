"""What a user's Podman cannot limit here is left out and told, and keeps no release from running."""

from collections.abc import Set
from typing import Any

import pytest
from manifests import deployment, job, serving
from target_situation import DIGEST_A, desired

from vivido.targets.podman.limiting import fitted
from vivido.targets.podman.manifest.blueprint import Blueprint
from vivido.targets.podman.manifest.read import read_blueprint

WEB = f"registry.test/web@{DIGEST_A}"


def _limited(limits: dict[str, str]) -> Blueprint:
    main: dict[str, Any] = {**serving(WEB), "resources": {"limits": limits}} if limits else serving(WEB)
    main.setdefault("resources", {})
    return read_blueprint(desired(deployment("web", main), job("migrate", main)), lambda _: (), ())


@pytest.mark.parametrize(
    ("there", "kept", "told"),
    [
        (None, (64 * 2**20, 0.5), ""),
        ({"memory", "pids", "cpu"}, (64 * 2**20, 0.5), ""),
        ({"memory", "pids"}, (64 * 2**20, 0.0), "main: cpu cannot be limited"),
        (set[str](), (0, 0.0), "main: cpu and memory cannot be limited"),
    ],
)
def test_a_limit_that_cannot_be_had_is_left_out_and_told(
    there: Set[str] | None, kept: tuple[int, float], told: str
) -> None:
    asked = _limited({"memory": "64Mi", "cpu": "500m"})
    found = fitted(asked, lambda: there)
    every = [spec for w in (*found.workloads, *found.jobs) for spec in w.all_containers]
    assert [(spec.memory, spec.cpus) for spec in every] == [kept] * 2
    new = found.notices[len(asked.notices) :]
    assert len(new) == (2 if told else 0)
    assert all(told in notice and "Delegate=" in notice for notice in new)


def test_nobody_is_asked_where_nothing_is_limited() -> None:
    def never() -> Set[str]:
        raise AssertionError

    asked = _limited({})
    assert fitted(asked, never) == asked
