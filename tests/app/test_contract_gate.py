"""A promotion to an environment that lacks what the release needs is refused by name, and nothing is changed."""

import pytest

from vivido.testing.miniature import Miniature
from vivido.testing.registry_image import push_image

pytestmark = pytest.mark.real("ssh-keygen", "git")

ENV = "            - {name: LOG_LEVEL, value: info}\n"
NEEDS = ENV + "            - {name: URL, valueFrom: {configMapKeyRef: {name: settings, key: URL}}}\n"
SETTINGS = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {URL: x, SSL_MODE: disable}\n"


def needing(mini: Miniature, *environments: str) -> None:
    """Let web need a ConfigMap that only dev has."""
    files = {}
    for environment in environments:
        path = f"deploy/web/{environment}/app.yaml"
        files[path] = mini.file(path).replace(ENV, NEEDS).encode()
    mini.commit({**files, "deploy/web/dev/settings.yaml": SETTINGS.encode()}, "Read the address")


def project(mini: Miniature, old: str, new: str) -> None:
    """Change the project's file, here and as it is pushed."""
    text = mini.file("vivido.yaml")
    assert old in text
    changed = text.replace(old, new, 1)
    mini.commit({"vivido.yaml": changed.encode()}, "Change the project")
    (mini.clone / "vivido.yaml").write_text(changed)


def test_a_missing_key_is_a_failed_check_with_its_place(mini: Miniature) -> None:
    needing(mini, "dev", "staging")
    release = mini.release("v1")
    mini.good("promote", "dev", "--yes")
    planned = mini.run("promote", "staging", "--dry-run")
    said = "deploy/web/staging/app.yaml:17:73: staging: Deployment/web needs ConfigMap/settings with key URL, which is not there"
    assert planned.code == 3
    assert said in planned.out
    before = mini.log()
    refused = mini.run("promote", "staging", "--yes")
    assert refused.code == 3
    assert "Deployment/web needs ConfigMap/settings with key URL" in refused.err
    assert mini.log() == before
    assert [line for line in mini.applied if line.startswith("staging")] == []
    assert "needs ConfigMap/settings" in mini.run("why", "staging").out
    mini.commit({"deploy/web/staging/settings.yaml": SETTINGS.encode()}, "Say the address in staging")
    again = mini.good("release", "create", "-o", "name").out.strip()
    assert again != release
    mini.good("promote", "dev", "--release", again, "--yes")
    mini.good("promote", "staging", "--release", again, "--yes")


def test_what_is_provided_from_outside_is_not_missed(mini: Miniature) -> None:
    needing(mini, "staging")
    provides = "    provides: [{at: ConfigMap/settings, because: the platform brings it}]\n"
    project(mini, "  staging:\n    after: dev\n", f"  staging:\n    after: dev\n{provides}")
    mini.release("v1")
    mini.good("promote", "dev", "--yes")
    mini.good("promote", "staging", "--yes")


def test_an_expectation_that_does_not_hold_refuses(mini: Miniature) -> None:
    needing(mini, "dev")
    expect = '    expect: [{at: "ConfigMap/*/data/SSL_MODE", equals: verify-full, because: nothing in clear}]\n'
    project(mini, "  dev:\n", f"  dev:\n{expect}")
    mini.release("v1")
    refused = mini.run("promote", "dev", "--yes")
    assert refused.code == 3
    assert "deploy/web/dev/settings.yaml:4:16" in refused.err
    assert "must be verify-full (nothing in clear), and it is disable" in refused.err
    mini.commit({"deploy/web/dev/settings.yaml": SETTINGS.replace("disable", "verify-full").encode()}, "Encrypt")
    mini.good("release", "create")
    mini.good("promote", "dev", "--yes")


def test_an_expectation_is_that_of_the_pushed_file(mini: Miniature) -> None:
    text = (mini.clone / "vivido.yaml").read_text()
    expect = '    expect: [{at: "ConfigMap/*/data/NONE", present: true, because: it must}]\n'
    mini.commit({"vivido.yaml": text.replace("  dev:\n", f"  dev:\n{expect}", 1).encode()}, "Expect more")
    mini.release("v1")
    refused = mini.run("promote", "dev", "--yes")
    assert refused.code == 3
    assert "leads to no object" in refused.err


def test_what_a_service_requires_is_what_the_release_says_and_not_the_file_here(mini: Miniature) -> None:
    file = mini.clone / "vivido.yaml"
    before = file.read_text()
    requiring = before.replace("config: deploy/web}", "config: deploy/web, requires: {env: [URL]}}")
    assert requiring != before
    mini.commit({"vivido.yaml": requiring.encode()}, "Require the URL")
    needy = mini.release("v1")
    mini.commit({"vivido.yaml": before.encode()}, "Require it no more")
    content = mini.good("release", "create", "-o", "name").out.strip()
    assert content != needy
    refused = mini.run("promote", "dev", "--release", needy, "--yes")
    assert refused.code == 3, refused.err
    assert "requires the variable URL" in refused.err
    file.write_text(requiring)
    mini.good("promote", "dev", "--release", content, "--yes")


@pytest.mark.parametrize(("label", "code"), [('{"env": ["LOG_LEVEL"]}', 0), ('{"env": ["URL"]}', 3), ("URL", 3)])
def test_an_image_can_say_what_it_needs(mini: Miniature, label: str, code: int) -> None:
    mini.push("v1")
    push_image(mini.client, mini.repository("web"), "edge", labels={"dev.vivido.requires": label})
    mini.good("release", "create")
    ran = mini.run("promote", "dev", "--yes")
    assert ran.code == code, ran.err
    if code:
        assert "requires the variable URL" in ran.err or "the label dev.vivido.requires" in ran.err


def test_a_rollback_is_not_held_against_expectations(mini: Miniature) -> None:
    mini.to_production(mini.release("v1"))
    mini.to_production(mini.release("v2"))
    project(mini, "  production:\n", "  production:\n    expect: [{at: ConfigMap/none, present: true, because: new}]\n")
    assert mini.run("rollback", "production", "--yes").code == 0


def test_the_files_as_they_lie_here_can_be_checked(mini: Miniature) -> None:
    good = mini.good("config", "check", "--environment", "staging")
    assert "everything that is needed is there" in good.out
    path = mini.clone / "deploy/web/staging/app.yaml"
    path.write_text(path.read_text().replace(ENV, NEEDS))
    bad = mini.run("config", "check", "--environment", "staging", "-o", "json")
    assert bad.code == 3
    (found,) = bad.json()["unmet"]
    assert found["code"] == "contract.config"
    assert found["where"].startswith("deploy/web/staging/app.yaml:17:")
    release = mini.release("v1")
    # The release has what is pushed, not what lies here.
    mini.good("config", "check", "--environment", "staging", "--release", release)
    assert mini.run("config", "check", "--environment", "stagin").code == 6
    assert mini.run("config", "check", "--environment", "staging", "--release", "r-0000").code == 6
