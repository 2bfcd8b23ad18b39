"""`make demo` and `make demo-clean`."""

import shutil
import sys
import time

from demo import acts
from demo.clean import clean
from demo.story import StoryError, act, show, tell
from demo.workspace import HOME, Workspace, prepare

PROGRAMS = ("podman", "buildah", "haproxy", "docker-registry", "busybox", "git", "ssh-keygen", "kubectl", "vivido")
NEXT = """. .demo/env && cd .demo/shop         the same tools, the same state, Bob's clone
vivido                               what runs where, and who waits for whom
vivido open production               look at the shop
vivido diff staging production       what differs, and why it may
git apply ../../tools/demo/changes/whole-euros.patch   be Bob, and break it again
vivido promote staging --help        everything has a --help
make demo-clean                      stop and remove all of it""".splitlines()


def main(arguments: list[str]) -> int:
    """Tell the story, or clean up after it (`--clean`).

    Returns:
        0 where everything was shown; 1 where something was not as it must be.
    """
    removed = clean()
    if "--clean" in arguments:
        tell(
            "The demo is gone: containers, proxies, registry and .demo."
            if removed
            else "There is nothing of a demo here."
        )
        return 0
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        tell(f"The demo needs {', '.join(missing)}; `tools/setup` says how to get them.")
        return 1
    try:
        _story()
    except StoryError as problem:
        tell(f"\nThe demo stopped: {problem}")
        tell(f"Everything is as it was then, for a look: . {HOME.name}/env && cd {HOME.name}/shop && vivido status")
        return 1
    return 0


def _story() -> None:
    started = time.monotonic()
    tell("Preparing .demo: a Git repository, a registry on loopback, the base image, Bob's clone, Alice's key.")
    space: Workspace = prepare()
    acts.to_production(space)
    acts.stopped_in_staging(space)
    forward = acts.under_load(space)
    acts.the_way_back(space, forward)
    acts.compared(space)
    act(6, f"That was {time.monotonic() - started:.0f} seconds. Try next:")
    show(NEXT)
    tell("The environments and the registry go on running, on 127.0.0.1 only, until `make demo-clean`.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
