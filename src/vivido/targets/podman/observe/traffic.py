"""What HAProxy does, beside what it should: its file, its process, its servers. Pure."""

from collections.abc import Iterable

from vivido.model.observation import Fields
from vivido.targets.podman.proxy.config import structure
from vivido.targets.podman.proxy.runtime import Backend
from vivido.targets.podman.proxy.serving import Serving


class Witness:
    """What was seen of HAProxy."""

    def __init__(self, recorded: Serving, running: str | None, backends: Iterable[Backend], written: bool) -> None:
        """Keep what was seen.

        Args:
            recorded: What `serving.json` says.
            running: The structure that the living process has; None: none answers.
            backends: The servers of the living process.
            written: Whether the configuration file is as Vivido wrote it.
        """
        self._recorded = recorded
        self._running = running
        self._backends = tuple(backends)
        self._written = written

    def fields(self) -> Fields:
        """Return what is."""
        servers: dict[str, Fields] = {}
        for one in self._backends:
            servers.setdefault(one.route, {})[one.name] = f"127.0.0.1:{one.port}{_word(one.status)}"
        process = "none" if self._running is None else "as written" if self._matches() else "with another configuration"
        return {
            "generation": self._recorded.generation,
            "file": "as written" if self._written else "edited",
            "process": process,
            "servers": servers,
        }

    def _matches(self) -> bool:
        return self._running == structure(self._recorded)


def wanted(generation: str, serving: Serving) -> Fields:
    """Return what should be: every pod of the generation behind its Services, and nothing else."""
    return {
        "generation": generation,
        "file": "as written",
        "process": "as written",
        "servers": {r.name: {s.name: f"127.0.0.1:{s.port}" for s in r.servers} for r in serving.routes if r.servers},
    }


def _word(status: str) -> str:
    """Tell a state that somebody set; health is no drift."""
    return next((f" ({word.lower()})" for word in ("MAINT", "DRAIN") if status.startswith(word)), "")
