"""Which services changed, and releases that take images only for those."""

import subprocess

import pytest

from vivido.testing.miniature import Miniature
from vivido.testing.registry_image import push_image

pytestmark = pytest.mark.real("ssh-keygen", "git")


def built_here(mini: Miniature) -> None:
    """Let web and api be built from directories of the repository, with a base that both build on."""
    text = mini.file("vivido.yaml")
    for service in ("web", "api"):
        image = f'image: "{mini.registry.host}/mini/{service}"'
        text = text.replace(image, f"build: {{context: {service}, inputs: [lib]}}")
    files = {
        "vivido.yaml": text,
        "lib/a": "1",
        "web/Containerfile": "FROM scratch\n",
        "api/Containerfile": "FROM scratch\n",
    }
    mini.commit({name: content.encode() for name, content in files.items()}, "Build here")
    pull(mini)


def pull(mini: Miniature) -> None:
    subprocess.run(["git", "-C", str(mini.clone), "pull", "--quiet", "--rebase"], check=True)


def names(mini: Miniature, *range_: str) -> list[str]:
    return mini.good("changed", *range_, "-o", "name").out.split()


def test_the_services_of_a_commit_are_told_with_their_reasons(mini: Miniature) -> None:
    built_here(mini)
    mini.commit({"web/main.py": b"1"}, "Change web")
    mini.commit(
        {"deploy/api/dev/app.yaml": mini.file("deploy/api/dev/app.yaml").replace("info", "debug").encode()}, "Louder"
    )
    mini.commit({"README.md": b"x"}, "Tell more")
    pull(mini)
    assert names(mini, "HEAD~1..HEAD") == []
    assert names(mini, "HEAD~2") == ["api"]
    assert names(mini, "HEAD~3") == ["api", "web"]
    (api, web) = mini.good("changed", "HEAD~3..HEAD", "-o", "json").json()["services"]
    assert (web["build"], web["configuration"]) == (["web/main.py"], [])
    assert (api["build"], api["configuration"]) == ([], ["deploy/api/dev/app.yaml"])
    mini.commit({"lib/a": b"2"}, "Change what both are made of")
    pull(mini)
    assert names(mini, "HEAD~1") == ["api", "web"]


def test_commits_that_are_not_pushed_count_and_wrong_ranges_are_told(mini: Miniature) -> None:
    path = mini.clone / "deploy/web/dev/app.yaml"
    path.write_text(path.read_text().replace("info", "debug"))
    subprocess.run(["git", "-C", str(mini.clone), "commit", "--quiet", "--all", "--message", "Louder"], check=True)
    assert names(mini) == ["web"]
    assert mini.run("changed", "nothing..HEAD").code == 6
    assert mini.run("changed", "..HEAD").code == 2
    assert "no service is concerned" in mini.good("changed", "HEAD..HEAD").out


def test_what_the_file_says_of_a_service_counts(mini: Miniature) -> None:
    text = mini.file("vivido.yaml").replace("config: deploy/api}", "config: deploy/api, requires: {env: [LOG_LEVEL]}}")
    mini.commit({"vivido.yaml": text.encode()}, "Require")
    pull(mini)
    (api,) = mini.good("changed", "HEAD~1", "-o", "json").json()["services"]
    assert (api["service"], api["declaration"]) == ("api", True)


def test_a_release_takes_images_only_of_what_changed(mini: Miniature) -> None:
    built_here(mini)
    old = mini.push("v1")
    mini.good("release", "create")
    mini.commit({"web/main.py": b"2"}, "Change web")
    new = mini.push("v2")
    made = mini.good("release", "create", "--changed", "-o", "json").json()
    digests = {a["service"]: a["digest"] for a in made["record"]["release"]["artifacts"]}
    assert digests == {"web": new["web"], "api": old["api"]}
    again = mini.good("release", "create", "--changed", "-o", "json").json()
    assert again["id"] == made["id"]
    since = mini.good("release", "create", "--since", "HEAD~1", "-o", "json")
    assert {a["service"]: a["digest"] for a in since.json()["record"]["release"]["artifacts"]} == new | {
        "web": new["web"]
    }


def test_a_service_that_changed_and_was_not_built_is_told(mini: Miniature) -> None:
    built_here(mini)
    mini.push("v1")
    mini.good("release", "create")
    mini.commit({"web/main.py": b"2"}, "Change web")
    ran = mini.good("release", "create", "--changed")
    assert "changed, and still the image of before: web" in ran.err


def test_asking_the_registry_is_left_out_for_what_did_not_change(mini: Miniature) -> None:
    built_here(mini)
    mini.push("v1")
    mini.good("release", "create")
    push_image(mini.client, mini.repository("api"), "edge", layers=(b"api v3",))
    mini.commit({"web/main.py": b"2"}, "Change web")
    before = len(mini.registry.requests)
    mini.good("release", "create", "--changed")
    asked = [r for r in mini.registry.requests[before:] if "mini/api" in str(r)]
    assert asked == []
