"""What each layout wants of an environment: every mistake at its place."""

import pytest
from config_examples import KINDS

from vivido.config.check import check

HEAD = "project: tea\nregistry: r.example.com/tea\nservices: {web: {image: r.example.com/tea/web, config: deploy}}\n"


def environments(dev: str, production: str) -> str:
    return f"environments:\n  dev: {{target: none, {dev}}}\n  production: {{after: dev, target: none, {production}}}\n"


def file(layout: str, dev: str, production: str, more: str = "") -> str:
    return f"{HEAD}layout: {layout}\n{more}{environments(dev, production)}"


@pytest.mark.parametrize(
    "text",
    [
        file("branches", "branch: dev", "branch: main, own: ['deploy/*/env.yaml', '**/env/**']"),
        file("repositories", "configuration: 'https://git.example.com/dev.git'", "configuration: ../production"),
        file("directories", "alias: 'v{version}-dev'", "alias: 'v{version}-prod'"),
    ],
)
def test_what_is_good(text: str) -> None:
    project, found = check(text, "vivido.yaml", KINDS)
    assert project is not None, found


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (file("directories", "branch: dev", "promote: manually"), 6, "something in the layout branches only"),
        (
            file("branches", "branch: dev", "branch: main, configuration: ../x"),
            7,
            "something in the layout repositories only",
        ),
        (file("repositories", "configuration: ../dev", "promote: manually"), 7, "production does not say in which"),
        (
            file("repositories", "configuration: ../one", "configuration: {repository: ../one}"),
            7,
            "dev and production have the same configuration",
        ),
        (file("branches", "branch: dev", "promote: manually"), 7, "production does not say which branch"),
        (file("branches", "branch: main", "branch: main"), 7, "a promotion to one would change both"),
        (
            file("branches", "branch: dev", "branch: main", "configuration: {branch: main}\n"),
            5,
            "each environment names its own branch",
        ),
        (file("branches", "branch: dev", "branch: main, own: ['../x']"), 7, "leaves the repository"),
        (file("branches", "branch: dev", "branch: main, own: ['a**/x']"), 7, "has “**” beside other characters"),
        (file("branches", "branch: dev", "branch: main, own: ['**/*']"), 7, "would take every file"),
        (file("branches", "branch: dev", "branch: main, own: ['a[b]']"), 7, "brackets or braces"),
        (file("directories", "alias: latest", "promote: manually"), 6, "would stand for every version"),
        (file("directories", "alias: '{version} dev'", "promote: manually"), 6, "makes no tag"),
        (file("directories", "alias: '{version}'", "promote: manually"), 6, "is the tag of the version itself"),
    ],
)
def test_what_is_not(text: str, line: int, said: str) -> None:
    project, found = check(text, "vivido.yaml", KINDS)
    assert project is None
    assert len(found) == 1, found
    assert said in found[0].message
    assert found[0].line == line
    assert found[0].hint


def test_builds_that_may_differ_are_named_and_only_on_branches() -> None:
    branches = file("branches", "branch: dev", "branch: main")
    directories = file("directories", "promote: manually", "promote: manually")
    allowed = "builds: {allow: [{at: web/Containerfile, because: reasons, owner: team, until: 2030-01-01}]}\n"
    project, found = check(branches + allowed, "vivido.yaml", KINDS)
    assert project is not None, found
    (one,) = project.builds_allowed
    assert (one.at, one.because, one.owner, one.until) == ("web/Containerfile", "reasons", "team", "2030-01-01")
    for wrong, code in (
        (branches + allowed.replace("web/Containerfile", "'**'"), "config.own"),
        (branches + allowed.replace(", because: reasons", ""), "config.missing"),
        (directories + allowed, "config.layout"),
    ):
        project, found = check(wrong, "vivido.yaml", KINDS)
        assert project is None
        assert code in {d.code for d in found}
