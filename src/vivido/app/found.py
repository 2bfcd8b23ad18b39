"""Files that belong to an environment of the layout `branches` although nobody declared them (semantics §2).

They differ by design: people changed them on the environment's branch, below nothing contains that, and every difference that they
make in the rendered objects is one that a parity rule allows. A promotion records them in its commit, so that the next one knows
that they were the environment's own, whoever changes them below. What is no longer covered then is nobody's, and refuses.
"""

import secrets
from collections.abc import Collection
from typing import TYPE_CHECKING

import msgspec

from vivido.app.ground import OWN, ground_of
from vivido.drift.differ import differences
from vivido.drift.parity.report import Declared, Subject, report
from vivido.drift.parity.rules import Rules
from vivido.drift.parity.tokens import Marker
from vivido.errors import Error
from vivido.layouts.interface import Owns
from vivido.model.difference import Difference
from vivido.model.finding import Severity
from vivido.model.objects import Rendered
from vivido.model.plan import FoundOwn
from vivido.model.project import Environment
from vivido.text.redact import printable

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


class Ownership(msgspec.Struct, frozen=True):
    """Which files of a branch are its environment's own, against a validated commit."""

    owns: Owns
    """Those that are declared, and those that were found."""
    found: tuple[FoundOwn, ...] = ()
    unclear: tuple[str, ...] = ()
    """Files that were found at the last promotion, and whose differences no rule covers any more."""


def ownership(ws: "Workspace", environment: Environment, own: str, validated: str) -> Ownership | None:
    """Say which files are taken from the environment's own commit; None where its layout merges nothing.

    Args:
        ws: The project.
        environment: Whose branch.
        own: A commit of it.
        validated: The commit whose tree would be promoted.

    Raises:
        NotFoundError: `git.no-commit`.
    """
    declared = ws.owns(environment)
    if declared is None:
        return None
    key = (environment.name, own, validated)
    if key not in ws.ownerships:
        ws.ownerships[key] = _look(ws, environment, own, validated, declared)
    return ws.ownerships[key]


def _look(ws: "Workspace", environment: Environment, own: str, validated: str, declared: Owns) -> Ownership:
    from vivido.app.debts import Question, debts
    from vivido.git.compose import compose, edits_to, kept_at

    repository, first = ws.repository(environment), ws.repository(ws.project.environments[0])
    repository.ensure(own)
    first.ensure(validated)
    mirror = repository.mirror
    wanted = edits_to(mirror, own, compose(mirror, own, validated, declared))
    asked = Question(environment.name, own, validated, declared, wanted)
    edited = {debt.path for debt in debts(mirror, asked)}
    before = {p for p in _recorded(ws, environment, own, validated) if p in wanted and not declared(p)}
    # What only one side has is no file that differs.
    suspects = {p for p in edited | before if kept_at(mirror, own, p) and kept_at(mirror, validated, p)}
    if not suspects:
        return Ownership(declared)
    found = {p: told for p in sorted(suspects) if (told := _rules_for(ws, environment, own, validated, p, suspects))}
    return Ownership(
        lambda path: path in found or declared(path),
        tuple(FoundOwn(p, told) for p, told in found.items()),
        tuple(sorted((suspects & before) - found.keys())),
    )


def _recorded(ws: "Workspace", environment: Environment, own: str, validated: str) -> tuple[str, ...]:
    """Return the files that were found when the branch was promoted to last."""
    from vivido.git.history import describe

    mirror = ws.repository(environment).mirror
    ground = ground_of(mirror, environment.name, own, validated)
    return describe(mirror, ground.base).trailers.get(OWN, ()) if ground.validated else ()


def _rules_for(
    ws: "Workspace", environment: Environment, own: str, validated: str, path: str, suspects: Collection[str]
) -> tuple[str, ...]:
    """Return the rules that cover every difference which a file makes; none where one is not covered, or it makes none."""
    from vivido.app.parity.rules import declared as declared_rules
    from vivido.app.planning import upstream

    sides = _with_and_without(ws, environment, own, validated, path, suspects)
    if sides is None or path != printable(path):
        return ()
    try:
        rules = declared_rules(ws, validated, ws.project.environments[0].name)
    except Error:
        return ()  # A file with mistakes allows nothing.
    for earlier in upstream(ws, environment)[1:]:
        told = _covering(ws, rules, (earlier.name, environment.name), sides)
        if told:
            return told
    return ()


def _with_and_without(
    ws: "Workspace", environment: Environment, own: str, validated: str, path: str, suspects: Collection[str]
) -> tuple[Subject, Rendered, Rendered] | None:
    """Render the environment with the file as it is below, and as it is on its branch; None where either cannot be."""
    from vivido.app.content import rendered_with
    from vivido.app.parity.sides import as_it_is, images
    from vivido.git.compose import compose

    declared, mirror = ws.owns(environment), ws.repository(environment).mirror
    services = tuple(s.name for s in ws.project.services)
    made: list[Rendered] = []
    named: list[dict[str, str]] = []
    for kept in ({p for p in suspects if p != path}, set(suspects)):
        commit = compose(mirror, own, validated, lambda p, kept=kept: p in kept or bool(declared and declared(p)))
        try:
            made.append(rendered_with(ws, commit, environment, {}, services))
        except Error:
            return None
        named.append(images(ws, as_it_is(ws, environment.name, commit), services))
    return Subject(services, {}, {"": named[0], environment.name: named[1]}), made[0], made[1]


def _covering(
    ws: "Workspace", rules: Declared, pair: tuple[str, str], sides: tuple[Subject, Rendered, Rendered]
) -> tuple[str, ...]:
    from vivido.app.parity.compare import today

    subject, below, own = sides
    earlier, later = pair
    asked = Subject(
        subject.services, {earlier: below, later: own}, {earlier: subject.images[""], later: subject.images[later]}
    )
    key = secrets.token_bytes(32)
    judged = report([asked], [pair], rules, key=key, today=today(ws.now()), whole=False)
    if not judged.allowed or any(f.severity is Severity.ERROR for f in judged.findings):
        return ()
    marked = [Marker(e, rules.tokens).mark(side).rendered for e, side in ((earlier, below), (later, own))]
    in_force = Rules(rules.pairs, *pair)
    found: dict[str, None] = {}
    for one in differences(marked[0], marked[1], key=key, namespaces="ignore"):
        found |= dict.fromkeys(_named(in_force, one, subject.services))
    return tuple(found)


def _named(rules: Rules, one: Difference, services: tuple[str, ...]) -> list[str]:
    return [f"{e.rule.at.text} ({e.rule.because})" for e in rules.allowing(one, services) if e.rule.justified]
