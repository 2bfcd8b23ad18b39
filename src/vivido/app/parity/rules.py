"""The rules in force: those of `vivido.yaml`, and those that services have next to their configuration."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from vivido.app.governing import project_at
from vivido.config.diagnostic import ConfigError, Diagnostic
from vivido.config.parity import FILE, service_rules
from vivido.drift.parity.report import Declared
from vivido.model.parity import ParityPair
from vivido.model.project import Environment, Project, Service

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace

_PLACEHOLDER = "{environment}"


def declared(ws: "Workspace", commit: str = "", environment: str = "") -> Declared:
    """Return rules and tokens.

    Args:
        ws: The project.
        commit: Where all of them are read. Empty: they are read as they lie here, those of services at the tip of
            the configuration where that is another repository.
        environment: Whose configuration has them; empty: the first one's.

    Raises:
        ConfigError: `config.invalid`: services' files have mistakes; all are told.
    """
    owner = ws.environment(environment) if environment else ws.project.environments[0]
    project = (project_at(ws, owner, commit) if commit else None) or ws.project
    names = tuple(e.name for e in project.environments)
    found: list[ParityPair] = list(project.parity)
    mistakes: list[Diagnostic] = []
    for service, own, text in _files(ws, owner, commit):
        pairs, wrong = service_rules(text, own, service, names)
        found += pairs
        mistakes += wrong
    if mistakes:
        raise ConfigError(tuple(mistakes))
    return Declared(names, tuple(found), {e.name: e.tokens for e in project.environments if e.tokens})


def _files(ws: "Workspace", owner: Environment, commit: str) -> list[tuple[str, str, bytes]]:
    """Return service, path and content of each service's own file."""
    project = ws.project
    if not commit and ws.is_here(owner):
        # Thousands of services are asked, and few have one: paths as texts are looked up in half the time.
        root = f"{project.root}/"
        paths = [(s.name, p) for s in project.services if (p := own_file(s)) and os.path.isfile(root + p)]  # noqa: PTH113
        return [(name, path, Path(root, path).read_bytes()) for name, path in paths]
    placed, repository = ws.placed(owner), ws.repository(owner)
    tree = repository.tree(commit or repository.fetch())
    found: list[tuple[str, str, bytes]] = []
    for service in placed.services:
        path = _placed_file(project, service)
        text = tree.read(path) if path else None
        if text is not None:
            found.append((service.name, path, text))
    return found


def own_file(service: Service) -> str:
    """Return where a service's own rules are looked for, relative to `vivido.yaml`."""
    return service.parity or _beside(service.config)


def _placed_file(project: Project, placed: Service) -> str:
    service = project.service(placed.name)
    if service is None or not service.parity:
        return _beside(placed.config)
    prefix = placed.config.removesuffix(service.config)
    return f"{prefix}{service.parity}"


def _beside(config: str) -> str:
    """Return the file in the directory of a configuration, above what is one environment's."""
    shared = config.partition(_PLACEHOLDER)[0].rpartition("/")[0] if _PLACEHOLDER in config else config
    return f"{shared}/{FILE}" if shared and shared != "." else FILE


def unjustified(pairs: tuple[ParityPair, ...]) -> list[str]:
    """Return the places of the rules that still wait for a reason."""
    return [r.place for pair in pairs for r in pair.rules if not r.justified]
