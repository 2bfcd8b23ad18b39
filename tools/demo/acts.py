"""The story: four releases, five acts. What each must show is checked, so that a demo that ends well has shown it."""

import time

from demo import changes, digests
from demo.load import Customers, Tally
from demo.story import Said, StoryError, act, show, tell
from demo.workspace import HOME, Workspace

REFUSED = (3, 4)
WAITS = (0, 9)
APPROVE = f"vivido approve production --key {HOME / 'keys' / 'alice'} --yes"


def to_production(space: Workspace) -> None:
    """One release, built once, through every gate."""
    act(1, "One release, from a commit to production")
    tell("Bob has committed a small shop: `web` shows pages, `api` knows prices. Each image is built once.")
    _release(space)
    tell("dev takes it as it is; staging runs the acceptance tests against it.")
    _to_staging(space)
    tell("Production wants a signed yes of a release manager who has not written any of it.")
    _approved(space)


def stopped_in_staging(space: Workspace) -> None:
    """A release whose unit tests pass and whose services misunderstand each other."""
    act(2, "A bad one gets as far as staging, and no further")
    tell("Bob lets the API count in whole euros. Its unit tests agree; `web` still expects cents.")
    changes.commit(space.shell, "whole-euros", "Count in whole euros")
    _release(space)
    space.shell.type("vivido promote dev --yes")
    space.shell.type("vivido promote staging --yes", expect=REFUSED)
    space.shell.type("vivido why staging", expect=(0, *REFUSED, 9))
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
    _release(space)
    _to_staging(space)
    with Customers(_address(space, "production")) as tally:
        _approved(space)
        _until_served(tally, "web 1.2.0")
    _none_lost(tally)
    return tally


def the_way_back(space: Workspace, forward: Tally) -> None:
    """Back to the release before, while customers are buying."""
    act(4, "The way back, while customers are buying")
    tell(f"No request was lost, but the advice thinks for too long: half now take up to {forward.median:.0f} ms. Back.")
    with Customers(_address(space, "production")) as tally:
        space.shell.type("vivido rollback production --yes --reason 'the cart is slow'", expect=WAITS)
        _until_served(tally, "web 1.0.0")
    _none_lost(tally)


def compared(space: Workspace) -> None:
    """The digests, looked up everywhere."""
    act(5, "The same bytes, looked up by other means")
    rows = digests.look(space)
    show(digests.table(rows))
    different = [f"{row.service} in {row.environment}" for row in rows if not row.same]
    if different:
        raise StoryError(f"registry, Git and containers disagree: {', '.join(different)}")
    space.shell.type("vivido history production")
    space.shell.type("vivido ledger verify")
    space.shell.type("vivido status")


def _release(space: Workspace) -> None:
    space.shell.type("vivido build")
    space.shell.type("vivido release create")


def _to_staging(space: Workspace) -> None:
    space.shell.type("vivido promote dev --yes")
    space.shell.type("vivido promote staging --yes")


def _approved(space: Workspace) -> Said:
    """Start the promotion as Bob, see what it waits for, approve it as Alice, let it go on."""
    space.shell.type("vivido promote production --yes --no-wait", expect=WAITS)
    space.shell.type("vivido why production", expect=WAITS)
    tell("Alice, at her own machine, signs exactly this content and this plan with her SSH key:")
    space.shell.type(APPROVE)
    return space.shell.type("vivido promote production --yes")


def _address(space: Workspace, environment: str) -> str:
    return space.shell.ask("vivido", "open", environment, "-o", "name").split()[0]


def _until_served(tally: Tally, version: str) -> None:
    """Let customers buy until twenty pages of this version were served."""
    deadline = time.monotonic() + 20
    while tally.versions[version] < 20 and time.monotonic() < deadline:
        time.sleep(0.05)
    if not tally.versions[version]:
        raise StoryError(f"{version} never served a page: {tally}")


def _none_lost(tally: Tally) -> None:
    show([str(tally)])
    if tally.lost:
        raise StoryError(f"{len(tally.lost)} requests were lost")
