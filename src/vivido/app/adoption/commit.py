"""The commit of an adoption: a person's, with the reason and the owner."""

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vivido.app.adoption.files import files_at
from vivido.app.adoption.plan import Adoption
from vivido.app.person import author_here, commit_signer

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace

DRIFT = "Vivido-Drift"


def commit_adoption(ws: "Workspace", adoption: Adoption) -> str:
    """Commit what was planned, as the person who sits here, and push it; return the commit's id. Idempotent by the adoption's id.

    Raises:
        InputError: `git.nobody`: Git does not know who sits here.
        ConflictError, RefusedError, UnreachableError: As every push.
    """
    from vivido.git.publish import Edit, Hand, backoff, publish

    environment = ws.environment(adoption.environment)

    def derive(tip: str) -> Edit:
        files, _ = files_at(ws, environment, adoption.wishes, adoption.images, tip)
        subject = f"Declare what was changed by hand in {adoption.environment}"
        body = "\n".join([adoption.reason, "", *adoption.adopted])
        return Edit(files, subject, body, {"Vivido-Owner": adoption.owner, "Vivido-Requested-By": adoption.by})

    hand = Hand(author_here(ws, ws.now()), backoff(random.random), sign=commit_signer(ws))
    key = _key(adoption)
    repository = ws.repository(environment)
    return publish(repository.mirror, repository.branch, derive, key, hand, since=adoption.tip)


def _key(adoption: Adoption) -> Any:
    from vivido.git.publish import Key

    @dataclass(frozen=True)
    class AdoptionKey(Key):
        """Told from a promotion's: a person's commit is no promotion."""

        @property
        def trailers(self) -> dict[str, str]:
            """As the commit carries it."""
            return {DRIFT: self.promotion}

    return AdoptionKey(adoption.id, "adopt")
