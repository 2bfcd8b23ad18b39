"""What no schema says about lists: where order has a meaning, and where it has none."""

ORDERED = frozenset(
    {
        "Container.env",  # `$(NAME)` sees only what stands before it.
        "EphemeralContainer.env",
        "PodSpec.initContainers",  # They run one after the other.
        "MutatingWebhookConfiguration.webhooks",  # They are called in this order.
    }
)
"""Lists with merge keys whose order has a meaning all the same."""

FINER = {
    # A whole version of a CustomResourceDefinition, a whole template fill pages; who reads wants the one field in it.
    "CustomResourceDefinitionSpec.versions": "ordered:name",
    "StatefulSetSpec.volumeClaimTemplates": "ordered:metadata/name",
    "IngressSpec.rules": "positions",
    "HTTPIngressRuleValue.paths": "positions",
}
"""Atomic lists that are told item by item all the same, by a key or by their positions; their order counts."""

KEY_DEFAULTS = {"Container.ports.protocol": "=TCP", "ServiceSpec.ports.protocol": "=TCP"}
"""Defaults of fields that are part of a merge key."""

BAGS = frozenset(
    f"{owner}.{field}"
    for owner, fields in {
        "AggregationRule": "clusterRoleSelectors",
        "Capabilities": "add drop",
        "ClusterRole": "rules",
        "ClusterRoleBinding": "subjects",
        "CSIDriverSpec": "volumeLifecycleModes",
        "CustomResourceDefinitionNames": "categories shortNames",
        "HorizontalPodAutoscalerSpec": "metrics",
        "HPAScalingRules": "policies",
        "IPBlock": "except",
        "IngressTLS": "hosts",
        "IngressSpec": "tls",
        "LabelSelector": "matchExpressions",
        "LabelSelectorRequirement": "values",
        "NetworkPolicyEgressRule": "ports to",
        "NetworkPolicyIngressRule": "from ports",
        "NetworkPolicySpec": "egress ingress policyTypes",
        "NodeAffinity": "preferredDuringSchedulingIgnoredDuringExecution",
        "NodeSelector": "nodeSelectorTerms",
        "NodeSelectorRequirement": "values",
        "NodeSelectorTerm": "matchExpressions matchFields",
        "PersistentVolumeClaimSpec": "accessModes",
        "PersistentVolumeSpec": "accessModes",
        "PodAffinity": "preferredDuringSchedulingIgnoredDuringExecution requiredDuringSchedulingIgnoredDuringExecution",
        "PodAntiAffinity": "preferredDuringSchedulingIgnoredDuringExecution requiredDuringSchedulingIgnoredDuringExecution",
        "PodAffinityTerm": "matchLabelKeys mismatchLabelKeys namespaces",
        "PodSecurityContext": "supplementalGroups sysctls",
        "PodSpec": "tolerations",
        "PolicyRule": "apiGroups nonResourceURLs resourceNames resources verbs",
        "ResourceQuotaSpec": "scopes",
        "Role": "rules",
        "RoleBinding": "subjects",
        "RuleWithOperations": "apiGroups apiVersions operations resources",
        "NamedRuleWithOperations": "apiGroups apiVersions operations resources",
        "ScopeSelector": "matchExpressions",
        "ScopedResourceSelectorRequirement": "values",
        "ServiceAccount": "imagePullSecrets",
        "ServiceSpec": "externalIPs loadBalancerSourceRanges",
        "StorageClass": "allowedTopologies",
        "TopologySelectorLabelRequirement": "values",
    }.items()
    for field in fields.split()
)
"""Atomic lists that are compared as a whole, but whose order means nothing."""
