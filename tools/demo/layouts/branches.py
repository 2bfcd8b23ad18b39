"""One repository, a branch for each environment: what is promoted is constructed, and a hotfix is a debt."""

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from demo import clones
from demo.layouts.files import declare, flatten
from demo.layouts.interface import Layout, Source
from demo.story import StoryError, tell

if TYPE_CHECKING:
    from demo.workspace import Workspace

BRANCHES = {"dev": "develop", "staging": "staging", "production": "production"}
_OWN = '"deploy/*/kustomization.yaml", "deploy/*/limits.yaml"'
_HOTFIX = "Let the tests wait longer"
_PATIENCE = "acceptance/run.py", "timeout=10", "timeout=20"
_REFUSED = (3,)


def _arrange(space: "Workspace") -> None:
    """Bob's first commit is dev's branch; each other branch has its own files instead of dev's."""
    deploy = space.shop / "deploy"
    whole = deploy.rename(space.home / "deploy")
    declare(
        space.shop / "vivido.yaml",
        "branches",
        {e: f"branch: {b}" + ("" if e == "dev" else f"\n    own: [{_OWN}]") for e, b in BRANCHES.items()},
    )
    flatten(whole, "dev", deploy)
    space.repository(BRANCHES["dev"])
    for environment in ("staging", "production"):
        space.shell.ask("git", "switch", "--quiet", "--create", BRANCHES[environment], BRANCHES["dev"])
        flatten(whole, environment, deploy)
        clones.publish(space.shell, space.shop, BRANCHES[environment], f"Set {environment} up")
    space.shell.ask("git", "switch", "--quiet", BRANCHES["dev"])
    shutil.rmtree(whole)


def _source(home: Path, service: str, environment: str) -> Source:
    return Source(home / "git" / "shop.git", BRANCHES[environment], f"deploy/{service}")


def _first_seen(space: "Workspace") -> None:
    tell("In Git each promotion is one commit with two parents: the branch's tip, and what was promoted below.")
    space.shell.ask("git", "fetch", "--quiet")
    space.shell.type("git log --graph --oneline -8 origin/production")
    parents = space.shell.ask("git", "log", "-1", "--format=%P", "origin/production").split()
    below = space.shell.ask("git", "rev-parse", "origin/staging").strip()
    if len(parents) != 2 or parents[1] != below:
        raise StoryError("production's commit does not merge what was promoted to staging")
    tell("Its tree is the one that was validated, with production's own files and nothing else:")
    space.shell.type("git diff --stat=76 origin/develop origin/production")
    changed = space.shell.ask("git", "diff", "--name-only", "origin/develop", "origin/production").split()
    if not all(re.fullmatch(r"deploy/\w+/(kustomization|limits)\.yaml", path) for path in changed):
        raise StoryError(f"production's tree differs from the validated one in {', '.join(changed)}")


def _meanwhile(space: "Workspace") -> None:
    """A hotfix on production's branch: refused as a debt, paid by a cherry-pick below, carried up by a release."""
    tell("Last night somebody mended something directly on production's branch. The promotion would undo it:")
    shell, (file, old, new) = space.shell, _PATIENCE
    shell.type("git switch --quiet production")
    shell.ask("git", "pull", "--quiet", "--ff-only")
    shell.type(f"sed -i s/{old}/{new}/ {file}")
    shell.type(f'git commit --quiet --all --message "{_HOTFIX}"')
    shell.type("git push --quiet")
    shell.type("git switch --quiet develop")
    hotfix = shell.ask("git", "rev-parse", "--short=12", "origin/production").strip()
    said = shell.type("vivido promote production --yes --quiet", expect=_REFUSED)
    if "branches.debt" not in said.text or hotfix not in said.text:
        raise StoryError("the refusal does not name the hotfix")
    tell(
        "Bob takes it over below and makes a release of that. dev and staging stay as they are: they have its content."
    )
    shell.ask("git", "pull", "--quiet", "--rebase")
    shell.type(f"git cherry-pick {hotfix}")
    shell.type("git push --quiet")
    shell.type("vivido release create --quiet")


LAYOUT = Layout(
    opening="one repository, a branch for each environment",
    arrange=_arrange,
    source=_source,
    first_seen=_first_seen,
    meanwhile=_meanwhile,
    next=(
        ("git fetch --quiet && git log --graph --oneline -12 origin/production", "how merges went upward"),
        ("git log -1 origin/production", "what a promotion's commit says"),
    ),
)
