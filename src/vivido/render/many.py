"""Rendering many directories of one tree at once, each as it would be alone, and the keys under which outcomes can be kept."""

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from vivido import __version__
from vivido.errors import Error
from vivido.model.canonical import fingerprint
from vivido.model.problem import Problem
from vivido.render.batch import Outcome, render_overlays
from vivido.render.helm import KUBE_VERSION, Helm
from vivido.render.interface import HelmRelease, TerraformRoot
from vivido.render.kinds import KINDS
from vivido.render.kustomize import Kustomize, program
from vivido.render.tool import FORMAT, identity


class Job(NamedTuple):
    """A directory to render.

    Attributes:
        group: What it is rendered together with: the environment's name.
        kind: `kustomize`, `helm`, `terraform`, `plain`.
        directory: From the tree's root.
        helm: What Helm is told.
        terraform: What is told of a root module.
    """

    group: str
    kind: str
    directory: str
    helm: HelmRelease | None = None
    terraform: TerraformRoot | None = None


def render_many(root: Path, jobs: Sequence[Job], workers: int = 0) -> dict[Job, Outcome]:
    """Render directories of an exported tree.

    Args:
        root: The tree.
        jobs: What to render.
        workers: Processes side by side; 0: as many as there are processors.

    Raises:
        ToolError: `tool.missing`.
    """
    workers = workers or os.cpu_count() or 2
    overlays = [job for job in jobs if job.kind == Kustomize.kind]
    others = [job for job in jobs if job.kind != Kustomize.kind]
    found: dict[Job, Outcome] = {}
    if overlays:
        groups: dict[str, list[str]] = {}
        for job in overlays:
            groups.setdefault(job.group, []).append(job.directory)
        made = render_overlays(root, list(groups.values()), workers=workers)
        found.update((job, made[job.directory]) for job in overlays)
    with ThreadPoolExecutor(workers) as pool:
        found.update(zip(others, pool.map(lambda job: _one(root, job), others), strict=True))
    return found


def _one(root: Path, job: Job) -> Outcome:
    try:
        return KINDS[job.kind](job.helm, job.terraform).render(root, job.directory)
    except Error as e:
        if e.code != "render.timeout":
            raise
        return (Problem(e.code, e.message, e.hint, job.directory or "."),)


def key(job: Job, tool: str, contents: Iterable[tuple[str, str]]) -> str:
    """Return the key of a job's outcome: a hash of everything that it depends on.

    Args:
        job: What is rendered.
        tool: What tells the program that renders it from others, see `tool_of`.
        contents: Path and content id of every directory and file that the rendering reads.
    """
    helm = None if job.helm is None else [job.helm, KUBE_VERSION]
    return fingerprint([FORMAT, __version__, tool, job.kind, job.directory, helm, job.terraform, sorted(contents)])


def tool_of(kind: str) -> str:
    """Return what tells the program that renders a kind of directory from others; empty where no program does.

    Raises:
        ToolError: `tool.missing`.
    """
    if kind == Kustomize.kind:
        return identity(program())
    return identity("helm") if kind == Helm.kind else ""
