"""Buildah, Podman and users' own commands for real: what is pushed, that it is the same twice, how failures read."""

import shutil
from dataclasses import replace

import pytest
from build_bench import Bench

from vivido.build.buildah import Buildah
from vivido.build.command import Command
from vivido.build.docker import Docker
from vivido.build.interface import Builder, BuildOrder
from vivido.build.podman import Podman
from vivido.errors import ToolError
from vivido.model.reference import Reference, Repository
from vivido.process import run

BUILDERS = [
    pytest.param(Buildah("chroot"), marks=pytest.mark.real("buildah"), id="buildah"),
    pytest.param(Podman("chroot"), marks=pytest.mark.real("podman"), id="podman"),
]
LABELS = {"org.opencontainers.image.revision": "0" * 40, "quoted": "a b=c, 'd'"}


def order_of(bench: Bench, tag: str = "one", epoch: int = 1_700_000_000) -> BuildOrder:
    scratch = bench.tmp_path / f"scratch-{bench.repository.path.rpartition('/')[2]}-{tag}"
    scratch.mkdir(exist_ok=True)
    return BuildOrder(
        image=Reference(bench.repository, tag),
        root=bench.repo.root,
        context=bench.repo.root / "web",
        containerfile=bench.repo.root / "web/Containerfile",
        scratch=scratch,
        commit="0" * 40,
        epoch=epoch,
        labels=LABELS,
        annotations={"note": "a b=c"},
        plain_http=(bench.host,),
        environ=bench.request.environ,
        progress=bench.said.append,
    )


@pytest.mark.real("docker-registry")
@pytest.mark.parametrize("builder", BUILDERS)
class TestContainerBuilders:
    def test_what_is_pushed_is_what_the_registry_has(self, bench: Bench, builder: Builder):
        said = builder.build(order_of(bench))
        assert said is not None
        assert bench.tagged("one") == said
        assert bench.images.labels(bench.repository, said).items() >= {**LABELS, "note": "a b=c"}.items()
        assert any("pushing" in line for line in bench.said)

    def test_the_same_commit_twice_is_the_same_digest(self, bench: Bench, builder: Builder):
        first = builder.build(order_of(bench, "one"))
        (bench.repo.root / "web/page").touch()
        assert builder.build(order_of(bench, "two")) == first

    def test_another_commits_time_is_another_digest_whatever_was_built_before(self, bench: Bench, builder: Builder):
        first = builder.build(order_of(bench, "one"))
        assert builder.build(order_of(bench, "two", epoch=1_700_000_500)) != first

    @pytest.mark.real("busybox")
    def test_commands_run_and_what_they_write_is_the_same_twice(self, bench: Bench, builder: Builder):
        shutil.copy(shutil.which("busybox") or "", bench.repo.root / "web/busybox")
        text = 'FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox", "sh", "-c", "echo made > /made"]\n'
        bench.repo.write({"web/Containerfile": text})
        first = builder.build(order_of(bench, "one"))
        assert first is not None
        assert builder.build(order_of(bench, "two")) == first

    def test_arguments_reach_the_build(self, bench: Bench, builder: Builder):
        bench.repo.write({"web/Containerfile": "FROM scratch\nARG V=0\nLABEL v=$V\n"})
        said = builder.build(replace(order_of(bench), args={"V": "a b=1"}))
        assert said is not None
        assert bench.images.labels(bench.repository, said)["v"] == "a b=1"

    def test_several_platforms_make_one_index_that_is_the_same_twice(self, bench: Bench, builder: Builder):
        platforms = ("linux/arm64", "linux/amd64")
        first = builder.build(replace(order_of(bench, "one"), platforms=platforms))
        second = builder.build(replace(order_of(bench, "two"), platforms=platforms))
        assert first is not None
        assert first == second == bench.tagged("one")
        raw = run(["skopeo", "inspect", "--raw", "--tls-verify=false", f"docker://{bench.repository.at(first)}"])
        assert raw.text.index("arm64") < raw.text.index("amd64")
        assert bench.images.labels(bench.repository, first).items() >= LABELS.items()

    def test_nothing_stays_in_the_local_storage(self, bench: Bench, builder: Builder, fresh_environ: dict[str, str]):
        builder.build(replace(order_of(bench), environ=fresh_environ))
        two = ("linux/arm64", "linux/amd64")
        builder.build(replace(order_of(bench, "two"), platforms=two, environ=fresh_environ))
        listing = run([builder.name, "images", "--all", "--quiet"], env=fresh_environ)
        assert (listing.returncode, listing.text) == (0, "")

    def test_a_base_image_on_a_registry_without_tls(self, bench: Bench, builder: Builder):
        base = builder.build(order_of(bench, "base"))
        assert base is not None
        bench.repo.write({"web/Containerfile": f"FROM {bench.repository.at(base)}\nCOPY page /second\n"})
        assert builder.build(order_of(bench, "one")) not in (None, base)

    def test_a_failed_build_says_what_the_builder_printed(self, bench: Bench, builder: Builder):
        bench.repo.write({"web/Containerfile": "FROM scratch\nCOPY missing /\n"})
        with pytest.raises(ToolError, match="missing") as caught:
            builder.build(order_of(bench))
        assert caught.value.code == "build.failed"

    def test_a_push_that_fails_says_so_with_the_way_out(self, bench: Bench, builder: Builder):
        with pytest.raises(ToolError) as caught:
            builder.build(replace(order_of(bench), plain_http=()))
        assert caught.value.code == "build.push-failed"
        assert "plain-http" in caught.value.hint


@pytest.mark.real("docker-registry")
@pytest.mark.real("buildah")
def test_layers_of_earlier_builds_are_taken_where_that_is_asked_for(bench: Bench, fresh_environ: dict[str, str]):
    cached = replace(order_of(bench), cache=True, environ=fresh_environ)
    first = Buildah("chroot").build(cached)
    second = Buildah("chroot").build(replace(cached, epoch=1_700_000_500))
    # The price of the cache: the dates of another commit.
    assert first == second


@pytest.mark.real("buildah")
def test_a_private_authority_is_handed_on(bench: Bench):
    ca = bench.tmp_path / "ca.pem"
    ca.write_text("no certificate", encoding="utf-8")
    order = replace(order_of(bench), plain_http=(), ca=ca)
    with pytest.raises(ToolError):
        Buildah("chroot").build(order)
    assert (order.scratch / "certificates/ca.crt").read_text(encoding="utf-8") == "no certificate"


BUILD = """\
IFS='
'
for label in $VIVIDO_LABELS; do set -- "$@" --label "$label"; done
for arg in $VIVIDO_ARGS; do set -- "$@" --build-arg "$arg"; done
buildah bud --isolation chroot --format oci --timestamp "$SOURCE_DATE_EPOCH" "$@" --tag own "$VIVIDO_CONTEXT"
buildah push --tls-verify=false own "docker://$VIVIDO_IMAGE"
"""


@pytest.mark.real("docker-registry")
@pytest.mark.real("buildah")
def test_a_users_own_command_gets_all_it_needs(bench: Bench):
    order = replace(order_of(bench), labels={"a": "b c", "d": "e"}, args={"X": "1 2"})
    bench.repo.write({"web/Containerfile": "FROM scratch\nARG X\nLABEL x=$X\n"})
    assert Command(BUILD).build(order) is None
    digest = bench.tagged("one")
    assert digest is not None
    assert bench.images.labels(bench.repository, digest).items() >= {"a": "b c", "d": "e", "x": "1 2"}.items()


def test_a_commands_variables(bench: Bench):
    order = replace(order_of(bench), platforms=("linux/amd64", "linux/arm64"))
    Command("env > said; pwd > where").build(order)
    said = dict(
        line.partition("=")[::2] for line in (bench.repo.root / "said").read_text(encoding="utf-8").splitlines()
    )
    assert (bench.repo.root / "where").read_text(encoding="utf-8").strip() == str(bench.repo.root)
    assert said["VIVIDO_IMAGE"] == f"{bench.repository}:one"
    assert said["VIVIDO_REPOSITORY"] == str(bench.repository)
    assert said["VIVIDO_TAG"] == "one"
    assert said["VIVIDO_COMMIT"] == "0" * 40
    assert said["VIVIDO_PLATFORMS"] == "linux/amd64,linux/arm64"
    assert said["SOURCE_DATE_EPOCH"] == "1700000000"


def test_a_command_that_fails_says_what_it_printed(bench: Bench):
    with pytest.raises(ToolError, match="no such goal") as caught:
        Command("echo no such goal >&2; exit 3").build(order_of(bench))
    assert caught.value.code == "build.failed"
    assert "exited with 3" in caught.value.message


SHIM = """\
#!/bin/sh
# Stands for Docker, whose engine the tests cannot count on: it records its arguments and answers as Buildx does.
if [ "$1 $2" = "buildx version" ]; then echo "github.com/docker/buildx v0.30.0"; exit 0; fi
printf '%s\\n' "$@" > "$SHIM_LOG"
echo "$SOURCE_DATE_EPOCH" > "$SHIM_LOG.epoch"
if [ -n "$SHIM_FAIL" ]; then echo "ERROR: $SHIM_FAIL" >&2; exit 1; fi
for word in "$@"; do case "$word" in --metadata-file=*) printf '%s' "$SHIM_METADATA" > "${word#*=}";; esac; done
"""
DIGEST = "sha256:" + "ab" * 32


@pytest.fixture
def docker(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> BuildOrder:
    """An order whose Docker is a recording program: this shows the arguments, not that Docker takes them."""
    shim = bench.tmp_path / "bin/docker"
    shim.parent.mkdir()
    shim.write_text(SHIM, encoding="utf-8")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", f"{shim.parent}:/usr/bin:/bin")
    environ = {"SHIM_LOG": str(bench.tmp_path / "log"), "SHIM_METADATA": f'{{"containerimage.digest": "{DIGEST}"}}'}
    return replace(order_of(bench), environ=environ)


class TestDockersArguments:
    def arguments(self, bench: Bench) -> list[str]:
        return (bench.tmp_path / "log").read_text(encoding="utf-8").splitlines()

    def test_version(self, docker: BuildOrder):
        assert Docker().available() == "github.com/docker/buildx v0.30.0"

    def test_one_command_builds_and_pushes_without_provenance(self, bench: Bench, docker: BuildOrder):
        assert Docker().build(replace(docker, args={"V": "1"}, platforms=("linux/amd64", "linux/arm64"))) == DIGEST
        words = self.arguments(bench)
        assert words[:4] == ["buildx", "build", "--provenance=false", "--sbom=false"]
        assert "--no-cache" in words
        assert "--platform=linux/amd64,linux/arm64" in words
        assert "--build-arg=SOURCE_DATE_EPOCH=1700000000" in words
        assert "--build-arg=V=1" in words
        assert "--label=quoted=a b=c, 'd'" in words
        assert "--annotation=manifest:note=a b=c" in words
        output = next(word for word in words if word.startswith("--output=")).removeprefix("--output=").split(",")
        assert f"name={bench.repository}:one" in output
        assert {"push=true", "oci-mediatypes=true", "rewrite-timestamp=true", "registry.insecure=true"} <= set(output)
        assert words[-1] == str(docker.context)
        assert (bench.tmp_path / "log.epoch").read_text(encoding="utf-8").strip() == "1700000000"

    def test_tls_stays_on_where_the_file_does_not_say_otherwise(self, bench: Bench, docker: BuildOrder):
        Docker().build(replace(docker, plain_http=("other:5000",), cache=True))
        assert not any("insecure" in word for word in self.arguments(bench))
        assert "--no-cache" not in self.arguments(bench)

    @pytest.mark.parametrize("metadata", ["", "[]", '{"containerimage.digest": 3}'])
    def test_a_docker_that_says_no_digest_is_no_failure(self, docker: BuildOrder, metadata: str):
        assert Docker().build(replace(docker, environ={**docker.environ, "SHIM_METADATA": metadata})) is None

    def test_a_failure_says_what_docker_printed(self, docker: BuildOrder):
        with pytest.raises(ToolError, match="no space left") as caught:
            Docker().build(replace(docker, environ={**docker.environ, "SHIM_FAIL": "no space left"}))
        assert caught.value.code == "build.failed"


def test_a_builder_that_is_not_there_has_no_version(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(bench.tmp_path))
    assert [b.available() for b in (Buildah(), Podman(), Docker(), Command(" "))] == [None] * 4


@pytest.mark.real("buildah")
@pytest.mark.real("podman")
def test_a_builder_that_is_there_has_one():
    assert "buildah" in (Buildah().available() or "")
    assert "podman" in (Podman().available() or "")


def test_a_password_in_what_a_builder_prints_is_not_repeated(bench: Bench):
    with pytest.raises(ToolError) as caught:
        Command("echo pushing to https://me:hunter2@example.com >&2; false").build(order_of(bench))
    assert "hunter2" not in caught.value.message


def test_another_registry_keeps_tls(bench: Bench):
    order = replace(order_of(bench), image=Reference(Repository("other.example.com", "x"), "t"))
    bench.repo.write({"web/Containerfile": "FROM scratch AS a\nFROM UPPER/case\nFROM other.example.com/base:1\n"})
    with pytest.raises(ToolError):
        Buildah("chroot").build(order)
