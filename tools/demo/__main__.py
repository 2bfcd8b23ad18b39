"""`make demo` and `make demo-clean`."""

import json
import shutil
import sys
import time
from collections.abc import Sequence
from itertools import pairwise

from demo import acts
from demo.clean import clean, layout_here
from demo.layouts.interface import Layout
from demo.layouts.kinds import KINDS
from demo.same import Statement
from demo.story import StoryError, act, show, tell
from demo.workspace import HOME, prepare

PROGRAMS = ("podman", "buildah", "haproxy", "docker-registry", "busybox", "git", "ssh-keygen", "kubectl", "vivido")
USUAL = "directories"
EVERY = "all"
"""In place of a layout: one after another, and compared."""
STATEMENT = "statement.json"
"""Where the workspace keeps what runs at the end, in full."""
_WIDE = 37
"""Columns of a command that is offered; what it shows stands after it, or below."""


def main(arguments: Sequence[str]) -> int:
    """Tell the story, or clean up after it (`--clean`).

    Args:
        arguments: `--clean`, or `--layout LAYOUT` (`all`: each of them); with `--check` nothing is done.

    Returns:
        0 where everything was shown; 1 where something was not as it must be; 2 where the layout is none.
    """
    if "--clean" in arguments:
        removed = clean()
        tell(
            "The demo is gone: containers, proxies, registry and .demo."
            if removed
            else "There is nothing of a demo here."
        )
        return 0
    layout = dict(pairwise(arguments)).get("--layout") or USUAL
    if layout not in (*KINDS, EVERY):
        tell(
            f"There is no layout “{layout}”. There are: {', '.join(KINDS)}, and {EVERY}. Try: make demo LAYOUT={USUAL}"
        )
        return 2
    if "--check" in arguments:
        return 0
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        tell(f"The demo needs {', '.join(missing)}; `tools/setup` says how to get them.")
        return 1
    before = layout_here()
    if before:
        tell(f"The demo of before (layout {before}) is removed first.")
    try:
        _told(tuple(KINDS) if layout == EVERY else (layout,))
    except StoryError as problem:
        tell(f"\nThe demo (layout {layout_here()}) stopped: {problem}")
        tell(f"Everything is as it was then, for a look: . {HOME.name}/env && cd {HOME.name}/shop && vivido status")
        return 1
    return 0


def _told(layouts: tuple[str, ...]) -> None:
    """Tell the story in each layout; where there are several, hold against each other what each came to."""
    started = time.monotonic()
    statements = {layout: _story(layout) for layout in layouts}
    several = len(layouts) > 1
    if several:
        acts.the_same_everywhere(statements)
    act(7 if several else 6, f"That was {time.monotonic() - started:.0f} seconds. Try next:")
    here = layout_here()
    show([line for command, meaning in following(KINDS[here]) for line in _offered(command, meaning)])
    if not several:
        others = ", ".join(f"make demo LAYOUT={kind}" for kind in KINDS if kind != here)
        tell(f"The same story in another layout: {others}. In each, and compared: make demo LAYOUT={EVERY}")
    tell(f"What runs here, in full, to compare it with another demo's: {HOME.name}/{STATEMENT}")
    tell("The environments and the registry go on running, on 127.0.0.1 only, until `make demo-clean`.")


def _story(layout: str) -> Statement:
    clean()
    tell(f"Layout {layout}: {KINDS[layout].opening}.")
    tell("Preparing .demo: Git, a registry on loopback, the base image, Bob's clone, Alice's key.")
    space = prepare(layout)
    acts.to_production(space)
    acts.stopped_in_staging(space)
    forward = acts.under_load(space)
    acts.the_way_back(space, forward)
    found = acts.compared(space)
    (space.home / STATEMENT).write_text(json.dumps(found, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return found


def _offered(command: str, meaning: str) -> list[str]:
    if len(command) < _WIDE:
        return [f"{command:{_WIDE}}{meaning}"]
    return [command, f"{'':{_WIDE}}{meaning}"]


def following(layout: Layout) -> tuple[tuple[str, str], ...]:
    """Return what to try in the workspace when the story is over, and what each command shows."""
    return (
        (". .demo/env && cd .demo/shop", "the same tools, the same state, Bob's clone"),
        ("vivido", "what runs where, and who waits for whom"),
        ("vivido open production", "look at the shop"),
        ("vivido diff staging production", "what differs, and why it may"),
        *layout.next,
        ("git apply ../../tools/demo/changes/whole-euros.patch", "be Bob, and break it again"),
        ("vivido promote staging --help", "everything has a --help"),
        ("make demo-clean", "stop and remove all of it"),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
