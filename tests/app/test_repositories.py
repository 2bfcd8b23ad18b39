"""The layout `repositories`: each environment's own repository, revision, credentials and aliases."""

from pathlib import Path

import pytest

from vivido.process import run
from vivido.registry.tags import tag
from vivido.testing.gitserver import credential_helper, git_server
from vivido.testing.miniature import Miniature
from vivido.testing.registry_image import push_image

pytestmark = [pytest.mark.real("ssh-keygen", "git"), pytest.mark.layout("repositories")]


def _declare(mini: Miniature, old: str, new: str) -> None:
    file = mini.clone / "vivido.yaml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    run(["git", "-C", str(mini.clone), "commit", "--quiet", "--all", "--message", "Declare"])
    run(["git", "-C", str(mini.clone), "push", "--quiet"])


def test_a_release_names_a_revision_of_each_repository_and_says_what_is_missing(mini: Miniature) -> None:
    first = mini.release("v1")
    shown = mini.good("release", "show", first, "-o", "json").json()["release"]["revisions"]
    tips = {e: run(["git", "-C", str(mini.root / f"config-{e}.git"), "rev-parse", "main"]).text.strip() for e in shown}
    assert {e: r["commit"] for e, r in shown.items()} == tips
    mini.good("promote", "dev", "--yes")
    again = mini.good("release", "create")
    assert f"known already: {first}" in again.out, "a promotion's own commit is no other configuration"
    old = mini.file("deploy/api/app.yaml", "production")
    mini.commit({"deploy/api/app.yaml": None}, "Lose the API", environment="production")
    made = mini.run("release", "create")
    assert "production cannot take it yet: api has no configuration for production" in made.err
    second = made.out.split()[0]
    assert second != first
    mini.good("promote", "dev", "--yes", "--release", second)
    mini.good("promote", "staging", "--yes", "--release", second)
    refused = mini.run("promote", "production", "--yes", "--release", second)
    assert refused.code == 3
    assert "api has no configuration for production" in refused.err
    mini.commit({"deploy/api/app.yaml": old.encode()}, "Find it again", environment="production")
    third = mini.run("release", "create", "-o", "name", "--revision", f"dev={tips['dev'][:12]}")
    assert third.code == 0, third.err


def test_an_environments_credentials_are_asked_for_by_its_server_alone(tmp_path: Path, mini: Miniature) -> None:
    secret = "s3cret-of-production"
    with git_server(tmp_path / "served", users={"robot": secret}) as server:
        files = {
            f"deploy/{s}/app.yaml": mini.file(f"deploy/{s}/app.yaml", "production").encode() for s in ("web", "api")
        }
        url = server.create("production", files)
        asked = tmp_path / "asked"
        helper = credential_helper(tmp_path / "helper", server.users or {})
        Path(helper).write_text(Path(helper).read_text().replace("#!/bin/sh\n", f"#!/bin/sh\necho x >> {asked}\n"))
        old = f"repository: '{mini.root}/config-production.git', branch: main"
        _declare(mini, old, f"repository: '{url}', branch: main")
        made = mini.run("release", "create", f"--artifact=web={mini.repository('web')}@{mini.push('v1')['web']}")
        assert "it cannot go to production, whose configuration cannot be read" in made.err
        first = made.out.split()[0]
        mini.good("promote", "dev", "--release", first, "--yes")
        mini.good("promote", "staging", "--release", first, "--yes")
        assert mini.run("promote", "production", "--release", first, "--yes").code == 5
        assert not asked.exists()
        _declare(mini, f"repository: '{url}'", f"repository: '{url}', credentials: '{helper}'")
        refused = mini.run("promote", "production", "--release", first, "--yes")
        assert "was made without a revision of production's configuration" in refused.err
        release = mini.release("v1")
        asked.unlink()
        mini.good("promote", "dev", "--release", release, "--yes")
        mini.good("promote", "staging", "--release", release, "--yes")
        assert not asked.exists(), "the steps of other environments do not load it"
        assert mini.run("promote", "production", "--release", release, "--yes").code == 9
        assert mini.approve("production").code == 0
        assert asked.exists()
        state = [f for f in (mini.root / "state").rglob("*") if f.is_file()]
        assert not [f for f in state if secret.encode() in f.read_bytes()]


def _versioned(mini: Miniature, version: str, content: str) -> str:
    made = push_image(
        mini.client,
        mini.repository("web"),
        "edge",
        layers=(content.encode(),),
        labels={"org.opencontainers.image.version": version},
    )
    return f"--artifact=web={mini.repository('web')}@{made.digest}"


def test_aliases_stand_for_one_digest_for_ever(mini: Miniature) -> None:
    _declare(mini, "    after: staging\n", "    after: staging\n    alias: 'v{version}-prod'\n")
    mini.push("v1")
    first = mini.good("release", "create", "-o", "name", _versioned(mini, "1.2.3", "a")).out.strip()
    mini.to_production(first)
    good = mini.tag("web", "production")
    assert mini.tag("web", "v1.2.3-prod") == good
    promotion = mini.good("history", "production", "-o", "json").json()[0]["promotion"]
    assert "as v1.2.3-prod" in mini.good("history", promotion).out, "the ledger knows what it stands for"
    # The same version, built again: other bytes may not take its name.
    second = mini.good("release", "create", "-o", "name", _versioned(mini, "1.2.3", "b")).out.strip()
    mini.good("promote", "dev", "--release", second, "--yes")
    mini.good("promote", "staging", "--release", second, "--yes")
    refused = mini.run("promote", "production", "--release", second, "--yes")
    if refused.code == 9:
        refused = mini.approve("production")
    assert refused.code == 3
    assert "as v1.2.3-prod the ledger has" in refused.err
    # Somebody moves it: named when it is taken for an artifact, put back by the next round.
    tag(mini.client, mini.repository("web"), mini.tag("web", "staging"), "v1.2.3-prod")
    drift = mini.run("drift", "production", "-o", "json").json()[0]["artifacts"]
    assert [(a["what"], a["where"].rpartition(":")[2]) for a in drift] == [("tag-moved", "v1.2.3-prod")]
    taken = mini.run("release", "create", f"--artifact=web={mini.repository('web')}:v1.2.3-prod")
    assert taken.code == 3
    assert "alias.moved" in taken.err
    assert "v1.2.3-prod" in mini.good("run", "--once").err
    assert mini.tag("web", "v1.2.3-prod") == good
