"""What an environment gets at a commit, kept as a whole: asked again, nothing is looked for, and what looks need not be loaded.

The key is a hash of all that could make another answer: the commit's whole tree, everything that `vivido.yaml` declares, the
images, the programs that render, Vivido's version. Any commit is another key; then what is kept of each place counts, and that
depends on its own files only. What is refused is not kept, nor is what holds a Secret in clear.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from vivido.model.canonical import fingerprint
from vivido.model.objects import Rendered
from vivido.render.secrets import secrets_in_clear
from vivido.render.tool import FORMAT, tools

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace
    from vivido.model.project import Environment
    from vivido.model.release import Artifact

_FORM = 1
"""Raised when editing, checking or putting places together changes what comes of the same: then nothing older is used."""


FEW = 20
"""Services up to which an answer is kept as a whole: of a thousand it would take the room of ten thousand renderings."""


class Answers:
    """The answer to one question about few services, if it was kept.

    Args:
        ws: The project.
        environment: Of whom.
        commit: Of its configuration.
        artifacts: The images that its services run, where that environment has them.
        as_is: The images are those that the commit names.
    """

    def __init__(
        self,
        ws: "Workspace",
        environment: "Environment",
        commit: str,
        artifacts: "Sequence[Artifact]",
        *,
        as_is: bool,
    ) -> None:
        self._ws = ws
        tree = ws.repository(environment).snapshot(commit).root
        images = [[a.service, a.image] for a in artifacts]
        declared = ws.declared_for(environment)
        self._key = fingerprint(["answer", FORMAT, _FORM, tools(), tree, declared, environment.name, images, as_is])

    def known(self) -> Rendered | None:
        """Return what was kept; None where nothing was."""
        found = self._ws.renderings.get([self._key], self._ws.now())
        return msgspec.json.decode(found[self._key], type=Rendered) if found else None

    def keep(self, rendered: Rendered) -> None:
        """Keep an answer."""
        if not secrets_in_clear(rendered, ()):
            self._ws.renderings.put({self._key: msgspec.json.encode(rendered)}, self._ws.now())
