"""A checked tree becomes the project that everything else reads, with its defaults."""

from pathlib import Path
from typing import Any

import msgspec

from vivido.config.expect import expectations, provided
from vivido.config.kinded import Written, gate_ids, gates, written
from vivido.config.kinds import Kinds
from vivido.config.node import Entry, Node, Scalar, child, entries, plain, text_of, texts
from vivido.config.parity import pairs
from vivido.config.rules.order import promotion_order
from vivido.config.rules.paths import HERE, normal
from vivido.config.shape.project import AuditShape, ConfigurationShape, ProjectShape
from vivido.model.actor import Person, Roster
from vivido.model.parity import Audit
from vivido.model.project import (
    Build,
    BuildAllowance,
    Chart,
    Configuration,
    Environment,
    GateSpec,
    Hydration,
    ImageValues,
    Kinded,
    Project,
    RegistryOptions,
    SecretAllowance,
    SecretSource,
    Service,
    Terraform,
)
from vivido.model.reference import parse_repository
from vivido.model.requires import KINDS as NEEDS
from vivido.model.requires import Requires
from vivido.time.clock import parse_duration


def assemble(root: Node, file: Path, top: Path, kinds: Kinds) -> Project:
    """Return the project of a tree in which nothing was found wrong."""
    shape = msgspec.convert(plain(root), ProjectShape)
    return Project(
        name=shape.project,
        root=str(top),
        file=str(file),
        registry=shape.registry or "",
        layout=shape.layout,
        services=tuple(_service(e, shape.registry or "") for e in entries(child(root, "services"))),
        environments=_environments(root, kinds, file.name),
        roster=_roster(root),
        configuration=_configuration(shape.configuration),
        registries=RegistryOptions(tuple(shape.registries.plain_http), _path(child(root, "registries", "ca"))),
        secrets_in_clear=tuple(SecretAllowance(a.name, a.because) for a in shape.secrets.allow),
        builds_allowed=tuple(BuildAllowance(a.at, a.because, a.owner or "", a.until or "") for a in shape.builds.allow),
        channel=shape.channel,
        sign_commits=shape.commits.sign,
        state=shape.state or "",
        parity=pairs(child(root, "parity"), file.name),
        audit=_audit(shape.audit),
    )


def _texts(node: Node | None) -> tuple[str, ...]:
    return tuple(n.text for n in texts(node))


def _path(node: Node | None) -> str:
    return normal(text) if (text := text_of(node)) else ""


def _service(entry: Entry, registry: str) -> Service:
    image = text_of(child(entry.value, "image")) or f"{registry}/{entry.key}"
    return Service(
        name=entry.key,
        image=str(parse_repository(image)),
        build=_build(child(entry.value, "build")),
        config=next(filter(None, (_path(child(entry.value, "config", *at)) for at in ((), ("helm",), ("terraform",))))),
        replaces=_texts(child(entry.value, "replaces")),
        checks=_texts(child(entry.value, "checks")),
        parity=_path(child(entry.value, "parity")),
        chart=_chart(child(entry.value, "config")),
        terraform=_terraform(child(entry.value, "config")),
        requires=_requires(child(entry.value, "requires")),
    )


def _chart(node: Node | None) -> Chart | None:
    if child(node, "helm") is None:
        return None
    return Chart(
        values=tuple(map(normal, _texts(child(node, "values")))),
        image=_image(child(node, "image")),
        release=text_of(child(node, "release")) or "",
        namespace=text_of(child(node, "namespace")) or "",
        kube_version=text_of(child(node, "kube-version")) or "",
        api_versions=_texts(child(node, "api-versions")),
    )


def _terraform(node: Node | None) -> Terraform | None:
    if child(node, "terraform") is None:
        return None
    return Terraform(
        var_files=tuple(map(normal, _texts(child(node, "var-files")))),
        backend_config=tuple(map(normal, _texts(child(node, "backend-config")))),
        workspace=text_of(child(node, "workspace")) or "",
        image=_image(child(node, "image")),
        shared_state=text_of(child(node, "shared-state")) or "",
    )


def _image(node: Node | None) -> ImageValues:
    if isinstance(node, Scalar):
        return ImageValues(text_of(node) or "")
    return ImageValues(**{e.key: text_of(e.value) or "" for e in entries(node)})


def _build(node: Node | None) -> Build | None:
    if node is None:
        return None
    if isinstance(node, Scalar):
        return Build(normal(node.text))
    command = text_of(child(node, "command")) or ""
    return Build(
        context=_path(child(node, "context")),
        file=_path(child(node, "file")),
        with_=text_of(child(node, "with")) or ("command" if command else ""),
        command=command,
        # As written: 1.10 is a version here, not the number 1.1.
        args={e.key: e.value.text for e in entries(child(node, "args")) if isinstance(e.value, Scalar)},
        platforms=_texts(child(node, "platforms")),
        inputs=tuple(map(normal, _texts(child(node, "inputs")))),
    )


def _requires(node: Node | None) -> Requires:
    return Requires(*(_texts(child(node, kind)) for kind in NEEDS))


def _environments(root: Node, kinds: Kinds, file: str) -> tuple[Environment, ...]:
    found = {e.key: _environment(e, kinds, file) for e in entries(child(root, "environments"))}
    return tuple(found[name] for name in promotion_order({name: e.after for name, e in found.items()}))


def _environment(entry: Entry, kinds: Kinds, file: str) -> Environment:
    node = entry.value
    specs = list(gates(entry, kinds.gates))
    target = written(child(node, "target"), kinds.targets)
    return Environment(
        name=entry.key,
        after=text_of(child(node, "after")) or "",
        target=Kinded(target.name, _options(target)) if target else Kinded(""),
        gates=tuple(_gate(name, gate) for name, gate in zip(gate_ids(specs), specs, strict=True)),
        automatic=text_of(child(node, "promote")) == "automatically",
        queue=text_of(child(node, "queue")) or "latest",
        url=text_of(child(node, "url")) or "",
        registry=text_of(child(node, "registry")) or "",
        configuration=_own_configuration(node),
        alias=text_of(child(node, "alias")) or "",
        own=tuple(map(normal, _texts(child(node, "own")))),
        change=text_of(child(node, "change")) or "commit",
        hydrate=_hydration(child(node, "hydrate")),
        secrets={
            secret.key: {e.key: msgspec.convert(plain(e.value), SecretSource) for e in entries(secret.value)}
            for secret in entries(child(node, "secrets"))
        },
        tokens={e.key: text for e in entries(child(node, "tokens")) if (text := text_of(e.value))},
        expect=expectations(child(node, "expect"), file),
        provides=provided(child(node, "provides")),
    )


def _hydration(node: Node | None) -> Hydration | None:
    if node is None:
        return None
    directory = _path(node) if isinstance(node, Scalar) else _path(child(node, "directory"))
    return Hydration("" if directory == "." else directory, text_of(child(node, "branch")) or "")


def _gate(name: str, gate: Written) -> GateSpec:
    moment = text_of(child(gate.whole, "when")) or gate.kind.moment
    return GateSpec(name, gate.name, _options(gate), moment, gate.whole.line)


def _options(found: Written) -> dict[str, Any]:
    """Return the options with their defaults, as the plain data of JSON, that converts back to the same struct."""
    return msgspec.json.decode(msgspec.json.encode(msgspec.convert(found.options(), found.kind.options)))


def _roster(root: Node) -> Roster:
    people = tuple(
        Person(
            e.key,
            tuple(t.lower() for t in _texts(child(e.value, "email"))),
            tuple(" ".join(t.split()) for t in _texts(child(e.value, "keys"))),
        )
        for e in entries(child(root, "people"))
    )
    return Roster(people, {e.key: _texts(e.value) for e in entries(child(root, "groups"))})


def _own_configuration(node: Node) -> Configuration | None:
    """Return an environment's own repository, or its own branch of the project's; None where it has neither."""
    whole = child(node, "configuration")
    branch = text_of(child(node, "branch"))
    if whole is None:
        return Configuration(branch=branch) if branch else None
    named = text_of(whole) or text_of(child(whole, "repository")) or ""
    helper = text_of(child(whole, "credentials")) or ""
    return Configuration("" if named in HERE else named, text_of(child(whole, "branch")) or "", helper)


def _configuration(shape: str | ConfigurationShape) -> Configuration:
    whole = ConfigurationShape(shape) if isinstance(shape, str) else shape
    return Configuration("" if whole.repository in HERE else whole.repository, whole.branch or "")


def _audit(shape: AuditShape) -> Audit:
    return Audit(parse_duration(shape.every) if shape.every else 0, shape.on_new or "")
