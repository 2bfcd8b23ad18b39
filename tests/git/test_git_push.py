import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from git_situation import ALICE, START

from vivido.errors import (
    ConflictError,
    Error,
    ForbiddenError,
    InputError,
    NotFoundError,
    RefusedError,
    ToolError,
    UnreachableError,
)
from vivido.git.commit import commit_files
from vivido.git.failure import explain
from vivido.git.history import describe, history
from vivido.git.mirror import Mirror
from vivido.git.publish import AlreadyThere, Edit, Hand, Key, backoff, publish
from vivido.git.push import Moved, Pushed, Refused, push
from vivido.git.read import changed, read
from vivido.git.trailers import trailer
from vivido.process import Completed, run
from vivido.testing.gitserver import GitServer, commit_to, create_bare, credential_helper, git_server, install_hook

KEY = Key("p-1", "commit")


def _tip(remote: Path, branch: str = "main") -> str:
    return run(["git", "-C", str(remote), "rev-parse", "--verify", "--quiet", f"refs/heads/{branch}"]).text.strip()


def _edit(_: str) -> Edit:
    return Edit({"deploy/prod/kustomization.yaml": b"newTag: v2\n"}, "Promote web to production")


def _commit(mirror: Mirror, content: bytes = b"1") -> tuple[str, str]:
    tip = mirror.fetch("main")
    return tip, commit_files(mirror, tip, {"a": content}, "m", ALICE)


class TestPush:
    def test_moves_the_branch(self, mirror: Mirror, remote: Path) -> None:
        tip, made = _commit(mirror)
        assert push(mirror, "main", made, tip) == Pushed(made)
        assert _tip(remote) == made == mirror.tip("main")

    def test_pushing_again_is_no_harm(self, mirror: Mirror) -> None:
        tip, made = _commit(mirror)
        push(mirror, "main", made, tip)
        assert push(mirror, "main", made, tip) == Pushed(made)

    def test_somebody_was_faster(self, mirror: Mirror, remote: Path) -> None:
        tip, made = _commit(mirror)
        theirs = commit_to(remote, {"b": b"1"})
        assert push(mirror, "main", made, tip) == Moved(theirs)
        assert _tip(remote) == theirs

    def test_a_branch_that_went_back_has_moved_too(self, mirror: Mirror, remote: Path) -> None:
        old = mirror.fetch("main")
        commit_to(remote, {"b": b"1"})
        tip, made = _commit(mirror)
        run(["git", "-C", str(remote), "update-ref", "refs/heads/main", old])
        assert push(mirror, "main", made, tip) == Moved(old)
        assert _tip(remote) == old

    def test_a_deleted_branch_is_not_made_again(self, mirror: Mirror, remote: Path) -> None:
        tip, made = _commit(mirror)
        run(["git", "-C", str(remote), "update-ref", "-d", "refs/heads/main"])
        assert push(mirror, "main", made, tip) == Moved(None)
        assert _tip(remote) == ""

    def test_a_new_branch(self, mirror: Mirror, remote: Path) -> None:
        _, made = _commit(mirror)
        assert push(mirror, "release/x", made, None) == Pushed(made)
        assert _tip(remote, "release/x") == made
        _, other = _commit(mirror, b"2")
        assert push(mirror, "release/x", other, None) == Moved(made)

    def test_the_first_commit_of_an_empty_repository(self, tmp_path: Path) -> None:
        create_bare(tmp_path / "empty")
        mirror = Mirror(str(tmp_path / "empty"), tmp_path / "cache")
        made = commit_files(mirror, None, {"a": b"1"}, "m", ALICE)
        assert push(mirror, "main", made, None) == Pushed(made)

    def test_history_is_never_rewritten(self, mirror: Mirror, remote: Path) -> None:
        old = mirror.fetch("main")
        newer = commit_to(remote, {"b": b"1"})
        mirror.fetch("main")
        sideways = commit_files(mirror, old, {"a": b"1"}, "m", ALICE)
        with pytest.raises(InputError) as e:
            push(mirror, "main", sideways, newer)
        assert e.value.code == "git.not-forward"
        assert _tip(remote) == newer

    def test_a_hook_says_no(self, mirror: Mirror, remote: Path) -> None:
        install_hook(
            remote, "pre-receive", 'printf "\\033[31mno; see https://bot:s3cret@host/why\\033[0m\\n" >&2; exit 1'
        )
        tip, made = _commit(mirror)
        result = push(mirror, "main", made, tip)
        assert isinstance(result, Refused)
        assert "no; see https://***@host/why" in result.why
        assert "s3cret" not in result.why
        assert "\x1b" not in result.why
        assert result.error("there").code == "git.push-refused"

    def test_a_users_own_settings_push_nothing_else(self, mirror: Mirror, remote: Path) -> None:
        for name, value in (
            ("push.followTags", "true"),
            ("push.useForceIfIncludes", "true"),
            ("push.default", "matching"),
        ):
            run(["git", "config", "--global", name, value])
        hooks = Path(os.environ["HOME"]) / "hooks"
        install_hook(hooks.parent, "pre-push", "exit 1")
        run(["git", "config", "--global", "core.hooksPath", str(hooks)])
        tip, made = _commit(mirror)
        who = mirror.objects[made].author
        mirror.objects.create_tag("v1", mirror.objects[made].id, 1, who, "t")
        assert push(mirror, "main", made, tip) == Pushed(made)
        assert run(["git", "-C", str(remote), "tag"]).text == ""


class TestWorkTree:
    @pytest.fixture
    def clone(self, tmp_path: Path, remote: Path) -> Path:
        path = tmp_path / "clone"
        run(["git", "clone", "-q", str(remote), str(path)])
        return path

    def test_files_follow_a_push_to_the_branch_that_is_checked_out(
        self, clone: Path, tmp_path: Path, hand: Hand
    ) -> None:
        mirror = Mirror(str(clone), tmp_path / "cache")
        publish(mirror, "main", _edit, KEY, hand)
        assert (clone / "deploy/prod/kustomization.yaml").read_bytes() == b"newTag: v2\n"
        assert run(["git", "-C", str(clone), "status", "--porcelain"]).text == ""

    @pytest.mark.parametrize("staged", [False, True])
    def test_unsaved_work_is_not_overwritten(self, clone: Path, tmp_path: Path, hand: Hand, staged: bool) -> None:
        (clone / "README.md").write_text("my work\n")
        if staged:
            run(["git", "-C", str(clone), "add", "README.md"])
        with pytest.raises(RefusedError) as e:
            publish(Mirror(f"file://{clone}", tmp_path / "cache"), "main", _edit, KEY, hand)
        assert e.value.code == "git.work-tree-dirty"
        assert "Commit or stash" in e.value.hint
        assert (clone / "README.md").read_text() == "my work\n"

    def test_an_untracked_file_in_the_way(self, clone: Path, tmp_path: Path, hand: Hand) -> None:
        (clone / "new").write_text("mine\n")
        with pytest.raises(RefusedError) as e:
            publish(Mirror(str(clone), tmp_path / "cache"), "main", lambda _: Edit({"new": b"theirs"}, "S"), KEY, hand)
        assert e.value.code == "git.work-tree-dirty"
        assert (clone / "new").read_text() == "mine\n"

    def test_another_branch_does_not_touch_them(self, clone: Path, tmp_path: Path, hand: Hand) -> None:
        run(["git", "-C", str(clone), "branch", "env"])
        (clone / "README.md").write_text("my work\n")
        publish(Mirror(str(clone), tmp_path / "cache"), "env", _edit, KEY, hand)
        assert (clone / "README.md").read_text() == "my work\n"


class TestPublish:
    def test_commits_with_the_key(self, mirror: Mirror, remote: Path, hand: Hand) -> None:
        made = publish(mirror, "main", _edit, KEY, hand)
        info = describe(mirror, made)
        assert _tip(remote) == made
        assert (info.subject, info.author.name) == ("Promote web to production", "Alice")
        assert info.trailers == {"Vivido-Promotion": ("p-1",), "Vivido-Step": ("commit",)}

    def test_a_second_time_adopts_the_first(self, mirror: Mirror, remote: Path, hand: Hand) -> None:
        start = mirror.tip("main")
        made = publish(mirror, "main", _edit, KEY, hand)
        commit_to(remote, {"x": b"later"})
        tip = _tip(remote)
        assert publish(mirror, "main", _edit, KEY, hand, since=start) == made
        assert _tip(remote) == tip

    def test_another_step_is_another_commit(self, mirror: Mirror, hand: Hand) -> None:
        one = publish(mirror, "main", _edit, KEY, hand)
        two = publish(mirror, "main", lambda _: Edit({"z": b""}, "S"), Key("p-1", "commit-2"), hand)
        assert one != two

    def test_already_there(self, mirror: Mirror, hand: Hand) -> None:
        tip = mirror.fetch("main")
        assert publish(mirror, "main", AlreadyThere, KEY, hand) == tip

    def test_nothing_to_change_makes_a_commit_only_where_it_shall(self, mirror: Mirror, hand: Hand) -> None:
        tip = mirror.fetch("main")
        same = {"README.md": START["README.md"]}
        assert publish(mirror, "main", lambda _: Edit(same, "S"), KEY, hand) == tip
        made = publish(mirror, "main", lambda _: Edit(same, "S", allow_empty=True), KEY, hand)
        assert made != tip
        assert changed(mirror, tip, made) == ()

    def test_twenty_lost_races(self, mirror: Mirror, remote: Path) -> None:
        tips: list[str] = []
        pauses: list[int] = []

        def derive(tip: str) -> Edit:
            tips.append(tip)
            if len(tips) <= 20:
                commit_to(remote, {"theirs": str(len(tips)).encode()})
            return Edit({"ours": read(mirror, tip, "theirs") or b""}, "S")

        made = publish(mirror, "main", derive, KEY, Hand(ALICE, pauses.append, attempts=21))
        assert len(set(tips)) == 21
        assert pauses == list(range(1, 21))
        assert (read(mirror, made, "ours"), read(mirror, made, "theirs")) == (b"20", b"20")
        assert _tip(remote) == made

    def test_it_gives_up(self, mirror: Mirror, remote: Path) -> None:
        count = iter(range(100))

        def derive(_: str) -> Edit:
            commit_to(remote, {"theirs": str(next(count)).encode()})
            return Edit({"ours": b"1"}, "S")

        with pytest.raises(ConflictError) as e:
            publish(mirror, "main", derive, KEY, Hand(ALICE, lambda _: None, attempts=3))
        assert (e.value.code, e.value.retry_after, next(count)) == ("git.branch-busy", 30, 3)

    def test_a_race_with_oneself_is_won_once(self, mirror: Mirror, remote: Path, tmp_path: Path, hand: Hand) -> None:
        other = Mirror(str(remote), tmp_path / "other-cache")
        theirs: list[str] = []

        def derive(tip: str) -> Edit:
            if not theirs:
                theirs.append(publish(other, "main", lambda _: Edit({"ours": b"1"}, "other words"), KEY, hand))
            return Edit({"ours": b"1"}, "S")

        assert publish(mirror, "main", derive, KEY, hand) == theirs[0] == _tip(remote)

    def test_the_branch_is_deleted_meanwhile(self, mirror: Mirror, remote: Path, hand: Hand) -> None:
        def derive(_: str) -> Edit:
            run(["git", "-C", str(remote), "update-ref", "-d", "refs/heads/main"])
            return Edit({"ours": b"1"}, "S")

        with pytest.raises(NotFoundError) as e:
            publish(mirror, "main", derive, KEY, hand)
        assert e.value.code == "git.no-branch"

    def test_all_of_many_publishers_get_through(self, remote: Path, tmp_path: Path) -> None:
        def one(number: int) -> str:
            mirror = Mirror(str(remote), tmp_path / f"cache{number % 2}")
            spread = backoff(lambda: (number * 37 % 10) / 10, first=0.01, most=0.2)
            return publish(
                mirror, "main", lambda _: Edit({f"f{number}": b"x"}, "S"), Key(f"p-{number}", "c"), Hand(ALICE, spread)
            )

        with ThreadPoolExecutor(6) as pool:
            made = list(pool.map(one, range(6)))
        mirror = Mirror(str(remote), tmp_path / "check")
        keys = [trailer(c.message, "Vivido-Promotion") for c in history(mirror, None, mirror.fetch("main"))]
        assert sorted(k for k in keys if k) == [f"p-{n}" for n in range(6)]
        assert len(set(made)) == 6

    def test_pauses_double_and_are_bounded(self) -> None:
        backoff(lambda: 0.0)(5)
        asked: list[int] = []

        def random() -> float:
            asked.append(1)
            return 0.0

        backoff(random, first=1e9)(10_000)
        assert asked == [1]


@pytest.mark.parametrize(
    ("said", "kind", "code"),
    [
        ("fatal: detected dubious ownership in repository at '/x'", ForbiddenError, "git.owner"),
        ("remote: Write access to repository not granted.", ForbiddenError, "git.forbidden"),
        ("ssh: Could not resolve hostname x: Name or service not known", UnreachableError, "git.unreachable"),
        ("fatal: the remote end hung up unexpectedly", UnreachableError, "git.unreachable"),
        ("fatal: something new https://bot:s3cret@host/", ToolError, "git.failed"),
    ],
)
def test_what_git_complains_of(said: str, kind: type[Error], code: str) -> None:
    error = explain(Completed(("git",), 128, b"", said.encode()), "https://bot@example.com/x")
    assert (type(error), error.code, error.where) == (kind, code, "https://example.com/x")
    assert "s3cret" not in str(error)
    assert error.hint or kind in (UnreachableError, ToolError)


def test_a_server_that_never_answers() -> None:
    error = explain(Completed(("git",), 124, b"", b"", timed_out=True), "https://example.com/x")
    assert (type(error), error.code, error.retry_after) == (UnreachableError, "git.timeout", 5)


_CHILD = """
import sys
from pathlib import Path
from vivido.git.commit import Signature
from vivido.git.mirror import Mirror
from vivido.git.publish import Edit, Hand, Key, publish
hand = Hand(Signature("A", "a@example.com", int(sys.argv[3])), lambda _: None)
edit = Edit({"ours": b"1"}, "S", allow_empty=True)
print(publish(Mirror(sys.argv[1], Path(sys.argv[2])), "main", lambda _: edit, Key("p-1", "c"), hand))
"""


@pytest.mark.parametrize("point", ["git.commit.before", "git.commit.after", "git.push.before", "git.push.after"])
def test_killed_anywhere_it_makes_one_commit(remote: Path, tmp_path: Path, point: str) -> None:
    args = [sys.executable, "-c", _CHILD, str(remote), str(tmp_path / "cache")]
    killed = subprocess.run([*args, "1000000"], env={**os.environ, "VIVIDO_CRASH_AT": point}, check=False)
    assert killed.returncode == -9
    again = run([*args, "99000000"])
    assert again.returncode == 0, again.complaint
    mirror = Mirror(str(remote), tmp_path / "check")
    ours = [c.id for c in history(mirror, None, mirror.fetch("main")) if c.subject == "S"]
    assert ours == [again.text.strip()]


class TestHttp:
    @pytest.fixture
    def server(self, tmp_path: Path) -> Iterator[GitServer]:
        with git_server(tmp_path / "srv", users={"alice": "s3cret"}) as running:
            helper = credential_helper(tmp_path / "helper", {"alice": "s3cret"})
            run(["git", "config", "--global", "credential.helper", helper])
            yield running

    def test_with_the_users_credential_helper(self, server: GitServer, tmp_path: Path, hand: Hand) -> None:
        mirror = Mirror(server.create("shop", START), tmp_path / "cache")
        made = publish(mirror, "main", _edit, KEY, hand)
        assert _tip(server.path("shop")) == made
        assert {r.user for r in server.requests if r.status == 200} == {"alice"}
        assert "s3cret" not in (mirror.path / "config").read_text()

    def test_without_credentials(self, server: GitServer, tmp_path: Path) -> None:
        run(["git", "config", "--global", "--unset-all", "credential.helper"])
        with pytest.raises(ForbiddenError) as e:
            Mirror(server.create("shop", START), tmp_path / "cache").fetch("main")
        assert e.value.code == "git.unauthorized"

    def test_a_users_name_in_the_address_is_not_shown(self, server: GitServer, tmp_path: Path) -> None:
        run(["git", "config", "--global", "--unset-all", "credential.helper"])
        url = server.create("shop", START).replace("http://", "http://tok3n@")
        with pytest.raises(ForbiddenError) as e:
            Mirror(url, tmp_path / "cache").fetch("main")
        assert "tok3n" not in f"{e.value} {e.value.where} {e.value.hint}"

    def test_a_large_push(self, server: GitServer, tmp_path: Path, hand: Hand) -> None:
        mirror = Mirror(server.create("shop", START), tmp_path / "cache")
        big = os.urandom(3_000_000)
        made = publish(mirror, "main", lambda _: Edit({"big": big}, "S"), KEY, hand)
        other = Mirror(mirror.url, tmp_path / "other")
        assert other.fetch("main") == made
        assert read(other, made, "big") == big

    def test_a_slow_server_is_waited_for(self, server: GitServer, tmp_path: Path) -> None:
        url = server.create("shop", START)
        server.delay = 0.05
        assert Mirror(url, tmp_path / "cache").fetch("main")

    def test_a_protected_branch(self, server: GitServer, tmp_path: Path, hand: Hand) -> None:
        mirror = Mirror(server.create("shop", START), tmp_path / "cache")
        server.protect("shop", "main")
        with pytest.raises(RefusedError, match="GH006: Protected branch") as e:
            publish(mirror, "main", _edit, KEY, hand)
        assert e.value.code == "git.push-refused"

    def test_no_such_repository(self, server: GitServer, tmp_path: Path) -> None:
        with pytest.raises(NotFoundError) as e:
            Mirror(f"{server.url}/none.git", tmp_path / "cache").fetch("main")
        assert e.value.code == "git.no-repository"

    @pytest.mark.parametrize(
        ("status", "code"),
        [(403, "git.forbidden"), (500, "git.unreachable"), (503, "git.unreachable"), (429, "git.unreachable")],
    )
    def test_what_a_server_may_answer(
        self, server: GitServer, tmp_path: Path, hand: Hand, status: int, code: str
    ) -> None:
        mirror = Mirror(server.create("shop", START), tmp_path / "cache")
        mirror.fetch("main")
        tip, made = _commit(mirror)
        server.answer = status
        for attempt in (lambda: mirror.fetch("main"), lambda: push(mirror, "main", made, tip)):
            with pytest.raises(Error) as e:
                attempt()
            assert e.value.code == code

    def test_a_connection_that_breaks_in_the_middle(self, server: GitServer, tmp_path: Path) -> None:
        url = server.create("shop", {"big": os.urandom(300_000)})
        server.hang_up_after = 2000
        mirror = Mirror(url, tmp_path / "cache")
        with pytest.raises(UnreachableError) as e:
            mirror.fetch("main")
        assert e.value.code == "git.unreachable"
        server.hang_up_after = None
        assert mirror.fetch("main") == _tip(server.path("shop"))

    def test_a_push_whose_answer_got_lost_is_found_again(self, server: GitServer, tmp_path: Path, hand: Hand) -> None:
        mirror = Mirror(server.create("shop", START), tmp_path / "cache")
        start = mirror.fetch("main")
        server.cut_pushes = True
        with pytest.raises(UnreachableError):
            publish(mirror, "main", _edit, KEY, hand)
        server.cut_pushes = False
        landed = _tip(server.path("shop"))
        assert landed != start
        assert publish(mirror, "main", _edit, KEY, hand) == landed

    def test_a_server_that_is_gone(self, server: GitServer, tmp_path: Path) -> None:
        with git_server(tmp_path / "other") as other:
            url = other.create("shop", START)
        with pytest.raises(UnreachableError) as e:
            Mirror(url, tmp_path / "cache").fetch("main")
        assert (e.value.code, e.value.retry_after) == ("git.unreachable", 5)

    def test_a_host_that_has_no_address(self, tmp_path: Path) -> None:
        with pytest.raises(UnreachableError):
            Mirror("http://no-such-host.invalid/x.git", tmp_path / "cache").fetch("main")
