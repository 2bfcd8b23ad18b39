"""What the tests of targets hand to a target: a context on disk, and what should run there."""

from collections.abc import Callable
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import pytest

from vivido.model.objects import Rendered, sort_key
from vivido.process import find
from vivido.targets.interface import Desired, TargetContext
from vivido.targets.podman.limiting import controllers
from vivido.targets.podman.program import Podman
from vivido.time.clock import system_now

DIGEST_A = "sha256:" + "a" * 64
DIGEST_B = "sha256:" + "b" * 64

_THERE = controllers(Podman(Path(gettempdir()), {})) if find("podman") else None
UNLIMITED = _THERE is not None and not {"memory", "cpu", "pids"} <= _THERE
needs_limits = pytest.mark.skipif(
    UNLIMITED, reason="containers of this user cannot have limits (cgroups are not delegated)"
)


def context(
    tmp_path: Path,
    *,
    project: str = "shop",
    secrets: dict[str, dict[str, str]] | None = None,
    plain_http: tuple[str, ...] = (),
    progress: Callable[[str], None] = lambda _: None,
) -> TargetContext:
    values = secrets or {}
    (tmp_path / "state").mkdir(exist_ok=True)
    return TargetContext(
        project=project,
        root=str(tmp_path),
        state=str(tmp_path / "state"),
        plain_http=plain_http,
        secret=lambda name, key: values.get(name, {}).get(key),
        progress=progress,
        now=system_now,
        secret_keys=lambda name: tuple(values.get(name, {})),
    )


def desired(
    *objects: dict[str, Any], images: dict[str, str] | None = None, project: str = "shop", promotion: str = "p-1"
) -> Desired:
    rendered = Rendered(tuple(sorted(objects, key=sort_key)))
    return Desired(
        project=project,
        environment="dev",
        generation=rendered.hash[:12],
        release="r-0123456789ab",
        promotion=promotion,
        rendered=rendered,
        images=images if images is not None else {"web": f"registry.test/web@{DIGEST_A}"},
    )
