"""Helm, version 3 or 4, run so that a chart and its values files are all that the output depends on.

No network, no plugins, nobody's configuration, no cluster; what templates can ask of the release and of the cluster is declared or
has a fixed default. Charts that render differently each time are refused (see `unsteady`).
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import ClassVar

from vivido import process
from vivido.errors import InputError, ToolError
from vivido.model.objects import Rendered, identity, same_object
from vivido.model.problem import Problem
from vivido.render import environ, unsteady
from vivido.render.archive import ENDINGS, unpack
from vivido.render.chart import Chart, read_chart, read_values
from vivido.render.complaints import Complaints
from vivido.render.interface import HelmRelease
from vivido.render.objects import collect, problem, read_objects
from vivido.render.tool import version_of
from vivido.render.tree import of_directory

KUBE_VERSION = "1.34.0"
"""What `.Capabilities.KubeVersion` says where nothing is declared. Helm's own default differs from build to build."""


class Helm:
    """Runs `helm template`.

    Args:
        release: What it is told.
        program: Which Helm.
        timeout: Seconds after which a rendering is given up.
    """

    kind: ClassVar[str] = "helm"

    def __init__(self, release: HelmRelease | None = None, *, program: str = "helm", timeout: float = 60) -> None:
        self._release = release or HelmRelease("release")
        self._program = program
        self._timeout = timeout

    def render(self, root: Path, directory: str) -> Rendered | tuple[Problem, ...]:
        """Render a chart; see `Renderer`."""
        read, listing = of_directory(root)
        chart = read_chart(directory, read, listing)
        if isinstance(chart, tuple):
            return chart
        faults = _unfit(self._release.values, root) or _links(chart, root)
        if faults:
            return faults
        with tempfile.TemporaryDirectory(prefix="vivido-render-") as scratch:
            return self._within(chart, root.resolve(), Path(scratch))

    def _within(self, chart: Chart, root: Path, scratch: Path) -> Rendered | tuple[Problem, ...]:
        place = root / chart.directory
        if chart.local:
            place = _assembled(chart, root, scratch / "chart")
        values = [root / path for path in self._release.values]
        first = self._run(chart, place, values, scratch, root)
        if isinstance(first, tuple):
            return first
        called = _calls(place, values, scratch)
        if not called:
            return first
        second = self._run(chart, *_changed(place, values, scratch / "second"), scratch, root)
        if isinstance(second, Rendered) and second.hash == first.hash:
            return first
        differing = [] if isinstance(second, tuple) else _differing(first, second)
        return (_unsteady(chart, root, place, differing, called),)

    def _run(
        self, chart: Chart, place: Path, values: list[Path], scratch: Path, root: Path
    ) -> Rendered | tuple[Problem, ...]:
        output, home = scratch / "objects.yaml", scratch / "home"
        home.mkdir(exist_ok=True)

        def run(*more: str) -> process.Completed:
            command = environ.limited([*self._command(place, values), *more], output)
            return process.run(command, cwd=scratch, env=environ.for_helm(home), timeout=self._timeout)

        def made() -> str:
            run("--debug")
            return _text(output)

        done, complaints = run(), Complaints(chart, self._release, root, place, scratch)
        if done.timed_out:
            raise ToolError(
                f"helm did not render {chart.directory or '.'} within {self._timeout:g} s",
                code="render.timeout",
                hint="Look for a template that calls itself, or loops over very much.",
            )
        if done.returncode != 0:
            return (complaints.refused(done, made),)
        text = output.read_bytes()
        objects, faults = read_objects(text, _made_of(chart))
        faults = tuple(complaints.traced(fault, _text(output)) for fault in faults)
        return faults or collect(objects, f"helm {version_of(self._program)}")

    def _command(self, place: Path, values: list[Path]) -> list[str]:
        release = self._release
        files = [word for path in values for word in ("--values", str(path))]
        versions = [word for one in release.api_versions for word in ("--api-versions", one)]
        told = ["--namespace", release.namespace, "--kube-version", release.kube_version or KUBE_VERSION]
        path = process.find(self._program)
        if path is None:
            raise ToolError(
                "helm is not installed, or not on PATH",
                code="tool.missing",
                hint="Install Helm 3 or 4; `vivido doctor` says how.",
            )
        return [path, "template", *told, *versions, *files, "--include-crds", "--skip-tests", release.name, str(place)]


def _text(output: Path) -> str:
    return output.read_bytes().decode("utf-8", "replace")


def _made_of(chart: Chart) -> str:
    return f"what helm made of {chart.directory or '.'}"


def _unfit(paths: tuple[str, ...], root: Path) -> tuple[Problem, ...]:
    top = root.resolve()
    read, _ = of_directory(top)
    found: list[Problem] = []
    for path in paths:
        if read(path) is None:
            what = f"the values file {path} is not there"
            found.append(Problem("render.missing", what, "Correct the path, or commit the file.", path))
            continue
        try:
            read_values(path, read)
        except InputError as e:
            found.append(problem(e))
    return tuple(found)


def _links(chart: Chart, root: Path) -> tuple[Problem, ...]:
    """Refuse links that lead out of the chart: Helm would follow them, and nobody would know what the output depends on."""
    top = root.resolve()
    inside = [top / directory for directory in chart.closure]
    found: list[Problem] = []
    for directory in inside:
        for folder, folders, files in os.walk(directory):
            for path in (Path(folder, name) for name in (*folders, *files)):
                if path.is_symlink() and not any(path.resolve().is_relative_to(one) for one in inside):
                    where = str(path.relative_to(top))
                    what = f"{where} is a link that leads out of the chart"
                    found.append(Problem("render.outside", what, "Replace the link by the file.", where))
    return tuple(found)


def _assembled(chart: Chart, root: Path, place: Path) -> Path:
    """Copy a chart with its local dependencies in `charts/`, where `helm dependency build` would put them."""
    shutil.copytree(root / chart.directory, place)
    read, listing = of_directory(root)
    for name, directory in chart.local.items():
        below = read_chart(directory, read, listing)
        target = place / "charts" / name
        if isinstance(below, Chart) and below.local:
            _assembled(below, root, target)
        else:
            shutil.copytree(root / directory, target)
    return place


def _calls(place: Path, values: list[Path], scratch: Path) -> list[unsteady.Call]:
    found = unsteady.calls(place, *values)
    archives = [p for p in place.rglob("*") if p.name.endswith(ENDINGS)]
    for number, archive in enumerate(archives):
        copy = scratch / "archives" / str(number) / archive.name
        copy.parent.mkdir(parents=True)
        shutil.copyfile(archive, copy)
        unpack(copy)
        inside = unsteady.calls(copy.parent)
        found += [unsteady.Call(c.function, f"{archive}{c.where.removeprefix(str(copy.parent))}") for c in inside]
    return found


def _changed(place: Path, values: list[Path], where: Path) -> tuple[Path, list[Path]]:
    shutil.copytree(place, where / "chart")
    for archive in [p for p in (where / "chart").rglob("*") if p.name.endswith(ENDINGS)]:
        unpack(archive)
    copies: list[Path] = []
    for number, path in enumerate(values):
        copies.append(where / f"{number}.yaml")
        shutil.copyfile(path, copies[-1])
    unsteady.replace_in(where / "chart", *copies)
    return where / "chart", copies


def _differing(first: Rendered, second: Rendered) -> list[str]:
    old = {same_object(o): o for o in first.objects}
    new = {same_object(o): o for o in second.objects}
    return [identity(old.get(k) or new[k]) for k in dict.fromkeys((*old, *new)) if old.get(k) != new.get(k)]


def _unsteady(chart: Chart, root: Path, place: Path, differing: list[str], called: list[unsteady.Call]) -> Problem:
    places = [
        c.where.replace(f"{place}/", f"{chart.directory}/" if chart.directory else "").replace(f"{root}/", "")
        for c in called
    ]
    named = ", ".join(f"{c.function} in {where}" for c, where in list(zip(called, places, strict=True))[:5])
    what = (
        f"{chart.directory or '.'} renders differently each time ({', '.join(differing[:5]) or 'all of it'}): {named}"
    )
    hint = "Give the value in the values file, or name a Secret that exists, so that the chart need not make it up."
    return Problem("render.unsteady", what, hint, places[0])
