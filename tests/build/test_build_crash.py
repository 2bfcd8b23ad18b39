"""Killed at every crashpoint, then run again: one artifact, the same tags, nothing in the way."""

import signal
import sys
from pathlib import Path

import pytest
from build_bench import STARTED, Bench

from vivido.build.labels import INPUTS, inputs_tag
from vivido.model.reference import Digest
from vivido.process import Completed, run
from vivido.registry.client import Client
from vivido.registry.options import Options
from vivido.registry.tags import tags

pytestmark = [pytest.mark.real("docker-registry"), pytest.mark.real("buildah"), pytest.mark.real("git")]

PROGRAM = Path(__file__).with_name("crash_build.py")
POINTS = [
    "build.push.before",
    "build.push.after",
    "build.tag.before",
    "build.tag.after",
    "build.tag.before#2",
    "build.tag.after#2",
]


def start(bench: Bench, seconds: int, **variables: str) -> Completed:
    args = (bench.repo.root, bench.request.work, bench.repository, bench.host, STARTED + seconds * 1_000_000)
    environ = {**bench.request.environ, **variables}
    return run([sys.executable, str(PROGRAM), *map(str, args)], env=environ)


def test_every_effect_is_bracketed_and_a_third_run_has_nothing_to_do(bench: Bench):
    log = bench.tmp_path / "points"
    assert start(bench, 1, VIVIDO_CRASH_LOG=str(log)).returncode == 0
    passed = [p for p in log.read_text(encoding="utf-8").split() if p.startswith("build.")]
    assert passed == [p.partition("#")[0] for p in POINTS]
    assert start(bench, 2).text.split() == [bench.tagged("edge"), "True"]


@pytest.mark.parametrize("point", POINTS)
def test_a_second_run_ends_as_if_nothing_had_happened(bench: Bench, point: str):
    killed = start(bench, 1, VIVIDO_CRASH_AT=point)
    assert killed.returncode == -signal.SIGKILL
    done = start(bench, 2)
    assert done.returncode == 0, done.complaint
    digest = Digest(done.text.split()[0])
    inputs = inputs_tag(bench.images.labels(bench.repository, digest)[INPUTS])
    assert bench.tagged("edge") == bench.tagged(inputs) == digest
    with Client(Options(plain_http=frozenset({bench.host}))) as client:
        named = {bench.tagged(tag) for tag in tags(client, bench.repository)}
    assert named == {digest}
    assert not [p for p in bench.request.work.iterdir() if p.name.startswith("build-")]
