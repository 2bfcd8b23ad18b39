"""The kinds of renderers there are."""

from collections.abc import Callable

from vivido.render.helm import Helm
from vivido.render.interface import HelmRelease, Renderer
from vivido.render.kustomize import Kustomize
from vivido.render.plain import Plain

KINDS: dict[str, Callable[[HelmRelease | None], Renderer]] = {
    Kustomize.kind: lambda _: Kustomize(),
    Helm.kind: Helm,
    Plain.kind: lambda _: Plain(),
}
"""Kind → what makes its renderer; only Helm has to be told more than a directory."""
