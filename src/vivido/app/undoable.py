"""Whether what runs could be brought back: its images are in the registry, its commit is on the branch (semantics §3)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from vivido.app.content import refused
from vivido.errors import InputError, UnreachableError
from vivido.model.plan import WayBack
from vivido.model.problem import Problem
from vivido.model.project import Environment
from vivido.model.record import Deployed
from vivido.model.reference import Reference
from vivido.model.release import Artifact, placed

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


def missing_images(ws: "Workspace", artifacts: Sequence[Artifact]) -> tuple[Artifact, ...]:
    """Return the artifacts that the registry does not have, one question for each.

    Raises:
        Error: As `registry.client.Client.ask`.
    """
    from vivido.registry.resolve import resolve

    return tuple(a for a in artifacts if resolve(ws.registry, Reference(a.repository, digest=a.digest)) is None)


def obstacles_to_return(ws: "Workspace", deployed: Deployed, environment: Environment) -> tuple[Problem, ...]:
    """Say what would keep an environment from returning to what it runs. No effect.

    Raises:
        Error: The registry or Git could not be asked.
    """
    accept = f"accept that with a reason: vivido promote {environment.name} --without-way-back “…”"
    found = [
        Problem(
            "way-back.image",
            f"the registry has {a.image} no more, which {environment.name} runs: nothing could bring it back",
            f"Push it there again, the same bytes; or {accept}",
        )
        for a in missing_images(ws, placed(deployed.release.artifacts, environment.registry))
    ]
    repository = ws.repository(environment)
    if not repository.contains(deployed.commit):
        said = f"{repository.branch} does not contain commit {deployed.commit[:12]} any more, which {environment.name} runs"
        hint = f"Was its history rewritten? Merge that commit back; or {accept}"
        found.append(Problem("way-back.commit", said, hint))
    return tuple(found)


def secured(ws: "Workspace", back: WayBack, deployed: Deployed | None, environment: Environment) -> WayBack:
    """Return the way back where it holds, or where somebody accepted that it does not.

    Where the registry cannot be asked now, the promotion's first step asks again before it changes anything.

    Args:
        ws: The project.
        back: How the promotion would be undone; `accepted` where somebody accepts that it cannot be.
        deployed: What runs; None where the environment is empty.
        environment: Which.

    Raises:
        RefusedError: `way-back.image`, `way-back.commit`; `promotion.no-way-back` where it is both.
    """
    if deployed is None:
        return back
    try:
        problems = obstacles_to_return(ws, deployed, environment)
    except UnreachableError:
        return back
    if not problems:
        # Nothing has to be accepted, so nothing is: who approves this must not read otherwise.
        return msgspec.structs.replace(back, accepted="")
    if not back.accepted:
        raise refused("promotion.no-way-back", f"{environment.name} could not go back", problems)
    told = "; ".join(p.message for p in problems)
    return msgspec.structs.replace(back, summary=f"none, and that was accepted: {back.accepted}. {told}")


def reasoned(text: str | None) -> str:
    """Return the reason why a promotion without a way back is accepted; empty where nobody asked for one.

    Raises:
        InputError: `promotion.reason`: the reason is empty.
    """
    if text is not None and not text.strip():
        raise InputError(
            "going without a way back needs a reason",
            code="promotion.reason",
            hint="Write why after --without-way-back: it stands in the plan, the ledger and the commit.",
        )
    return (text or "").strip()
