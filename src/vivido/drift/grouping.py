"""What a difference is about: one table over kinds and the names of fields."""

import re
from functools import lru_cache
from typing import Any

from vivido.errors import InputError
from vivido.model.difference import Group, Path, Remark
from vivido.model.reference import PINNED, parse_reference

_KINDS = {
    **dict.fromkeys(("ConfigMap", "Secret", "ExternalSecret", "SealedSecret", "SecretStore"), Group.CONFIGURATION),
    **dict.fromkeys(("HorizontalPodAutoscaler", "LimitRange", "PodDisruptionBudget", "ResourceQuota"), Group.CAPACITY),
    **dict.fromkeys(("VerticalPodAutoscaler", "ScaledObject"), Group.CAPACITY),
    **dict.fromkeys(("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "ServiceAccount"), Group.SECURITY),
    **dict.fromkeys(("NetworkPolicy", "CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy"), Group.SECURITY),
    **dict.fromkeys(("AuthorizationPolicy", "PeerAuthentication", "RequestAuthentication"), Group.SECURITY),
    **dict.fromkeys(("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"), Group.SECURITY),
    **dict.fromkeys(("MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"), Group.SECURITY),
    **dict.fromkeys(("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"), Group.SECURITY),
}
"""Kinds of which every field outside `metadata` belongs to one group."""

_DANGEROUS = frozenset({"hostPath", "hostNetwork", "hostPID", "hostIPC", "hostPort", "privileged"})
"""What makes a whole object security-relevant that comes or goes."""
_FIELDS = {
    **dict.fromkeys(_DANGEROUS, Group.SECURITY),
    **dict.fromkeys(("securityContext", "serviceAccountName", "serviceAccount", "hostUsers"), Group.SECURITY),
    **dict.fromkeys(("automountServiceAccountToken", "shareProcessNamespace", "serviceAccountToken"), Group.SECURITY),
    **dict.fromkeys(("imagePullSecrets", "loadBalancerSourceRanges", "externalIPs"), Group.SECURITY),
    **dict.fromkeys(("allowPrivilegeEscalation", "capabilities", "seccompProfile", "seLinuxOptions"), Group.SECURITY),
    **dict.fromkeys(("image", "imagePullPolicy"), Group.IMAGE),
    **dict.fromkeys(("replicas", "minReplicas", "maxReplicas", "parallelism", "completions"), Group.CAPACITY),
    **dict.fromkeys(("resources", "overhead", "sizeLimit", "maxSurge", "maxUnavailable"), Group.CAPACITY),
    **dict.fromkeys(("env", "envFrom", "args", "command", "configMap", "secret", "secretName"), Group.CONFIGURATION),
}
"""The first of these on the way down decides."""

_LISTS = frozenset({"containers", "initContainers", "ephemeralContainers", "volumes", "volumeMounts", "ports"})
"""Lists whose next segment is a name that people chose, and no field."""
_FREE = frozenset({"labels", "annotations", "matchLabels", "nodeSelector", "data", "binaryData"})
"""Maps below which every segment is such a name."""
_SECURITY_NOTES = ("pod-security.kubernetes.io/", "rbac.authorization.k8s.io/", "container.apparmor.security.beta.")
_DERIVED = re.compile(r"(?i)checksum|config-?hash|(?:restarted|deployed|updated|rolled)-?at$|timestamp|last-applied")


def group_of(kind: str, path: Path, left: Any, right: Any) -> Group:
    """Return what a difference is about.

    Args:
        kind: The object's kind.
        path: Where in it; empty for a whole object.
        left: The value, or `ABSENT`.
        right: Likewise.
    """
    last = path[-1] if path else ""
    if not path:
        return _KINDS.get(kind) or _by_content(left, right, _DANGEROUS)
    if kind == "Terraform":
        return _of_terraform(path, left, right)
    if path[0] == "metadata":
        return Group.SECURITY if last.startswith(_SECURITY_NOTES) else Group.STRUCTURE
    if kind in _KINDS:
        return _KINDS[kind]
    found = _by_field(path)
    if found is Group.IMAGE:
        return Group.SECURITY if last == "image" and _is_other_registry(left, right) else found
    if found in (None, Group.CONFIGURATION):
        return found or _by_content(left, right, _SECURITY_FIELDS)
    return found


def _of_terraform(path: Path, left: Any, right: Any) -> Group:
    """Tell images by what they are: modules call them as they like."""
    if any(isinstance(side, str) and PINNED.fullmatch(side) for side in (left, right)):
        return Group.SECURITY if _is_other_registry(left, right) else Group.IMAGE
    if path[1:2] in (("variables",), ("locals",)):
        return _by_field(path[2:]) or Group.CONFIGURATION
    return _by_field(path[1:]) or Group.STRUCTURE


_SECURITY_FIELDS = frozenset(name for name, group in _FIELDS.items() if group is Group.SECURITY)


def remark_of(path: Path) -> Remark:
    """Say whether a difference is derived from others: an annotation with a checksum or a time."""
    return "derived" if path[-2:-1] == ("annotations",) and _DERIVED.search("".join(path[-1:])) else ""


@lru_cache(4096)
def _by_field(path: Path) -> Group | None:
    is_name = False
    for segment in path:
        if segment in _FREE and not is_name:
            return Group.STRUCTURE
        if not is_name and segment in _FIELDS:
            return _FIELDS[segment]
        is_name = segment in _LISTS and not is_name
    return None


def _by_content(left: Any, right: Any, fields: frozenset[str]) -> Group:
    return Group.SECURITY if _holds(left, fields) or _holds(right, fields) else Group.STRUCTURE


def _holds(value: Any, fields: frozenset[str]) -> bool:
    if isinstance(value, str):
        return False
    if isinstance(value, dict):
        return any((name in fields and part is not False) or _holds(part, fields) for name, part in value.items())
    return isinstance(value, list) and any(_holds(part, fields) for part in value)


def _is_other_registry(left: Any, right: Any) -> bool:
    if not isinstance(left, str) or not isinstance(right, str):
        return False
    try:
        return parse_reference(left).repository.registry != parse_reference(right).repository.registry
    except InputError:
        return False
