"""kill -9 at every crashpoint where each environment has a repository: aliases, rollbacks, reverted drift, emptying."""

from collections.abc import Callable
from pathlib import Path

import pytest
from lives import EFFECTS, kinds, lived, passed, settled, writes

from vivido.process import run
from vivido.registry.tags import tag
from vivido.testing.command import Ran
from vivido.testing.miniature import Miniature
from vivido.testing.registry_image import push_image
from vivido.testing.toy import install

pytestmark = [pytest.mark.real("ssh-keygen", "git"), pytest.mark.layout("repositories")]


@pytest.fixture
def mini(mini: Miniature, tmp_path: Path) -> Miniature:
    """Aliases in staging, and a target in dev that can be emptied."""
    install(tmp_path / "package")
    mini.environ["PYTHONPATH"] = str(tmp_path / "package")
    file = mini.clone / "vivido.yaml"
    text = file.read_text().replace("    after: dev\n", "    after: dev\n    alias: 'v{version}-staging'\n", 1)
    before, _, after = text.partition("    target: {command")
    text = f"{before}    target: {{toy: {{}}}}\n{after.partition(chr(10))[2]}"
    file.write_text(text)
    for command in ("commit --quiet --all --message Declare", "push --quiet"):
        assert run(["git", "-C", str(mini.clone), *command.split()]).returncode == 0
    return mini


def _release(mini: Miniature, version: str) -> str:
    """Make a release whose images say their version, and bring it to dev."""
    named: list[str] = []
    for service in ("web", "api"):
        content, labels = (f"{service} {version}".encode(),), {"org.opencontainers.image.version": version}
        made = push_image(mini.client, mini.repository(service), "edge", layers=content, labels=labels)
        named.append(f"--artifact={service}={mini.repository(service)}@{made.digest}")
    release = mini.good("release", "create", "-o", "name", *named).out.strip()
    mini.good("promote", "dev", "--release", release, "--yes")
    return release


def _commits(mini: Miniature) -> dict[str, int]:
    return {e: len(mini.log(e)) for e in ("dev", "staging", "production")}


def _doing(mini: Miniature, *command: str) -> "Callable[[dict[str, str]], Ran]":
    return lambda environ: mini.run(*command, environ=environ)


def test_a_promotion_with_aliases_and_its_rollback_end_as_if_nothing_had_happened(mini: Miniature) -> None:
    first = _release(mini, "1.0.0")
    forward = passed(mini, _doing(mini, "promote", "staging", "--release", first, "--yes"))
    second = _release(mini, "2.0.0")
    before, since, applied = _commits(mini), len(mini.registry.requests), len(mini.applied)
    killed = lived(mini, forward, _doing(mini, "promote", "staging", "--release", second, "--yes"))
    assert kinds(killed) >= EFFECTS
    assert _commits(mini) == {**before, "staging": before["staging"] + 1}, "one commit, in staging's repository alone"
    for service in ("web", "api"):
        assert [writes(mini, since, service, t) for t in ("staging", "v2.0.0-staging")] == [1, 1]
        assert mini.tag(service, "v2.0.0-staging") == mini.tag(service, "staging") == mini.tag(service, "dev")
        assert mini.tag(service, "v1.0.0-staging") != mini.tag(service, "staging")
    assert len(set(mini.applied[applied:])) == 1, "one rollout"
    settled(mini, "staging", second)

    back = ("rollback", "staging", "--reason", "slow", "--yes")
    points = passed(mini, _doing(mini, *back))
    third = _release(mini, "3.0.0")
    mini.good("promote", "staging", "--release", third, "--yes")
    before, since, applied = _commits(mini), len(mini.registry.requests), len(mini.applied)
    killed = lived(mini, points, _doing(mini, *back))
    assert kinds(killed) >= EFFECTS
    assert _commits(mini) == {**before, "staging": before["staging"] + 1}
    assert [writes(mini, since, s, "staging") for s in ("web", "api")] == [1, 1]
    assert mini.tag("web", "staging") == mini.tag("web", "v1.0.0-staging")
    assert len(set(mini.applied[applied:])) == 1, "one rollout"
    settled(mini, "staging", first)


def test_reverted_drift_and_emptying_end_as_if_nothing_had_happened(mini: Miniature) -> None:
    release = _release(mini, "1.0.0")
    before = _commits(mini)

    def move() -> None:
        other = push_image(mini.client, mini.repository("web"), "other", layers=(b"other",))
        tag(mini.client, mini.repository("web"), other.digest, "dev")

    good = mini.tag("web", "dev")
    move()
    revert = _doing(mini, "drift", "revert", "dev", "--yes")
    points = passed(mini, revert)
    assert mini.tag("web", "dev") == good
    move()
    since = len(mini.registry.requests)
    killed = lived(mini, points, revert)
    assert kinds(killed) >= {"engine.check", "engine.tag", "registry.manifest"}
    assert mini.tag("web", "dev") == good
    assert writes(mini, since, "web", "dev") == 1
    settled(mini, "dev", release)

    empty = _doing(mini, "down", "dev", "--volumes", "--yes")
    points = passed(mini, empty)
    mini.good("promote", "dev", "--release", release, "--yes")
    killed = lived(mini, points, empty)
    assert kinds(killed) >= {"target.empty", "engine.down"}
    state = mini.root / "state" / "environments" / "dev"
    assert not any((state / name).exists() for name in ("up", "data"))
    assert "emptying dev: succeeded" in mini.good("why", "dev").out
    assert mini.run("ledger", "verify").code == 0
    assert _commits(mini)["staging"] == before["staging"]
