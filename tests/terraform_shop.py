"""The miniature project with Terraform instead of manifests, in each layout."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vivido.testing import arrangements
from vivido.testing.arrangements import ENVIRONMENTS, SERVICES
from vivido.testing.gitserver import commit_to
from vivido.testing.miniature import Miniature, miniature

MAIN = """\
# What runs. Nothing here needs a provider that would have to be downloaded.
terraform {
  required_version = ">= 1.5"
  backend "local" {}
}

variable "image" {
  type = string
}

variable "replicas" {
  type    = number
  default = 1
}

resource "terraform_data" "service" {
  input = { image = var.image, replicas = var.replicas }
}

output "runs" {
  value = terraform_data.service.output
}
"""
VARIABLES = """\
# {service} in {environment}
image    = "{service}:none" # what is promoted
replicas = {number}
"""
KEPT = "Kept"


def variables(layout: str, service: str, environment: str) -> str:
    """Return the path of the environment's variables."""
    return f"infra/{service}/{f'envs/{environment}' if layout == 'directories' else 'terraform'}.tfvars"


def backend(layout: str, service: str, environment: str) -> str:
    """Return the path of the environment's settings of the backend."""
    return f"infra/{service}/{f'envs/{environment}' if layout == 'directories' else 'backend'}.tfbackend"


@contextmanager
def terraform_shop(root: Path, layout: str, apply: str = "") -> Iterator[Miniature]:
    """Make the project.

    Args:
        root: A directory for it.
        layout: How its configuration is kept.
        apply: Shell command of the target, with `{state}` for a directory; empty: the miniature's own.
    """
    with miniature(root, layout) as shop:
        text = (shop.clone / "vivido.yaml").read_text().replace("config: deploy/", "config: infra/")
        text = text.replace(
            "own: [deploy/*/settings.yaml]",
            "own: [deploy/*/settings.yaml, infra/*/terraform.tfvars, infra/*/*.tfbackend]",
        )
        if apply:
            script = root / "apply"
            script.write_text(apply.format(state=root / "states", log=root / "applied"))
            lines = [f"    target: {{command: {{apply: 'sh {script}', current: 'true'}}}}" if "target: {command" in x else x
                     for x in text.split("\n")]  # fmt: skip
            text = "\n".join(lines)
        branch = arrangements.branch(layout, "dev")
        commit_to(shop.origin, {"vivido.yaml": text.encode()}, branch=branch, message="Say where the modules are")
        shared = {f"infra/{s}/main.tf": MAIN.encode() for s in SERVICES}
        if layout != "repositories":
            shop.commit(shared, "Add the modules")
        for number, environment in enumerate(ENVIRONMENTS, start=1):
            files = shared if layout == "repositories" else {}
            for service in SERVICES:
                said = VARIABLES.format(service=service, environment=environment, number=number)
                where = f'path = "{root}/states/{service}-{environment}.tfstate"\n'
                files = {
                    **files,
                    variables(layout, service, environment): said.encode(),
                    backend(layout, service, environment): where.encode(),
                }
            shop.commit(files, f"Set {environment} up", environment=environment)
        shop.pull()
        yield shop
