"""What a promotion's commit holds: the edit, derived on a branch's tip, its message and its key."""

import random
from typing import TYPE_CHECKING

from vivido.app.content import refused, rendered_at
from vivido.app.edit import promoting
from vivido.app.entry import pinned_out
from vivido.app.executors.side import environment_of, new_side, old_side
from vivido.app.found import ownership
from vivido.app.ground import EMAIL, OWN, VALIDATED
from vivido.app.hydrate import edits, files, place_of
from vivido.app.imports.commit import taking_in
from vivido.app.imports.plan import IMPORT
from vivido.app.planning import pins_before, refuse_bent
from vivido.app.reversal import reversal, undone
from vivido.app.revisions import revision_of
from vivido.app.standing import REVERT
from vivido.app.truth import truth, was_hydrated
from vivido.app.unchanged import revoked
from vivido.app.upward import refuse_undoing, upward
from vivido.engine.executor import Work
from vivido.errors import IntegrityError
from vivido.git.commit import Edits, Signature
from vivido.git.publish import Edit, Hand, Key, backoff
from vivido.git.sign import ssh_signer
from vivido.model.plan import Plan
from vivido.model.problem import Problem
from vivido.model.project import Environment
from vivido.model.release import Release

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace

NAME = "Vivido"
"""Who stands in its commits; who asked for it is in the trailer `Vivido-Requested-By`."""


def key_of(work: Work) -> Key:
    """Return what names the commit, for ever."""
    return Key(work.state.plan.promotion, work.step.id)


class Derivation:
    """Derives a step's commit, again and again until it stands."""

    def __init__(self, ws: "Workspace") -> None:
        self._ws = ws

    def hand(self, work: Work) -> Hand:
        """Return who commits: the same time at each attempt, so that a repetition makes the same commit."""
        sign = None
        if self._ws.project.sign_commits:
            from vivido.app.person import commit_key

            sign = ssh_signer(commit_key(self._ws))
        at = work.state.step(work.step).opened
        return Hand(Signature(NAME, EMAIL, at), backoff(random.random), sign=sign)

    def files(self, work: Work, tip: str) -> Edits:
        """Return what would change on a tip, whether that may be or not; empty where it stands there already.

        Raises:
            RefusedError: `layout.refused`; ConflictError: `rollback.edited`.
        """
        return {**self._source(work, tip), **self._beside(work, tip)}

    def hydrated(self, work: Work, tip: str) -> Edits:
        """Return what sets the rendered objects at a commit to those of the promotion, or with `back` to those before it.

        Raises:
            RefusedError: `hydrate.taken`.
        """
        environment = environment_of(self._ws, work)
        if environment.hydrate is None:
            return {}
        if work.state.plan.kind == REVERT:
            return self._put_back(environment, tip)
        if not work.step.options.get("back"):
            wanted = files(self._ws, environment, new_side(self._ws, work).rendered, work.state.plan.release)
            return edits(self._ws, environment, tip, wanted)
        before = old_side(self._ws, work)
        if before.wanted is None or before.deployed is None or was_hydrated(self._ws, before.deployed) is None:
            return edits(self._ws, environment, tip, {})
        wanted = files(self._ws, environment, before.wanted.rendered, before.deployed.release)
        return edits(self._ws, environment, tip, wanted)

    def _put_back(self, environment: Environment, tip: str) -> Edits:
        """Return what sets the rendered objects to those of the promotion that runs, Jobs too."""
        deployed = next(iter(self._ws.records.deployed(environment.name)))
        wanted = files(self._ws, environment, truth(self._ws, environment, deployed), deployed.release)
        return edits(self._ws, environment, tip, wanted)

    def _beside(self, work: Work, tip: str) -> Edits:
        """Return the rendered objects where they lie beside the configuration; an import changes no file for them."""
        if work.state.plan.kind == IMPORT:
            return {}
        place = place_of(self._ws, environment_of(self._ws, work))
        return {} if place is None or place.branch else self.hydrated(work, tip)

    def _source(self, work: Work, tip: str) -> Edits:
        plan, environment = work.state.plan, environment_of(self._ws, work)
        if work.step.options.get("back"):
            return undone(self._ws, environment, tip, _own(work))
        if plan.kind == IMPORT:
            return taking_in(self._ws, plan, environment, tip, pin=work.step.options.get("pin") is True)
        if plan.kind == "rollback":
            return reversal(self._ws, plan, tip).files
        return promoting(self._ws, plan.release, environment, tip)

    def pinned(self, work: Work) -> tuple[Problem, ...]:
        """Return what was rolled back since it was planned, here or before; neither a rollback nor an import asks for leave."""
        plan, environment = work.state.plan, environment_of(self._ws, work)
        if plan.kind in ("rollback", IMPORT):
            return ()
        pinned = pinned_out(plan.release, environment, pins_before(self._ws, environment))
        return (*pinned, *revoked(self._ws, plan.carried))

    def edit(self, work: Work, tip: str) -> Edit:
        """Return the commit on a tip.

        Raises:
            RefusedError: It may not be any more: a pin, a branch that is bent, a change of people that it would undo.
            ConflictError: `engine.fenced`: the lease was lost; `rollback.edited`.
            IntegrityError: `promotion.content`: a rollback would give something else than was planned.
        """
        # What follows is the commit and the push: whoever slept past the lease stops here.
        work.hold()
        if work.step.options.get("back"):
            return self._reverting(work, tip)
        plan = work.state.plan
        if plan.kind == IMPORT:
            return Edit(
                self.files(work, tip), subject_of(plan), _body(plan), trailers_of(plan, work.head), allow_empty=True
            )
        if plan.kind == "rollback":
            changed = {**self._reversing(plan, tip), **self._beside(work, tip)}
            return Edit(changed, subject_of(plan), _body(plan), trailers_of(plan, work.head), allow_empty=True)
        changed = {**self._promoting(work, tip), **self._beside(work, tip)}
        merged = upward(self._ws, plan.release, environment_of(self._ws, work))
        trailers = trailers_of(plan, work.head)
        if merged is None:
            return Edit(changed, subject_of(plan), _body(plan), trailers, allow_empty=True)
        trailers |= {VALIDATED: merged.validated}
        own = ownership(self._ws, environment_of(self._ws, work), tip, merged.validated)
        if own is not None and own.found:
            trailers |= {OWN: tuple(f.path for f in own.found)}
        if plan.superseded:
            trailers |= {"Vivido-Superseded": plan.superseded}
        return Edit(changed, subject_of(plan), _body(plan), trailers, allow_empty=True, merges=(merged.parent,))

    def _promoting(self, work: Work, tip: str) -> Edits:
        plan, environment = work.state.plan, environment_of(self._ws, work)
        pins = self.pinned(work)
        if pins:
            # Somebody rolled it back elsewhere while it waited here.
            raise refused("promotion.pinned", f"{plan.release.id} may not go to {environment.name} any more", pins)
        rendered = rendered_at(
            self._ws, revision_of(self._ws, plan.release, environment), environment, plan.release.artifacts
        )
        refuse_bent(self._ws, environment, plan.release, rendered, tip)
        found = promoting(self._ws, plan.release, environment, tip)
        refuse_undoing(self._ws, plan.release, environment, tip, found, plan.superseded)
        return found

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
        plan = work.state.plan
        failure = work.state.failure
        why = failure[1].reason if failure else "aborted"
        subject = f"Go back: {plan.release.id} in {plan.environment}"
        return Edit(
            self.files(work, tip),
            subject,
            why,
            trailers_of(plan, work.head),
            allow_empty=True,
        )


def _own(work: Work) -> tuple[str, ...]:
    """Return the promotion's own commit; none where it found everything as it should be and made none."""
    facts = work.state.facts
    return () if facts.get("unedited") else (str(facts["commit"]),)


def subject_of(plan: Plan) -> str:
    """Return the first line of a promotion's message."""
    what = {"rollback": "Roll back to", IMPORT: "Take in", REVERT: "Put back"}.get(plan.kind, "Promote")
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


def trailers_of(plan: Plan, head: str) -> dict[str, str | tuple[str, ...]]:
    """Return what a promotion's commit says to programs, besides its key."""
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
