"""The story: four releases, five acts. What each must show is checked, so that a demo that ends well has shown it."""

import json
import time
from collections.abc import Mapping

from demo import changes, digests, same
from demo.load import Customers, Tally
from demo.story import Said, StoryError, act, show, tell
from demo.workspace import Workspace

REFUSED = (3, 4)
WAITS = (9,)
OLD, NEW = "web 1.0.0", "web 1.2.0"
FIRST = {"web": "1.0.0", "api": "1.0.0"}
THIRD = {"web": "1.2.0", "api": "1.0.0"}
_TOLD = 20
"""Differences that are shown of many."""


def to_production(space: Workspace) -> None:
    """One release, built once, through every gate."""
    act(1, "One release, from a commit to production")
    tell("Bob has committed a small shop: `web` shows pages, `api` knows prices. Each image is built once.")
    _release(space, FIRST["web"])
    tell("dev has taken it by itself. Staging runs the acceptance tests against it.")
    space.shell.type("vivido promote staging --yes")
    tell("Production wants a signed yes of a release manager who has not written any of it.")
    _approved(space)
    space.layout.first_seen(space)


def stopped_in_staging(space: Workspace) -> None:
    """A release whose unit tests pass and whose services misunderstand each other."""
    act(2, "A bad one gets as far as staging, and no further")
    tell("Bob lets the API count in whole euros. Its unit tests agree; `web` still expects cents.")
    changes.commit(space.shell, "whole-euros", "Count in whole euros")
    _release(space, "1.1.0", quiet=True)
    space.shell.type("vivido promote staging --yes", expect=REFUSED)
    space.shell.type("vivido why staging", expect=(0, *REFUSED, *WAITS))
    before, now = (digests.committed(space, "api", name) for name in ("production", "staging"))
    if before != now:
        raise StoryError("staging was not put back to the release that passed")
    tell("Staging serves again what it served before, and production never heard of it.")


def under_load(space: Workspace) -> Tally:
    """A release that goes out while customers are buying."""
    act(3, "Another goes out while customers are buying")
    tell("Bob takes that back and adds advice to the cart.")
    changes.take_back(space.shell, "Count in whole euros")
    changes.commit(space.shell, "advice", "Advise what goes with the cart")
    _release(space, THIRD["web"], quiet=True)
    space.shell.type("vivido promote staging --yes --quiet")
    space.layout.meanwhile(space)
    with Customers(_address(space, "production")) as tally:
        _until_served(tally, OLD)
        _approved(space, quiet=True)
        _until_served(tally, NEW)
    _none_lost(tally)
    tell("Now all environments run the same bytes, whoever is asked:")
    compare(space)
    return tally


def the_way_back(space: Workspace, forward: Tally) -> None:
    """Back to the release before, while customers are buying."""
    act(4, "The way back, while customers are buying")
    slower = f"{forward.median(NEW):.0f} ms instead of {forward.median(OLD):.0f}"
    tell(f"No request was lost, but the advice thinks for too long: {slower}. Back.")
    with Customers(_address(space, "production")) as tally:
        space.shell.type("vivido rollback production --yes --reason 'the cart is slow'")
        _until_served(tally, OLD)
    _none_lost(tally)


def compared(space: Workspace) -> same.Statement:
    """The digests, looked up everywhere; then what runs, as a statement that is the same in every layout."""
    act(5, "What is left: Git, the registry, the containers and the ledger agree")
    compare(space)
    space.shell.type("vivido history production")
    space.shell.type("vivido ledger verify")
    space.shell.type("vivido status")
    return alike(space, {"dev": THIRD, "staging": THIRD, "production": FIRST})


def alike(space: Workspace, versions: Mapping[str, Mapping[str, str]]) -> same.Statement:
    """See that what runs is what the example says, and state it."""
    found = same.check(space, versions)
    tell("Objects, containers and answers are those of examples/shop. These fingerprints are the same in every layout:")
    show(same.told(found))
    return found


def the_same_everywhere(statements: Mapping[str, same.Statement]) -> None:
    """Hold what was stated in several layouts against each other.

    Raises:
        StoryError: Something differs; it names the first places, with what each layout has there.
    """
    act(6, f"{len(statements)} layouts, one outcome")
    show(same.table(statements))
    different = same.between(statements)
    if different:
        first = "".join(f"\n     {line}" for line in different[:_TOLD])
        raise StoryError(f"not the same runs in every layout. {len(different)} places differ, of them:{first}")
    tell("The same runs everywhere: objects, containers, limits, programs and answers, whatever the layout.")


def compare(space: Workspace) -> None:
    """See that registry, Git and containers have the same digests."""
    rows = digests.look(space)
    show(digests.table(rows))
    different = [f"{row.service} in {row.environment}" for row in rows if not row.same]
    if different:
        raise StoryError(f"registry, Git and containers disagree: {', '.join(different)}")


def _release(space: Workspace, version: str, *, quiet: bool = False) -> None:
    if space.layout.tags:
        space.shell.type(f"git tag v{version}")
        space.shell.type("git push --quiet --tags")
    space.shell.type("vivido build")
    space.shell.type(f"vivido release create{' --quiet' if quiet else ''}")


def _approved(space: Workspace, *, quiet: bool = False) -> Said:
    """Start the promotion as Bob, see what it waits for, approve it as Alice: then it goes on."""
    space.shell.type(f"vivido promote production --yes{' --quiet' if quiet else ''}", expect=WAITS)
    if not quiet:
        space.shell.type("vivido why production", expect=(0, *WAITS))
    tell("Alice signs exactly this content and this plan with her SSH key:")
    return space.shell.type(f"vivido approve production --key {space.home / 'keys' / 'alice'} --yes")


def _address(space: Workspace, environment: str) -> str:
    return json.loads(space.shell.ask("vivido", "open", environment, "-o", "json"))["web"]


def _until_served(tally: Tally, version: str) -> None:
    """Let customers buy until twenty pages of this version were served."""
    deadline = time.monotonic() + 20
    while tally.served(version) < 20 and time.monotonic() < deadline:
        time.sleep(0.05)
    if not tally.served(version):
        raise StoryError(f"{version} never served a page: {'; '.join(tally.told())}")


def _none_lost(tally: Tally) -> None:
    show(tally.told())
    if tally.lost:
        raise StoryError(f"{len(tally.lost)} requests were lost")
