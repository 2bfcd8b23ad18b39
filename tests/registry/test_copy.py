"""Copies from registry to registry, interrupted and gone on."""

import os
import signal
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from registry.places import Connect
from vivido.errors import Error, IntegrityError, NotFoundError, UnreachableError
from vivido.model.reference import Reference, Repository
from vivido.registry.attach import attach
from vivido.registry.config import configs
from vivido.registry.copy import copy
from vivido.registry.descriptor import OCI_INDEX, OCI_MANIFEST, Descriptor, encode, manifest_of
from vivido.registry.referrers import referrers
from vivido.registry.resolve import resolve
from vivido.testing.registry import LOGIN, registry_server
from vivido.testing.registry_faults import Fault
from vivido.testing.registry_image import absent, push_image, push_index, push_manifest
from vivido.testing.registry_memory import MemoryRegistry, memory_registry
from vivido.testing.registry_state import Settings

Pair = tuple[MemoryRegistry, MemoryRegistry]


@pytest.fixture
def pair():
    with memory_registry() as here, memory_registry(auth="bearer") as there:
        yield here, there


def _places(pair: Pair) -> tuple[Repository, Repository]:
    return Repository(pair[0].host, "dev/web"), Repository(pair[1].host, "production/web")


def _client(pair: Pair, connect: Connect, **options: object):
    return connect(pair[1].host, pair[0].host, login=LOGIN, **options)


def test_copies_an_index_with_all_its_platforms(pair: Pair, connect: Connect) -> None:
    client, (source, target) = _client(pair, connect), _places(pair)
    index = push_index(client, source, "1.0")
    copy(client, Reference(source, "1.0"), Reference(target, "1.0"))
    here, there = (registry.state.kept(place.path) for registry, place in zip(pair, (source, target), strict=True))
    assert there.manifests == here.manifests
    assert there.blobs == here.blobs
    assert there.tags == {"1.0": index.digest}
    assert len(configs(client, target, "1.0")) == 2


def test_a_copy_in_one_registry_shares_every_blob(memory: MemoryRegistry, connect: Connect) -> None:
    client = connect(memory.host)
    source, target = Repository(memory.host, "dev/web"), Repository(memory.host, "production/web")
    image = push_image(client, source, "1.0", layers=[bytes([n]) * 100 for n in range(8)])
    memory.requests.clear()
    copy(connect(memory.host), Reference(source, "", image.digest), Reference(target, "1.0"))
    assert sorted(method for method, _ in memory.asked()) == ["GET", "HEAD", *["POST"] * 9, "PUT"]


def test_a_second_copy_sends_nothing_again(pair: Pair, connect: Connect) -> None:
    client, (source, target) = _client(pair, connect), _places(pair)
    push_image(client, source, "1.0")
    copy(client, Reference(source, "1.0"), Reference(target, "1.0"))
    before = len(pair[1].requests)
    copy(client, Reference(source, "1.0"), Reference(target, "1.0"))
    copy(client, Reference(source, "1.0"), Reference(target, "production"))
    assert not [r for r in pair[1].requests[before:] if r.method == "POST"]


def test_a_copy_that_broke_off_goes_on(pair: Pair, connect: Connect) -> None:
    client, (source, target) = _client(pair, connect, retries=0), _places(pair)
    layers = [bytes([n]) * 100 for n in range(4)]
    image = push_image(client, source, "1.0", layers=layers)
    pair[1].fail(Fault("PUT", "/manifests/", status=503))
    with pytest.raises(UnreachableError):
        copy(client, Reference(source, "1.0"), Reference(target, "1.0"))
    assert resolve(client, Reference(target, "1.0")) is None
    before = len(pair[1].requests)
    copy(client, Reference(source, "1.0"), Reference(target, "1.0"))
    assert resolve(client, Reference(target, "1.0")) == image.descriptor
    assert not [r for r in pair[1].requests[before:] if r.method == "POST"]


def test_a_source_that_breaks_off_is_read_again(pair: Pair, connect: Connect) -> None:
    client, (source, target) = _client(pair, connect), _places(pair)
    image = push_image(client, source, "1.0", layers=(os.urandom(3 * 1024 * 1024),))
    pair[0].fail(Fault("GET", "/blobs/", cut=True, times=2))
    copy(client, Reference(source, "1.0"), Reference(target, "1.0"))
    assert resolve(client, Reference(target, "1.0")) == image.descriptor


@pytest.mark.parametrize("fault", [Fault(flip=True), Fault(body=b"short"), Fault(body=b"x" * 4_000_000)])
def test_wrong_bytes_never_arrive(pair: Pair, connect: Connect, fault: Fault) -> None:
    client, (source, target) = _client(pair, connect), _places(pair)
    push_image(client, source, "1.0", layers=(bytes(2_500_000),))
    pair[0].fail(Fault("GET", "/blobs/", times=-1, flip=fault.flip, body=fault.body))
    with pytest.raises(IntegrityError):
        copy(client, Reference(source, "1.0"), Reference(target, "1.0"))
    assert pair[1].state.kept(target.path).tags == {}


@pytest.mark.real("docker-registry")
def test_a_large_copy_is_held_in_bounded_memory(connect: Connect, tmp_path: Path) -> None:
    with registry_server(tmp_path / "a") as here, registry_server(tmp_path / "b") as there:
        client = connect(here.host, there.host)
        source, target = Repository(here.host, "dev/web"), Repository(there.host, "production/web")
        image = push_image(client, source, "1.0", layers=[bytes([n]) * 20_000_000 for n in range(3)])
        tracemalloc.start()
        try:
            copy(client, Reference(source, "1.0"), Reference(target, "1.0"))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert resolve(client, Reference(target, "1.0")) == image.descriptor
        assert peak < 16_000_000


def test_the_digest_that_the_target_names_must_be_the_source(pair: Pair, connect: Connect) -> None:
    client, (source, target) = _client(pair, connect), _places(pair)
    push_image(client, source, "1.0")
    with pytest.raises(IntegrityError):
        copy(client, Reference(source, "1.0"), Reference(target, "1.0", absent()))


def test_an_index_without_one_of_its_images_is_not_copied(pair: Pair, connect: Connect) -> None:
    client, (source, target) = _client(pair, connect), _places(pair)
    index = push_index(client, source, "1.0")
    kept = pair[0].state.kept(source.path)
    lost = next(digest for digest in kept.manifests if digest != index.digest)
    del kept.manifests[lost]
    fresh = _client(pair, connect)
    with pytest.raises(NotFoundError, match=lost):
        copy(fresh, Reference(source, "1.0"), Reference(target, "1.0"))
    assert pair[1].state.kept(target.path).tags == {}


def test_foreign_layers_stay_where_they_are(pair: Pair, connect: Connect) -> None:
    client, (source, target) = _client(pair, connect), _places(pair)
    whole = push_image(client, source)
    config = whole.content().config
    foreign = Descriptor("application/vnd.oci.image.layer.nondistributable.v1.tar", absent(), 9, urls=("https://x/",))
    made = manifest_of(
        encode({"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": config, "layers": [foreign]}), OCI_MANIFEST
    )
    for registry, place in zip(pair, (source, target), strict=True):
        registry.state.kept(place.path).blobs[foreign.digest] = b""
    push_manifest(client, source, made, "1.0")
    copy(client, Reference(source, "1.0"), Reference(target, "1.0"))
    assert not [r for r in pair[0].requests if foreign.digest in r.path]


def test_indexes_in_indexes_have_an_end(memory: MemoryRegistry, connect: Connect) -> None:
    client, source = connect(memory.host), Repository(memory.host, "dev/web")
    made = push_image(client, source)
    for _ in range(5):
        made = push_manifest(
            client, source, manifest_of(encode({"schemaVersion": 2, "manifests": [made.descriptor]}), OCI_INDEX), "deep"
        )
    with pytest.raises(Error, match="in each other"):
        copy(client, Reference(source, "deep"), Reference(Repository(memory.host, "production/web"), "deep"))
    with pytest.raises(Error, match="in each other"):
        configs(client, source, "deep")


def test_evidence_goes_from_a_registry_with_a_list_to_one_without(connect: Connect) -> None:
    with memory_registry() as here, memory_registry(Settings(referrers=False)) as there:
        client = connect(here.host, there.host)
        source, target = Repository(here.host, "dev/web"), Repository(there.host, "production/web")
        image = push_image(client, source, "1.0").descriptor
        record = attach(client, source, image, b"record", artifact_type="x/y", kind="gate")
        copy(client, Reference(source, "1.0"), Reference(target, "1.0"), evidence=True)
        copy(client, Reference(source, "1.0"), Reference(target, "1.0"), evidence=True)
        assert [entry.digest for entry in referrers(client, target, image.digest)] == [record.digest]


def test_a_copy_to_its_own_repository_is_a_tag(memory: MemoryRegistry, connect: Connect) -> None:
    client, source = connect(memory.host), Repository(memory.host, "dev/web")
    index = push_index(client, source, "1.0")
    memory.requests.clear()
    copy(client, Reference(source, "1.0"), Reference(source, "2.0"), evidence=True)
    assert [method for method, _ in memory.asked()] == ["GET", "HEAD", "PUT"]
    assert resolve(client, Reference(source, "2.0")) == index.descriptor


def test_evidence_that_was_collected_is_left_behind(pair: Pair, connect: Connect) -> None:
    client, (source, target) = _client(pair, connect), _places(pair)
    image = push_image(client, source, "1.0").descriptor
    gone, there = (attach(client, source, image, text, artifact_type="x/y", kind="gate") for text in (b"one", b"two"))
    reader = _client(pair, connect)
    pair[0].fail(Fault("GET", f"manifests/{gone.digest}", status=404, times=-1))
    copy(reader, Reference(source, "1.0"), Reference(target, "1.0"), evidence=True)
    assert [entry.digest for entry in referrers(reader, target, image.digest)] == [there.digest]


def test_what_an_index_shares_with_another_is_not_copied_twice(pair: Pair, connect: Connect) -> None:
    client, (source, target) = _client(pair, connect), _places(pair)
    push_index(client, source, "1.0")
    copy(client, Reference(source, "1.0"), Reference(target, "1.0"))
    again = manifest_of(encode({"schemaVersion": 2, "manifests": [push_image(client, source).descriptor]}), OCI_INDEX)
    push_manifest(client, source, again, "2.0")
    before = len(pair[1].requests)
    copy(client, Reference(source, "2.0"), Reference(target, "2.0"))
    assert [r.method for r in pair[1].requests[before:]] == ["HEAD", "HEAD", "PUT"]


SCRIPT = """
import sys
from vivido.model.reference import parse_reference
from vivido.registry.client import Client
from vivido.registry.copy import copy
from vivido.registry.options import Options
source, target = map(parse_reference, sys.argv[1:])
hosts = frozenset({source.repository.registry, target.repository.registry})
with Client(Options(plain_http=hosts, parallel=1)) as client:
    copy(client, source, target)
"""


@pytest.mark.parametrize(
    "at",
    [
        "registry.blob.before",
        "registry.blob.after#2",
        "registry.manifest.before",
        "registry.manifest.after",
        "registry.manifest.after#3",
    ],
)
def test_a_copy_that_is_killed_goes_on(connect: Connect, tmp_path: Path, at: str) -> None:
    with memory_registry() as here, memory_registry() as there:
        source, target = Repository(here.host, "dev/web"), Repository(there.host, "production/web")
        index = push_index(connect(here.host), source, "1.0")
        environ = {**os.environ, "DOCKER_CONFIG": str(tmp_path), "VIVIDO_CRASH_AT": at}
        command = [sys.executable, "-c", SCRIPT, f"{source}:1.0", f"{target}:1.0"]
        assert subprocess.run(command, env=environ, check=False).returncode == -signal.SIGKILL
        del environ["VIVIDO_CRASH_AT"]
        assert subprocess.run(command, env=environ, check=False).returncode == 0
        kept = there.state.kept(target.path)
        assert kept.tags == {"1.0": index.digest}
        assert (kept.blobs, kept.manifests) == (
            here.state.kept(source.path).blobs,
            here.state.kept(source.path).manifests,
        )
