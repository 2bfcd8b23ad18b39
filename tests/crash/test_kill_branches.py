"""kill -9 at every crashpoint where each environment has a branch: superseded hotfixes, rollbacks, configuration alone."""

from collections.abc import Callable

import pytest
from lives import EFFECTS, git, kinds, lived, passed, settled, writes

from vivido.testing.command import Ran
from vivido.testing.miniature import Miniature

pytestmark = [pytest.mark.real("ssh-keygen", "git"), pytest.mark.layout("branches")]
WEB, OWN = "deploy/web/app.yaml", "deploy/web/settings.yaml"


def _said(mini: Miniature, key: str, branch: str) -> str:
    return git(mini, "log", "-1", f"--format=%(trailers:key={key},valueonly)", branch)


def _edited(mini: Miniature, environment: str, path: str, old: str, new: str) -> str:
    text = mini.file(path, environment)
    assert old in text
    return mini.commit({path: text.replace(old, new).encode()}, f"Write {new}", environment=environment)


def _applied(mini: Miniature, environment: str, since: int) -> set[str]:
    return {line for line in mini.applied[since:] if line.startswith(environment)}


def _doing(mini: Miniature, *command: str) -> "Callable[[dict[str, str]], Ran]":
    return lambda environ: mini.run(*command, environ=environ)


def test_a_promotion_that_supersedes_a_hotfix_ends_as_if_nothing_had_happened(mini: Miniature) -> None:
    first = mini.release("v1")
    mini.good("promote", "dev", "--yes")
    points = passed(mini, _doing(mini, "promote", "staging", "--release", first, "--yes"))
    hotfix = _edited(mini, "staging", WEB, "replicas: 2", "replicas: 9")
    _edited(mini, "dev", WEB, "value: info", "value: debug")
    second = mini.release("v2")
    mini.good("promote", "dev", "--yes")
    below = git(mini, "rev-parse", "develop^")
    since, applied = len(mini.registry.requests), len(mini.applied)
    said = ("--supersede", hotfix[:12], "--reason", "v2 does it otherwise")
    killed = lived(mini, points, _doing(mini, "promote", "staging", "--release", second, "--yes", *said))
    assert kinds(killed) >= EFFECTS
    assert git(mini, "log", "-1", "--format=%P", "staging").split() == [hotfix, below], "one commit, on the hotfix"
    text = mini.file(WEB, "staging")
    assert ("replicas: 2" in text, "value: debug" in text) == (True, True)
    assert hotfix.startswith(_said(mini, "Vivido-Superseded", "staging"))
    assert [writes(mini, since, s, "staging") for s in ("web", "api")] == [1, 1]
    assert len(_applied(mini, "staging", applied)) == 1, "one rollout"
    settled(mini, "staging", second)


def test_a_rollback_ends_as_if_nothing_had_happened(mini: Miniature) -> None:
    first = mini.release("v1")
    mini.good("promote", "dev", "--yes")
    mini.good("promote", "staging", "--yes")
    back = ("rollback", "staging", "--reason", "slow", "--yes")

    def bring(version: str, old: int, new: int) -> None:
        _edited(mini, "dev", WEB, f"replicas: {old}", f"replicas: {new}")
        release = mini.release(version)
        mini.good("promote", "dev", "--release", release, "--yes")
        mini.good("promote", "staging", "--release", release, "--yes")

    bring("bad", 2, 4)
    points = passed(mini, _doing(mini, *back))
    bring("worse", 4, 6)
    own = _edited(mini, "staging", OWN, 'workers: "2"', 'workers: "8"')
    since, applied = len(mini.registry.requests), len(mini.applied)
    killed = lived(mini, points, _doing(mini, *back))
    assert kinds(killed) >= EFFECTS
    assert git(mini, "log", "-1", "--format=%P", "staging") == own, "one commit, and no merge"
    assert "replicas: 2" in mini.file(WEB, "staging")
    assert 'workers: "8"' in mini.file(OWN, "staging"), "what people changed stays"
    assert [writes(mini, since, s, "staging") for s in ("web", "api")] == [1, 1]
    assert len(_applied(mini, "staging", applied)) == 1, "one rollout"
    settled(mini, "staging", first)


def test_configuration_alone_goes_past_what_it_does_not_change_and_is_approved(mini: Miniature) -> None:
    mini.to_production(mini.release("v1"))

    def waiting(workers: int) -> tuple[str, str]:
        tip = _edited(mini, "production", OWN, f'workers: "{workers}"', f'workers: "{workers + 1}"')
        made = mini.good("release", "create", "-o", "name").out.strip()
        ran = mini.run("promote", "production", "--yes")
        assert ran.code == 9, ran.err
        assert "Unchanged: staging" in ran.err
        return made, tip

    def approve(environ: dict[str, str]) -> Ran:
        return mini.run("approve", "production", "--key", mini.people["alice"].key.file, "--yes", environ=environ)

    waiting(3)
    points = passed(mini, approve)
    release, tip = waiting(4)
    staging, since, applied = mini.log("staging"), len(mini.registry.requests), len(mini.applied)
    killed = lived(mini, points, approve)
    assert kinds(killed) >= EFFECTS - {"registry.manifest"}, "the tags point there already"
    assert git(mini, "log", "-1", "--format=%P", "production").split()[0] == tip, "one commit"
    assert 'workers: "5"' in mini.file(OWN, "production")
    assert "staging=" in _said(mini, "Vivido-Unchanged", "production")
    assert mini.log("staging") == staging
    assert [writes(mini, since, s, "production") for s in ("web", "api")] == [0, 0]
    assert len(_applied(mini, "production", applied)) == 1, "one rollout"
    settled(mini, "production", release)
