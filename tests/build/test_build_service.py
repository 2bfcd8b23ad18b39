"""Building once: checks, refusals, reuse, races, tags. With Buildah, a real registry and a real repository."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from build_bench import Bench

from vivido.build.buildah import Buildah
from vivido.build.command import Command
from vivido.build.images import Images
from vivido.build.interface import Builder, BuildOrder, BuildRequest
from vivido.build.labels import DIRTY, INPUTS, inputs_tag
from vivido.build.podman import Podman
from vivido.errors import InputError, IntegrityError, RefusedError, ToolError
from vivido.model.project import Build
from vivido.model.reference import Digest, Repository

pytestmark = [pytest.mark.real("docker-registry"), pytest.mark.real("buildah"), pytest.mark.real("git")]

BUILDAH = Buildah("chroot")


class Refuses:
    """A builder that must not be called."""

    name = "buildah"

    def available(self) -> str | None:
        return "0"

    def build(self, order: BuildOrder) -> Digest | None:
        raise AssertionError(f"built {order.image}")


class Wraps:
    """A builder that lets something happen around Buildah's work, and may change the order or what is said."""

    name = "buildah"

    def __init__(
        self,
        order: Callable[[BuildOrder], BuildOrder] = lambda o: o,
        before: Callable[[], object] = lambda: None,
        says: Callable[[Digest], Digest | None] = lambda d: d,
    ) -> None:
        self._order, self._before, self._says = order, before, says

    def available(self) -> str | None:
        return "0"

    def build(self, order: BuildOrder) -> Digest | None:
        self._before()
        return self._says(BUILDAH.build(self._order(order)))


def with_note(order: BuildOrder) -> BuildOrder:
    """Another digest of the same inputs, as a build that is not reproducible would give."""
    return replace(order, annotations={**order.annotations, "note": "another"})


def dirty_too(request: BuildRequest) -> BuildRequest:
    return replace(request, allow_dirty=True)


class TestTheFirstBuild:
    def test_the_artifact_is_what_the_registry_holds_under_every_tag(self, bench: Bench):
        commit = bench.repo.git("rev-parse", "HEAD")
        built = bench.build(BUILDAH)
        assert not built.reused
        assert built.tag == f"{commit[:12]}-20270115T080001Z"
        assert (built.artifact.commit, built.commit, built.artifact.dirty) == (commit, commit, False)
        digest = built.artifact.digest
        labels = bench.images.labels(bench.repository, digest)
        assert {bench.tagged(t) for t in (built.tag, "edge", inputs_tag(labels[INPUTS]))} == {digest}

    def test_labels_say_where_it_comes_from(self, bench: Bench):
        bench.repo.git("remote", "add", "origin", "https://me:secret@example.com/shop.git")
        built = bench.build(BUILDAH)
        labels = bench.images.labels(bench.repository, built.artifact.digest)
        commit = built.commit
        prefix = "org.opencontainers.image."
        assert {k.removeprefix(prefix): v for k, v in labels.items() if k.startswith(prefix) and ".base." not in k} == {
            "revision": commit,
            "source": "https://example.com/shop.git",
            "created": "2023-11-14T22:13:20Z",
            "version": commit[:12],
            "title": "web",
        }
        assert labels[DIRTY] == "false"
        assert len(labels[INPUTS]) == 64

    @pytest.mark.real("podman")
    def test_the_same_commit_elsewhere_is_the_same_digest(self, bench: Bench, tmp_path):
        first = bench.build(BUILDAH)
        bench.repository = replace_path(bench, "elsewhere")
        for file in bench.repo.root.rglob("web/*"):
            file.chmod(0o600)
        second = bench.build(Podman("chroot"), bench.with_build(Build("web")))
        assert not second.reused
        assert second.artifact.digest == first.artifact.digest

    def test_what_git_ignores_is_not_in_the_image_unless_it_is_named(self, bench: Bench):
        bench.repo.commit({".gitignore": "*.bin\n", "web/Containerfile": "FROM scratch\nCOPY *.bin page /\n"})
        bench.repo.write({"web/app.bin": "made before"})
        plain = bench.build(BUILDAH, bench.with_build(Build("web")))
        named = bench.build(BUILDAH, bench.with_build(Build("web", inputs=("web/app.bin",))))
        assert plain.artifact.digest != named.artifact.digest
        bench.repo.write({"web/app.bin": "made anew"})
        anew = bench.build(BUILDAH, bench.with_build(Build("web", inputs=("web/app.bin",))))
        assert not anew.reused
        assert anew.artifact.digest != named.artifact.digest

    def test_no_channel_moves_where_there_is_none(self, bench: Bench):
        bench.build(BUILDAH, lambda r: replace(r, channel=""))
        assert bench.tagged("edge") is None

    def test_nothing_is_left_in_the_working_directory(self, bench: Bench):
        bench.build(BUILDAH)
        assert list(bench.request.work.iterdir()) == []

    def test_warnings_are_told(self, bench: Bench):
        base = bench.build(BUILDAH).artifact
        bench.repo.commit({"web/Containerfile": f"FROM {base.repository}:edge\nCOPY page /two\n"})
        built = bench.build(BUILDAH)
        assert [(w.code, w.where) for w in built.warnings] == [("build.base-unpinned", "web/Containerfile:1")]
        # An image inherits its base's labels; what it says of itself must win.
        assert bench.images.labels(built.artifact.repository, built.artifact.digest)[INPUTS] not in (
            "",
            bench.images.labels(base.repository, base.digest)[INPUTS],
        )


def replace_path(bench: Bench, suffix: str):
    return type(bench.repository)(bench.repository.registry, f"{bench.repository.path}/{suffix}")


class TestReuse:
    def test_the_same_commit_again_runs_no_check_and_builds_nothing(self, bench: Bench):
        first = bench.build(BUILDAH)
        again = bench.build(Refuses(), bench.with_build(Build("web"), checks=("exit 1",)))
        assert again.reused
        assert (again.artifact, again.checks) == (first.artifact, ())
        assert again.tag.startswith("inputs-")

    def test_another_commit_with_the_same_inputs_gets_the_artifact_after_its_checks(self, bench: Bench):
        first = bench.build(BUILDAH)
        commit = bench.repo.commit({"README": "changed\n"}, at=1_700_000_900)
        again = bench.build(Refuses(), bench.with_build(Build("web"), checks=("cat README",)))
        assert again.reused
        assert again.artifact == first.artifact
        assert (again.commit, again.artifact.commit) == (commit, first.commit)
        assert [c.output for c in again.checks] == ["changed"]
        with pytest.raises(RefusedError):
            bench.build(Refuses(), bench.with_build(Build("web"), checks=("false",)))

    def test_the_channel_is_put_right_when_an_artifact_is_reused(self, bench: Bench):
        first = bench.build(BUILDAH)
        bench.repo.commit({"web/page": "two\n"})
        second = bench.build(BUILDAH)
        assert bench.tagged("edge") == second.artifact.digest
        bench.repo.git("revert", "--no-edit", "HEAD")
        assert bench.build(Refuses()).artifact == first.artifact
        assert bench.tagged("edge") == first.artifact.digest

    @pytest.mark.parametrize(
        "build",
        [
            Build("web", args={"V": "2"}),
            Build("web", platforms=("linux/arm64",)),
            Build("web", inputs=("README",)),
            Build(".", file="web/Containerfile"),
        ],
        ids=["args", "platforms", "inputs", "context"],
    )
    def test_other_inputs_are_another_artifact(self, bench: Bench, build: Build):
        bench.repo.commit({"page": "x\n", "web/Containerfile": "FROM scratch\nARG V\nCOPY page /page\n"})
        bench.build(BUILDAH)
        assert not bench.build(BUILDAH, bench.with_build(build)).reused

    def test_a_tag_that_somebody_moved_is_not_believed_and_put_right(self, bench: Bench):
        first = bench.build(BUILDAH)
        tag = inputs_tag(bench.images.labels(bench.repository, first.artifact.digest)[INPUTS])
        bench.repo.commit({"web/page": "two\n"})
        second = bench.build(BUILDAH)
        bench.images.tag(bench.repository, second.artifact.digest, tag)
        bench.repo.git("checkout", "--quiet", "HEAD~1")
        again = bench.build(BUILDAH)
        assert not again.reused
        assert again.artifact == first.artifact
        assert bench.tagged(tag) == first.artifact.digest


class TestTwoBuildersAtOnce:
    def test_the_later_adopts_what_the_first_pushed(self, bench: Bench):
        first = list[object]()
        later = bench.build(Wraps(order=with_note, before=lambda: first.append(bench.build(BUILDAH).artifact)))
        assert later.reused
        assert [later.artifact] == first
        assert bench.tagged("edge") == later.artifact.digest

    def test_who_is_overtaken_between_the_two_looks_takes_what_the_tag_says_in_the_end(self, bench: Bench):
        twin = bench.build(Wraps(order=with_note)).artifact
        tag = inputs_tag(bench.images.labels(bench.repository, twin.digest)[INPUTS])
        bench.repo.commit({"web/page": "two\n"})
        # Another artifact under the tag: as if the twin were pushed and its tag not yet written.
        bench.images.tag(bench.repository, bench.build(BUILDAH).artifact.digest, tag)
        bench.repo.git("checkout", "--quiet", "HEAD~1")
        built = bench.build(BUILDAH, registry=Overtaking(bench.images, tag, twin.digest))
        assert built.reused
        assert built.artifact == twin
        assert bench.tagged("edge") == twin.digest


class Overtaking:
    """A real registry on which another builder writes a tag just after this one did."""

    def __init__(self, images: Images, tag: str, theirs: Digest) -> None:
        self._images, self._tag, self._theirs = images, tag, theirs
        self.resolve, self.labels = images.resolve, images.labels

    def tag(self, repository: Repository, digest: Digest, tag: str) -> None:
        self._images.tag(repository, digest, tag)
        if tag == self._tag:
            self._images.tag(repository, self._theirs, tag)


class TestDirty:
    def test_a_dirty_tree_is_refused_by_its_paths(self, bench: Bench):
        bench.repo.write({"web/page": "changed\n", "new": "x"})
        with pytest.raises(RefusedError) as caught:
            bench.build(Refuses(), bench.with_build(Build("web"), checks=("touch ran",)))
        assert caught.value.code == "build.dirty"
        assert "web/page" in caught.value.message
        assert "new" in caught.value.message
        assert not (bench.repo.root / "ran").exists()

    def test_many_paths_are_counted(self, bench: Bench):
        bench.repo.write({f"new{i:02}": "x" for i in range(14)})
        with pytest.raises(RefusedError, match="and 4 more"):
            bench.build(Refuses())

    def test_what_git_ignores_is_not_dirty(self, bench: Bench):
        bench.repo.commit({".gitignore": "*.log\n"})
        bench.repo.write({"a.log": "x"})
        assert not bench.build(BUILDAH).artifact.dirty

    def test_allowed_it_is_built_as_it_lies_marked_and_found_by_nobody(self, bench: Bench):
        clean = bench.build(BUILDAH)
        bench.repo.write({"web/page": "changed\n"})
        built = bench.build(BUILDAH, dirty_too)
        assert built.artifact.dirty
        assert not built.reused
        assert built.tag.endswith("-dirty")
        assert built.artifact.digest != clean.artifact.digest
        labels = bench.images.labels(bench.repository, built.artifact.digest)
        assert (labels[DIRTY], labels[INPUTS]) == ("true", "")
        assert labels["org.opencontainers.image.version"].endswith("-dirty")
        assert bench.tagged("edge") == clean.artifact.digest
        assert not bench.build(BUILDAH, dirty_too).reused

    def test_allowing_it_changes_nothing_for_a_clean_tree(self, bench: Bench):
        assert not bench.build(BUILDAH, dirty_too).artifact.dirty
        assert bench.build(Refuses(), dirty_too).reused


class TestChecks:
    def test_they_run_in_order_before_the_build_in_the_root(self, bench: Bench):
        built = bench.build(BUILDAH, bench.with_build(Build("web"), checks=("pwd", "echo two; echo err >&2")))
        assert [(c.command, c.returncode, c.output) for c in built.checks] == [
            ("pwd", 0, str(bench.repo.root)),
            ("echo two; echo err >&2", 0, "two\n\nerr"),
        ]

    def test_the_first_failure_ends_it_with_what_was_printed(self, bench: Bench):
        checks = ("echo fine", "seq 100; echo 'token https://a:hunter2@b/'; exit 7", "touch ran")
        with pytest.raises(RefusedError) as caught:
            bench.build(Refuses(), bench.with_build(Build("web"), checks=checks))
        assert caught.value.code == "build.check-failed"
        assert "exited with 7" in caught.value.message
        assert "\n100\n" in caught.value.message
        assert "\n1\n" not in caught.value.message
        assert "hunter2" not in caught.value.message
        assert not (bench.repo.root / "ran").exists()
        assert bench.tagged("edge") is None


class TestEnvironmentDependence:
    def test_it_is_refused_with_every_place_before_any_check(self, bench: Bench):
        text = "FROM scratch\nARG APP_ENV\nENV APP_ENV=$APP_ENV\nCOPY page /\n"
        bench.repo.commit({"web/Containerfile": text})
        with pytest.raises(RefusedError) as caught:
            bench.build(Refuses(), bench.with_build(Build("web"), checks=("touch ran",)))
        assert caught.value.code == "build.depends-on-environment"
        assert caught.value.where == "web/Containerfile:2"
        assert "web/Containerfile:3" in caught.value.message
        assert not (bench.repo.root / "ran").exists()

    def test_a_users_own_command_as_well(self, bench: Bench):
        command = "docker build --target staging ."
        with pytest.raises(RefusedError) as caught:
            bench.build(Command(command), bench.with_build(Build("web", command=command)))
        assert caught.value.where == "build.command"

    def test_the_commits_file_is_judged_not_the_directorys(self, bench: Bench):
        bench.repo.commit({".gitignore": "Dockerfile\n"})
        bench.repo.write({"web/Dockerfile": "FROM scratch\nENV APP_ENV=production\n"})
        bench.build(BUILDAH)


class TestWhatIsWrong:
    @pytest.mark.parametrize(
        ("build", "code"),
        [
            (Build("../else"), "build.path"),
            (Build("/etc"), "build.path"),
            (Build("web", inputs=("../x",)), "build.path"),
            (Build("none"), "build.no-input"),
            (Build("web", inputs=("none",)), "build.no-input"),
            (Build("README"), "build.no-context"),
            (Build("web", file="README.d/Dockerfile"), "build.no-input"),
            (Build("docs"), "build.no-containerfile"),
            (Build("web", file="link"), "build.path"),
        ],
        ids=lambda v: v if isinstance(v, str) else "",
    )
    def test_a_wrong_path_is_named(self, bench: Bench, build: Build, code: str):
        bench.repo.write({"docs/a": "x"})
        (bench.repo.root / "link").symlink_to("/etc/hostname")
        bench.repo.commit({})
        with pytest.raises(InputError) as caught:
            bench.build(Refuses(), bench.with_build(build))
        assert caught.value.code == code
        assert caught.value.hint

    def test_a_service_that_is_built_elsewhere(self, bench: Bench):
        with pytest.raises(InputError) as caught:
            bench.build(Refuses(), bench.with_build(None))  # pyright: ignore
        assert caught.value.code == "build.none"

    def test_a_builder_that_says_another_digest_than_the_registry(self, bench: Bench):
        lie = Wraps(says=lambda _: Digest("sha256:" + "0" * 64))
        with pytest.raises(IntegrityError) as caught:
            bench.build(lie)
        assert caught.value.code == "build.digest"
        assert bench.tagged("edge") is None

    def test_a_builder_that_says_nothing_is_not_asked(self, bench: Bench):
        built = bench.build(Wraps(says=lambda _: None))
        assert bench.tagged(built.tag) == built.artifact.digest

    @pytest.mark.parametrize("builder", [Command("true"), Wraps(order=lambda o: replace(o, image=replace_tag(o)))])
    def test_a_builder_that_pushed_nothing(self, bench: Bench, builder: Builder):
        with pytest.raises(ToolError) as caught:
            bench.build(builder)
        assert caught.value.code == "build.not-pushed"


def replace_tag(order: BuildOrder):
    return type(order.image)(order.image.repository, "elsewhere")


class TestAUsersCommand:
    command = (
        "buildah bud --isolation chroot --timestamp $SOURCE_DATE_EPOCH -t mine $VIVIDO_CONTEXT >&2 && "
        "buildah push --tls-verify=false mine docker://$VIVIDO_IMAGE"
    )

    def test_without_labels_it_is_told_that_nothing_can_be_found_again(self, bench: Bench):
        change = bench.with_build(Build("web", command=self.command))
        first = bench.build(Command(self.command), change)
        assert [w.code for w in first.warnings] == ["build.unlabelled"]
        assert bench.tagged("edge") == first.artifact.digest
        assert first.artifact.commit == first.commit
        assert not bench.build(Command(self.command), change).reused

    def test_with_its_labels_it_is_reused(self, bench: Bench):
        labels = 'IFS=\'\n\'; for l in $VIVIDO_LABELS; do set -- "$@" --label "$l"; done; unset IFS\n'
        command = labels + self.command.replace("-t mine", '"$@" -t mine')
        change = bench.with_build(Build("web", command=command))
        first = bench.build(Command(command), change)
        assert first.warnings == ()
        assert bench.build(Refuses(), change).artifact == first.artifact

    def test_it_needs_no_containerfile(self, bench: Bench):
        bench.repo.git("mv", "web/Containerfile", "web/Other")
        bench.repo.commit({})
        command = self.command.replace("bud", "bud -f web/Other")
        assert not bench.build(Command(command), bench.with_build(Build("web", command=command))).reused


def test_several_platforms_are_one_artifact_the_index(bench: Bench):
    change = bench.with_build(Build("web", platforms=("linux/amd64", "linux/arm64")))
    first = bench.build(BUILDAH, change)
    assert first.artifact.digest == bench.tagged("edge")
    assert bench.build(Refuses(), change).artifact == first.artifact
