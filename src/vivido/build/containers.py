"""What Buildah and Podman share: one family of options, one way to build, push and tidy up.

No layers of earlier builds are taken unless asked for. With a cache the digest depends on what this machine built before:
Buildah takes a cached layer together with the dates of the commit that it was made for (measured with 1.28: another
`--timestamp`, the same old image).
"""

import contextlib
from collections.abc import Sequence
from pathlib import Path

from vivido.build.checks import SHOWN, output_of, tail
from vivido.build.interface import BuildOrder
from vivido.build.reproducible import base_images
from vivido.errors import InputError, ToolError
from vivido.model.reference import Digest, Reference, parse_digest, parse_reference
from vivido.process import Completed, run

TIMEOUT = 7200.0
"""Seconds that one build or push may take."""

_LOCAL = "localhost/vivido-build"


class ContainerTool:
    """Buildah or Podman.

    Args:
        program: The program; its options are Buildah's.
        build: Its subcommand that builds.
        isolation: `chroot` where namespaces cannot be had; empty: the program's own choice.
    """

    def __init__(self, program: str, build: str, isolation: str = "") -> None:
        self.program, self._build, self._isolation = program, build, isolation

    def build(self, order: BuildOrder) -> Digest:
        """Build each platform, push the image or the index of them, and leave nothing in the local storage.

        Raises:
            ToolError: `build.failed`, `build.push-failed`.
        """
        names = list[str]()
        try:
            for index, platform in enumerate(order.platforms or ("",)):
                names.append(f"{_LOCAL}:{order.scratch.name.lower()}-{index}")
                order.progress(f"{self.program}: building {order.image.repository} {platform}".rstrip())
                self._run(order, self._build_args(order, names[-1], platform), "build.failed", "build")
            order.progress(f"{self.program}: pushing {order.image}")
            if len(names) == 1:
                return self._push(order, "push", names[0])
            return self._push_index(order, names)
        finally:
            if not order.cache:
                self._tidy(order, names)

    def _build_args(self, order: BuildOrder, name: str, platform: str) -> list[str]:
        isolation = [f"--isolation={self._isolation}"] if self._isolation else []
        cache = ["--layers=true"] if order.cache else ["--layers=false", "--no-cache"]
        return [
            self._build,
            "--format=oci",
            f"--timestamp={order.epoch}",
            # Buildah's own version in a label would make each release of Buildah another digest.
            "--identity-label=false",
            *cache,
            *isolation,
            *([f"--platform={platform}"] if platform else []),
            *(f"--build-arg={key}={value}" for key, value in order.args.items()),
            *(f"--label={key}={value}" for key, value in order.labels.items()),
            *(f"--annotation={key}={value}" for key, value in order.annotations.items()),
            *self._tls(order, *_bases(order)),
            f"--file={order.containerfile}",
            f"--tag={name}",
            str(order.context),
        ]

    def _push(self, order: BuildOrder, verb: str, name: str) -> Digest:
        said = order.scratch / "digest"
        options = ["--format=oci", f"--digestfile={said}", *self._tls(order, order.image)]
        args = [*verb.split(), *options, name, f"docker://{order.image}"]
        self._run(order, args, "build.push-failed", "push")
        return parse_digest(said.read_text(encoding="utf-8").strip())

    def _push_index(self, order: BuildOrder, names: Sequence[str]) -> Digest:
        index = f"{_LOCAL}:{order.scratch.name.lower()}"
        self._run(order, ["manifest", "create", index], "build.failed", "make an index")
        try:
            for name in names:
                add = ["manifest", "add", index, f"containers-storage:{name}"]
                self._run(order, add, "build.failed", "make an index")
            return self._push(order, "manifest push --all", index)
        finally:
            run([self.program, "manifest", "rm", index], env=order.environ)

    def _tls(self, order: BuildOrder, *images: Reference) -> list[str]:
        """Leave TLS off only where every image that is spoken of is on a registry without it."""
        if images and all(image.repository.registry in order.plain_http for image in images):
            return ["--tls-verify=false"]
        if order.ca is None:
            return []
        certificates = order.scratch / "certificates"
        certificates.mkdir(exist_ok=True)
        (certificates / "ca.crt").write_bytes(order.ca.read_bytes())
        return [f"--cert-dir={certificates}"]

    def _run(self, order: BuildOrder, args: Sequence[str], code: str, what: str) -> Completed:
        done = run([self.program, *args], cwd=order.context, env=order.environ, timeout=TIMEOUT)
        if done.returncode != 0:
            raise tool_failed(self.program, done, code, what)
        return done

    def _tidy(self, order: BuildOrder, names: Sequence[str]) -> None:
        # By name: an image that another build has under its own name stays for it. Failing to tidy up fails no build.
        with contextlib.suppress(ToolError):
            run([self.program, "rmi", *names], env=order.environ)


def tool_failed(program: str, done: Completed, code: str, what: str) -> ToolError:
    """Return the error of a builder's program that failed, with what it printed last."""
    how = "took too long" if done.timed_out else f"exited with {done.returncode}"
    printed = output_of(done)
    hints = {
        "gave HTTP response to HTTPS client": "Name the registry's host under `registries: plain-http` if it has no TLS.",
        "certificate signed by unknown authority": "Name the authority's PEM file under `registries: ca`.",
        "unauthorized": f"Log in to the registry: `{program} login`.",
        "authentication required": f"Log in to the registry: `{program} login`.",
    }
    hint = next((h for sign, h in hints.items() if sign in printed), "Run `vivido doctor` to check the builder.")
    return ToolError(f"{program} could not {what}: it {how}\n{tail(printed, SHOWN)}".rstrip(), code=code, hint=hint)


def version_of(program: str, *args: str) -> str | None:
    """Return the first line that a program says of its version, None where it is not there or does not work."""
    try:
        done = run([program, *args], timeout=30)
    except ToolError:
        return None
    return done.text.strip().partition("\n")[0] if done.returncode == 0 else None


def _bases(order: BuildOrder) -> list[Reference]:
    text = Path(order.containerfile).read_text(encoding="utf-8", errors="replace")
    found = list[Reference]()
    for image in base_images(text, order.args):
        with contextlib.suppress(InputError):
            found.append(parse_reference(image))
    return found
