"""`vivido parity`: in what environments differ, and whether they may."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from vivido.cli.common import PLAIN, Common
from vivido.cli.output.emit import emit, say
from vivido.errors import Exit

if TYPE_CHECKING:
    from vivido.app.parity.compare import Answer, Asked
    from vivido.app.parity.suggest import Suggestion
    from vivido.app.workspace import Workspace
    from vivido.model.finding import Finding

Form = Literal["table", "sarif", "junit", "markdown"]


def parity(
    left: str = "",
    right: str = "",
    /,
    *,
    service: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    at: str = "",
    release: str = "",
    every: Annotated[bool, Parameter(negative="")] = False,
    since: Annotated[bool, Parameter(negative="")] = False,
    suggest: Annotated[bool, Parameter(negative="")] = False,
    write: Annotated[bool, Parameter(negative="")] = False,
    notes: Annotated[bool, Parameter(negative="")] = False,
    form: Annotated[Form, Parameter(name="--format")] = "table",
    common: Common = PLAIN,
) -> int:
    """Compare environments with each other: every difference that no rule under `parity:` allows is drift.

    Without names: each environment with the one before it, and the pairs that the file speaks of. Exits with 10 where there is
    drift, also if something else could not be judged (that is named, and counted); with 11 where this is all.

    Args:
        left: An environment.
        right: Another one.
        service: Only this service; several times for several.
        at: A branch or a commit of the configuration, as it says, instead of what was deployed.
        release: A release, as it would be in each environment, instead of what was deployed.
        every: Each environment with each other one.
        since: Say for each finding since which commit it is there, and who made that.
        suggest: Propose tokens, and rules for what differs with them and no rule speaks of yet. A rule waits for its reason, and
            allows nothing until then.
        write: With --suggest: put them into vivido.yaml, where everything else stays as it is.
        notes: Also what is no drift: values that follow from others, changes that are on their way with a release.
        form: table for people; sarif and junit for CI; markdown for a comment.
        common: Flags of every command.
    """
    from vivido.app.parity.compare import Asked, compare
    from vivido.app.parity.origins import traced

    ws = common.open()
    if suggest or write:
        return _suggest(ws, Asked(left, right, service, at, release, every), common, write=write)
    answer = traced(ws, compare(ws, Asked(left, right, service, at, release, every)))
    if since:
        from vivido.app.parity.since import dated

        answer = dated(ws, answer)
    findings = answer.parity.findings
    if common.output != "text":
        emit(_plain(answer), common.output, str, [f.id for f in findings])
    else:
        sys.stdout.write(
            _formatted(
                answer, form, notes=notes, file=ws.repository(ws.project.environments[0]).path_of(Path(ws.project.file))
            )
            + "\n"
        )
        for taken in answer.taken:
            if taken.problem:
                say(f"{taken.environment}: {taken.problem.message}. {taken.problem.hint}")
    return exit_code(findings)


def _suggest(ws: "Workspace", asked: "Asked", common: Common, *, write: bool) -> int:
    from vivido.app.parity import suggest

    made = suggest.suggest(ws, asked)
    if write:
        suggest.write(ws, made)
        _told_written(
            Path(ws.project.file).name, sum(map(len, made.rules.values())), sum(map(len, made.tokens.values()))
        )
    else:
        every = [entry["at"] for entries in made.rules.values() for entry in entries]
        emit({"tokens": made.tokens, "rules": made.rules}, common.output, lambda: _snippet(made), every)
    for one in made.blind:
        say(f"not compared: {one.pair}  {one.service}: {one.message}")
    return Exit.BLIND if made.blind else Exit.OK


def _told_written(file: str, rules: int, tokens: int) -> None:
    parts = [
        f"{n} {word}{'s' if n != 1 else ''}"
        for n, word in ((tokens, "token"), (rules, "rule"))
        if n or not (rules + tokens)
    ]
    was = "was" if rules + tokens == 1 else "were"
    waits = "; write the reason of each rule in place of TODO" if rules else ""
    say(f"{' and '.join(parts)} {was} put into {file}{waits}")


def _snippet(made: "Suggestion") -> str:
    import yaml

    if not made.rules and not made.tokens:
        return (
            "# no rule can be proposed: not everything could be compared"
            if made.blind
            else "# no difference is without a rule"
        )
    environments = {name: {"tokens": named} for name, named in made.tokens.items()}
    parity = {pair: {"allow": entries} for pair, entries in made.rules.items()}
    section = {k: v for k, v in (("environments", environments), ("parity", parity)) if v}
    return yaml.safe_dump(section, sort_keys=False, allow_unicode=True, width=120).rstrip()


def exit_code(findings: "tuple[Finding, ...]") -> int:
    """Return 10 where there is drift, 11 where something could not be judged, else 0."""
    from vivido.model.finding import Found, Severity

    errors = {f.found for f in findings if f.severity is Severity.ERROR}
    if errors - {Found.UNJUDGED}:
        return Exit.DIFFERENT
    return Exit.BLIND if errors else Exit.OK


def _plain(answer: "Answer") -> dict[str, object]:
    environments = [
        {"environment": t.environment, "commit": t.commit, "release": t.release, "problem": t.problem}
        for t in answer.taken
    ]
    found = answer.parity
    return {
        "environments": environments,
        "pairs": found.pairs,
        "services": found.services,
        "tokens": found.tokens,
        "allowed": found.allowed,
        "findings": found.findings,
    }


def _formatted(answer: "Answer", form: Form, *, notes: bool, file: str) -> str:
    found = answer.parity
    match form:
        case "sarif":
            from vivido.cli.output.findings.sarif import sarif

            return sarif(found.findings, file or "vivido.yaml")
        case "junit":
            from vivido.cli.output.findings.junit import junit

            return junit(found.findings, found.pairs, found.services)
        case "markdown":
            from vivido.cli.output.findings.markdown import markdown

            return markdown(found.findings, found.allowed)
        case "table":
            from vivido.cli.output.findings.text import summary, told

            text = told(found.findings, notes=notes)
            return "\n\n".join(filter(None, (text, summary(found.findings, found.allowed))))
