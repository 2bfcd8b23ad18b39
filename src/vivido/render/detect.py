"""Which kind of configuration a directory holds, by the names in it."""

from pathlib import Path

from vivido.model.problem import Problem
from vivido.render.tree import List, of_directory

KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
"""Names of a kustomization file, as kustomize's `pkg/konfig` lists them."""
CHART = "Chart.yaml"
"""The file that makes a directory a Helm chart."""
TERRAFORM = (".tf", ".tf.json", ".tofu", ".tofu.json", ".tfvars", ".tfvars.json")
"""Endings of Terraform's files; a directory with one directly in it is Terraform's, whatever else is there."""
MANIFESTS = (".yaml", ".yml", ".json")
"""Endings of manifest files, as `kubectl apply -f DIR` knows them."""


def kind_of(directory: str, listing: List) -> str | Problem:
    """Return `kustomize`, `helm`, `terraform` or `plain`, or why the directory is none of them."""
    names = [name.rstrip("/") for name in listing(directory)]
    where = directory or "."
    if not names:
        return Problem(
            "render.no-directory", f"there is no directory {where}, or it is empty", "Check the path.", where
        )
    if any(name in KUSTOMIZATIONS for name in names):
        return "kustomize"
    if CHART in names:
        return "helm"
    if any(name.endswith(TERRAFORM) for name in names if not name.startswith(".")):
        return "terraform"
    if has_manifests(directory, listing):
        return "plain"
    what = f"{where} holds no kustomization, no chart, no Terraform and no manifests"
    hint = "Put a kustomization.yaml, a Chart.yaml, *.tf or *.yaml manifests there."
    return Problem("render.unknown", what, hint, where)


def has_manifests(directory: str, listing: List) -> bool:
    """Say whether a directory, or one inside it, has a file that could hold manifests."""
    return next(iter(manifest_files(directory, listing)), None) is not None


def manifest_files(directory: str, listing: List) -> tuple[str, ...]:
    """Return the paths of all manifest files in a directory and those inside it, sorted; hidden ones are left out."""
    found: list[str] = []
    todo = [directory]
    while todo:
        at = todo.pop()
        for entry in listing(at):
            name = entry.rstrip("/")
            path = f"{at}/{name}" if at else name
            if name.startswith("."):
                continue
            if entry.endswith("/") or listing(path):
                todo.append(path)
            elif name.endswith(MANIFESTS):
                found.append(path)
    return tuple(sorted(found))


def detect(directory: Path) -> str | Problem:
    """Return `kustomize`, `helm`, `terraform` or `plain` for a directory on disk, or why it is none of them."""
    return kind_of("", of_directory(directory)[1])
