"""Where the root modules of an environment keep their states. Pure over two functions that read a tree."""

from collections.abc import Collection

import msgspec

from vivido.layouts.places import by_place
from vivido.model.project import Environment, Project
from vivido.render.interface import TerraformRoot
from vivido.render.terraform.endings import has_module
from vivido.render.terraform.inputs import Inputs, read_inputs
from vivido.render.terraform.module import Module, read_module
from vivido.render.terraform.renderer import computed
from vivido.render.terraform.state import State, read_state
from vivido.render.tree import List, Read


class Held(msgspec.Struct, frozen=True):
    """One root module's state in one environment."""

    environment: str
    services: str
    """Names of the services that share the module, with commas."""
    state: State
    home: str = ""
    """The repository that a path on disk is in; empty for everything else."""
    because: str = ""
    """Why it may be kept in one place with others; empty: it may not."""
    computed: tuple[str, ...] = ()
    """Values that only Terraform can work out, each with the reason."""


def held(
    project: Project, environment: Environment, read: Read, listing: List, among: Collection[str] | None = None
) -> tuple[Held, ...]:
    """Return the states of an environment's root modules. What cannot be read is left out: rendering says what is wrong.

    Args:
        project: The project.
        environment: One of its environments.
        read: Reads the tree.
        listing: Lists it.
        among: Names of the services that may be root modules; None: all may.
    """
    if among is not None and not among:
        return ()
    found, _ = by_place(project, environment, listing, among or ())
    states: list[Held] = []
    for place, services in found.items():
        if place.kind != "terraform" or not has_module(place.directory, listing):
            continue
        told = place.terraform or TerraformRoot("")
        module = read_module(place.directory, read, listing)
        state = read_state(module, told.backend, told.workspace, read) if isinstance(module, Module) else ()
        if isinstance(state, State):
            names = ", ".join(s.name for s in services)
            reason = next((s.terraform.shared_state for s in services if s.terraform and s.terraform.shared_state), "")
            made = _computed(module, told, read, listing) if isinstance(module, Module) else ()
            states.append(Held(environment.name, names, state, _home(project, environment, state), reason, made))
    return tuple(states)


def _computed(module: Module, told: TerraformRoot, read: Read, listing: List) -> tuple[str, ...]:
    inputs = read_inputs(module, told.variables, read, listing)
    found = computed(module, inputs, told.workspace) if isinstance(inputs, Inputs) else {}
    return tuple(f"{name} {why}" for name, why in found.items())


def _home(project: Project, environment: Environment, state: State) -> str:
    """Return the repository of a path on disk; the same path in two repositories is not one place."""
    if state.type != "local" or dict(state.at).get("path", "").startswith("/"):
        return ""
    own = environment.configuration
    return (own.repository if own else "") or project.configuration.repository
