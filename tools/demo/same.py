"""Whether the environments that run are those of the example, and the same in every layout: a statement that can be compared.

The layout is asked for nothing but where its files are; what they must come to is rendered from `examples/shop` by `kubectl`, and
what runs is asked from Podman and from the shop itself.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from typing import Any

from demo import rendered, running
from demo.rendered import State
from demo.shop import ENVIRONMENTS, EXAMPLE, SERVICES
from demo.story import StoryError
from demo.workspace import Workspace

_TOTAL = "20.43"
"""Euros of the cart: two teas at 4.90 and a mug at 12.90, less 10 % from three pieces on."""
_WIDE = 14

Statement = dict[str, State]
"""Environment → what it is: `objects`, `containers`, `answers`, `programs`. None of it depends on the layout or on the day."""


def check(space: Workspace, versions: Mapping[str, Mapping[str, str]]) -> Statement:
    """Look at every environment, and compare it with the example. A limit that nobody can have on this machine is not asked for.

    Args:
        space: The workspace.
        versions: Environment → service → the version that must run there.

    Raises:
        StoryError: One is otherwise; it names the environment and what differs.
    """
    found = {environment: seen(space, environment) for environment in ENVIRONMENTS}
    there = running.controllers(space)
    for environment, state in found.items():
        confirm(environment, state, versions[environment], there)
    return found


def confirm(environment: str, found: State, versions: Mapping[str, str], there: Set[str] | None = None) -> None:
    """Hold what was seen of an environment against the example.

    Raises:
        StoryError: It is otherwise; the message says what differs.
    """
    wanted = expected(environment, versions, there)
    different = [part for part in wanted if wanted[part] != found[part]]
    if different:
        part = different[0]
        told = f"{json.dumps(found[part], sort_keys=True)}\n  instead of {json.dumps(wanted[part], sort_keys=True)}"
        raise StoryError(f"{', '.join(different)} of {environment} are not those of the example:\n  {told}")


def expected(environment: str, versions: Mapping[str, str], there: Set[str] | None = None) -> State:
    """Return what the example says of an environment, with these versions of its services.

    Args:
        environment: Its name.
        versions: Service → version.
        there: The cgroup controllers of this machine; None for all.
    """
    objects = rendered.rendered(EXAMPLE / "deploy" / service / "overlays" / environment for service in SERVICES)
    (name,) = {o["data"]["SHOP_NAME"] for o in objects if "SHOP_NAME" in o.get("data", {})}
    return {
        "objects": rendered.plain(objects),
        "containers": rendered.containers(objects, there),
        "answers": {"name": name, "total": _TOTAL, **versions},
    }


def seen(space: Workspace, environment: str) -> State:
    """Return what Git says of an environment, what runs in it, and what it answers."""
    objects = [o for service in SERVICES for o in _from_git(space, service, environment)]
    inspected = running.inspected(space, environment)
    return {
        "objects": rendered.plain(objects),
        "containers": running.containers(inspected, rendered.settings(objects)),
        "answers": running.answers(space, environment),
        "programs": running.programs(space, inspected),
    }


def fingerprint(state: State) -> str:
    """Return twelve characters that stand for an environment: the same state, the same characters."""
    return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()[:12]


def told(statement: Statement) -> list[str]:
    """Return a line for each environment: its fingerprint, and how much it stands for."""
    return [
        f"{environment:{_WIDE}}{fingerprint(state)}   {', '.join(f'{len(state[part])} {part}' for part in state)}"
        for environment, state in statement.items()
    ]


def table(statements: Mapping[str, Statement]) -> list[str]:
    """Return the fingerprints of several layouts side by side."""
    lines = [f"{'environment':{_WIDE}}{''.join(f'{layout:{_WIDE}}' for layout in statements)}".rstrip()]
    lines.append("-" * (_WIDE * (1 + len(statements)) + len(" DIFFERENT")))
    for environment in ENVIRONMENTS:
        found = [fingerprint(statement[environment]) for statement in statements.values()]
        verdict = "same" if len(set(found)) == 1 else "DIFFERENT"
        lines.append(f"{environment:{_WIDE}}{''.join(f'{one:{_WIDE}}' for one in found)} {verdict}")
    return lines


def between(statements: Mapping[str, Statement]) -> list[str]:
    """Return what differs between layouts, a line for each place with what each has there; empty where all is the same."""
    leaves = {layout: dict(_leaves(statement)) for layout, statement in statements.items()}
    places = dict.fromkeys(place for found in leaves.values() for place in found)
    different = [place for place in places if len({found.get(place) for found in leaves.values()}) > 1]
    return [
        f"{place}: {'; '.join(_has(layout, leaves[layout].get(place)) for layout in leaves)}" for place in different
    ]


def _has(layout: str, value: str | None) -> str:
    return f"{layout} has {'nothing' if value is None else value}"


def _leaves(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Return every place of a value that has nothing below it, with what stands there as JSON."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    below = [leaf for key, one in inside for leaf in _leaves(one, f"{place}/{key}".lstrip("/"))]
    return iter(below or [(place, json.dumps(value, sort_keys=True))])


def _from_git(space: Workspace, service: str, environment: str) -> list[State]:
    source = space.source(service, environment)
    with tempfile.TemporaryDirectory() as directory:
        archive = Path(directory) / "tree.tar"
        git = ["git", "--git-dir", str(source.repository), "archive", "--output", str(archive), source.branch]
        space.shell.ask(*git, f"deploy/{service}")
        space.shell.ask("tar", "--extract", "--file", str(archive), "--directory", directory)
        return rendered.rendered([Path(directory) / source.directory])
