"""Where rendered objects are committed: a place of their own, in which nothing else is kept."""

from collections.abc import Iterator

import msgspec

from vivido.config.diagnostic import Report, shown
from vivido.config.node import Mapping, Node, Scalar, child, entries, text_of
from vivido.config.rules.paths import normal

_HINT = "Give them a directory of their own, such as rendered/{}."


class _Place(msgspec.Struct, frozen=True):
    environment: str
    at: Scalar | Mapping
    directory: str
    branch: str


def check_hydrate(root: Node, report: Report) -> None:
    """Check that what promotions write there meets nobody's files."""
    layout = text_of(child(root, "layout")) or "directories"
    places = list(_places(root))
    configs = list(_configurations(root))
    branches = {b for b in _branches(root) if b}
    for number, one in enumerate(places):
        hint = _HINT.format(one.environment)
        if not one.directory and not one.branch:
            report.add(one.at, "config.hydrate", "it names neither a directory nor a branch of their own", hint)
        elif one.branch in branches:
            message = f"the branch {shown(one.branch)} holds configuration already"
            report.add(one.at, "config.hydrate", message, f"Name another one, such as rendered/{one.environment}.")
        elif not one.branch and (met := next((c for c in configs if _meet(one.directory, c)), "")):
            report.add(
                one.at, "config.hydrate", f"{shown(one.directory)} meets the configuration in {shown(met)}", hint
            )
        for other in places[:number]:
            together = one.branch == other.branch and (bool(one.branch) or layout == "directories")
            if together and _meet(one.directory, other.directory):
                report.add(one.at, "config.hydrate", f"{other.environment} writes to the same place", hint)


def _places(root: Node) -> Iterator[_Place]:
    for environment in entries(child(root, "environments")):
        node = child(environment.value, "hydrate")
        if isinstance(node, Scalar):
            yield _Place(environment.key, node, _normal(node.text), "")
        elif isinstance(node, Mapping):
            directory, branch = text_of(child(node, "directory")) or "", text_of(child(node, "branch")) or ""
            yield _Place(environment.key, node, _normal(directory), branch)


def _normal(path: str) -> str:
    found = normal(path) if path else ""
    return "" if found == "." else found


def _configurations(root: Node) -> Iterator[str]:
    """Yield the directories of the services' configuration, up to the first part that depends on the environment."""
    for service in entries(child(root, "services")):
        config = child(service.value, "config")
        text = text_of(config) if isinstance(config, Scalar) else text_of(child(config, "helm"))
        if text:
            yield _normal(text.partition("{")[0].rstrip("/"))


def _branches(root: Node) -> Iterator[str]:
    yield text_of(child(root, "configuration", "branch")) or ""
    for environment in entries(child(root, "environments")):
        yield text_of(child(environment.value, "branch")) or ""
        yield text_of(child(environment.value, "configuration", "branch")) or ""


def _meet(one: str, other: str) -> bool:
    """Whether one directory is the other, or lies within it."""
    if not one or not other:
        return True
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")
