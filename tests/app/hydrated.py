"""What promotions committed of rendered objects, as it stands in Git."""

import subprocess

from vivido.model.objects import Rendered, sort_key
from vivido.render.objects import read_objects
from vivido.testing import arrangements
from vivido.testing.miniature import Miniature


def git(mini: Miniature, environment: str, *args: str) -> str:
    bare = arrangements.repository(mini.layout, mini.root, environment)
    done = subprocess.run(["git", "-C", str(bare), *args], capture_output=True, text=True, check=False)
    return done.stdout


def place(mini: Miniature, environment: str, where: str) -> tuple[str, str]:
    """Return the branch and the directory of an environment's rendered objects."""
    if where == "branch":
        return f"rendered/{environment}", ""
    return arrangements.branch(mini.layout, environment), f"rendered/{environment}/"


def tree(mini: Miniature, environment: str, where: str = "directory") -> dict[str, str]:
    """Return the rendered files, by name."""
    branch, directory = place(mini, environment, where)
    listed = git(mini, environment, "ls-tree", "-r", "--name-only", branch).splitlines()
    paths = [p for p in listed if p.startswith(directory)]
    return {p.removeprefix(directory): git(mini, environment, "show", f"{branch}:{p}") for p in paths}


def objects(found: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in found.items() if name != "README.md"}


def content(found: dict[str, str]) -> str:
    """Return the hash of the objects that a cluster would read in these files."""
    read = [one for name, text in objects(found).items() for one in read_objects(text.encode(), name)[0]]
    return Rendered(tuple(sorted(read, key=sort_key))).hash


def validated(mini: Miniature, environment: str, where: str) -> str:
    """Return the hash of what the gates judged, as the newest promotion's commit says it."""
    branch, _ = place(mini, environment, where)
    trailer = "--format=%(trailers:key=Vivido-Content,valueonly)"
    log = git(mini, environment, "log", "-1", f"--grep=Vivido-Environment: {environment}$", trailer, branch)
    return log.strip()
