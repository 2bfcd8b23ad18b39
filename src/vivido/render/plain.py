"""Plain manifests: every YAML and JSON file of a directory and those inside it, hidden ones left out."""

from pathlib import Path
from typing import ClassVar

from vivido.model.objects import Manifest, Rendered
from vivido.model.problem import Problem
from vivido.render.detect import manifest_files
from vivido.render.objects import collect, read_objects
from vivido.render.tree import of_directory


class Plain:
    """Reads manifests as they are (`kubectl apply --recursive -f DIR`)."""

    kind: ClassVar[str] = "plain"

    def render(self, root: Path, directory: str) -> Rendered | tuple[Problem, ...]:
        """Render a directory; see `Renderer`."""
        read, listing = of_directory(root)
        inside = (root / directory).resolve()
        objects: list[Manifest] = []
        problems: list[Problem] = []
        for path in manifest_files(directory, listing):
            # A link to elsewhere would make the outcome depend on what is not in this directory.
            data = read(path) if (root / path).resolve().is_relative_to(inside) else None
            if data is None:
                what = f"{path} leads out of {directory or 'the repository'}"
                problems.append(Problem("render.outside", what, "Replace the link by the file.", path))
                continue
            found, faults = read_objects(data, path)
            objects.extend(found)
            problems.extend(faults)
        return tuple(problems) or collect(objects, "plain")
