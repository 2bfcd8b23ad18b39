"""A promotion in which gates are judged."""

from collections.abc import Callable
from pathlib import Path

from vivido.gates.interface import GateContext, Subject
from vivido.model.actor import Roster
from vivido.model.approval import Approval
from vivido.model.reference import Digest, Repository
from vivido.model.release import Artifact
from vivido.time.clock import system_now

DIGEST = Digest("sha256:" + "a" * 64)


def subject(
    *,
    url: str = "",
    urls: dict[str, str] | None = None,
    roster: Roster | None = None,
    authors: tuple[str, ...] = (),
    gate: str = "acceptance",
    attempt: int = 1,
    promotion: str = "p-1",
    environment: str = "staging",
) -> Subject:
    return Subject(
        promotion=promotion,
        gate=gate,
        kind="promotion",
        project="shop",
        environment=environment,
        release="r-0123456789ab",
        artifacts=(Artifact("web-front", Repository("localhost:5000", "shop/web"), DIGEST),),
        content="c" * 64,
        plan="d" * 64,
        moment="after",
        attempt=attempt,
        roster=roster or Roster(),
        authors=authors,
        url=url,
        urls=urls or {},
    )


def context(
    root: Path,
    *,
    approvals: tuple[Approval, ...] = (),
    told: list[str] | None = None,
    now: Callable[[], int] = system_now,
) -> GateContext:
    lines = told if told is not None else []
    return GateContext(str(root), str(root / "state"), lambda: approvals, lines.append, now)
