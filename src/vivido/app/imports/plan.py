"""Planning an import: the first release of each environment, of what was found, frozen like any promotion's plan."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from vivido.app.content import edits_at, rendered_at
from vivido.app.governing import governing
from vivido.app.imports.elsewhere import as_elsewhere, taken
from vivido.app.imports.look import Looked, look, survey
from vivido.app.planning import desired, refuse_behind
from vivido.app.revisions import revision_of
from vivido.app.steps import take_in, undo_taking_in, withdrawn
from vivido.errors import ConflictError, Error, InputError, UnreachableError
from vivido.layouts.kinds import layout_of
from vivido.model.objects import Rendered
from vivido.model.plan import Plan, WayBack
from vivido.model.problem import Problem
from vivido.model.project import Environment
from vivido.model.reference import Reference, parse_digest
from vivido.model.release import Release, ReleaseRecord, Revision, placed
from vivido.text.redact import redact

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace

IMPORT = "import"
"""The kind of a plan that takes in what runs."""


class TakenService(msgspec.Struct, frozen=True):
    """One service as it is taken in."""

    service: str
    digest: str
    """Empty where it could not be told."""
    source: str
    """`runs`: the target says it; `git`: Git does; `tag`: the registry does, for Git's tag, now; `told`: a person does."""
    commit: str
    """The commit that it was built from; empty where the image does not say."""
    git: str
    """The image as Git writes it."""


class Import(msgspec.Struct, frozen=True):
    """One environment, as it would be taken in."""

    environment: str
    release: str = ""
    """Empty where nothing can be taken in."""
    promotion: str = ""
    services: tuple[TakenService, ...] = ()
    files: tuple[str, ...] = ()
    """Files that the commit changes: none without `--pin`."""
    told: tuple[Problem, ...] = ()
    """What could not be told, and what stands in the way of bringing it up again."""
    already: str = ""
    """Why there is nothing to take in: the environment has a release already."""
    status: str = ""
    """How it went; empty before."""


class Planned(msgspec.Struct, frozen=True):
    """An import with what starts it."""

    shown: Import
    plan: Plan | None = None
    record: ReleaseRecord | None = None


class Wish(msgspec.Struct, frozen=True):
    """What a person asks for."""

    by: str
    environments: tuple[str, ...] = ()
    """Names; empty for all."""
    artifacts: tuple[str, ...] = ()
    """`ENVIRONMENT/SERVICE=sha256:…`: what the person says that runs."""
    pin: bool = False
    """Write the digests into Git, where it names tags."""
    reason: str = ""
    state_lost: bool = False
    """Take in what runs although Git knows promotions that the state has lost."""


def plan_imports(ws: "Workspace", wish: Wish) -> tuple[Planned, ...]:
    """Look at environments and plan their imports. Nothing is changed; an import that is under way is gone on with.

    Raises:
        InputError: `import.artifact`, `import.unasked`; NotFoundError: `environment.unknown`.
        UnreachableError: Git or the registry did not answer: an import of half the truth would not be mended later.
        ConflictError: `import.under-way`: a promotion is open in one of them.
        RefusedError: `state.behind`, `governing.unreadable`.
    """
    told = _told(ws, wish.artifacts)
    chosen = [ws.environment(n) for n in wish.environments] or list(ws.project.environments)
    unasked = sorted(told.keys() - {e.name for e in chosen})
    if unasked:
        raise InputError(
            f"--artifact says what runs in {', '.join(unasked)}, which is not to be taken in",
            code="import.unasked",
            hint="Name the environment, or leave the artifact out.",
        )
    claims, unseen = survey(ws)
    planned: list[Planned] = []
    now = ws.now()
    for number, environment in enumerate(chosen):
        known = _known(ws, environment, wish)
        if known is not None:
            planned.append(Planned(known))
            continue
        found = look(ws, environment, told.get(environment.name, {}), claims)
        more = (*(p for p in unseen if p.where == environment.name), *_strays(claims.unclaimed, number))
        found = msgspec.structs.replace(found, told=(*found.told, *more))
        records = [one.record for one in planned if one.record is not None]
        # The first environment's is the newest: what is promoted next sets out from there.
        planned.append(_plan(ws, environment, found, wish, now - number, taken(ws, records)))
    return tuple(planned)


def _strays(unclaimed: Sequence[Problem], number: int) -> Sequence[Problem]:
    """They are no environment's, and are told once."""
    return () if number else unclaimed


def _told(ws: "Workspace", artifacts: Sequence[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for text in artifacts:
        place, equals, image = text.partition("=")
        environment, slash, service = place.partition("/")
        if not (equals and slash) or ws.project.service(service) is None:
            raise InputError(
                f"“{text}” says of no service what it runs",
                code="import.artifact",
                hint="Write ENVIRONMENT/SERVICE=sha256:…, such as production/web=sha256:…",
            )
        digest = parse_digest(image.rpartition("@")[2])
        found.setdefault(ws.environment(environment).name, {})[service] = digest
    return found


def _known(ws: "Workspace", environment: Environment, wish: Wish) -> Import | None:
    """Return what the environment has already, or the import that is under way; None where it has nothing.

    Only what was never promoted to is taken in: an import is no way round gates.
    """
    open_now = ws.leases.open_promotions(ws.project.name, environment.name)
    if open_now and open_now[0].kind == IMPORT:
        return Import(environment.name, promotion=open_now[0].promotion, already=f"{open_now[0].promotion} takes it in")
    deployed = next(iter(ws.records.deployed(environment.name)), None)
    if deployed is not None:
        return Import(environment.name, already=f"{deployed.release.id} is there already, by {deployed.promotion}")
    if open_now:
        raise ConflictError(
            f"{open_now[0].promotion} is open in {environment.name}",
            code="import.under-way",
            hint="`vivido run` goes on with it; `vivido abort` ends it.",
        )
    if not wish.state_lost:
        refuse_behind(ws, environment)
    return None


def _plan(
    ws: "Workspace", environment: Environment, found: Looked, wish: Wish, at: int, known: Sequence[ReleaseRecord]
) -> Planned:
    name, artifacts = environment.name, found.artifacts
    services = tuple(_service(s.name, found) for s in ws.project.services)
    shown = Import(name, services=services, told=found.told)
    if not artifacts:
        return Planned(shown)
    try:
        release = Release(artifacts, *_revisions(ws, environment, found.tip))
        rendered = rendered_at(ws, revision_of(ws, release, environment), environment, artifacts)
        same = as_elsewhere(ws, environment, release, rendered, known)
        release, at = (same.release, same.created_at) if same is not None else (release, at)
        files = edits_at(ws, found.tip, environment, artifacts) if wish.pin else {}
    except UnreachableError:
        raise
    except Error as e:
        problem = Problem(e.code, redact(e.message), e.hint, e.where or name)
        return Planned(msgspec.structs.replace(shown, told=(*found.told, problem)))
    plan = _frozen(ws, environment, found, wish, release, rendered)
    told = (*found.told, *_tags(ws, environment, release), *_return(ws, environment, plan, rendered))
    shown = msgspec.structs.replace(
        shown, release=release.id, promotion=plan.promotion, files=tuple(sorted(files)), told=told
    )
    return Planned(shown, plan, ReleaseRecord(release, at, wish.by, (), "", {name: rendered.hash}))


def _service(name: str, found: Looked) -> TakenService:
    choice, artifact = found.choices[name], next((a for a in found.artifacts if a.service == name), None)
    commit = artifact.commit if artifact else ""
    return TakenService(name, choice.digest, choice.source, commit, found.images.get(name, ""))


def _revisions(ws: "Workspace", environment: Environment, tip: str) -> tuple[Revision, dict[str, Revision]]:
    """Return the revisions of what runs: the tip of the environment's configuration, which stands for nothing but itself.

    Where each environment has its own, all tips go with it, so that what runs here can go on from here.
    """
    repository = ws.repository(environment)
    here = Revision(repository.url, tip)
    if not layout_of(ws.project).several:
        return here, {}
    revisions = {environment.name: here}
    for other in ws.project.environments:
        if other.name != environment.name:
            there = ws.repository(other)
            revisions[other.name] = Revision(there.url, there.fetch())
    # Where trees are constructed, what was validated for what runs is the branch as it is.
    merges = ws.owns(environment) is not None
    return here if merges else revisions[ws.project.environments[0].name], revisions


def _frozen(
    ws: "Workspace", environment: Environment, found: Looked, wish: Wish, release: Release, rendered: Rendered
) -> Plan:
    rules = governing(ws, environment, "", found.tip)
    by_word = any(c.source == "told" for c in found.choices.values())
    # What Vivido sees needs nobody's yes. What a person says that runs could come back by a rollback, which passes no gate.
    gates = tuple(g for g in rules.environment.gates if g.kind == "approve") if by_word else ()
    told = tuple(f"{p.where}: {p.message}" for p in found.told)
    return Plan(
        promotion=f"p-{ws.token()}",
        kind=IMPORT,
        project=ws.project.name,
        environment=environment.name,
        release=release,
        content=rendered.hash,
        steps=take_in(environment, gates, pin=wish.pin, told=told),
        undo=undo_taking_in(environment),
        cleanup=withdrawn(environment),
        gates=gates,
        roster=rules.roster,
        way_back=WayBack("", "", "", "none is needed: what runs is not touched"),
        authors=(),
        requested_by=wish.by,
        requested_at=ws.now(),
        reason=wish.reason,
        base=found.tip,
        queue="fifo",
        declared=rules.environment,
    )


def _tags(ws: "Workspace", environment: Environment, release: Release) -> list[Problem]:
    """Say which channel tags point elsewhere than at what runs: they will tell the truth afterwards."""
    from vivido.registry.resolve import resolve

    found: list[Problem] = []
    for artifact in placed(release.artifacts, environment.registry):
        reference = Reference(artifact.repository, environment.name)
        there = resolve(ws.registry, reference)
        if there is not None and there.digest != artifact.digest:
            said = f"the tag {reference} points at {there.digest[:19]}; it will point at {artifact.digest[:19]}"
            where = f"{environment.name}/{artifact.service}"
            found.append(Problem("import.tag", said, "Vivido lets it name what runs.", where))
    return found


def _return(ws: "Workspace", environment: Environment, plan: Plan, rendered: Rendered) -> list[Problem]:
    """Say what would keep Vivido from bringing it up again: secrets without a source, a taken port, a missing program."""
    try:
        found = ws.target(environment).check(desired(ws, plan, environment, rendered, plan.release))
    except Error as e:
        found = (Problem(e.code, redact(e.message), e.hint, e.where),)
    return [
        Problem(
            p.code,
            f"Vivido could not bring it up again yet: {p.message}",
            p.hint,
            f"{environment.name} {p.where}".rstrip(),
        )
        for p in found
    ]


def begin_import(ws: "Workspace", one: Planned, every: "Mapping[str, Mapping[str, str]]") -> str:
    """Remember the release and start its import; return the promotion's id. Idempotent by that id.

    Args:
        ws: The project.
        one: What was planned.
        every: Release → environment → content, of all that were planned together: two may run the same.

    Raises:
        InputError: `import.nothing`: nothing can be taken in there.
    """
    if one.plan is None or one.record is None:
        raise InputError(f"nothing of {one.shown.environment} can be taken in", code="import.nothing")
    contents = dict(every.get(one.record.release.id, one.record.contents))
    note = f"What ran in {', '.join(contents)} when it was taken in"
    ws.records.add_release(msgspec.structs.replace(one.record, contents=contents, note=note))
    ws.engine.start(one.plan)
    return one.plan.promotion


def contents_of(planned: Sequence[Planned]) -> dict[str, dict[str, str]]:
    """Return, by release, what each environment that runs it renders to. Pure."""
    found: dict[str, dict[str, str]] = {}
    for one in planned:
        if one.record is not None:
            found.setdefault(one.record.release.id, {}).update(one.record.contents)
    return found
