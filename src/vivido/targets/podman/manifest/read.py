"""Read one generation's objects as a blueprint."""

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

from vivido.model.objects import Manifest
from vivido.targets.interface import Desired
from vivido.targets.podman.manifest.blueprint import Blueprint, Service, Workload
from vivido.targets.podman.manifest.pod import Pod
from vivido.targets.podman.manifest.reading import (
    Findings,
    mapping,
    name_of,
    namespace_of,
    number,
    string_map,
)
from vivido.targets.podman.manifest.service import read_service
from vivido.targets.podman.manifest.variables import Sources

READ = ("ConfigMap", "Deployment", "Job", "PersistentVolumeClaim", "Secret", "Service")
"""Kinds that become something on this machine."""

WITHOUT_EFFECT = (
    "ClusterRole",
    "ClusterRoleBinding",
    "ExternalSecret",
    "HorizontalPodAutoscaler",
    "Ingress",
    "Kustomization",
    "LimitRange",
    "Namespace",
    "NetworkPolicy",
    "PodDisruptionBudget",
    "PodMonitor",
    "PriorityClass",
    "ResourceQuota",
    "Role",
    "RoleBinding",
    "SealedSecret",
    "SecretStore",
    "ServiceAccount",
    "ServiceMonitor",
)
"""Kinds that a single machine can do without; that they have no effect is said."""


def read_blueprint(
    desired: Desired, secret_keys: Callable[[str], tuple[str, ...]], ignore: tuple[str, ...] = ()
) -> Blueprint:
    """Read what should run.

    Args:
        desired: One generation.
        secret_keys: Secret name → keys that have a source.
        ignore: Patterns of `Kind` or `Kind/name` that the file leaves out on this machine.
    """
    findings = Findings()
    objects = _kept(desired.rendered.objects, ignore, findings)
    sources = Sources(objects, secret_keys)
    workloads = tuple(_workload(o, sources, desired.images, findings) for o in _of(objects, "Deployment"))
    jobs = tuple(_job(o, sources, desired.images, findings) for o in _of(objects, "Job"))
    services = (read_service(o, workloads, _where(o), findings) for o in _of(objects, "Service"))
    found = tuple(s for s in services if s is not None)
    _distinct(workloads, jobs, found, findings)
    return Blueprint(workloads, jobs, found, tuple(findings.problems), tuple(findings.notices), sources.in_clear)


def _kept(objects: tuple[Manifest, ...], ignore: tuple[str, ...], findings: Findings) -> tuple[Manifest, ...]:
    kept: list[Manifest] = []
    for manifest in objects:
        kind = str(manifest.get("kind"))
        if any(fnmatchcase(kind, p) or fnmatchcase(_where(manifest), p) for p in ignore):
            findings.notice(f"{_where(manifest)} is left out, as the file says")
        elif kind in WITHOUT_EFFECT:
            findings.notice(f"{kind} has no effect on this machine")
        elif kind in READ:
            kept.append(manifest)
        else:
            findings.unsupported(_where(manifest), f"kind {kind} cannot run on this machine")
    return tuple(kept)


def _of(objects: tuple[Manifest, ...], kind: str) -> tuple[Manifest, ...]:
    return tuple(o for o in objects if o.get("kind") == kind)


def _where(manifest: Manifest) -> str:
    return f"{manifest.get('kind')}/{name_of(manifest)}"


def _workload(manifest: Manifest, sources: Sources, images: dict[str, str], findings: Findings) -> Workload:
    spec, where = mapping(manifest.get("spec")), _where(manifest)
    if mapping(spec.get("strategy")).get("type") == "Recreate":
        hint = "Use RollingUpdate, or run it outside and name it under the target's `ignore:`."
        findings.unsupported(where, "strategy Recreate: new pods always come up beside the old ones here", hint)
    pod = _pod(manifest, spec, sources, images, findings)
    return Workload(
        kind="Deployment",
        name=name_of(manifest),
        namespace=namespace_of(manifest),
        replicas=max(0, number(spec.get("replicas"), 1)),
        labels=_labels(spec),
        containers=pod.containers,
        first=pod.first,
        volumes=pod.volumes,
        grace=pod.grace,
        min_ready=number(spec.get("minReadySeconds"), 0),
    )


def _job(manifest: Manifest, sources: Sources, images: dict[str, str], findings: Findings) -> Workload:
    spec, where = mapping(manifest.get("spec")), _where(manifest)
    if number(spec.get("completions"), 1) > 1 or number(spec.get("parallelism"), 1) > 1:
        findings.unsupported(where, "more than one completion of a Job")
    pod = _pod(manifest, spec, sources, images, findings)
    if len(pod.containers) > 1:
        findings.unsupported(where, "a Job with several containers")
    return Workload(
        kind="Job",
        name=name_of(manifest),
        namespace=namespace_of(manifest),
        replicas=1,
        labels=_labels(spec),
        containers=pod.containers,
        first=pod.first,
        volumes=pod.volumes,
        grace=pod.grace,
        # Kubernetes would try a failed Job seven times; here only one that says so is tried again.
        attempts=1 + max(0, number(spec.get("backoffLimit"), 0)),
        deadline=number(spec.get("activeDeadlineSeconds"), 0),
    )


def _pod(manifest: Manifest, spec: dict[str, Any], sources: Sources, images: dict[str, str], findings: Findings) -> Pod:
    template = mapping(spec.get("template"))
    metadata = {**mapping(template.get("metadata")), "name": name_of(manifest), "namespace": namespace_of(manifest)}
    return Pod({**template, "metadata": metadata}, sources, images, _where(manifest), findings)


def _labels(spec: dict[str, Any]) -> dict[str, str]:
    return string_map(mapping(mapping(spec.get("template")).get("metadata")).get("labels"))


def _distinct(
    workloads: tuple[Workload, ...], jobs: tuple[Workload, ...], services: tuple[Service, ...], findings: Findings
) -> None:
    for things in (workloads, jobs, services):
        names = [t.name for t in things]
        for name in sorted({n for n in names if names.count(n) > 1}):
            findings.unsupported(name, "two objects of one kind share this name in different namespaces")
