"""Everything that stands in the way, found before anything changes."""

from collections.abc import Iterator

from vivido import process
from vivido.errors import Error
from vivido.model.problem import Problem
from vivido.targets.interface import TargetContext
from vivido.targets.podman.foreign import foreign
from vivido.targets.podman.manifest.blueprint import Blueprint
from vivido.targets.podman.materials import asking
from vivido.targets.podman.names import Names
from vivido.targets.podman.network import find_network
from vivido.targets.podman.ports import Ports
from vivido.targets.podman.program import Podman
from vivido.targets.podman.proxy.serving import Serving


def tools(haproxy: str) -> tuple[Problem, ...]:
    """Say which program is missing."""
    missing: list[Problem] = []
    if process.find("podman") is None:
        missing.append(Problem("podman.missing", "podman is not on PATH", "Install it: apt-get install podman."))
    if process.find(haproxy) is None:
        hint = "Install it (apt-get install haproxy), or name it in VIVIDO_HAPROXY."
        missing.append(Problem("haproxy.missing", f"{haproxy} is not on PATH", hint))
    return tuple(missing)


def secrets(blueprint: Blueprint, context: TargetContext) -> Iterator[Problem]:
    """Yield what is wrong with the sources of the secrets that are needed."""
    ask = asking(context, blueprint)
    for secret in blueprint.secrets:
        where = f"Secret/{secret.name}"
        try:
            if ask(secret) is None:
                hint = f"Add `secrets: {{{secret.name}: {{{secret.key}: {{env: …}}}}}}` to the environment."
                said = f"secret {secret.name} has no source for {secret.key}"
                yield Problem("podman.secret-missing", said, hint, where)
        except Error as e:
            yield Problem(e.code, f"secret {secret.name}, {secret.key}: {e.message}", e.hint, where)


def machine(podman: Podman, names: Names, context: TargetContext) -> Iterator[Problem]:
    """Yield what is wrong with Podman here, or with what is there under the environment's name."""
    try:
        find_network(podman, names)
        found = foreign(podman, names, context.state)
    except Error as e:
        yield Problem(e.code, e.message, e.hint)
        return
    if found is not None:
        yield Problem(found.code, found.message, found.hint)


def ports(blueprint: Blueprint, assigned: Ports, serving: Serving) -> tuple[Problem, ...]:
    """Say which public ports cannot be had; those of the environment's own HAProxy are its own."""
    return assigned.problems(blueprint, {r.public for r in serving.routes})
