"""The story in the registry: the environment's tag points at what runs there. Never authority (semantics §4)."""

from typing import TYPE_CHECKING

from vivido.app.aliases import write_aliases
from vivido.app.executors.side import environment_of, old_side
from vivido.engine.executor import Done, Work, passed
from vivido.errors import Error
from vivido.model.gate import Judgment, Outcome
from vivido.model.project import Environment
from vivido.model.reference import Reference
from vivido.model.release import Release, placed
from vivido.text.redact import redact

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


class Tag:
    """Executes `tag`. Idempotent: a tag that points there already is left alone."""

    def __init__(self, ws: "Workspace") -> None:
        self._ws = ws

    def __call__(self, work: Work) -> Done:
        """Point the environment's tag at the promotion's artifacts, or with `back` at those before it."""
        plan = work.state.plan
        release = plan.release
        if work.step.options.get("back"):
            before = old_side(self._ws, work).deployed
            if before is None:
                return Done(Judgment(Outcome.SKIPPED, "nothing ran here before"))
            release = before.release
        work.hold()
        environment = environment_of(self._ws, work)
        work.progress(f"pointing the tag {plan.environment} at {release.id} in the registry")
        try:
            moved = move_tags(self._ws, release, environment)
            aliases, _ = write_aliases(self._ws, release, environment)
        except Error as e:
            # A tag only tells the story; what serves is healthy, and the next round of `vivido run` writes it.
            return Done(
                Judgment(Outcome.SKIPPED, f"it could not be written, `vivido run` tries again: {redact(e.message)}")
            )
        named = f", as {' '.join(dict.fromkeys(aliases.values()))}" if aliases else ""
        told = f"{plan.environment} points at {release.id}{'' if moved else ' already'}{named}"
        return passed(told, **({"aliases": aliases} if aliases else {}))


def move_tags(ws: "Workspace", release: Release, environment: Environment) -> tuple[str, ...]:
    """Point an environment's tag at every artifact of a release.

    Returns:
        The repositories whose tag pointed elsewhere, or was missing.
    """
    from vivido.registry.resolve import resolve
    from vivido.registry.tags import tag

    moved: list[str] = []
    for artifact in placed(release.artifacts, environment.registry):
        there = resolve(ws.registry, Reference(artifact.repository, environment.name))
        if there is not None and there.digest == artifact.digest:
            continue
        tag(ws.registry, artifact.repository, artifact.digest, environment.name)
        moved.append(str(artifact.repository))
    return tuple(moved)
