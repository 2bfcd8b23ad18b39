"""`vivido layout convert`: every way from one layout to another, proved; refusals; what was interrupted goes on."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from convert_projects import ENVIRONMENTS, Shop, cloned, files, make_shop

from vivido.layouts.kinds import KINDS
from vivido.process import run
from vivido.testing.gitserver import commit_to, create_bare
from vivido.testing.miniature import Miniature, miniature

pytestmark = pytest.mark.real("git", "kubectl", "helm", "ssh-keygen")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return make_shop(tmp_path)


def _converted(shop: Shop, to: str) -> None:
    ran = shop.convert(to, "--push", "--yes")
    assert ran.code == 0, ran.err
    shop.pull()
    checked = shop.run("config", "check")
    assert checked.code == 0, checked.err


@pytest.mark.parametrize("way", list(itertools.permutations(sorted(KINDS), 2)), ids="-to-".join)
def test_kustomize_helm_and_manifests_come_from_each_layout_to_each_other(shop: Shop, way: tuple[str, str]) -> None:
    start, end = way
    if "repositories" in way:
        shop.empty_repositories()
    if start != "directories":
        _converted(shop, start)
    before = shop.refs()
    plan = shop.convert(end, "-o", "json")
    assert plan.code == 0, plan.err
    assert plan.json()["compared"] == len(ENVIRONMENTS) * 3
    assert shop.refs() == before, "planned is not written"
    _converted(shop, end)
    assert f"layout: {end}" in (shop.clone / "vivido.yaml").read_text()
    again = shop.convert(end, "--push", "--yes")
    assert (again.code, "convert.same" in again.err) == (2, True)


def test_the_file_keeps_its_comments_and_what_it_said(shop: Shop) -> None:
    _converted(shop, "branches")
    text = (shop.clone / "vivido.yaml").read_text()
    for kept in (
        "# The shop, and the way it goes.",
        "# Kustomize",
        "# after the first look",
        "because: staging is smaller",
    ):
        assert kept in text
    assert "config: deploy/web/overlays/own" in text
    assert "{helm: deploy/api, values: [deploy/api/values-own.yaml]}" in text
    # The rules beside the service are found where they were.
    assert "parity: deploy/web/parity.yaml" in text


def test_branches_differ_in_nothing_but_what_is_their_own(shop: Shop) -> None:
    _converted(shop, "branches")
    changed = shop.git("diff", "--name-only", "main", "production").splitlines()
    assert changed == [
        "deploy/api/values-own.yaml",
        "deploy/jobs/own/settings.yaml",
        "deploy/web/overlays/own/kustomization.yaml",
        "deploy/web/overlays/own/settings.yaml",
    ]
    listed = shop.git("ls-tree", "-r", "--name-only", "staging").splitlines()
    assert not [path for path in listed if "production" in path or "dev" in path]
    assert {"src/app.py", "deploy/web/README.md", "deploy/web/components/big/kustomization.yaml"} <= set(listed)


def test_a_repository_gets_what_is_its_environments_and_no_more(shop: Shop) -> None:
    shop.empty_repositories()
    _converted(shop, "repositories")
    listed = shop.git("ls-tree", "-r", "--name-only", "main", repository="config-staging.git").splitlines()
    assert "deploy/web/overlays/staging/settings.yaml" in listed
    assert "deploy/web/README.md" in listed
    assert not [
        p for p in listed if p.startswith("src/") or "/overlays/dev/" in p or p.startswith("deploy/jobs/production")
    ]
    assert not [
        p for p in shop.git("ls-tree", "-r", "--name-only", "main").splitlines() if p.startswith("deploy/web/overlays")
    ]


def test_there_and_back_gives_the_same_objects_and_shares_what_was_shared(shop: Shop) -> None:
    start = shop.git("ls-tree", "-r", "main", "deploy")
    for layout in ("branches", "directories"):
        _converted(shop, layout)
    assert shop.git("ls-tree", "-r", "main", "deploy") == start


def test_local_branches_are_made_once_and_nothing_is_pushed(shop: Shop) -> None:
    before = shop.refs()
    first = shop.convert("branches", "--write", "--yes", "-o", "json")
    assert first.code == 0, first.err
    assert first.json()["written"] == ["staging", "production", "convert/to-branches"]
    made = shop.git("for-each-ref", "refs/heads", repository="clone")
    assert shop.convert("branches", "--write", "--yes").code == 0
    assert shop.git("for-each-ref", "refs/heads", repository="clone") == made
    assert shop.refs() == before
    # Pushed by hand, as it says, it is the same as pushed by Vivido.
    for command in (
        ["merge", "--quiet", "--ff-only", "convert/to-branches"],
        ["push", "--quiet", "origin", "staging", "production", "main"],
    ):
        shop.git(*command, repository="clone")
    assert shop.run("config", "check").code == 0
    assert len(shop.refs()) == len(before) + 2


@pytest.mark.parametrize("to", ["branches", "repositories"])
def test_killed_anywhere_and_run_again_it_ends_the_same(tmp_path: Path, to: str) -> None:
    whole = make_shop(tmp_path / "whole")
    whole.empty_repositories()
    log = tmp_path / "points"
    assert whole.convert(to, "--push", "--yes", log=log).code == 0
    names = log.read_text().splitlines()
    points = [f"{name}#{names[: i + 1].count(name)}" for i, name in enumerate(names)]
    assert "git.push.after" in names
    for number, point in enumerate(p for p in points if p.startswith("git.push")):
        shop = make_shop(tmp_path / f"{number}")
        shop.empty_repositories()
        assert shop.convert(to, "--push", "--yes", crash=point).code == -9, point
        ran = shop.convert(to, "--push", "--yes")
        if ran.code:
            assert "convert.not-pushed" in ran.err, "the last push had happened"
        shop.pull()
        assert shop.run("config", "check").code == 0
        assert shop.refs().keys() == whole.refs().keys(), point
        for name in whole.refs():
            bare, branch = name.split()
            assert _tree(shop, bare, branch) == _tree(whole, bare, branch) or to == "repositories", point
            subjects = shop.git("log", "--format=%s", branch, repository=f"{bare}.git").splitlines()
            assert len(subjects) == len(set(subjects)), point


def test_local_branches_killed_between_are_made_by_the_next_run(shop: Shop) -> None:
    for point in ("git.branch.before#1", "git.branch.after#1", "git.branch.before#1", "git.branch.after#1"):
        assert shop.convert("branches", "--write", "--yes", crash=point).code == -9
    ran = shop.convert("branches", "--write", "--yes", "-o", "json")
    assert ran.code == 0, ran.err
    tips = [shop.git("rev-parse", name, repository="clone").strip() for name in ran.json()["written"]]
    assert tips == [c["commit"] for c in ran.json()["conversion"]["commits"]]


def _tree(shop: Shop, bare: str, branch: str) -> str:
    return shop.git("rev-parse", f"{branch}^{{tree}}", repository=f"{bare}.git")


def test_another_person_goes_on_with_what_was_interrupted(shop: Shop) -> None:
    assert shop.convert("branches", "--push", "--yes", crash="git.push.after#1").code == -9
    shop.git("config", "user.name", "Dave", repository="clone")
    assert shop.convert("branches", "--push", "--yes").code == 0
    bases = {shop.git("merge-base", "main", b) for b in ("staging", "production")}
    assert bases == {shop.git("rev-parse", "main")}


def test_what_holds_something_else_is_refused_and_nothing_is_written(shop: Shop) -> None:
    shop.git("branch", "production", "main")
    before = shop.refs()
    refused = shop.convert("branches", "--push", "--yes")
    assert (refused.code, "convert.foreign" in refused.err) == (3, True)
    assert "production" in refused.err
    assert shop.refs() == before
    # Another name is a way on.
    assert shop.convert("branches", "--branch", "production=live").code == 0
    shop.empty_repositories()
    commit = {"README": b"This is mine.\n"}
    create_bare(shop.root / "other.git", commit)
    args = ("--repository", f"dev={shop.root / 'other.git'}")
    refused = shop.convert("repositories", *args, "--push", "--yes")
    assert (refused.code, "other.git" in refused.err) == (3, True)


def test_a_local_branch_of_somebody_is_not_moved(shop: Shop) -> None:
    shop.git("branch", "staging", repository="clone")
    refused = shop.convert("branches", "--write", "--yes")
    assert (refused.code, "convert.foreign" in refused.err) == (3, True)
    assert "convert/to-branches" not in shop.git("branch", "--list", repository="clone")


def test_an_object_that_would_change_is_named_with_its_file_and_nothing_is_written(tmp_path: Path) -> None:
    names = '{{- range $path, $_ := .Files.Glob "values-*.yaml" }}{{ $path }} {{ end }}'
    seen = f'apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: seen}}\ndata:\n  files: "{names}"\n'
    shop = make_shop(tmp_path, {"deploy/api/templates/seen.yaml": seen.encode()})
    before = shop.refs()
    refused = shop.convert("branches", "--push", "--yes")
    assert (refused.code, "convert.not-proved" in refused.err) == (3, True)
    assert "ConfigMap/seen/data/files of api would change in production" in refused.err
    assert "deploy/api" in refused.err
    assert shop.refs() == before


def test_what_cannot_be_rendered_before_is_refused(tmp_path: Path) -> None:
    shop = make_shop(tmp_path, {"deploy/web/overlays/staging/settings.yaml": b"kind: [\n"})
    refused = shop.convert("branches")
    assert (refused.code, "render.kustomize" in refused.err) == (3, True)
    assert "deploy/web/overlays/staging" in refused.err


def test_a_root_module_of_terraform_stays_where_its_state_expects_it(tmp_path: Path) -> None:
    module = {"infra/main.tf": b'variable "image" {}\n'} | {f"infra/{e}.tfvars": b'image = "x"\n' for e in ENVIRONMENTS}
    service = b"services:\n  infra: {image: registry.example.com/shop/infra, config: infra}\n"
    shop = make_shop(tmp_path, module | {"vivido.yaml": files()["vivido.yaml"].replace(b"services:\n", service)})
    refused = shop.convert("branches")
    assert (refused.code, "convert.terraform" in refused.err) == (3, True), refused.err


def test_what_is_the_whole_repository_is_refused_with_what_to_do(tmp_path: Path) -> None:
    declared = files()["vivido.yaml"].partition(b"services:")[0] + (
        b"layout: branches\nservices:\n  web: {image: registry.example.com/shop/web, config: .}\n"
        b"environments:\n  dev: {target: none, branch: main}\n  production: {after: dev, target: none, branch: live}\n"
    )
    top = {"kustomization.yaml": b"resources: [app.yaml]\n", "app.yaml": files()["deploy/web/base/app.yaml"]}
    create_bare(tmp_path / "origin.git", {"vivido.yaml": declared, **top})
    shop = cloned(tmp_path)
    shop.git("branch", "live", "main")
    refused = shop.convert("directories")
    assert (refused.code, "the whole repository" in refused.err) == (3, True), refused.err
    assert "Move its files into a directory" in refused.err


def test_wrong_flags_and_a_file_that_is_not_pushed_are_told(shop: Shop) -> None:
    missing = shop.run("layout", "convert", "--to", "repositories")
    assert (missing.code, "convert.where" in missing.err) == (2, True)
    assert shop.convert("branches", "--branch", "nowhere=x").code == 2
    assert shop.run("layout", "convert", "--to", "folders").code == 2
    gone = shop.convert("repositories")
    assert gone.code == 6, "there is no such repository"
    with (shop.clone / "vivido.yaml").open("a") as file:
        file.write("# one more word\n")
    unpushed = shop.convert("branches")
    assert (unpushed.code, "convert.not-pushed" in unpushed.err) == (7, True)


def test_a_project_in_a_subdirectory_stays_there_and_the_rest_of_the_repository_is_left_alone(tmp_path: Path) -> None:
    inside = {f"apps/shop/{path}": content for path, content in files().items()}
    create_bare(tmp_path / "origin.git", inside | {"README": b"Many apps.\n"})
    shop = cloned(tmp_path, "apps/shop")
    for layout in ("branches", "directories"):
        _converted(shop, layout)
        listed = shop.git("ls-tree", "-r", "--name-only", "main").splitlines()
        assert [p for p in listed if not p.startswith("apps/shop/")] == ["README"]
    shop.empty_repositories()
    _converted(shop, "repositories")
    listed = shop.git("ls-tree", "-r", "--name-only", "main", repository="config-dev.git").splitlines()
    assert "deploy/web/base/app.yaml" in listed


def test_old_files_stay_where_somebody_still_reads_them(shop: Shop) -> None:
    assert shop.convert("branches", "--keep", "--push", "--yes").code == 0
    assert "deploy/web/overlays/production/settings.yaml" in shop.git("ls-tree", "-r", "--name-only", "main")


@pytest.fixture(params=("directories-branches", "branches-repositories", "repositories-directories"))
def moved(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Miniature]:
    """Promoted twice, edited on the way by somebody in production, and moved to another layout."""
    start, to = request.param.split("-")
    with miniature(tmp_path / "mini", start) as made:
        for version in ("v1", "v2"):
            made.to_production(made.release(version))
            made.pull()
        web = made.manifest("web", "production")
        text = made.file(web, "production").replace("value: info", "value: debug")
        made.commit({web: text.encode()}, "Log more", environment="production")
        made.pull()
        where = ("--branch", "production=live") if to == "branches" else ()
        if to == "repositories":
            for name in ENVIRONMENTS:
                run(
                    ["git", "init", "--quiet", "--bare", "--initial-branch=main", str(made.root / f"config-{name}.git")]
                )
            where = ("--repository", str(made.root / "config-{environment}.git"))
        made.good("layout", "convert", "--to", to, *where, "--push", "--yes")
        if start == "directories":
            late = made.run("diff", "dev")
            assert "convert.not-pulled" in late.err
        made.pull()
        yield made


def test_what_runs_is_told_compared_and_gone_back_to_after_it(moved: Miniature) -> None:
    mini = moved
    before = {c["environment"]: c["release"] for c in mini.good("status", "-o", "json").json()["columns"]}
    # What was deployed is rendered in the new place; the edit that nobody promoted is the only difference.
    told = mini.run("diff", "-o", "json")
    assert told.code == 10, told.err
    assert [len(c["differences"]) for c in told.json()] == [0, 0, 1]
    assert "LOG_LEVEL" in told.out
    since = mini.run("parity", "--since")
    assert (since.code, "since" in since.out, "Carol" in since.out) == (10, True, False), (
        "no conversion made a difference"
    )
    drift = mini.run("drift", "-o", "json").json()
    assert [[u["subject"] for u in d["ungated"]] for d in drift] == [[], [], ["Log more"]]
    old = mini.run("promote", "production", "--release", before["production"], "--yes")
    assert (old.code, "release.before-conversion" in old.err) == (3, True), old.err
    # The way back leads over the conversion, and what people edited stays.
    asked = mini.run("rollback", "production", "--reason", "slow", "--yes")
    assert (asked.code, "people's edits since then stay" in asked.err) == (9, True), asked.err
    assert mini.approve("production").code == 0
    mini.good("diff", "production")
    now = mini.good("status", "-o", "json").json()["columns"]
    assert now[2]["release"] not in ("", before["production"])
    assert now[2]["cells"][0]["digest"] == mini.push("v1")["web"]
    assert "LOG_LEVEL/value: info → debug" in mini.run("diff", "staging", "production").out
    mini.good("release", "create")
    assert "is unchanged by" in mini.good("promote", "dev", "--yes").err
    last = mini.release("v3")
    mini.good("promote", "dev", "--release", last, "--yes")
    assert mini.good("status", "-o", "json").json()["columns"][0]["release"] == last
    assert mini.run("ledger", "verify").code == 0


def test_hotfixes_are_debts_after_a_conversion_and_nothing_from_before_it_is(tmp_path: Path) -> None:
    with miniature(tmp_path / "mini", "branches") as mini:
        mini.to_production(mini.release("v1"))
        for layout in ("directories", "branches"):
            mini.pull()
            branches = ("--branch", "staging=second", "--branch", "production=third") if layout == "branches" else ()
            mini.good("layout", "convert", "--to", layout, *branches, "--push", "--yes")
        mini.pull()
        mini.to_production(mini.release("v2"))
        commit_to(mini.origin, {"src/fix.py": b"fixed = True\n"}, branch="third", message="Fix it here")
        text = mini.file("vivido.yaml").replace("project: mini", "project: mini  # ours")
        mini.commit({"vivido.yaml": text.encode()}, "Say whose it is")
        mini.pull()
        release = mini.release("v3")
        mini.good("promote", "dev", "--release", release, "--yes")
        mini.good("promote", "staging", "--release", release, "--yes")
        refused = mini.run("promote", "production", "--release", release, "--yes")
        assert (refused.code, "src/fix.py" in refused.err) == (3, True), refused.err


def test_a_first_promotion_after_it_can_be_reviewed(tmp_path: Path) -> None:
    with miniature(tmp_path / "mini", "branches") as mini:
        mini.good("promote", "dev", "--release", mini.release("v1"), "--yes")
        mini.pull()
        mini.good("layout", "convert", "--to", "directories", "--push", "--yes")
        mini.pull()
        file = mini.clone / "vivido.yaml"
        file.write_text(file.read_text().replace("    target: {command:", "    change: branch\n    target: {command:"))
        waits = mini.run("promote", "dev", "--release", mini.release("v2"), "--yes")
        assert waits.code == 9, waits.err
        proposed = run(["git", "-C", str(mini.origin), "log", "-1", "--format=%B", "--glob=refs/heads/vivido/dev/*"])
        assert "What changes in dev:\n- Deployment/api/spec/template/spec/containers/api/image" in proposed.text
