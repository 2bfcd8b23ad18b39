"""The kinds of renderers there are."""

from collections.abc import Callable

from vivido.render.helm import Helm
from vivido.render.interface import HelmRelease, Renderer, TerraformRoot
from vivido.render.kustomize import Kustomize
from vivido.render.plain import Plain
from vivido.render.terraform.renderer import Terraform

KINDS: dict[str, Callable[[HelmRelease | None, TerraformRoot | None], Renderer]] = {
    Kustomize.kind: lambda _helm, _root: Kustomize(),
    Helm.kind: lambda helm, _root: Helm(helm),
    Terraform.kind: lambda _helm, root: Terraform(root),
    Plain.kind: lambda _helm, _root: Plain(),
}
"""Kind → what makes its renderer; Helm and Terraform have to be told more than a directory."""
