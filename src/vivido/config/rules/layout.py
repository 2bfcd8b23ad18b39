"""What each layout wants to know of an environment, and what has no meaning in it."""

from collections.abc import Iterator

from vivido.config.diagnostic import Report, shown
from vivido.config.node import Entry, Node, child, entries, items, text_of, texts
from vivido.model.reference import valid_tag

_VERSION = "{version}"
_KEYS = {"directories": (), "repositories": ("configuration",), "branches": ("branch", "own")}
"""Layout → the keys of an environment that only it gives a meaning."""


def check_layout(root: Node, report: Report) -> None:
    """Check that every environment says where its configuration is, and no two of them the same place."""
    layout = text_of(child(root, "layout")) or "directories"
    environments = entries(child(root, "environments"))
    for environment in environments:
        _strangers(environment, layout, report)
        _alias(environment, report)
    _builds(root, layout, report)
    if layout == "repositories":
        _repositories(environments, report)
    if layout == "branches":
        _branches(root, environments, report)


def _strangers(environment: Entry, layout: str, report: Report) -> None:
    for other, keys in _KEYS.items():
        for key in keys if other != layout else ():
            if (at := child(environment.value, key)) is not None:
                message = f"“{key}” means something in the layout {other} only, and this is {shown(layout)}"
                report.add(at, "config.layout", message, f"Take it out, or write “layout: {other}” at the top.")


def _repositories(environments: tuple[Entry, ...], report: Report) -> None:
    seen: dict[tuple[str, str], str] = {}
    for environment in environments:
        whole = child(environment.value, "configuration")
        name = text_of(whole) or text_of(child(whole, "repository"))
        if not name:
            message = f"{environment.key} does not say in which repository its configuration is"
            report.add(environment, "config.layout", message, "Add “configuration: https://…/config.git” to it.")
            continue
        _different(environment, (name, text_of(child(whole, "branch")) or ""), whole or environment, seen, report)


def _branches(root: Node, environments: tuple[Entry, ...], report: Report) -> None:
    if (at := child(root, "configuration", "branch")) is not None:
        message = "in the layout branches each environment names its own branch"
        report.add(at, "config.layout", message, "Take this one out.")
    seen: dict[tuple[str, str], str] = {}
    for environment in environments:
        at = child(environment.value, "branch")
        name = text_of(at)
        if at is None or not name:
            message = f"{environment.key} does not say which branch is its own"
            report.add(environment, "config.layout", message, f"Add “branch: {environment.key}” to it.")
            continue
        _different(environment, ("", name), at, seen, report)
    for pattern in (p for e in environments for p in texts(child(e.value, "own"))):
        if why := _unusable(pattern.text):
            report.add(
                pattern, "config.own", f"{shown(pattern.text)} {why}", "Write it like deploy/*/env.yaml or **/env/**."
            )


def _builds(root: Node, layout: str, report: Report) -> None:
    allowed = child(root, "builds", "allow")
    for one in items(allowed):
        at = child(one, "at")
        if layout != "branches":
            message = f"builds can differ between branches only, and this is {shown(layout)}"
            report.add(one, "config.layout", message, "Take it out, or write “layout: branches” at the top.")
        elif at is not None and (why := _unusable(text_of(at) or "")):
            report.add(at, "config.own", f"{shown(text_of(at) or '')} {why}", "Name the file: web/Containerfile.")


def _different(
    environment: Entry, where: tuple[str, str], at: Node | Entry, seen: dict[tuple[str, str], str], report: Report
) -> None:
    other = seen.setdefault(where, environment.key)
    if other != environment.key:
        message = f"{other} and {environment.key} have the same configuration; a promotion to one would change both"
        report.add(at, "config.layout", message, "Give each its own.")


def _unusable(pattern: str) -> str:
    parts = pattern.split("/")
    if pattern.startswith(("/", "~")) or ".." in parts:
        return "leaves the repository"
    if any("**" in part and part != "**" for part in parts):
        return "has “**” beside other characters"
    if all(part in ("*", "**", ".", "") for part in parts):
        return "would take every file, and nothing would be promoted"
    return "has brackets or braces, which stand for nothing here" if set(pattern) & set("[]{}\\") else ""


def _alias(environment: Entry, report: Report) -> None:
    at = child(environment.value, "alias")
    for problem in _wrong_alias(text_of(at) or ""):
        if at is not None:
            report.add(at, "config.alias", problem, f"Write it like “v{_VERSION}-{environment.key}”.")


def _wrong_alias(alias: str) -> Iterator[str]:
    if alias and _VERSION not in alias:
        yield f"{shown(alias)} would stand for every version: {_VERSION} is missing"
    elif alias and not valid_tag(alias.replace(_VERSION, "1.2.3")):
        yield f"{shown(alias)} makes no tag that a registry would take"
    elif alias == _VERSION:
        yield f"{shown(alias)} is the tag of the version itself, whatever environment it came to"
