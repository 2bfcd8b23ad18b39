"""Rules for what differs today, each still waiting for its reason."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from vivido.app.parity.compare import compare
from vivido.app.parity.substitutions import Named, proposed
from vivido.config.load import check, read_file, shown_path
from vivido.errors import InputError
from vivido.model.difference import ABSENT, path_text, segments
from vivido.model.difference import Path as Keys
from vivido.model.finding import Finding, Found, Severity
from vivido.model.parity import TODO
from vivido.text.quantity import quantity

if TYPE_CHECKING:
    from vivido.app.parity.compare import Asked
    from vivido.app.workspace import Workspace

REASON = f"{TODO} say why"
Entries = dict[str, list[dict[str, Any]]]
"""Pair → entries for `allow`, as the file spells them."""


class Suggestion(msgspec.Struct, frozen=True):
    """What would leave no difference without a word in the file."""

    tokens: Named
    """Tokens to be declared."""
    rules: Entries
    """Rules for what differs although these tokens are declared."""
    blind: tuple[Finding, ...]
    """What could not be compared: nothing is proposed for it."""


def suggest(ws: "Workspace", asked: "Asked") -> Suggestion:
    """Propose tokens, and rules for what still differs with them. Nothing is changed.

    With tokens, objects that had two names are one, and are compared for the first time; so the comparison is made again with them.

    Raises:
        Error: As `compare`.
    """
    found = compare(ws, asked).parity.findings
    tokens = proposed(found, {e.name: e.tokens for e in ws.project.environments})
    if tokens:
        found = compare(ws, msgspec.structs.replace(asked, tokens=tokens)).parity.findings
    return Suggestion(tokens, suggested(found), not_compared(found))


def suggested(findings: Iterable[Finding]) -> Entries:
    """Return entries for what no rule speaks of yet. Pure.

    What several objects have alike becomes one rule with `*` for the names of objects and services, and for their kinds where these
    differ. A condition is proposed where the values suggest one: the later environment has more, or only one has it.
    """
    groups: dict[tuple[str, Keys], list[Finding]] = {}
    for finding in findings:
        if finding.found is Found.UNDECLARED and finding.severity is Severity.ERROR:
            groups.setdefault((finding.pair, _alike(finding)), []).append(finding)
    rules: Entries = {}
    for (pair, _), alike in groups.items():
        rules.setdefault(pair, []).extend(_entry(at, several) for at, several in _places(alike))
    return rules


def _alike(finding: Finding) -> Keys:
    """Return what objects of several services have in common: the path, with `*` for the names of the object and the service."""
    kind, name, *path = segments(finding.at)
    if not path:
        return (kind, name)
    own = {name, *finding.service.split(", ")}
    return ("", *("*" if part in own else part for part in path))


def _places(alike: list[Finding]) -> list[tuple[str, list[Finding]]]:
    """Return selectors with what each covers: one for all that has a path, with `*` for what differs among them."""
    places = [segments(f.at) for f in alike]
    if len(alike) == 1 or len(places[0]) == 2:
        return [(f.at, [f]) for f in alike]
    common = tuple(parts[0] if len(set(parts)) == 1 else "*" for parts in zip(*places, strict=True))
    return [(path_text((common[0], "*", *common[2:])), alike)]


def not_compared(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return what says that a service could not be compared at all: no rule can be proposed for it. Pure."""
    return tuple(f for f in findings if f.found is Found.UNJUDGED and not f.at)


def _entry(at: str, alike: list[Finding]) -> dict[str, Any]:
    return {"at": at, **_condition(alike), "because": REASON}


def _condition(alike: list[Finding]) -> dict[str, Any]:
    one = alike[0]
    if all(f.left_value is ABSENT for f in alike):
        return {"present-in": one.right}
    if all(f.right_value is ABSENT for f in alike):
        return {"present-in": one.left}
    numbers = [(quantity(f.left_value), quantity(f.right_value)) for f in alike]
    if all(a is not None and b is not None and a <= b for a, b in numbers):
        return {"holds": f"{one.left} <= {one.right}"}
    return {}


def write(ws: "Workspace", suggestion: Suggestion) -> None:
    """Put tokens and rules into the file, between what is there; comments and spelling stay.

    Raises:
        InputError: The file cannot be edited without changing anything else.
    """
    from vivido.yamledit.document import Documents

    rules, tokens = suggestion.rules, suggestion.tokens
    if not rules and not tokens:
        return
    file = Path(ws.project.file)
    before = read_file(file)
    documents = Documents(before, str(shown_path(file)))
    edits = [e for name, named in tokens.items() for e in _token_edits(documents, name, named)]
    if rules and documents.find(("parity",)) is None:
        edits += [documents.insert((), "parity", {pair: {"allow": entries} for pair, entries in rules.items()})]
    else:
        edits += [_edit(documents, pair, entries) for pair, entries in rules.items()]
    after = documents.apply(edits)
    _, mistakes = check(after, shown_path(file), ws.kinds.for_config(), file.parent)
    if mistakes:
        raise InputError(
            f"the file would be wrong with them: {mistakes[0]}", code="parity.suggest", hint="Put them in by hand."
        )
    draft = file.with_name(f".{file.name}.draft")
    draft.write_bytes(after)
    draft.chmod(file.stat().st_mode & 0o777)
    draft.replace(file)


def _edit(documents: Any, pair: str, entries: list[dict[str, Any]]) -> Any:
    left, _, right = pair.partition(" ~ ")
    known = next((p for p in (pair, f"{right} ~ {left}") if documents.find(("parity", p)) is not None), None)
    if known is None:
        return documents.insert(("parity",), pair, {"allow": entries})
    if documents.find(("parity", known, "allow")) is None:
        return documents.insert(("parity", known), "allow", entries)
    return documents.extend(("parity", known, "allow"), entries)


def _token_edits(documents: Any, environment: str, tokens: Mapping[str, str]) -> list[Any]:
    place = ("environments", environment)
    if documents.find((*place, "tokens")) is None:
        return [documents.insert(place, "tokens", dict(tokens))]
    return [documents.insert((*place, "tokens"), name, text) for name, text in tokens.items()]
