"""What Vivido calls what it makes in Podman, and the labels by which it finds it again."""

import msgspec

from vivido.model.canonical import sha256
from vivido.targets.podman.manifest.blueprint import SecretKey, Volume, Workload

PROJECT = "vivido.project"
ENVIRONMENT = "vivido.environment"
GENERATION = "vivido.generation"
RELEASE = "vivido.release"
PROMOTION = "vivido.promotion"
SERVICE = "vivido.service"
DIGEST = "vivido.digest"
STATE = "vivido.state"
"""Path of the state directory: tells two checkouts of one project apart."""
ROLE = "vivido.role"
"""`pod`, `job` or `init`."""
WORKLOAD = "vivido.workload"
REPLICA = "vivido.replica"
PROBE = "vivido.probe"
"""The readiness probe as JSON, so that health can be told by what runs alone."""


class Names(msgspec.Struct, frozen=True):
    """The names of one environment."""

    project: str
    environment: str

    @property
    def prefix(self) -> str:
        """What every name of the environment starts with; the network is called just that."""
        return f"vivido-{self.project}-{self.environment}"

    @property
    def labels(self) -> dict[str, str]:
        """The labels of everything of the environment."""
        return {PROJECT: self.project, ENVIRONMENT: self.environment}

    def pod(self, generation: str, workload: Workload, replica: int) -> str:
        """Return the name of a pod."""
        return f"{self.prefix}-{generation}-{workload.name}-{replica}"

    def job(self, generation: str, job: Workload, attempt: int) -> str:
        """Return the name of a Job's pod: the same after a restart, so that a finished Job is found and not run again."""
        return f"{self.prefix}-{generation}-job-{job.name}-{attempt}"

    def volume(self, generation: str, pod: str, workload: Workload, volume: Volume) -> str:
        """Return the name of a volume: claims outlive generations, files are shared by replicas, the rest is the pod's own."""
        if volume.how == "claim":
            return f"{self.prefix}-claim-{volume.claim}"
        if volume.how == "files":
            return f"{self.prefix}-{generation}-{workload.kind.lower()}-{workload.name}-{volume.name}"
        return f"{pod}-{volume.name}"

    def secret(self, generation: str, what: str) -> str:
        """Return the name of a secret in Podman's store; its alphabet is narrower than that of keys."""
        return f"{self.prefix}-{generation}-{sha256(what.encode())[:16]}"


def key_text(secret: SecretKey) -> str:
    """Return what a secret's name in the store is made of."""
    return f"{secret.name}/{secret.key}"
