"""One value that an object shall have in an environment."""

import msgspec

Value = str | int | bool | tuple[str, ...] | None
"""None: it shall not be there."""


class Wish(msgspec.Struct, frozen=True):
    """One value that an object shall have."""

    kind: str
    """A workload's, or `ConfigMap`."""
    name: str
    container: str
    """Empty where the value is the object's own."""
    path: tuple[str, ...]
    """From the container, the pod's `spec`, the workload's `spec` or the ConfigMap down: `("env", "LEVEL")`, `("volumes", "a")`,
    `("replicas",)`, `("data", "a")`."""
    value: Value

    @property
    def is_pods(self) -> bool:
        """Whether it is the pod's, not a container's nor the workload's own."""
        return not self.container and self.path[0] in LISTS

    @property
    def is_config(self) -> bool:
        """Whether it is a ConfigMap's."""
        return self.kind == "ConfigMap"


LISTS = {"env": "name", "volumeMounts": "mountPath", "volumes": "name"}
"""List of a container or a pod → the key by which its items are told apart."""
