"""The effective configuration: what a file means with all defaults, as data and as a file that means the same."""

from typing import Any

import msgspec
import yaml

from vivido.config.expect import spelled_expectation
from vivido.config.parity import spelled
from vivido.config.scalar import resolve, two_readings
from vivido.model.project import Build, Chart, Environment, GateSpec, Kinded, Project, SecretSource, Service, Terraform
from vivido.model.requires import KINDS


def show(project: Project) -> dict[str, Any]:
    """Return the effective configuration as plain data, spelled as the file spells it. There is no secret in it."""
    return {
        "project": project.name,
        **_given(registry=project.registry),
        "layout": project.layout,
        "channel": project.channel,
        "configuration": {
            "repository": project.configuration.repository or ".",
            **_given(branch=project.configuration.branch),
        },
        "registries": {"plain-http": list(project.registries.plain_http), **_given(ca=project.registries.ca)},
        **_given(state=project.state),
        "commits": {"sign": project.sign_commits},
        "services": {s.name: _service(s) for s in project.services},
        "people": {p.name: {"email": list(p.emails), "keys": list(p.keys)} for p in project.roster.people},
        "groups": {name: list(members) for name, members in project.roster.groups.items()},
        "builds": {
            "allow": [{k: v for k, v in msgspec.structs.asdict(a).items() if v} for a in project.builds_allowed]
        },
        "secrets": {"allow": [{"name": a.name, "because": a.because} for a in project.secrets_in_clear]},
        "environments": {e.name: _environment(e) for e in project.environments},
        "parity": spelled(project.parity),
        "audit": _given(**{"every": _duration(project.audit.every), "on-new": project.audit.on_new}),
    }


def render_yaml(project: Project) -> str:
    """Return the effective configuration as YAML; read again, it is the same project."""
    return yaml.dump(show(project), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


def _given(**values: str) -> dict[str, str]:
    return {key: value for key, value in values.items() if value}


def _service(service: Service) -> dict[str, Any]:
    return {
        "image": service.image,
        **({"build": _build(service.build)} if service.build else {}),
        "config": _config(service),
        "replaces": list(service.replaces),
        "checks": list(service.checks),
        **_given(parity=service.parity),
        "requires": {kind: list(getattr(service.requires, kind)) for kind in KINDS},
    }


def _duration(length: int) -> str:
    return f"{length // 1000}ms" if length else ""


def _config(service: Service) -> Any:
    if service.chart is not None:
        return _chart(service.config, service.chart)
    return service.config if service.terraform is None else _terraform(service.config, service.terraform)


def _terraform(directory: str, told: Terraform) -> dict[str, Any]:
    image = _given(**msgspec.to_builtins(told.image))
    return {
        "terraform": directory,
        "var-files": list(told.var_files),
        "backend-config": list(told.backend_config),
        **({"image": image} if image else {}),
        **_given(workspace=told.workspace, **{"shared-state": told.shared_state}),
    }


def _chart(directory: str, chart: Chart) -> dict[str, Any]:
    image = _given(**msgspec.to_builtins(chart.image))
    return {
        "helm": directory,
        "values": list(chart.values),
        **({"image": image} if image else {}),
        **_given(release=chart.release, namespace=chart.namespace, **{"kube-version": chart.kube_version}),
        "api-versions": list(chart.api_versions),
    }


def _build(build: Build) -> dict[str, Any]:
    return {
        "context": build.context,
        **_given(file=build.file, **{"with": build.with_}, command=build.command),
        "args": build.args,
        "platforms": list(build.platforms),
        "inputs": list(build.inputs),
    }


def _environment(environment: Environment) -> dict[str, Any]:
    return {
        **_given(after=environment.after),
        "target": _kinded(environment.target),
        "promote": "automatically" if environment.automatic else "manually",
        "queue": environment.queue,
        "change": environment.change,
        **_given(url=environment.url, registry=environment.registry, alias=environment.alias),
        **_where(environment),
        **({"hydrate": _given(**msgspec.to_builtins(environment.hydrate))} if environment.hydrate else {}),
        "gates": [_gate(g) for g in environment.gates],
        "secrets": {
            secret: {key: _source(source) for key, source in keys.items()}
            for secret, keys in environment.secrets.items()
        },
        "tokens": environment.tokens,
        "expect": [spelled_expectation(e) for e in environment.expect],
        "provides": [{"at": p.at.text, "because": p.because} for p in environment.provides],
    }


def _where(environment: Environment) -> dict[str, Any]:
    """Return what its layout wants to know of an environment."""
    own: dict[str, Any] = {"own": list(environment.own)} if environment.own else {}
    found = environment.configuration
    if found is None:
        return own
    if not found.repository:
        return {"branch": found.branch, **own}
    return {
        "configuration": {
            "repository": found.repository,
            **_given(branch=found.branch, credentials=found.credentials),
        },
        **own,
    }


def _kinded(kinded: Kinded) -> dict[str, Any]:
    return {kinded.kind: kinded.options}


def _gate(gate: GateSpec) -> dict[str, Any]:
    return {gate.kind: gate.options, "name": gate.id, "when": gate.moment}


def _source(source: SecretSource) -> dict[str, str]:
    return _given(env=source.env, file=source.file, command=source.command)


class _Dumper(yaml.CSafeDumper):
    """Quotes what YAML 1.1 or 1.2 would read as anything else than text, writes lists and mappings out, and no aliases."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: yaml.CSafeDumper, text: str) -> yaml.ScalarNode:
    ambiguous = not isinstance(resolve(text), str) or two_readings(text) or text == "<<"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if ambiguous else None)


_Dumper.add_representer(str, _text)
