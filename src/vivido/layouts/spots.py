"""Where a chart's values name images, and what has to stand there so that the chart runs a digest.

Charts put an image together in a handful of ways, told apart by the keys beside each other: `repository` with `digest` or
`sha`; `repository` with `tag` alone, which gets `<build>@sha256:…`; `repository: …@sha256` with the digest's letters as tag;
one value with all of it; and `registry` before any of them.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from vivido.layouts.matching import Matcher
from vivido.model.project import ImageValues
from vivido.model.release import Artifact
from vivido.render.images import put_together
from vivido.yamledit.edit import Path

_PARTS = ("registry", "repository", "tag", "digest", "sha")
_SPLIT = "@sha256"
"""How a repository ends whose tag is the digest's letters."""


class Spot(NamedTuple):
    """One image among a chart's values.

    Attributes:
        parts: Part (`reference`, or some of `registry`, `repository`, `tag`, `digest`, `sha`) → where it stands.
        values: Part → what stands there now, empty where nothing does.
        told: The configuration says so; otherwise it was found by its look.
    """

    parts: dict[str, Path]
    values: dict[str, str]
    told: bool = False

    @property
    def image(self) -> str:
        """The image as a chart of that kind would write it; without the tag where a digest says more."""
        if "reference" in self.parts:
            return self.values["reference"]
        return put_together(lambda part: self.values.get(part, ""))

    @property
    def where(self) -> str:
        """Its place for messages: `web.image`."""
        path = next(iter(self.parts.values()))
        return ".".join(str(step) for step in (path if "reference" in self.parts else path[:-1]))


def told(where: ImageValues, values: Mapping[str, Any]) -> Spot:
    """Return the spot that the configuration names."""
    named = {part: getattr(where, part) for part in ("reference", *_PARTS[:4])}
    parts: dict[str, Path] = {part: tuple(text.split(".")) for part, text in named.items() if text}
    return Spot(parts, {part: _text(at(values, path)) for part, path in parts.items()}, told=True)


def found(values: Any, at: Path = ()) -> Iterator[Spot]:
    """Yield what looks like an image among values, those in lists excepted: Helm replaces lists as a whole."""
    if not isinstance(values, dict):
        return
    repository = values.get("repository")
    if isinstance(repository, str) and any(part in values for part in _PARTS[2:]):
        parts: dict[str, Path] = {part: (*at, part) for part in _PARTS if part in values}
        yield Spot(parts, {part: _text(values[part]) for part in parts})
    for key, value in values.items():
        if isinstance(value, str) and str(key).lower().endswith("image"):
            yield Spot({"reference": (*at, str(key))}, {"reference": value})
        yield from found(value, (*at, str(key)))


def owner(spot: Spot, matcher: Matcher) -> str:
    """Return the service whose image a spot is, empty where it is none's."""
    whole = spot.image
    if spot.values.get("repository", "").endswith(_SPLIT):
        whole = whole.rpartition(_SPLIT)[0]
    return matcher.service_of(whole) or matcher.service_of(spot.values.get("repository", ""))


def wanted(spot: Spot, artifact: Artifact) -> dict[Path, str]:
    """Return what has to stand where, so that the chart runs an artifact."""
    if "reference" in spot.parts:
        return {spot.parts["reference"]: artifact.image}
    repository, letters = artifact.repository, artifact.digest.partition(":")[2]
    new: dict[str, str] = {"repository": str(repository)}
    if "registry" in spot.parts and (spot.told or spot.values["registry"]):
        new = {"registry": repository.registry, "repository": repository.path}
    build = (artifact.commit or letters)[:12]
    if "digest" in spot.parts:
        new |= {"digest": artifact.digest} | ({"tag": build} if spot.told else {})
    elif "sha" in spot.parts:
        new |= {"sha": letters}
    elif spot.values.get("repository", "").endswith(_SPLIT):
        new |= {"repository": new["repository"] + _SPLIT, "tag": letters}
    elif not spot.values.get("tag", "").endswith(f"@{artifact.digest}"):
        new |= {"tag": f"{build}@{artifact.digest}"}
    return {spot.parts[part]: value for part, value in new.items() if part in spot.parts}


def at(values: Any, path: Path) -> Any:
    """Return what stands at a path of keys; None where nothing does."""
    for step in path:
        values = values.get(step) if isinstance(values, dict) else None
    return values


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value)
