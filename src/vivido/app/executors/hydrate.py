"""The rendered objects on a branch of their own: what a cluster pulls, and nothing else."""

from typing import TYPE_CHECKING

from vivido.app.executors.derive import Derivation, key_of, subject_of, trailers_of
from vivido.app.executors.side import environment_of
from vivido.app.hydrate import branch_of, fetch
from vivido.app.standing import REVERT
from vivido.engine.executor import Done, Work, passed
from vivido.git.commit import commit_files
from vivido.git.history import find_by_trailer
from vivido.git.publish import Edit, Hand, publish
from vivido.git.push import Moved, Pushed, push
from vivido.model.gate import Judgment, Outcome

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace
    from vivido.git.mirror import Mirror


class Hydrate:
    """Executes `hydrate`. A restart finds the commit by its trailers and adopts it."""

    def __init__(self, ws: "Workspace") -> None:
        self._ws = ws
        self._derivation = Derivation(ws)

    def __call__(self, work: Work) -> Done:
        """Commit the promotion's rendered objects, with `back` those from before it, of a revert those that were edited by hand.

        The branch is made where it is missing.
        """
        environment = environment_of(self._ws, work)
        mirror, branch = self._ws.repository(environment).mirror, branch_of(self._ws, environment)
        tip = fetch(self._ws, environment)
        if work.find_only:
            made = find_by_trailer(mirror, branch, key_of(work).trailers) if tip else None
            if made is None:
                return Done(Judgment(Outcome.PENDING, f"there is no commit of it on {branch}"))
            return passed(f"{made[:12]} on {branch}", hydrated=made)
        back = bool(work.step.options.get("back"))
        if back and not tip:
            return Done(Judgment(Outcome.SKIPPED, f"there is no branch {branch}"))
        work.progress(f"committing the rendered objects to {branch}")
        hand = self._derivation.hand(work)
        if not tip:
            work.hold()
            _begin(mirror, branch, hand)
        commit = publish(mirror, branch, lambda at: self._edit(work, at), key_of(work), hand)
        return passed(f"{commit[:12]} on {branch}", **({} if back else {"hydrated": commit}))

    def _edit(self, work: Work, tip: str) -> Edit:
        work.hold()
        plan, back = work.state.plan, bool(work.step.options.get("back"))
        subject = f"Go back: {plan.release.id} in {plan.environment}" if back else subject_of(plan)
        source = str(work.state.facts.get("commit", ""))
        trailers = trailers_of(plan, work.head) | ({"Vivido-Source": source} if source else {})
        # Going back from what was never brought here is no commit, nor is putting back what somebody else has meanwhile.
        found = self._derivation.hydrated(work, tip)
        return Edit(found, subject, plan.reason, trailers, allow_empty=not back and plan.kind != REVERT)


def _begin(mirror: "Mirror", branch: str, hand: Hand) -> None:
    """Make an empty branch, unless somebody else does."""
    root = commit_files(mirror, None, {}, f"Begin {branch}\n", hand.author, sign=hand.sign)
    result = push(mirror, branch, root, None)
    if not isinstance(result, Pushed | Moved):
        raise result.error(mirror.where)
