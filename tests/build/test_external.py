import json

import pytest
from build_bench import Bench

from vivido.build.buildah import Buildah
from vivido.build.external import inspect_external
from vivido.errors import InputError, NotFoundError
from vivido.process import run

pytestmark = [pytest.mark.real("docker-registry"), pytest.mark.real("buildah"), pytest.mark.real("skopeo")]

COMMIT = "0123456789" * 4


def built_elsewhere(bench: Bench, **labels: str) -> str:
    """Push an image as a CI job without Vivido would, and return it by its digest."""
    tool = ["buildah", "bud", "--isolation", "chroot", "--quiet", "--tag", f"ci:{bench.tmp_path.name.lower()}"]
    options = [f"--label={key.replace('_', '.')}={value}" for key, value in labels.items()]
    assert run([*tool, *options, "web"], cwd=bench.repo.root, env=bench.request.environ).returncode == 0
    to = f"docker://{bench.repository}:ci"
    pushed = run(["buildah", "push", "--tls-verify=false", tool[-1], to], env=bench.request.environ)
    assert pushed.returncode == 0, pushed.complaint
    seen = run(["skopeo", "inspect", "--tls-verify=false", to])
    return f"{bench.repository}@{json.loads(seen.stdout)['Digest']}"


def test_what_the_image_says_becomes_the_artifact(bench: Bench):
    image = built_elsewhere(bench, org_opencontainers_image_revision=COMMIT, org_opencontainers_image_version="1.2")
    found = inspect_external("web", image, bench.images)
    assert found.artifact.image == image
    assert (found.artifact.service, found.artifact.commit, found.artifact.dirty) == ("web", COMMIT, False)
    assert found.labels["org.opencontainers.image.version"] == "1.2"
    assert found.warnings == ()


def test_a_tag_beside_the_digest_is_not_looked_at(bench: Bench):
    image = built_elsewhere(bench, org_opencontainers_image_revision=COMMIT)
    named = image.replace("@", ":whatever@")
    assert inspect_external("web", named, bench.images).artifact.image == image


@pytest.mark.parametrize("labels", [{}, {"org_opencontainers_image_revision": "main"}])
def test_an_image_that_names_no_commit_is_taken_with_a_warning(bench: Bench, labels: dict[str, str]):
    found = inspect_external("web", built_elsewhere(bench, **labels), bench.images)
    assert found.artifact.commit == ""
    assert [w.code for w in found.warnings] == ["build.no-revision"]


def test_an_image_from_a_dirty_tree_is_marked(bench: Bench):
    image = built_elsewhere(bench, org_opencontainers_image_revision=COMMIT, dev_vivido_dirty="true")
    found = inspect_external("web", image, bench.images)
    assert found.artifact.dirty
    assert [w.code for w in found.warnings] == ["build.dirty"]


def test_what_vivido_built_is_read_back_whole(bench: Bench):
    built = bench.build(Buildah("chroot"))
    found = inspect_external("web", built.artifact.image, bench.images)
    assert found.artifact == built.artifact
    assert "dev.vivido.inputs" in found.labels


def test_a_tag_alone_is_refused_and_its_digest_told(bench: Bench):
    image = built_elsewhere(bench)
    with pytest.raises(InputError) as caught:
        inspect_external("web", f"{bench.repository}:ci", bench.images)
    assert caught.value.code == "build.no-digest"
    assert image in caught.value.hint
    with pytest.raises(InputError) as caught:
        inspect_external("web", f"{bench.repository}:other", bench.images)
    assert "no such tag" in caught.value.hint


def test_an_image_that_is_not_there(bench: Bench):
    with pytest.raises(NotFoundError) as caught:
        inspect_external("web", f"{bench.repository}@sha256:{'0' * 64}", bench.images)
    assert caught.value.code == "build.no-image"
