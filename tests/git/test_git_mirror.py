import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from git_situation import ALICE

from vivido.errors import Error, InputError, IntegrityError, NotFoundError, ToolError
from vivido.git.commit import commit_files
from vivido.git.mirror import Mirror
from vivido.git.push import Pushed, push
from vivido.git.read import read
from vivido.process import run
from vivido.testing.gitserver import commit_to, create_bare


def test_tip_is_what_the_branch_was_at_the_last_fetch(mirror: Mirror, remote: Path) -> None:
    first = mirror.tip("main")
    second = commit_to(remote, {"a": b"1"})
    assert mirror.tip("main") == first
    assert mirror.fetch("main") == second
    assert mirror.tip("main") == second


def test_without_a_name_it_is_the_remotes_default_branch(tmp_path: Path) -> None:
    create_bare(tmp_path / "r", {"a": b"1"}, branch="trunk/main")
    mirror = Mirror(str(tmp_path / "r"), tmp_path / "cache")
    assert mirror.tip("") is None
    tip = mirror.fetch()
    assert (mirror.default_branch(), mirror.tip(), mirror.tip("trunk/main")) == ("trunk/main", tip, tip)


def test_default_branch_is_asked_where_it_is_not_known(mirror: Mirror) -> None:
    assert mirror.default_branch() == "main"


def test_an_empty_repository_has_no_default_branch(tmp_path: Path) -> None:
    create_bare(tmp_path / "r")
    with pytest.raises(NotFoundError) as e:
        Mirror(str(tmp_path / "r"), tmp_path / "cache").fetch()
    assert e.value.code == "git.no-default-branch"


def test_a_missing_branch_is_named(mirror: Mirror) -> None:
    with pytest.raises(NotFoundError, match="no branch “gone”") as e:
        mirror.fetch("gone")
    assert e.value.code == "git.no-branch"


def test_a_branch_deleted_there_is_forgotten_here(mirror: Mirror, remote: Path) -> None:
    commit_to(remote, {"a": b"1"}, branch="feature")
    mirror.fetch("feature")
    run(["git", "-C", str(remote), "branch", "-D", "feature"])
    with pytest.raises(NotFoundError):
        mirror.fetch("feature")
    assert mirror.tip("feature") is None


def test_a_branch_may_take_the_place_of_a_directory_of_branches(mirror: Mirror, remote: Path) -> None:
    commit_to(remote, {"a": b"1"}, branch="f/one")
    mirror.fetch("f/one")
    run(["git", "-C", str(remote), "branch", "-D", "f/one"])
    tip = commit_to(remote, {"a": b"2"}, branch="f")
    assert mirror.fetch("f") == tip


def test_a_rewritten_branch_is_followed(mirror: Mirror, remote: Path) -> None:
    run(["git", "-C", str(remote), "update-ref", "-d", "refs/heads/main"])
    tip = commit_to(remote, {"other": b"1"})
    assert mirror.fetch("main") == tip


def test_no_repository_there(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError) as e:
        Mirror(str(tmp_path / "nothing"), tmp_path / "cache").fetch("main")
    assert e.value.code == "git.no-repository"


def test_two_addresses_have_two_mirrors_and_a_users_name_makes_no_difference(tmp_path: Path) -> None:
    a, b = (Mirror(f"https://{u}example.com/x.git", tmp_path).path for u in ("", "alice@"))
    assert a == b != Mirror("https://example.com/y.git", tmp_path).path


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "git.url"),
        ("--upload-pack=touch /tmp/x", "git.url"),
        ("ext::sh -c touch% /tmp/x", "git.url"),
        ("https://h/\nx", "git.url"),
        ("https://alice:s3cret@example.com/x.git", "git.url-password"),
    ],
)
def test_addresses_that_are_traps(tmp_path: Path, url: str, code: str) -> None:
    with pytest.raises(InputError) as e:
        Mirror(url, tmp_path)
    assert e.value.code == code
    assert "s3cret" not in str(e.value)


def test_a_users_rewriting_to_a_program_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marker = tmp_path / "ran"
    run(["git", "config", "--global", "url.ext::touch% %S.insteadOf", "https://trap/"])
    run(["git", "config", "--global", "protocol.ext.allow", "always"])
    with pytest.raises(Error, match="transport 'ext' not allowed"):
        Mirror(f"https://trap/{marker}", tmp_path / "cache").fetch("main")
    assert not marker.exists()


@pytest.mark.parametrize(
    "branch", ["-x", "a..b", "a b", "a.lock", "/a", "a/", "refs/heads/main", "@{u}", "a\n", ".a", "a/-b"]
)
def test_names_that_are_no_branch(mirror: Mirror, branch: str) -> None:
    with pytest.raises(InputError) as e:
        mirror.fetch(branch)
    assert e.value.code == "git.ref"


def test_a_head_that_points_to_no_branch(remote: Path, tmp_path: Path) -> None:
    tip = run(["git", "-C", str(remote), "rev-parse", "main"]).text.strip()
    run(["git", "-C", str(remote), "update-ref", "--no-deref", "HEAD", tip])
    with pytest.raises(NotFoundError) as e:
        Mirror(str(remote), tmp_path / "cache").fetch()
    assert e.value.code == "git.no-default-branch"


@pytest.mark.parametrize("name", ["refs/tips/main.lock", "packed-refs.lock", "HEAD.lock", "config.lock"])
def test_locks_of_a_process_that_died_are_in_nobodys_way(mirror: Mirror, remote: Path, name: str) -> None:
    tip = commit_to(remote, {"a": b"1"})
    (mirror.path / name).touch()
    assert mirror.fetch() == tip
    (mirror.path / name).touch()
    made = commit_files(mirror, tip, {"b": b"1"}, "m", ALICE)
    assert push(mirror, "main", made, tip) == Pushed(made)
    assert mirror.tip("main") == made


def test_a_mirror_that_breaks_between_two_calls(mirror: Mirror, remote: Path) -> None:
    mirror.fetch("main")
    tip = commit_to(remote, {"a": b"1"})
    _break_all_packs(mirror.path)
    assert mirror.fetch("main") == tip
    assert read(mirror, tip, "a") == b"1"


def test_reading_a_mirror_whose_configuration_is_broken(mirror: Mirror) -> None:
    (mirror.path / "config").write_text("[core")
    again = Mirror(mirror.url, mirror.path.parent)
    with pytest.raises(IntegrityError):
        again.tip("main")
    assert again.fetch("main")


def test_a_cache_that_cannot_be(remote: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ToolError) as e:
        Mirror(str(remote), tmp_path / "file" / "cache").fetch("main")
    assert e.value.code == "git.no-mirror"


def test_a_full_disk_condemns_no_mirror(mirror: Mirror) -> None:
    mirror.fetch("main")
    with pytest.raises(ToolError) as e, mirror.reading():
        raise OSError(28, "No space left on device")
    assert e.value.code == "git.no-mirror"
    assert not (mirror.path / "vivido-damaged").exists()


def _break_all_packs(path: Path) -> None:
    for file in (path / "objects").rglob("*"):
        if file.is_file():
            file.chmod(0o644)
            file.write_bytes(b"rubbish")


@pytest.mark.parametrize(
    "damage",
    [
        lambda p: shutil.rmtree(p / "objects"),
        lambda p: (p / "HEAD").unlink(),
        lambda p: (p / "config").write_text("[core"),
        _break_all_packs,
        shutil.rmtree,
    ],
    ids=["no-objects", "no-head", "bad-config", "rubbish", "gone"],
)
def test_a_damaged_mirror_is_made_again(mirror: Mirror, remote: Path, tmp_path: Path, damage: object) -> None:
    damage(mirror.path)  # type: ignore[operator]
    tip = commit_to(remote, {"new": b"1\n"})
    fresh = Mirror(str(remote), tmp_path / "cache")
    assert fresh.fetch("main") == tip
    assert read(fresh, tip, "README.md") == b"hello\n"


def test_damage_that_only_reading_finds_is_mended_by_the_next_fetch(mirror: Mirror, remote: Path) -> None:
    tip = mirror.fetch("main")
    blob = run(["git", "-C", str(remote), "rev-parse", f"{tip}:README.md"]).text.strip()
    _explode(mirror.path)
    (mirror.path / "objects" / blob[:2] / blob[2:]).unlink()
    again = Mirror(mirror.url, mirror.path.parent)
    with pytest.raises(Error) as e:
        read(again, tip, "README.md")
    assert (e.value.code, e.value.retry_after) == ("git.mirror-damaged", 0)
    again.fetch("main")
    assert read(again, tip, "README.md") == b"hello\n"


def _explode(path: Path) -> None:
    """Turn packs into loose objects."""
    for pack in list((path / "objects" / "pack").glob("*.pack")):
        data = pack.read_bytes()
        for suffix in (".pack", ".idx", ".rev"):
            pack.with_suffix(suffix).unlink(missing_ok=True)
        run(["git", f"--git-dir={path}", "unpack-objects", "-q"], stdin=data)


def test_a_stale_view_does_not_condemn_the_new_mirror(mirror: Mirror, remote: Path) -> None:
    tip = mirror.fetch("main")
    other = Mirror(mirror.url, mirror.path.parent)
    other.fetch("main")
    shutil.rmtree(mirror.path)
    other.fetch("main")
    mirror.damaged("it looked so")
    assert not (mirror.path / "vivido-damaged").exists()
    assert read(mirror, tip, "README.md") == b"hello\n"


def test_many_threads_and_processes_at_once(remote: Path, tmp_path: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom vivido.git.mirror import Mirror\n"
        "print(Mirror(sys.argv[1], Path(sys.argv[2])).fetch('main'))"
    )
    cache = tmp_path / "cache"
    with ThreadPoolExecutor(8) as pool:
        here = [pool.submit(lambda: Mirror(str(remote), cache).fetch("main")) for _ in range(4)]
        there = [pool.submit(run, [sys.executable, "-c", code, str(remote), str(cache)]) for _ in range(4)]
        tips = {f.result() for f in here} | {f.result().text.strip() for f in there}
    assert len(tips) == 1
    assert sorted(p.suffix for p in cache.iterdir()) == [".git", ".lock"]


def test_variables_of_a_hook_do_not_redirect_it(remote: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "other.git"
    create_bare(other, {"b": b"1"})
    monkeypatch.setenv("GIT_DIR", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    monkeypatch.setenv("GIT_QUARANTINE_PATH", str(other / "objects"))
    mirror = Mirror(str(remote), tmp_path / "cache")
    assert read(mirror, mirror.fetch("main"), "README.md") == b"hello\n"


def test_a_relative_path_is_made_absolute(remote: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    mirror = Mirror("remote.git", tmp_path / "cache")
    monkeypatch.chdir("/")
    assert mirror.fetch("main")
    assert mirror.url == str(remote)


def test_a_file_url_works(remote: Path, tmp_path: Path) -> None:
    assert Mirror(f"file://{remote}", tmp_path / "cache").fetch("main")


def test_a_users_pruning_leaves_the_mirror_alone(mirror: Mirror, remote: Path) -> None:
    run(["git", "config", "--global", "fetch.prune", "true"])
    commit_to(remote, {"a": b"1"}, branch="other")
    tip = mirror.fetch("other")
    mirror.fetch("main")
    assert mirror.tip("other") == tip


def test_loading_the_room_does_not_load_pygit2() -> None:
    code = (
        "import sys, vivido.git.mirror, vivido.git.read, vivido.git.push, vivido.git.publish, vivido.git.reverse\n"
        "import vivido.git.refs, vivido.git.export, vivido.git.worktree, vivido.git.sign\n"
        "sys.exit('pygit2' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
