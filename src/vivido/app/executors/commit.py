"""The commit that says what should run, on the environment's branch itself."""

from typing import TYPE_CHECKING

from vivido.app.executors.derive import Derivation, key_of
from vivido.app.executors.side import environment_of
from vivido.engine.executor import Done, Work, passed
from vivido.git.history import find_by_trailer
from vivido.git.publish import publish
from vivido.model.gate import Judgment, Outcome

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


class Commit:
    """Executes `commit`. A restart finds the commit by its trailers and adopts it."""

    def __init__(self, ws: "Workspace") -> None:
        self._ws = ws
        self._derivation = Derivation(ws)

    def __call__(self, work: Work) -> Done:
        """Derive the edit on the branch's tip, commit, push by compare-and-swap; derive again after a lost race."""
        plan, repository = work.state.plan, self._ws.repository(environment_of(self._ws, work))
        if work.find_only:
            return self._found(work)
        work.progress(f"committing to {repository.branch} of {repository.url}")
        commit = publish(
            repository.mirror,
            repository.branch,
            lambda tip: self._derivation.edit(work, tip),
            key_of(work),
            self._derivation.hand(work),
            since=plan.base or None,
        )
        return passed(f"{commit[:12]} on {repository.branch}", **facts(work, commit))

    def _found(self, work: Work) -> Done:
        """Say whether the commit is there, without making it: the promotion is stopping."""
        plan, repository = work.state.plan, self._ws.repository(environment_of(self._ws, work))
        repository.fetch()
        commit = find_by_trailer(repository.mirror, repository.branch, key_of(work).trailers, plan.base or None)
        if commit is None:
            return Done(Judgment(Outcome.PENDING, f"there is no commit of it on {repository.branch}"))
        return passed(f"{commit[:12]} on {repository.branch}", **facts(work, commit))


def facts(work: Work, commit: str) -> dict[str, str]:
    """Return what is remembered of a commit that stands."""
    return {"reverted": commit} if work.step.options.get("back") else {"commit": commit}
