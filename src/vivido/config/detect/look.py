"""Look at a repository."""

import re
from pathlib import Path

import msgspec

from vivido.config.detect.charts import charts
from vivido.config.detect.configs import configs
from vivido.config.detect.found import Config, Found, ServiceGuess
from vivido.config.detect.manifests import directories
from vivido.config.detect.names import in_order, made_valid
from vivido.config.detect.scan import contexts, files, text
from vivido.config.detect.services import services, unnamed
from vivido.config.detect.terraform import root_modules
from vivido.text.redact import without_userinfo

_REGISTRY = re.compile(r"(localhost|[^/]*[.:][^/]*)/")
"""Begins the name of an image that says in which registry it is."""
_ORIGIN = re.compile(r'\[remote "origin"\][^\[]*?^[ \t]*url[ \t]*=[ \t]*(\S+)', re.MULTILINE)
_HOSTED = re.compile(r"(?:[a-z+]+://)?(?:[^@/\s]+@)?([A-Za-z0-9.-]+)(?::[0-9]+)?[:/]+([^\s]+?)(?:\.git)?/?")
_IMAGES_OF = {"github.com": "ghcr.io", "gitlab.com": "registry.gitlab.com"}


def detect(root: Path) -> Found:
    """Return what a repository says about its services, their configuration and its environments.

    Reads files only; a file that is damaged, too large or hidden says nothing.
    """
    remote = _remote(root)
    hosted = _HOSTED.fullmatch(remote)
    path = hosted[2] if hosted else ""
    project = made_valid(path.rpartition("/")[2] or root.absolute().name)
    paths = files(root)
    built = tuple(contexts(root, paths, project))
    kept = (*configs(directories(root, paths)), *charts(root, paths), *root_modules(root, paths))
    guesses = services(built, kept) or unnamed(kept, project)
    used = [c for c in kept if c.path in {g.config for g in guesses}]
    images = _IMAGES_OF.get(hosted[1].lower(), "") if hosted else ""
    return Found(
        project=project,
        registry=f"{images}/{path.lower()}" if images else _mentioned(guesses),
        remote=remote,
        contexts=built,
        configs=kept,
        services=guesses,
        environments=_common(used),
        workloads=any(c.workloads for c in kept),
        notes=(*_notes(guesses, used), *_charts(used), *_silent(guesses)),
    )


def _mentioned(guesses: tuple[ServiceGuess, ...]) -> str:
    """Return where all images are that the services' manifests name with a registry; empty where that is not one place."""
    named = [name for g in guesses for name in (g.image, *g.mentions) if _REGISTRY.match(name)]
    places = {name.rpartition("/")[0] for name in named}
    return places.pop() if len(places) == 1 else ""


def _remote(root: Path) -> str:
    found = _ORIGIN.search(text(root, ".git/config"))
    return without_userinfo(found[1]) if found else ""


def _common(used: list[Config]) -> tuple[str, ...]:
    """Return the environments that all configurations have which have any."""
    several = [set(c.environments) for c in used if c.environments]
    return in_order(set.intersection(*several)) if several else ()


def _notes(guesses: tuple[ServiceGuess, ...], used: list[Config]) -> list[str]:
    notes: list[str] = []
    if not guesses:
        notes.append(
            "No Containerfile, Dockerfile or Kubernetes manifests were found; the file is a sketch to fill in:"
            " a directory to build from, and one with manifests."
        )
    for guess in guesses:
        if not guess.config:
            out = " Until then it is commented out." if any(g.config for g in guesses) else ""
            notes.append(f"No manifests were found for {guess.name}; write them into deploy/{guess.name}.{out}")
    left_out = {e for c in used for e in c.environments} - set(_common(used))
    if left_out:
        notes.append(f"Not every service has a configuration for {', '.join(in_order(left_out))}: left out.")
    return notes


def _charts(used: list[Config]) -> list[str]:
    """Say which charts have no values for environments yet: without them there is nothing in which these can differ."""
    lacking = [c.path for c in used if c.helm and not c.environments]
    return [
        f"{path} has no values for each environment; write values-dev.yaml and so on beside it." for path in lacking
    ]


def _silent(guesses: tuple[ServiceGuess, ...]) -> list[str]:
    """Say which services' manifests name no image: a promotion has nothing to write in them."""
    silent = [g.name for g in guesses if g.config and g.context is None and not g.image]
    if not silent:
        return []
    return [
        f"The manifests of {', '.join(silent)} name no image in a container. Promotions need the place where the image stands: a"
        " workload, an `images:` of a kustomization, or a chart's values."
    ]


def with_branches(found: Found, branches: dict[str, str], own: dict[str, tuple[str, ...]]) -> Found:
    """Return what was found in a repository whose environments are branches.

    Args:
        found: What its files say.
        branches: Environment → branch, from the first to production; not empty.
        own: Environment → patterns of files that look like its own.
    """
    first = next(iter(branches.values()))
    told = (
        f"What is under `own:` differs from all that {first} ever had: leave there what differs by design, and take out what"
        f" should come up from {first}."
        if own
        else "Files that differ between them by design go under `own:` of each but the first, or are covered by rules under"
        " `parity:`."
    )
    note = f"Environments are branches here. {told}"
    return msgspec.structs.replace(found, branches=branches, own=own, notes=(*found.notes, note))
