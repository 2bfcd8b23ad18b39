"""Paths stay in the repository, also where a symbolic link stands on the way, and lead to something."""

import os
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from vivido.config.diagnostic import Report, shown
from vivido.config.facts import CONTAINERFILES, Fact
from vivido.config.node import Mapping, Node, Scalar, child, entries, text_of, texts
from vivido.text.nearest import nearest

HERE = (".", "./")
"""How `configuration` says that it is in the repository of the file."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_MOST = 100


class Asked(msgspec.Struct, frozen=True):
    """A path in the file and what it should lead to."""

    node: Scalar
    kind: Literal["directory", "file", "any", ""]
    """Empty where this machine need not have it."""
    names: tuple[str, ...] = ()
    """Values of `{environment}`; empty where a path takes no placeholder."""


def check_paths(root: Node, top: Path | None, report: Report) -> None:
    """Check every path; with `top` also on disk, where None checks only how they are written."""
    here = (text_of(child(root, "configuration")) or text_of(child(root, "configuration", "repository")) or ".") in HERE
    branch = child(root, "configuration", "branch") is not None
    # Only of the layout `directories` the configuration is what lies here; others have it on branches or elsewhere.
    elsewhere = (text_of(child(root, "layout")) or "directories") != "directories"
    for asked in _asked(root, config_kind="directory" if here and not branch and not elsewhere else ""):
        check_path(asked, top, report)
    for service in entries(child(root, "services")):
        _containerfile(service.value, top, report)


def _asked(root: Node, config_kind: Literal["directory", ""]) -> Iterator[Asked]:
    names = tuple(e.key for e in entries(child(root, "environments")))[:_MOST]
    for service in entries(child(root, "services")):
        build = child(service.value, "build")
        for node in (build, child(build, "context")):
            yield from _one(node, "directory")
        yield from _one(child(build, "file"), "file")
        for node in texts(child(build, "inputs")):
            yield from _one(node, "any")
        yield from _one(child(service.value, "parity"), "file" if config_kind else "")
        config = child(service.value, "config")
        for node in (config, child(config, "helm"), child(config, "terraform")):
            yield from _one(node, config_kind, names)
        for node in (n for key in ("values", "var-files", "backend-config") for n in texts(child(config, key))):
            yield from _one(node, "file" if config_kind else "", names)
    for environment in entries(child(root, "environments")):
        hydrate = child(environment.value, "hydrate")
        for node in (hydrate, child(hydrate, "directory")):
            yield from _one(node, "")
    yield from _one(child(root, "registries", "ca"), "file")


def _one(
    node: Node | None, kind: Literal["directory", "file", "any", ""], names: tuple[str, ...] = ()
) -> Iterator[Asked]:
    if isinstance(node, Scalar) and isinstance(node.value, str) and node.value:
        yield Asked(node, kind, names)


def check_path(asked: Asked, top: Path | None, report: Report) -> None:
    """Check one path."""
    text = asked.node.text
    if report.full:
        return
    if problem := _form(text):
        report.add(asked.node, "config.path", f"the path {shown(text)} {problem[0]}", problem[1])
        return
    for name in _PLACEHOLDER.findall(text) if asked.names else ():
        if name != "environment":
            message = f"{shown('{' + name + '}')} stands for nothing"
            report.add(asked.node, "config.placeholder", message, "Write {environment}, or no braces.")
            return
    expanded = [text.replace("{environment}", n) for n in asked.names] if "{environment}" in text else [text]
    for path in expanded if top else ():
        if top is not None and not _on_disk(path, asked, top, report):
            return
        report.rely(Fact(normal(path), asked.kind))


def _form(text: str) -> tuple[str, str] | None:
    parts = text.split("/")
    if text.startswith(("/", "~")):
        return "begins outside the repository", "Write it relative to the directory of this file."
    if "\\" in text:
        return "has a backslash", "Separate directories with “/”."
    if ".." in parts:
        return "leaves the repository", "Write it relative to the directory of this file, without “..”."
    if ".git" in (p.lower() for p in parts):
        return "leads into Git's own files", "Choose another directory."
    return None


def _on_disk(path: str, asked: Asked, top: Path, report: Report) -> bool:
    inside, real = str(top), _real(top, path)
    if real != inside and not real.startswith(inside.rstrip("/") + "/"):
        message = f"the path {shown(path)} leaves the repository through a symbolic link"
        report.add(asked.node, "config.path", message, "Put a copy in the repository, or name what the link leads to.")
        return False
    found = {"directory": os.path.isdir, "file": os.path.isfile, "any": os.path.exists}.get(asked.kind, lambda _: True)
    if not found(real):
        noun = {"directory": "directory", "file": "file"}.get(asked.kind, "file or directory")
        hint = f"Did you mean “{meant}”?" if (meant := _neighbour(top, path)) else "Create it, or correct the path."
        report.add(asked.node, "config.no-path", f"there is no {noun} {shown(path)}", hint)
        return False
    return True


def _real(top: Path, path: str) -> str:
    """Return where a path leads: itself, where no part below the top is a link, which of thousands of paths nearly all are."""
    at = str(top)
    for part in normal(path).split("/"):
        at = f"{at}/{part}" if part != "." else at
        if os.path.islink(at):  # noqa: PTH114 - a third of the time
            return os.path.realpath(top / path)
    return at


def _neighbour(top: Path, path: str) -> str | None:
    """Return the path with its first missing part replaced by the name beside it that comes nearest."""
    good, parts = top, [p for p in path.split("/") if p not in ("", ".")]
    for n, part in enumerate(parts):
        if not (good / part).exists():
            try:
                beside = sorted(p.name for p in good.iterdir())
            except OSError:
                return None
            meant = nearest(part, beside)
            return "/".join([*parts[:n], meant, *parts[n + 1 :]]) if meant else None
        good /= part
    return None


def _containerfile(service: Node, top: Path | None, report: Report) -> None:
    """A context without a Containerfile can only be built by the user's own command."""
    build = child(service, "build")
    node = child(build, "context") if isinstance(build, Mapping) else build
    context = text_of(node)
    own = child(build, "file") or child(build, "command")
    if top is None or node is None or not context or own is not None or _form(context):
        return
    directory = top / context
    if directory.is_dir() and not any((directory / name).is_file() for name in CONTAINERFILES):
        message = f"there is no Containerfile and no Dockerfile in {shown(context)}"
        report.add(node, "config.no-path", message, "Add one, or say “build: {context: …, file: …}”.")
    else:
        report.rely(Fact(normal(context), "context"))


def normal(path: str) -> str:
    """Return a path as Git has it: `./web/` becomes `web`; the top itself is `.`."""
    return posixpath.normpath(path)
