"""Run the verbs of a podman target in a process of their own, so that it can be killed anywhere.

Arguments: the project's directory, its name, the registry, a file with the generation as JSON.
"""

import sys
from pathlib import Path

import msgspec
from target_situation import context

from vivido.targets.interface import Desired
from vivido.targets.podman.options import PodmanOptions
from vivido.targets.podman.target import PodmanTarget


def main(root: str, project: str, registry: str, file: str) -> None:
    want = msgspec.json.decode(Path(file).read_bytes(), type=Desired)
    secrets = {"db": {"password": "hunter2"}}
    made = context(Path(root), project=project, secrets=secrets, plain_http=(registry,))
    target = PodmanTarget(PodmanOptions(), made, "dev", {})
    target.stage(want)
    target.switch(want)
    target.settle(want.generation)


if __name__ == "__main__":
    main(*sys.argv[1:])
