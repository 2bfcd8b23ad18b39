"""The steps of a promotion and of a rollback, as pure functions of the environment.

    check → gates before → (copy) → stage → commit → switch → gates after → settle → tag → record

With `change: branch` the commit comes before `stage`, and waits there until people have merged it: nothing is kept up beside
what runs for as long as a review takes.

A failure before the commit cleans up what was staged and changes nothing; one after it gives the traffic back first, then
reverts the commit (the way back must not wait for a Git server), then settles. The record comes last: what follows from it
(promotions to the next environments, pins) cannot be taken back.
"""

from collections.abc import Sequence

from vivido.model.plan import Step
from vivido.model.project import Environment, GateSpec

_CHECK, _BEFORE, _COPY, _REVIEW, _STAGE, _COMMIT, _HYDRATE, _SWITCH, _AFTER, _SETTLE, _TAG, _RECORD = range(12)

IMPORTED = "import"
"""The step whose commit takes in what ran before Vivido came; its trailer tells that commit from a promotion's."""

HYDRATE = "hydrate"
"""The step whose commit changes rendered objects alone: its trailer tells that from commits that change the configuration."""

SKIPPED_ON_ROLLBACK = "rolling back: the release passed the gates of this environment when it was promoted here"
"""Why a rollback does not judge gates again (semantics §3): the way back must not need what is broken."""

SKIPPED_AS_BEFORE = "rolling back: this ran here before Vivido came, and was taken in as it was"
"""The same, where no gate ever judged it."""


def forward(environment: Environment, *, rollback: str = "") -> tuple[Step, ...]:
    """Return the steps that bring a release to an environment, in their order.

    Args:
        environment: Where to.
        rollback: Why no gate is judged again on the way back; empty on the way forward.
    """
    name = environment.name
    steps = (
        Step("check", "check", _CHECK, "check artifacts and target"),
        *(_gate(g, _BEFORE, skip=rollback) for g in environment.gates if g.moment == "before"),
        *_copy(environment),
        Step("stage", "stage", _STAGE, f"bring up in {name}, without traffic"),
        _commit(environment, {"reverse": bool(rollback)}),
        *_hydrate(environment),
        Step("switch", "switch", _SWITCH, f"switch {name}'s traffic"),
        *(_gate(g, _AFTER, skip=rollback) for g in environment.gates if g.moment == "after"),
        Step("settle", "settle", _SETTLE, "drain and remove what ran before"),
        Step("tag", "tag", _TAG, f"move the tag {name}"),
        Step("record", "record", _RECORD, "record what runs"),
    )
    return tuple(sorted(steps, key=lambda step: step.phase))


def empty(environment: Environment, gates: Sequence[GateSpec], *, volumes: bool) -> tuple[Step, ...]:
    """Return the steps that empty an environment: whoever approves what goes there approves this too."""
    title = f"stop and remove what runs in {environment.name}" + (", with its data" if volumes else "")
    return (*(_gate(g, _BEFORE, skip="") for g in gates), Step("down", "down", _SWITCH, title, {"volumes": volumes}))


def take_in(environment: Environment, gates: Sequence[GateSpec], *, pin: bool, told: Sequence[str]) -> tuple[Step, ...]:
    """Return the steps that take in what runs in an environment. Nothing is brought up, and no file changes without `pin`.

    Args:
        environment: Which.
        gates: Who must say yes where a person's word stands for what runs.
        pin: The commit writes the digests.
        told: What could not be told; kept with the step.
    """
    name, options = environment.name, {"pin": pin, "told": tuple(told)}
    title = (
        f"commit what runs in {name}, with its digests"
        if pin
        else f"record in Git what runs in {name}; no file changes"
    )
    return (
        *(_gate(g, _BEFORE, skip="") for g in gates),
        # Where people merge what is changed, nobody could merge a commit without changes: none is made.
        Step(IMPORTED, "propose" if reviewed(environment) else "commit", _COMMIT, title, options, commits=True),
        Step("record", "record", _RECORD, "record what runs"),
        Step("tag", "tag", _RECORD + 1, f"let the tag {name} name it"),
    )


def undo_taking_in(environment: Environment) -> tuple[Step, ...]:
    """Return the steps that forget what was taken in."""
    return (
        _revert(environment),
        Step("undo-record", "record", 3, "forget that it ran", {"back": True}),
    )


def withdrawn(environment: Environment) -> tuple[Step, ...]:
    """Return what undoes an import that committed nothing: a branch for review goes, where people merge."""
    return (Step("withdraw", "withdraw", 0, "remove the branch for review"),) if reviewed(environment) else ()


def undo(environment: Environment) -> tuple[Step, ...]:
    """Return the steps that undo a promotion after its commit."""
    name = environment.name
    return (
        Step("undo-stage", "stage", 0, "bring up what ran before", {"back": True}),
        Step("undo-switch", "switch", 1, f"give {name}'s traffic back", {"back": True}),
        *_dehydrate(environment),
        _revert(environment),
        Step("undo-settle", "settle", 3, "drain and remove the failed release", {"back": True}),
        Step("undo-record", "record", 4, "forget that it ran", {"back": True}),
        Step("undo-tag", "tag", 5, f"put the tag {name} back", {"back": True}),
    )


def cleanup(environment: Environment) -> tuple[Step, ...]:
    """Return the steps that remove what was staged, and proposed, by a promotion that changed nothing else."""
    clean = Step("clean", "settle", 0, "remove what was staged", {"back": True})
    if not reviewed(environment):
        return (clean,)
    return (clean, Step("withdraw", "withdraw", 1, "remove the branch for review"))


def reviewed(environment: Environment) -> bool:
    """Say whether people merge what promotions change there."""
    return environment.change == "branch"


def _commit(environment: Environment, options: dict[str, bool]) -> Step:
    if not reviewed(environment):
        return Step("commit", "commit", _COMMIT, "commit to the configuration", options, commits=True)
    return Step(
        "commit", "propose", _REVIEW, "commit to a branch for review, until it is merged", options, commits=True
    )


def _hydrate(environment: Environment) -> tuple[Step, ...]:
    """On a branch of their own the rendered objects are a commit of their own; elsewhere they are part of the promotion's."""
    place = environment.hydrate
    if place is None or not place.branch:
        return ()
    return (Step(HYDRATE, "hydrate", _HYDRATE, f"commit the rendered objects to {place.branch}", commits=True),)


def _dehydrate(environment: Environment) -> tuple[Step, ...]:
    place = environment.hydrate
    if place is None or not place.branch:
        return ()
    return (Step("undo-hydrate", "hydrate", 2, f"put the rendered objects on {place.branch} back", {"back": True}),)


def _revert(environment: Environment) -> Step:
    kind, until = ("propose", ", on a branch for review") if reviewed(environment) else ("commit", "")
    return Step("undo-commit", kind, 2, f"revert the commit{until}", {"back": True})


def _copy(environment: Environment) -> tuple[Step, ...]:
    """An environment with repositories of its own gets the images there first, by the same digests."""
    if not environment.registry:
        return ()
    return (Step("copy", "copy", _COPY, f"copy the images to {environment.registry}"),)


def _gate(gate: GateSpec, phase: int, *, skip: str) -> Step:
    options = {"gate": gate.id, "skip": skip} if skip else {"gate": gate.id}
    return Step(f"gate-{gate.id}", "gate", phase, f"gate {gate.id}", options)
