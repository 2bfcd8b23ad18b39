"""What a security context means to Podman."""

from typing import Any

from vivido.targets.podman.manifest.reading import Findings, items, mapping, strings


def security_flags(pod: dict[str, Any], container: dict[str, Any], where: str, findings: Findings) -> tuple[str, ...]:
    """Return Podman's flags for a container; its own settings go before the pod's."""
    context = {**mapping(pod.get("securityContext")), **mapping(container.get("securityContext"))}
    if context.get("privileged"):
        findings.unsupported(where, "it is privileged, which would give it this whole machine")
    flags = [*_user(context), *_capabilities(mapping(context.get("capabilities")))]
    if context.get("readOnlyRootFilesystem"):
        flags.append("--read-only")
    if context.get("allowPrivilegeEscalation") is False:
        flags.append("--security-opt=no-new-privileges")
    flags += [f"--sysctl={s.get('name')}={s.get('value')}" for s in items(context.get("sysctls"))]
    flags += [f"--group-add={group}" for group in _groups(context)]
    return tuple(flags)


def _user(context: dict[str, Any]) -> list[str]:
    user, group = context.get("runAsUser"), context.get("runAsGroup")
    if user is None and group is None:
        return []
    return [f"--user={0 if user is None else user}" + ("" if group is None else f":{group}")]


def _groups(context: dict[str, Any]) -> list[str]:
    groups = list(strings(context.get("supplementalGroups")))
    return groups + ([str(context["fsGroup"])] if context.get("fsGroup") is not None else [])


def _capabilities(capabilities: dict[str, Any]) -> list[str]:
    dropped = [f"--cap-drop={name}" for name in strings(capabilities.get("drop"))]
    return dropped + [f"--cap-add={name}" for name in strings(capabilities.get("add"))]
