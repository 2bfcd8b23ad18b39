"""Many Kustomize overlays in few processes: four fifths of a rendering are the start of the program.

A throw-away kustomization names the overlays, an object of its own between every two of them, and asks for the order in which
they came. So each object belongs to the overlay whose markers stand around it, and nothing in it had to be changed. Where the
process fails the overlays are halved, down to single ones; where one could have influenced another (see `crossing`), or
anything does not add up, they are rendered alone. The outcome is that of rendering each alone.
"""

import functools
import json
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from vivido import process
from vivido.errors import Error
from vivido.model.objects import Manifest, Rendered
from vivido.model.problem import Problem
from vivido.render.crossing import doubtful, must_stand_alone, parts
from vivido.render.environ import OFFLINE
from vivido.render.kustomization import Kustomization, closure
from vivido.render.kustomize import Kustomize, command, source
from vivido.render.objects import collect, read_objects
from vivido.render.tree import of_directory

SIZE = 20
"""Overlays in one process. More are slower again: Kustomize compares every object with every other."""
_WORTH = 3
"""Overlays that take as long as the start of the process: fewer are not given one of their own to keep all processors busy."""
_ALONE = 1
"""Overlays at which halving stops."""
_MARKER = "vivido.invalid/v1"
_ENVIRON = {**OFFLINE, "GOMAXPROCS": "1"}

Outcome = Rendered | tuple[Problem, ...]


def render_overlays(
    root: Path, groups: Sequence[Sequence[str]], *, workers: int = 2, timeout: float = 300, size: int = SIZE
) -> dict[str, Outcome]:
    """Render directories with kustomizations.

    Args:
        root: The exported tree; a directory is put there meanwhile, and removed.
        groups: Directories by what is best rendered together: those of one environment, for their names differ.
        workers: Processes side by side.
        timeout: Seconds after which a process is given up.
        size: Overlays in one process.

    Returns:
        Directory → its objects, or the problems that stand in the way.

    Raises:
        ToolError: `tool.missing`.
    """
    source()
    found: dict[str, Outcome] = {}
    alone: list[str] = []
    reading, listing_ = of_directory(root)
    read, listing = functools.cache(reading), functools.cache(listing_)
    known: dict[str, Kustomization | Problem] = {}
    several: list[list[str]] = []
    spaces: list[set[str]] = []
    for group in groups:
        together: list[str] = []
        named: set[str] = set()
        for directory in dict.fromkeys(d for d in group if d not in found):
            kustomizations, problems = closure(directory, read, listing, known=known)
            if problems:
                found[directory] = problems
            elif must_stand_alone(kustomizations):
                alone.append(directory)
            else:
                together.append(directory)
                named.add(str(kustomizations[0].data.get("namespace") or ""))
        several.append(together)
        spaces.append(named)
    batches = _batches(several, spaces, size, workers)
    with ThreadPoolExecutor(max(workers, 1)) as pool:
        for made in pool.map(lambda batch: _batch(root, batch, timeout), batches):
            found.update(made)
        found.update(zip(alone, pool.map(lambda d: _alone(root, d, timeout), alone), strict=True))
    return found


def _batches(groups: Sequence[list[str]], namespaces: Sequence[set[str]], size: int, workers: int) -> list[list[str]]:
    """Return what is rendered together: overlays of one group, or few of several where no namespace is in two of them."""
    whole = [directory for group in groups for directory in group]
    every = [space for spaces in namespaces for space in spaces]
    if len(whole) <= size and "" not in every and len(set(every)) == len(every):
        groups = [whole]
    found: list[list[str]] = []
    for group in groups:
        number = max(-(-len(group) // size), min(workers, len(group) // _WORTH) if len(groups) == 1 else 0)
        found += [group[n * len(group) // number : (n + 1) * len(group) // number] for n in range(number)]
    return found


def _batch(root: Path, directories: list[str], timeout: float) -> dict[str, Outcome]:
    if len(directories) <= _ALONE:
        return {d: _alone(root, d, timeout) for d in directories}
    made = together(root, directories, timeout)
    if made is None:
        middle = len(directories) // 2
        return {**_batch(root, directories[:middle], timeout), **_batch(root, directories[middle:], timeout)}
    doubts = doubtful(made)
    return {
        directory: _alone(root, directory, timeout) if number in doubts else collect(made[number], source())
        for number, directory in enumerate(directories)
    }


def _alone(root: Path, directory: str, timeout: float) -> Outcome:
    try:
        return Kustomize(timeout=timeout).render(root, directory)
    except Error as e:
        if e.code != "render.timeout":
            raise
        return (Problem(e.code, e.message, e.hint, directory or "."),)


def together(root: Path, directories: list[str], timeout: float) -> list[list[Manifest]] | None:
    """Return the objects of each overlay, None where the process failed or its output cannot be taken apart with certainty.

    Nothing guards here against what overlays may do to each other: ask `crossing`.
    """
    top = root.resolve()
    with tempfile.TemporaryDirectory(prefix=".vivido-", dir=top) as scratch:
        place = Path(scratch)
        for name, text in _throw_away(directories):
            (place / name).write_text(text, encoding="utf-8")
        output = place / "objects"
        done = process.run(command(place, output), cwd=top, env=_ENVIRON, timeout=timeout)
        if done.returncode != 0 or not output.is_file():
            return None
        objects, faults = read_objects(output.read_bytes(), "what kustomize made of several directories")
    apart = None if faults else parts(objects, _MARKER)
    made = list(apart) if apart is not None else []
    whole = sum(map(len, made)) + len(directories) + 1 == len(objects)
    return made if len(made) == len(directories) and whole else None


def _throw_away(directories: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the files of the kustomization that names all."""
    resources = ["m0.yaml"]
    for number, directory in enumerate(directories):
        resources += [f"../{directory}", f"m{number + 1}.yaml"]
    whole: dict[str, Any] = {"sortOptions": {"order": "fifo"}, "resources": resources}
    yield "kustomization.yaml", json.dumps(whole, ensure_ascii=False)
    for number in range(len(directories) + 1):
        marker = {"apiVersion": _MARKER, "kind": "Marker", "metadata": {"name": f"m{number}"}}
        yield f"m{number}.yaml", json.dumps(marker)
