"""`vivido layout report`: how far environments are entangled, in numbers that the repositories bear out."""

from pathlib import Path

import pytest
from convert_projects import make_shop

from vivido.app.entanglement import Branch, Entangled, advice
from vivido.process import run
from vivido.testing.miniature import Miniature

pytestmark = pytest.mark.layout("branches")


def _environments(ran: dict[str, object]) -> dict[str, dict[str, object]]:
    environments = ran["environments"]
    assert isinstance(environments, list)
    return {e["environment"]: e for e in environments}


@pytest.mark.real("git", "kubectl", "helm")
def test_directories_are_counted_file_by_file_and_copies_are_named(tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    ran = shop.run("layout", "report", "-o", "json")
    assert ran.code == 0, ran.err
    found = _environments(ran.json())
    # Shared: Chart.yaml, values.yaml, a template, base (2), common (2). Its own: values, two of the overlay, two manifests.
    assert {k: found["dev"][k] for k in ("files", "shared", "not_shared")} == {
        "files": 12,
        "shared": 7,
        "not_shared": 5,
    }
    assert found["production"]["files"] == 13, "and a component that only it uses"
    assert found["staging"]["against"] == "dev"
    same = [
        "dev:deploy/jobs/dev/app.yaml",
        "production:deploy/jobs/production/app.yaml",
        "staging:deploy/jobs/staging/app.yaml",
    ]
    assert same in ran.json()["copies"]
    assert any(line.startswith("5 of 37 files are copies") for line in ran.json()["advice"])
    assert "NOT SHARED" in shop.run("layout", "report").out


@pytest.mark.real("git", "ssh-keygen")
def test_debts_and_what_belongs_to_nobody_are_named_and_unused_patterns_too(mini: Miniature) -> None:
    text = mini.file("vivido.yaml").replace(
        "    branch: staging\n    own: [", '    branch: staging\n    own: ["**/nothing.yaml", '
    )
    mini.commit({"vivido.yaml": text.encode()}, "Declare too much")
    mini.pull()
    mini.to_production(mini.release("v1"))
    path = "deploy/web/app.yaml"
    fixed = mini.file(path, "production").replace("replicas: 2", "replicas: 9")
    commit = mini.commit({path: fixed.encode()}, "Fix it here", environment="production")
    mini.commit({"deploy/api/app.yaml": (mini.file("deploy/api/app.yaml") + "# more\n").encode()}, "Say more")
    report = mini.good("layout", "report", "-o", "json").json()
    found = _environments(report)
    production, staging = found["production"]["branch"], found["staging"]["branch"]
    assert isinstance(production, dict)
    assert isinstance(staging, dict)
    assert production["declared"] == ["deploy/api/settings.yaml", "deploy/web/settings.yaml"]
    assert production["nobodys"] == [path]
    assert [d.split()[0] for d in production["debts"]] == [commit[:12]]
    assert (staging["debts"], staging["coming"], staging["unused"]) == ([], 1, ["**/nothing.yaml"])
    assert (staging["merges"], staging["conflicting"]) == (0, 0), "what Vivido constructed is no merge of people"
    told = " ".join(mini.good("layout", "report").out.split())
    assert "1 debt in 1 file on production's branch" in told
    assert "**/nothing.yaml" in told


@pytest.mark.real("git", "ssh-keygen")
def test_merges_of_people_are_counted_and_those_with_conflicts(mini: Miniature) -> None:
    work = mini.root / "work"
    run(["git", "clone", "--quiet", str(mini.origin), str(work)])
    for key, value in (("user.name", "Dave"), ("user.email", "dave@example.com")):
        run(["git", "-C", str(work), "config", key, value])
    path = "deploy/web/app.yaml"
    text = mini.file(path)
    mini.commit({path: text.replace("replicas: 2", "replicas: 4").encode()}, "Four", environment="dev")
    mini.commit({path: text.replace("replicas: 2", "replicas: 3").encode()}, "Three", environment="staging")
    for branch in ("develop", "develop"):
        run(["git", "-C", str(work), "fetch", "--quiet"])
        run(["git", "-C", str(work), "checkout", "--quiet", "-B", "staging", "origin/staging"])
        run(["git", "-C", str(work), "merge", "--quiet", "--no-ff", "-X", "ours", "-m", "Merge", f"origin/{branch}"])
        assert run(["git", "-C", str(work), "push", "--quiet", "origin", "staging"]).returncode == 0
        mini.commit({"README": b"Hello\n"}, "Say hello", environment="dev")
    staging = _environments(mini.good("layout", "report", "-o", "json").json())["staging"]["branch"]
    assert isinstance(staging, dict)
    assert (staging["merges"], staging["conflicting"]) == (2, 1)


def _one(**changes: object) -> Entangled:
    return Entangled(**{  # pyright: ignore[reportArgumentType]
        "environment": "staging", "against": "dev", "files": 10, "shared": 8, "not_shared": 2, "copied": 0, "objects": 5,
        "differing": 1,
        **changes,
    })  # fmt: skip


def _branch(**changes: object) -> Branch:
    return Branch(**{  # pyright: ignore[reportArgumentType]
        "declared": (), "found": (), "nobodys": (), "coming": 0, "debts": (), "merges": 0, "conflicting": 0, "unused": (),
        **changes,
    })  # fmt: skip


@pytest.mark.parametrize(
    ("layout", "one", "begins"),
    [
        ("branches", _one(branch=_branch()), "0 findings"),
        ("branches", _one(branch=_branch(debts=("a", "b"), nobodys=("x",))), "2 debts in 1 file"),
        ("branches", _one(branch=_branch(merges=8, conflicting=2)), "2 of 8 merges into staging (25 %)"),
        ("branches", _one(branch=_branch(found=("x",))), "1 file of staging's own by parity rules"),
        ("branches", _one(branch=_branch(unused=("y",))), "1 pattern under `own:`"),
        ("directories", _one(copied=3), "3 of 20 files are copies"),
        ("repositories", _one(copied=3), "0 findings"),
        ("directories", _one(shared=4, not_shared=6), "6 of 10 files of staging (60 %) are not shared"),
    ],
)
def test_advice_is_a_number_and_a_reason(layout: str, one: Entangled, begins: str) -> None:
    told = advice(layout, (_one(environment="dev", against=""), one))
    assert len(told) == 1
    assert told[0].startswith(begins)
    assert ":" in told[0]
