"""The kinds of renderers there are."""

from collections.abc import Callable

from vivido.render.interface import Renderer
from vivido.render.kustomize import Kustomize
from vivido.render.plain import Plain

KINDS: dict[str, Callable[[], Renderer]] = {Kustomize.kind: Kustomize, Plain.kind: Plain}
