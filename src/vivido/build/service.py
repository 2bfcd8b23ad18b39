"""Building one service once: refuse, find, check, build, read the digest back, tag.

The order is what makes a crash harmless. The artifact exists for others only when the inputs' tag names it, and that is
written after all is pushed and read back; before, a second run starts again and finds nothing half-done. The channel's tag
moves last.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from vivido.build.checks import run_checks
from vivido.build.context import Prepared, prepare
from vivido.build.ignore import relevant
from vivido.build.inputs import input_paths, inputs_hash
from vivido.build.interface import (
    Builder,
    BuildOrder,
    BuildRequest,
    Built,
    CheckResult,
    Facts,
    Registry,
    Source,
)
from vivido.build.labels import INPUTS, build_tag, inputs_tag, labels_of, revision_of
from vivido.build.reuse import Found, find, move, settle
from vivido.build.scratch import scratch, sweep
from vivido.crashpoint import crashpoint
from vivido.errors import InputError, IntegrityError, RefusedError, ToolError
from vivido.model.problem import Problem
from vivido.model.project import Build
from vivido.model.reference import Digest, Reference, Repository, parse_repository
from vivido.model.release import Artifact
from vivido.time.clock import Now

_NAMED = 10
"""Paths or problems that a refusal lists before it only counts them."""


def build_service(request: BuildRequest, source: Source, registry: Registry, builder: Builder, now: Now) -> Built:
    """Return the artifact of a service at the commit that is checked out: the one that is there, or a new one.

    Raises:
        RefusedError: `build.dirty`, `build.check-failed`, `build.depends-on-environment`. Nothing was built.
        InputError: `build.none`: the service is built elsewhere; `build.no-containerfile`, `build.path`, `build.no-input`.
        IntegrityError: `build.digest`: the registry holds something else than the builder says it pushed.
        ToolError: The builder failed; or `build.not-pushed`: it pushed nothing.
        Error: As the registry's client raises.
    """
    return _Building(request, source, registry, builder, now).run()


@dataclass(frozen=True)
class _Building:
    request: BuildRequest
    source: Source
    registry: Registry
    builder: Builder
    now: Now

    def run(self) -> Built:
        sweep(self.request.work)
        facts = self.source.facts()
        if facts.dirty and not self.request.allow_dirty:
            raise _dirty(facts)
        contents = None if facts.dirty else self._contents()
        inputs = "" if contents is None else inputs_hash(self.build, contents)
        found = find(self.registry, self.repository, inputs) if inputs else None
        if found is not None and found.commit == facts.commit:
            # Its checks passed before it was built: the commit holds them as well.
            return self._reused(found, facts, inputs, (), ())
        with scratch(self.request.work) as directory:
            prepared = prepare(self.request, self.source, contents, self.builder.name, directory)
            checks = run_checks(self.request.service.checks, self.request.root, self.now, self.request.progress)
            if found is not None:
                return self._reused(found, facts, inputs, checks, prepared.warnings)
            return self._build(prepared, facts, inputs, checks)

    @property
    def build(self) -> Build:
        if self.request.service.build is None:
            raise InputError(
                f"the service {self.request.service.name} is built elsewhere",
                code="build.none",
                hint="Give it a `build:`, or register its image: `vivido release create --artifact NAME=REPOSITORY@DIGEST`.",
            )
        return self.request.service.build

    @property
    def repository(self) -> Repository:
        return parse_repository(self.request.service.image)

    def _contents(self) -> dict[str, str]:
        contents = self.source.contents(input_paths(self.build))
        # A user's own command runs in the repository and may read what an ignore file leaves out.
        return dict(contents) if self.builder.name == "command" else relevant(self.build, contents, self.source.read)

    def _build(self, prepared: Prepared, facts: Facts, inputs: str, checks: tuple[CheckResult, ...]) -> Built:
        order = self._order(prepared, facts, inputs)
        digest = self._push(order)
        mine, tag = Found(digest, facts.commit), order.image.tag
        if facts.dirty:
            artifact = Artifact(self.request.service.name, self.repository, digest, facts.commit, dirty=True)
            return Built(artifact, facts.commit, False, tag, checks, prepared.warnings)
        labels = self.registry.labels(self.repository, digest)
        if labels.get(INPUTS) != inputs or revision_of(labels) != facts.commit:
            self._channel(digest)
            warnings = (*prepared.warnings, _unlabelled(self.builder.name))
            return Built(self._artifact(mine), facts.commit, False, tag, checks, warnings)
        settled = settle(self.registry, self.repository, inputs, mine)
        if settled.digest != digest:
            return self._reused(settled, facts, inputs, checks, prepared.warnings)
        self._channel(digest)
        return Built(self._artifact(mine), facts.commit, False, tag, checks, prepared.warnings)

    def _order(self, prepared: Prepared, facts: Facts, inputs: str) -> BuildOrder:
        labels = labels_of(self.request.service.name, facts, inputs)
        return BuildOrder(
            image=Reference(self.repository, build_tag(facts, self.now())),
            root=self.request.root,
            context=prepared.context,
            containerfile=prepared.containerfile,
            scratch=prepared.scratch,
            commit=facts.commit,
            epoch=facts.committed_at,
            args=self.build.args,
            labels=labels,
            annotations=labels,
            platforms=self.build.platforms,
            plain_http=self.request.plain_http,
            ca=self.request.ca,
            environ=self.request.environ,
            cache=self.request.cache,
            progress=self.request.progress,
        )

    def _push(self, order: BuildOrder) -> Digest:
        crashpoint("build.push.before")
        said = self.builder.build(order)
        crashpoint("build.push.after")
        digest = self.registry.resolve(order.image)
        if digest is None:
            raise ToolError(
                f"{self.builder.name} pushed no {order.image}",
                code="build.not-pushed",
                hint="A build command must push to exactly $VIVIDO_IMAGE."
                if self.builder.name == "command"
                else "Look whether the registry takes pushes to this repository.",
            )
        if said is not None and said != digest:
            raise IntegrityError(
                f"the registry holds {digest} as {order.image}, and {self.builder.name} says it pushed {said}",
                code="build.digest",
                hint="Somebody else writes to this repository, or the registry changes manifests. Find out which before you go on.",
            )
        return digest

    def _reused(
        self,
        found: Found,
        facts: Facts,
        inputs: str,
        checks: tuple[CheckResult, ...],
        warnings: tuple[Problem, ...],
    ) -> Built:
        self._channel(found.digest)
        return Built(self._artifact(found), facts.commit, True, inputs_tag(inputs), checks, warnings)

    def _artifact(self, found: Found) -> Artifact:
        return Artifact(self.request.service.name, self.repository, found.digest, found.commit)

    def _channel(self, digest: Digest) -> None:
        if self.request.channel:
            move(self.registry, self.repository, digest, self.request.channel)


def listed(lines: Iterable[str]) -> str:
    """Return lines below each other, the first ten of them and how many more there are."""
    found = list(lines)
    more = [f"  … and {len(found) - _NAMED} more"] if len(found) > _NAMED else []
    return "\n".join([*(f"  {line}" for line in found[:_NAMED]), *more])


def _dirty(facts: Facts) -> RefusedError:
    return RefusedError(
        f"there are changes that are not committed:\n{listed(facts.dirty)}",
        code="build.dirty",
        hint="Commit them; or try them out with --allow-dirty: such an artifact never passes the first environment.",
    )


def _unlabelled(builder: str) -> Problem:
    return Problem(
        "build.unlabelled",
        f"the image that the builder “{builder}” pushed does not carry the labels it was given, so the next build of the same "
        "commit cannot find it and builds again",
        "Set every line of $VIVIDO_LABELS as a label of the image.",
    )
