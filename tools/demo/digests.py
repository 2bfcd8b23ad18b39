"""One digest, looked up in three places by three other programs than Vivido: the registry, Git, Podman."""

import json
from dataclasses import dataclass

from demo import registry
from demo.shop import ENVIRONMENTS, SERVICES
from demo.workspace import Workspace


@dataclass(frozen=True)
class Row:
    """What one environment has of one service.

    Attributes:
        tagged: The digest that the registry has under the environment's tag.
        committed: The digest in the environment's overlay.
        running: The digests of the containers that run.
    """

    service: str
    environment: str
    tagged: str
    committed: str
    running: frozenset[str]

    @property
    def same(self) -> bool:
        """Whether all three are there and agree."""
        return bool(self.tagged) and self.running == frozenset({self.tagged}) and self.committed == self.tagged


def look(space: Workspace) -> list[Row]:
    """Look everywhere."""
    return [_row(space, service, environment) for service in SERVICES for environment in ENVIRONMENTS]


def table(rows: list[Row]) -> list[str]:
    """Return the rows as a table."""
    head = f"{'service':8} {'environment':12} {'registry':14} {'Git':14} {'containers':14}"
    lines = [head, "-" * len(head)]
    for row in rows:
        running = " ".join(sorted(map(_short, row.running))) or "none"
        lines.append(
            f"{row.service:8} {row.environment:12} {_short(row.tagged):14} {_short(row.committed):14} {running:14}"
            f" {'same' if row.same else 'DIFFERENT'}"
        )
    return lines


def committed(space: Workspace, service: str, environment: str) -> str:
    """Return the digest that Git has, empty where there is none."""
    source = space.source(service, environment)
    where = f"{source.branch}:{source.directory}/kustomization.yaml"
    text = space.shell.ask("git", "--git-dir", str(source.repository), "show", where)
    found = [line.partition("sha256:")[2] for line in text.splitlines() if "sha256:" in line]
    return f"sha256:{found[0].strip().strip(chr(34))}" if found else ""


def _row(space: Workspace, service: str, environment: str) -> Row:
    tagged = registry.digest(space.port, f"shop/{service}", environment)
    return Row(
        service, environment, tagged, committed(space, service, environment), _running(space, service, environment)
    )


def _running(space: Workspace, service: str, environment: str) -> frozenset[str]:
    filters = ["--filter", f"label=vivido.project={space.name}", "--filter", f"label=vivido.environment={environment}"]
    names = space.shell.ask("podman", "ps", "--quiet", "--no-trunc", *filters).split()
    if not names:
        return frozenset()
    containers = json.loads(space.shell.ask("podman", "inspect", *names))
    wanted = f"localhost:{space.port}/shop/{service}"
    return frozenset(c["ImageDigest"] for c in containers if c["ImageName"].startswith((f"{wanted}@", f"{wanted}:")))


def _short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:12] or "none"
