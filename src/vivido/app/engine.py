"""The embedded driver: the port `engine.driver.Driver` on this installation's journal and runner."""

from vivido.engine.driver import Driver
from vivido.engine.runner import Runner
from vivido.model.event import Signalled
from vivido.model.plan import Plan
from vivido.store.journal import SqlJournal
from vivido.time.clock import Now


class EmbeddedDriver(Driver):
    """Hosts promotions in the process that asks; an existing durable engine would take its place behind the same port."""

    def __init__(self, journal: SqlJournal, runner: Runner, now: Now) -> None:
        self._journal = journal
        self._runner = runner
        self._now = now

    def start(self, plan: Plan) -> None:
        """Write the plan into the journal; known already, nothing is written."""
        self._journal.start(plan, self._now())

    def signal(self, promotion: str, signal: Signalled) -> None:
        """Put a signal into the promotion's inbox."""
        self._journal.send(promotion, signal)

    def tick(self, only: frozenset[str] | None = None) -> int | None:
        """Do all that can be done now; see `engine.runner.Runner.tick`."""
        return self._runner.tick(only)
