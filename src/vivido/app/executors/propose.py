"""The commit that says what should run, on a branch for people to review: made, waited for, and called off (`change: branch`)."""

from typing import TYPE_CHECKING

from vivido.app.content import rendered_at
from vivido.app.executors.commit import facts
from vivido.app.executors.derive import Derivation, key_of
from vivido.app.executors.landed import Landed, landed
from vivido.app.executors.review import message
from vivido.app.executors.side import environment_of
from vivido.engine.executor import Done, Work, failed, passed
from vivido.engine.outcome import RETRY
from vivido.engine.state import HANDED_OVER
from vivido.errors import Error
from vivido.git.propose import ForReview, propose, settle, standing, withdraw
from vivido.model.gate import Judgment, Outcome, Unmet
from vivido.model.plan import Plan
from vivido.text.redact import redact

if TYPE_CHECKING:
    from vivido.app.repository import ConfigurationRepository
    from vivido.app.workspace import Workspace


def branch_for(plan: Plan, *, back: bool = False) -> str:
    """Return the name of a promotion's branch for review, or of that which takes it back. Pure."""
    return f"vivido/{plan.environment}/{plan.promotion}" + ("-back" if back else "")


class Propose:
    """Executes `propose`. A restart finds the branch by its name, and the commit by its trailers or its content."""

    def __init__(self, ws: "Workspace") -> None:
        self._ws = ws
        self._derivation = Derivation(ws)

    def __call__(self, work: Work) -> Done:
        """Look whether the change stands on the environment's branch; otherwise see to it that its branch for review does."""
        repository = self._ws.repository(environment_of(self._ws, work))
        branch = _branch(work)
        if work.find_only:
            return self._called_off(work, repository, branch)
        work.progress(f"looking whether {branch} was merged into {repository.branch}")
        tip = repository.fetch()
        there = landed(self._ws, work, self._derivation, tip)
        proposed = bool(work.state.step(work.step).facts.get("proposed"))
        if there is not None:
            if not (proposed or there.keyed):
                self._derivation.edit(work, tip)  # Nobody was asked yet: a no is one, before anything happens.
            return self._arrived(work, repository, there, branch, tip)
        if proposed and standing(repository.mirror, branch) is None:
            return self._gone(work, repository, branch)
        made = propose(
            repository.mirror,
            branch,
            tip,
            self._derivation.edit(work, tip),
            key_of(work),
            self._derivation.hand(work),
            lambda edit: message(self._ws, work, edit),
        )
        return self._waits(repository, branch, made)

    def _arrived(self, work: Work, repository: "ConfigurationRepository", there: Landed, branch: str, tip: str) -> Done:
        """Go on where what came to the branch is what was validated; what comes after it is drift's to find."""
        wrong = self._otherwise(work, there)
        if wrong:
            abort = f"vivido abort {work.state.plan.promotion}"
            unmet = Unmet(wrong, (f"whoever may commit to {repository.branch}",), next=abort)
            evidence = {HANDED_OVER: branch, "merged": there.since}
            return Done(Judgment(Outcome.PENDING, wrong, evidence, (unmet,), self._again()))
        settle(repository.mirror, branch, tip, key_of(work))
        told = f"{there.commit[:12]} on {repository.branch}"
        if there.unedited:
            return passed(
                f"{repository.branch} says so already: there is nothing to review", **facts(work, tip), unedited=True
            )
        return passed(told, **facts(work, there.commit))

    def _otherwise(self, work: Work, there: Landed) -> str:
        """Say what is wrong with what was merged; empty where it is what the gates and approvals are bound to."""
        plan = work.state.plan
        if work.step.options.get("back") or there.unedited:
            return ""
        where = there.since[:12]
        pins = self._derivation.pinned(work)
        if pins:
            return f"it was merged as {where}, and may not go there any more: {pins[0].message}"
        environment = environment_of(self._ws, work)
        if environment.hydrate is not None:
            changed = not environment.hydrate.branch and self._derivation.hydrated(work, there.since)
            return f"it was merged as {where} with other rendered objects: {', '.join(changed)}" if changed else ""
        try:
            found = rendered_at(self._ws, there.since, environment, plan.release.artifacts, as_is=True)
        except Error as e:
            return f"it was merged as {where}, which cannot be rendered: {redact(e.message)}"
        if found.hash == plan.content:
            return ""
        return f"it was merged as {where} with something else, which gives {plan.environment} what was never validated"

    def _called_off(self, work: Work, repository: "ConfigurationRepository", branch: str) -> Done:
        """Remove the branch, so that nobody merges it any more, and say whether somebody had."""
        work.hold()
        told = withdraw(repository.mirror, branch)
        there = landed(self._ws, work, self._derivation, repository.fetch())
        if there is None or there.unedited:
            return Done(Judgment(Outcome.PENDING, f"nothing of it is on {repository.branch}; {told}"))
        return passed(f"{there.commit[:12]} on {repository.branch}", **facts(work, there.commit))

    def _gone(self, work: Work, repository: "ConfigurationRepository", branch: str) -> Done:
        """Somebody removed the branch: after it was merged, or to say no."""
        tip = repository.fetch()
        there = landed(self._ws, work, self._derivation, tip)
        if there is not None:
            return self._arrived(work, repository, there, branch, tip)
        return failed(
            f"somebody removed {branch} without merging it into {repository.branch}",
            code="review.rejected",
            hint=f"vivido retry {work.state.plan.promotion} makes it again.",
        )

    def _waits(self, repository: "ConfigurationRepository", branch: str, made: ForReview) -> Done:
        into = f"{repository.branch} of {repository.url}"
        reason = f"{branch} ({made.commit[:12]}) waits to be merged into {into}"
        if made.tip != made.commit:
            reason += "; people committed on it since, and only what Vivido committed was validated"
        merge = f"git fetch && git merge --no-ff origin/{branch} && git push"
        unmet = Unmet(
            f"{reason}, not squashed with anything else", (f"whoever may merge into {repository.branch}",), next=merge
        )
        evidence = {HANDED_OVER: branch, "commit": made.commit}
        return Done(Judgment(Outcome.PENDING, reason, evidence, (unmet,), self._again()), {"proposed": branch})

    def _again(self) -> int:
        return self._ws.now() + RETRY


class Withdraw:
    """Executes `withdraw`: removes the branch for review of a promotion that does not go on. Idempotent."""

    def __init__(self, ws: "Workspace") -> None:
        self._ws = ws

    def __call__(self, work: Work) -> Done:
        """Remove it, where it is there."""
        repository = self._ws.repository(environment_of(self._ws, work))
        work.hold()
        return passed(withdraw(repository.mirror, branch_for(work.state.plan)))


def _branch(work: Work) -> str:
    return branch_for(work.state.plan, back=bool(work.step.options.get("back")))
