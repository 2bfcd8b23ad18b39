"""Whether overlays that were rendered in one process could have influenced each other.

Kustomize renames what its objects refer to (generated ConfigMaps, prefixed names) over everything that it renders at once, by the
rules of `api/filters/nameref/nameref.go`. So in one process an overlay may be given a name, or a namespace, that is another's.
Both leave a trace: the other's name stands where it should not. What might be such a trace is a doubt, and an overlay in doubt is
rendered alone.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from vivido.model.objects import Manifest
from vivido.render.kustomization import Kustomization

_SEEN_BY_ALL = ("ServiceAccount",)
"""Kinds that objects of other namespaces can be made to refer to (`sameCurrentNamespaceAsReferrer`)."""
_REACHES_OUT = (
    "vars", "configurations", "crds", "openapi", "generators", "transformers", "validators", "buildMetadata", "helmGlobals",
)  # fmt: skip
"""Fields with an effect on everything that is rendered in the same process, or with one that is not known."""
_RENAMES = ("namePrefix", "nameSuffix")


def must_stand_alone(kustomizations: Sequence[Kustomization]) -> bool:
    """Say whether an overlay, given with all that it builds on, may not be rendered together with others.

    Prefixes and suffixes below the overlay itself would let Kustomize choose among the names of several overlays otherwise than
    among those of one.
    """
    overlay, below = kustomizations[0], kustomizations[1:]
    return (
        overlay.directory == ""
        or any(field in k.data for k in kustomizations for field in _REACHES_OUT)
        or any(field in k.data for k in below for field in _RENAMES)
        or any(_may_rename(patch) for k in kustomizations for patch in k.data.get("patches") or [])
    )


def _may_rename(patch: Any) -> bool:
    options = patch.get("options") if isinstance(patch, dict) else None
    return isinstance(options, dict) and bool(options.get("allowNameChange"))


class _Named(NamedTuple):
    overlay: int
    kind: str
    namespace: str


def doubtful(overlays: Sequence[Sequence[Manifest]]) -> set[int]:
    """Return the numbers of the overlays whose objects mention something that may be another's."""
    named: dict[str, list[_Named]] = {}
    for number, objects in enumerate(overlays):
        for one in objects:
            meta = one.get("metadata") or {}
            named.setdefault(str(meta.get("name")), []).append(
                _Named(number, str(one.get("kind")), str(meta.get("namespace") or ""))
            )
    return {number for number, objects in enumerate(overlays) if _is_doubtful(number, objects, named)}


def _is_doubtful(number: int, objects: Sequence[Manifest], named: dict[str, list[_Named]]) -> bool:
    for one in objects:
        words, pairs = _mentions(one)
        foreign = [word for word in words if any(n.overlay != number for n in named.get(word, ()))]
        if foreign and any(n.overlay != number for word in foreign if word in pairs for n in named[word]):
            return True
        namespace = str((one.get("metadata") or {}).get("namespace") or "")
        if any(_could_be_anothers(number, namespace, named[word]) for word in foreign):
            return True
    return False


def _could_be_anothers(number: int, namespace: str, there: Iterable[_Named]) -> bool:
    def reaches(one: _Named) -> bool:
        return "" in (namespace, one.namespace) or one.kind in _SEEN_BY_ALL or one.namespace == namespace

    there = [one for one in there if reaches(one)]
    own = {one.kind for one in there if one.overlay == number}
    return any(one.overlay != number and one.kind not in own for one in there)


def _mentions(manifest: Manifest) -> tuple[set[str], set[str]]:
    """Return all texts of an object but its own name, and those that stand as `name` beside a `namespace`."""
    words: set[str] = set()
    pairs: set[str] = set()
    for key, value in manifest.items():
        if key == "metadata" and isinstance(value, dict):
            value = {k: v for k, v in value.items() if k not in ("name", "namespace")}  # noqa: PLW2901
        if key not in ("apiVersion", "kind"):
            _collect(value, words, pairs)
    return words, pairs


def _collect(value: Any, words: set[str], pairs: set[str]) -> None:
    if isinstance(value, str):
        words.add(value)
    elif isinstance(value, dict):
        if isinstance(value.get("name"), str) and isinstance(value.get("namespace"), str):
            pairs.add(value["name"])
        for below in value.values():
            _collect(below, words, pairs)
    elif isinstance(value, list):
        for below in value:
            _collect(below, words, pairs)


def parts(objects: Sequence[Manifest], marker: str) -> Iterator[list[Manifest]] | None:
    """Take objects apart at the markers between them; None where the markers are not all there, in their order, around everything.

    Args:
        objects: In the order in which they came out.
        marker: API version of the markers, which are named by numbers from 0.
    """
    numbers = [i for i, one in enumerate(objects) if one.get("apiVersion") == marker]
    said = [objects[i]["metadata"]["name"] for i in numbers]
    if said != [f"m{n}" for n in range(len(numbers))] or not numbers:
        return None
    if numbers[0] != 0 or numbers[-1] != len(objects) - 1:
        return None
    return (list(objects[a + 1 : b]) for a, b in itertools.pairwise(numbers))
