"""A configuration repository for each environment, on a server and with credentials of its own; one registry for all."""

import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from demo import clones, githost, registry
from demo.layouts.files import declare, flatten
from demo.layouts.interface import Layout, Source
from demo.shop import ENVIRONMENTS, SERVICES
from demo.story import StoryError, show, tell

if TYPE_CHECKING:
    from demo.workspace import Workspace

_ALIAS = {"staging": "staging", "production": "prod"}


def _arrange(space: "Workspace") -> None:
    """Take the configuration out of Bob's repository, into three others, each behind a password."""
    whole = (space.shop / "deploy").rename(space.home / "deploy")
    servers = space.home / "servers"
    urls = githost.start(servers, ENVIRONMENTS)
    declare(space.shop / "vivido.yaml", "repositories", {e: _keys(space, e, url) for e, url in urls.items()})
    space.repository("main")
    for environment, url in urls.items():
        _publish(space, whole, environment, url)
    shutil.rmtree(whole)


def _keys(space: "Workspace", environment: str, url: str) -> str:
    helper = githost.helper(space.home / "servers", environment)
    alias = f'\n    alias: "v{{version}}-{_ALIAS[environment]}"' if environment in _ALIAS else ""
    return f'configuration: {{repository: "{url}", credentials: "{helper}"}}{alias}'


def _publish(space: "Workspace", whole: Path, environment: str, url: str) -> None:
    """Make an environment's repository, and a clone of it in which its credentials are set."""
    where = space.home / "configuration" / environment
    helper = githost.helper(space.home / "servers", environment)
    clones.bare(space.shell, _source(space.home, "", environment).repository, "main")
    settings = [f"credential.helper {shlex.quote(helper)}", "credential.useHttpPath true"]
    clones.clone(space.shell, where, "main", url, settings)
    flatten(whole, environment, where / "deploy")
    clones.publish(space.shell, where, "main", f"Set {environment} up")


def _source(home: Path, service: str, environment: str) -> Source:
    return Source(home / "servers" / environment / githost.REPOSITORY, "main", f"deploy/{service}")


def _first_seen(space: "Workspace") -> None:
    tell("The release names a revision of each repository, and each promotion is a commit to one of them alone.")
    release = space.shell.ask("vivido", "release", "list", "-o", "name").split()[0]
    space.shell.type(f"vivido release show {release}")
    for environment in ENVIRONMENTS:
        clone = space.home / "configuration" / environment
        space.shell.ask("git", "-C", str(clone), "pull", "--quiet")
        space.shell.type(f"git -C ../configuration/{environment} log --format=%s")
    _locked(space)
    aliases(space, "1.0.0")


def _locked(space: "Workspace") -> None:
    tell("Each repository has credentials of its own. What the servers answer to each user (200: come in, 401: no):")
    found = githost.doors(space.home / "servers")
    names = list(found)
    show([f"{'user':12} {' '.join(f'{name:12}' for name in names)}"])
    show([f"{user:12} {' '.join(f'{doors[name]:<12}' for name in names)}" for user, doors in found.items()])
    if any(status != (200 if user == name else 401) for user, doors in found.items() for name, status in doors.items()):
        raise StoryError("somebody came into another environment's repository, or not into the own one")


def aliases(space: "Workspace", version: str) -> None:
    """Show that the tags with the version in them stand for the one digest that was built."""
    tell("A version has a tag for every environment that it came to. All of them are one digest:")
    for service in SERVICES:
        names = ["dev", *(f"v{version}-{alias}" for alias in _ALIAS.values())]
        found = {name: registry.digest(space.port, f"shop/{service}", name) for name in names}
        show([f"{service:5} {name:16} {digest}" for name, digest in found.items()])
        if len(set(found.values())) != 1 or not all(found.values()):
            raise StoryError(f"the tags of {service} {version} are not one digest")


LAYOUT = Layout(
    opening="a repository for each environment, one registry",
    arrange=_arrange,
    source=_source,
    first_seen=_first_seen,
    tags=True,
    next=(
        ('vivido release show "$(vivido release list -o name | head -1)"', "which revision of which repository"),
        ("(cd ../configuration/production && git pull --quiet && git log -2 --stat)", "what production was told last"),
    ),
)
