"""Write a `vivido.yaml` from what was found: it works as it stands, and says what else could stand there."""

import json
import re

from vivido.config.detect.found import Config, Found, ServiceGuess
from vivido.config.detect.names import chain
from vivido.config.scalar import resolve
from vivido.errors import InputError
from vivido.model.reference import parse_repository
from vivido.text.redact import printable

SCHEMA_LINE = "# yaml-language-server: $schema=.vivido/schema.json"
"""Tells editors where `vivido init` put the JSON Schema."""

_PLAIN = re.compile(r"[A-Za-z0-9_./][A-Za-z0-9_./:+-]*")
_LOOPBACK = re.compile(r"(localhost|127\.[0-9.]+|\[::1\])(:[0-9]+)?")
_USUAL = ("dev", "staging", "production")


def propose(found: Found, project: str, registry: str) -> str:
    """Return the text of a file for this repository.

    `check` accepts it, except where `found.notes` says that manifests or Containerfiles are still missing.
    """
    sketch = ServiceGuess("web")
    services = found.services or (sketch,)
    environments = _environments(found)
    lines = [
        SCHEMA_LINE,
        "# What is built, and the way it goes: build once, promote the same digest. `vivido config check` says what is wrong here.",
        *(f"# {' '.join(printable(note).split())}" for note in found.notes),
        f"project: {quoted(project)}",
        f"registry: {quoted(registry)}",
        *_registries(registry),
        *(["layout: branches"] if found.branches else []),
        "",
        "services:",
        *(line for s in services for line in _service(s, found, registry)),
        "",
        *_people(),
        "",
        "environments:",
        *(
            line
            for name, after in chain(environments).items()
            for line in _environment(name, after, environments, found)
        ),
    ]
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """Return text as YAML, in quotes where it could be read as anything else."""
    plain = _PLAIN.fullmatch(text) and not text.endswith(":") and isinstance(resolve(text), str)
    return text if plain else json.dumps(text, ensure_ascii=False)


def _environments(found: Found) -> tuple[str, ...]:
    return found.environments or tuple(found.branches) or _USUAL


def _registries(registry: str) -> list[str]:
    host = registry.partition("/")[0]
    return [f"registries: {{plain-http: [{json.dumps(host)}]}}"] if _LOOPBACK.fullmatch(host) else []


def _service(service: ServiceGuess, found: Found, registry: str) -> list[str]:
    """Return a service's lines: commented out where it alone has no manifests, so that the others work."""
    lines = _written(service, found, registry)
    alone = not service.config and any(s.config for s in found.services)
    return [f"  # {line[2:]}" for line in lines] if alone else lines


def _written(service: ServiceGuess, found: Found, registry: str) -> list[str]:
    lines = [f"  {service.name}:", *_build(service, registry, sketch=not found.services)]
    config = service.config or f"deploy/{service.name}"
    of = next((c for c in found.configs if c.path == service.config), Config(config))
    how = (
        "Kustomize"
        if of.kustomize
        else "a Helm chart"
        if of.helm
        else "Terraform"
        if of.terraform
        else "plain manifests"
    )
    note = f"  # {how}" if service.config else "  # to be written: plain manifests or Kustomize"
    lines.append(f"    config: {quoted(config)}{note}")
    if replaced := _replaced(service, registry):
        lines.append(f"    replaces: [{', '.join(map(quoted, replaced))}]  # what the manifests call the image")
    if service.context is not None or not found.services:
        lines.append("    # checks: [make test]  # has to succeed before a build")
    return lines


def _build(service: ServiceGuess, registry: str, *, sketch: bool) -> list[str]:
    context = service.context
    if context is not None and context.file:
        return [f"    build: {{context: {quoted(context.path)}, file: {quoted(context.file)}}}"]
    if context is not None:
        return [f"    build: {quoted(context.path)}"]
    if sketch:
        return [f"    build: {service.name}  # a directory with a Containerfile"]
    return [f"    image: {quoted(_image(service, registry))}  # built elsewhere"]


def _image(service: ServiceGuess, registry: str) -> str:
    """Return the repository of an image that is built elsewhere: as mentioned where that names a place, else in the registry."""
    return service.image if "/" in service.image else f"{registry}/{service.name}"


def _replaced(service: ServiceGuess, registry: str) -> list[str]:
    image = _image(service, registry) if service.image else f"{registry}/{service.name}"
    return [name for name in service.mentions if _repository(name) not in ("", _repository(image))]


def _repository(name: str) -> str:
    try:
        return str(parse_repository(name))
    except InputError:
        return ""


def _people() -> list[str]:
    return [
        "# Who commits and approves, with the keys of ~/.ssh/*.pub; then `approve` can be a gate.",
        "# people:",
        "#   alice: {email: alice@example.com, keys: [ssh-ed25519 AAAA… alice]}",
        "# groups: {release-managers: [alice]}",
    ]


def _environment(name: str, after: str, environments: tuple[str, ...], found: Found) -> list[str]:
    target = "podman" if found.workloads else "none"
    note = "  # containers on this machine" if target == "podman" else "  # Git only: nothing is started"
    lines = [f"  {name}:"]
    if after:
        lines.append(f"    after: {after}")
    lines.append(f"    target: {target}{note}")
    if found.branches:
        lines.append(f"    branch: {quoted(found.branches[name])}")
    if name in found.own:
        lines.append(f"    own: [{', '.join(map(quoted, found.own[name]))}]  # stays as its branch has it")
    if not after:
        return [*lines, "    promote: automatically  # every new release comes here by itself"]
    return [*lines, *_gates(last=name == environments[-1])]


def _gates(*, last: bool) -> list[str]:
    if last:
        return [
            "    # gates:",
            "    #   - approve: {by: release-managers, count: 1, not: [author]}",
        ]
    return [
        "    # gates:",
        "    #   - run: make acceptance  # {url} stands for where the environment is reached",
        "    #   - http: /healthz",
    ]
