"""Docker with BuildKit: `docker buildx build --push`.

BuildKit's own provenance is off: it holds the time of the build, so that no two builds of a commit would share a digest,
and it is not signed. File dates are set to the commit's by `rewrite-timestamp` (BuildKit 0.13 and later).
"""

import json
from json import JSONDecodeError
from pathlib import Path

from vivido.build.containers import TIMEOUT, tool_failed, version_of
from vivido.build.interface import BuildOrder
from vivido.model.reference import Digest, parse_digest
from vivido.process import run


class Docker:
    """Builds by Docker's Buildx plugin; see `vivido.build.interface.Builder`."""

    name = "docker"

    def available(self) -> str | None:
        """Return what Buildx says of its version, None where Docker or the plugin is not there."""
        return version_of("docker", "buildx", "version")

    def build(self, order: BuildOrder) -> Digest | None:
        """Build and push in one step; the digest is the one of `--metadata-file`.

        Raises:
            ToolError: `build.failed`.
        """
        said = order.scratch / "metadata.json"
        environ = {**order.environ, "SOURCE_DATE_EPOCH": str(order.epoch)}
        order.progress(f"docker: building and pushing {order.image}")
        done = run(["docker", *_args(order, said)], cwd=order.context, env=environ, timeout=TIMEOUT)
        if done.returncode != 0:
            raise tool_failed("docker", done, "build.failed", "build and push")
        return _digest(said)


def _args(order: BuildOrder, said: Path) -> list[str]:
    output = ["type=image", f"name={order.image}", "push=true", "oci-mediatypes=true", "rewrite-timestamp=true"]
    if order.image.repository.registry in order.plain_http:
        output.append("registry.insecure=true")
    return [
        *("buildx", "build", "--provenance=false", "--sbom=false", "--progress=plain"),
        *([] if order.cache else ["--no-cache"]),
        *([f"--platform={','.join(order.platforms)}"] if order.platforms else []),
        f"--build-arg=SOURCE_DATE_EPOCH={order.epoch}",
        *(f"--build-arg={key}={value}" for key, value in order.args.items()),
        *(f"--label={key}={value}" for key, value in order.labels.items()),
        *(f"--annotation=manifest:{key}={value}" for key, value in order.annotations.items()),
        f"--output={','.join(output)}",
        f"--metadata-file={said}",
        f"--file={order.containerfile}",
        str(order.context),
    ]


def _digest(said: Path) -> Digest | None:
    """Return the digest of the metadata; the registry's is what counts, so a Docker that says none is no failure."""
    try:
        metadata = json.loads(said.read_text(encoding="utf-8"))
    except (OSError, JSONDecodeError):
        return None
    found = metadata.get("containerimage.digest") if isinstance(metadata, dict) else None
    return parse_digest(found) if isinstance(found, str) else None
