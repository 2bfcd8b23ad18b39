"""The layout `branches` builds once: what would make another image of a branch is refused, unless the file allows it by name."""

import pytest

from vivido.testing.miniature import Miniature

pytestmark = [pytest.mark.real("ssh-keygen", "git"), pytest.mark.layout("branches")]

FILE = "web/Containerfile"


def _declare(mini: Miniature, builds: str = "") -> None:
    """Build `web` here, let its Containerfile be each environment's own, and allow what is to be allowed."""
    text = mini.file("vivido.yaml").partition("builds:")[0]
    if FILE not in text:
        web = f'web: {{image: "{mini.registry.host}/mini/web", '
        text = text.replace(web, f"{web}build: web, ").replace("own: [", f"own: [{FILE}, ")
    mini.commit({"vivido.yaml": (text + builds).encode(), FILE: b"FROM scratch\nARG LEVEL=1\n"}, "Build it here")
    mini.pull()


def _promote(mini: Miniature, version: str) -> tuple[int, str]:
    mini.release(version)
    mini.good("promote", "dev", "--yes")
    ran = mini.run("promote", "staging", "--yes")
    return ran.code, " ".join(ran.err.split())


def test_another_base_image_is_refused_and_named_with_both_branches(mini: Miniature) -> None:
    _declare(mini)
    mini.commit({FILE: b"FROM debian:12\nARG LEVEL=1\n"}, "Another base", environment="staging")
    code, told = _promote(mini, "v1")
    assert (code, "branches.build-differs" in told) == (3, True), told
    assert f"{FILE}:1" in told
    assert "base image" in told
    assert "develop and staging" in told


@pytest.mark.parametrize("at", [FILE, "web/**", "**/Containerfile"])
def test_the_file_may_allow_one_with_a_reason_and_the_plan_says_so(mini: Miniature, at: str) -> None:
    _declare(mini, f'builds:\n  allow:\n    - {{at: "{at}", because: for people who build by hand}}\n')
    mini.commit({FILE: b"FROM scratch\nARG LEVEL=2\n"}, "Another argument", environment="staging")
    code, told = _promote(mini, "v1")
    assert code == 0, told
    assert "build argument" in told
    assert "allowed: for people who build by hand" in told
    # The image is the first branch's all the same, and the file stays as its branch has it.
    assert mini.tag("web", "staging") == mini.push("v1")["web"]
    assert mini.file(FILE, "staging") == "FROM scratch\nARG LEVEL=2\n"


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (f"at: {FILE}, because: TODO", "waits for a reason"),
        (f"at: {FILE}, because: once, until: 2020-01-01", "was allowed until 2020-01-01"),
        ("at: api/Containerfile, because: another one", "differs between develop and staging"),
    ],
)
def test_a_rule_that_does_not_hold_allows_nothing(mini: Miniature, rule: str, why: str) -> None:
    _declare(mini, f"builds: {{allow: [{{{rule}}}]}}\n")
    mini.commit({FILE: b"FROM debian:12\nARG LEVEL=1\n"}, "Another base", environment="staging")
    code, told = _promote(mini, "v1")
    assert (code, why in told) == (3, True), told


def test_an_exception_that_only_lies_here_allows_nothing(mini: Miniature) -> None:
    _declare(mini)
    mini.commit({FILE: b"FROM debian:12\n"}, "Another base", environment="staging")
    with (mini.clone / "vivido.yaml").open("a") as file:
        file.write(f"builds: {{allow: [{{at: {FILE}, because: I say so}}]}}\n")
    code, told = _promote(mini, "v1")
    assert (code, "branches.build-differs" in told) == (3, True), told
