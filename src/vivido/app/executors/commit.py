"""The commit that says what should run: forwards, as a rollback, or reverting a promotion that failed."""

import random
from typing import TYPE_CHECKING

from vivido.app.content import refused, rendered_at
from vivido.app.edit import promoting
from vivido.app.entry import pinned_out
from vivido.app.executors.side import environment_of
from vivido.app.ground import EMAIL, VALIDATED
from vivido.app.planning import pins_before, refuse_bent
from vivido.app.reversal import reversal
from vivido.app.revisions import revision_of
from vivido.app.unchanged import revoked
from vivido.app.upward import refuse_undoing, upward
from vivido.engine.executor import Done, Work, passed
from vivido.errors import IntegrityError
from vivido.git.commit import Edits, Signature
from vivido.git.history import find_by_trailer
from vivido.git.publish import Edit, Hand, Key, backoff, publish
from vivido.git.sign import ssh_signer
from vivido.model.gate import Judgment, Outcome
from vivido.model.plan import Plan
from vivido.model.release import Release

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace

NAME = "Vivido"
"""Who stands in its commits; who asked for it is in the trailer `Vivido-Requested-By`."""


class Commit:
    """Executes `commit`. A restart finds the commit by its trailers and adopts it."""

    def __init__(self, ws: "Workspace") -> None:
        self._ws = ws

    def __call__(self, work: Work) -> Done:
        """Derive the edit on the branch's tip, commit, push by compare-and-swap; derive again after a lost race."""
        plan, repository = work.state.plan, self._ws.repository(environment_of(self._ws, work))
        if work.find_only:
            return self._found(work)
        at = work.state.step(work.step).opened
        sign = None
        if self._ws.project.sign_commits:
            from vivido.app.person import commit_key

            sign = ssh_signer(commit_key(self._ws))
        hand = Hand(Signature(NAME, EMAIL, at), backoff(random.random), sign=sign)
        work.progress(f"committing to {repository.branch} of {repository.url}")
        commit = publish(
            repository.mirror,
            repository.branch,
            lambda tip: self._edit(work, tip),
            _key(work),
            hand,
            since=plan.base or None,
        )
        return passed(f"{commit[:12]} on {repository.branch}", **self._facts(work, commit))

    def _found(self, work: Work) -> Done:
        """Say whether the commit is there, without making it: the promotion is stopping."""
        plan, repository = work.state.plan, self._ws.repository(environment_of(self._ws, work))
        repository.fetch()
        commit = find_by_trailer(repository.mirror, repository.branch, _key(work).trailers, plan.base or None)
        if commit is None:
            return Done(Judgment(Outcome.PENDING, f"there is no commit of it on {repository.branch}"))
        return passed(f"{commit[:12]} on {repository.branch}", **self._facts(work, commit))

    def _facts(self, work: Work, commit: str) -> dict[str, str]:
        return {"reverted": commit} if work.step.options.get("back") else {"commit": commit}

    def _edit(self, work: Work, tip: str) -> Edit:
        # What follows is the commit and the push: whoever slept past the lease stops here.
        work.hold()
        if work.step.options.get("back"):
            return self._reverting(work, tip)
        plan = work.state.plan
        if plan.kind == "rollback":
            files = self._reversing(plan, tip)
            return Edit(files, _subject(plan), _body(plan), _trailers(plan, work.head), allow_empty=True)
        files, merged = self._promoting(work, tip), upward(self._ws, plan.release, environment_of(self._ws, work))
        trailers = _trailers(plan, work.head)
        if merged is None:
            return Edit(files, _subject(plan), _body(plan), trailers, allow_empty=True)
        trailers |= {VALIDATED: merged.validated}
        if plan.superseded:
            trailers |= {"Vivido-Superseded": plan.superseded}
        return Edit(files, _subject(plan), _body(plan), trailers, allow_empty=True, merges=(merged.parent,))

    def _promoting(self, work: Work, tip: str) -> Edits:
        plan, environment = work.state.plan, environment_of(self._ws, work)
        pinned = pinned_out(plan.release, environment, pins_before(self._ws, environment))
        pins = (*pinned, *revoked(self._ws, plan.carried))
        if pins:
            # Somebody rolled it back elsewhere while it waited here.
            raise refused("promotion.pinned", f"{plan.release.id} may not go to {environment.name} any more", pins)
        rendered = rendered_at(
            self._ws, revision_of(self._ws, plan.release, environment), environment, plan.release.artifacts
        )
        refuse_bent(self._ws, environment, plan.release, rendered, tip)
        edits = promoting(self._ws, plan.release, environment, tip)
        refuse_undoing(self._ws, plan.release, environment, tip, edits, plan.superseded)
        return edits

    def _reversing(self, plan: Plan, tip: str) -> Edits:
        found = reversal(self._ws, plan, tip)
        if found.rendered.hash != plan.content:
            raise IntegrityError(
                f"{plan.environment} would not be what the rollback was planned as: the branch has moved since",
                code="promotion.content",
                hint="Start the rollback again.",
            )
        return found.files

    def _reverting(self, work: Work, tip: str) -> Edit:
        """Take back the promotion's own commit; edits that people made since stay."""
        from vivido.app.reversal import undone

        plan = work.state.plan
        own = str(work.state.facts["commit"])
        failure = work.state.failure
        why = failure[1].reason if failure else "aborted"
        subject = f"Go back: {plan.release.id} in {plan.environment}"
        return Edit(
            undone(self._ws, environment_of(self._ws, work), tip, (own,)),
            subject,
            why,
            _trailers(plan, work.head),
            allow_empty=True,
        )


def _key(work: Work) -> Key:
    return Key(work.state.plan.promotion, work.step.id)


def _subject(plan: Plan) -> str:
    what = "Roll back to" if plan.kind == "rollback" else "Promote"
    services = ", ".join(a.service for a in plan.release.artifacts)
    return f"{what} {plan.release.id} ({services}) in {plan.environment}"


def _body(plan: Plan) -> str:
    lines = [f"{a.service}: {a.image}" for a in plan.release.artifacts]
    accepted = plan.way_back.accepted
    told = [plan.reason, f"Without a way back: {accepted}" if accepted else ""]
    return "\n".join([line for part in told if part for line in (part, "")] + lines)


def _unchanged(plan: Plan) -> tuple[str, ...]:
    return tuple(f"{c.environment}={c.promotion}" for c in plan.carried)


def _revisions(release: Release) -> tuple[str, ...]:
    """Return every environment's revision: a release is made again from its commits' trailers."""
    return tuple(f"{name}={r.commit}" for name, r in sorted(release.revisions.items()))


def _trailers(plan: Plan, head: str) -> dict[str, str | tuple[str, ...]]:
    return {
        "Vivido-Release": plan.release.id,
        "Vivido-Environment": plan.environment,
        "Vivido-Digest": tuple(f"{a.service}={a.digest}" for a in plan.release.artifacts),
        "Vivido-Revision": (plan.release.revision_of(plan.environment) or plan.release.revision).commit,
        **({"Vivido-Revisions": _revisions(plan.release)} if plan.release.revisions else {}),
        "Vivido-Content": plan.content,
        **({"Vivido-Unchanged": _unchanged(plan)} if plan.carried else {}),
        "Vivido-Requested-By": plan.requested_by,
        "Vivido-Ledger": head,
    }
