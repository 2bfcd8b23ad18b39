"""Parity rules and environments' tokens: pairs of known environments, conditions that can be judged, days that exist."""

from collections.abc import Iterator, Sequence
from datetime import date

from vivido.config.diagnostic import Report, shown
from vivido.config.node import Entry, Mapping, Node, child, entries, items, text_of, texts
from vivido.config.rules.reference import unknown
from vivido.config.wording import either
from vivido.errors import InputError
from vivido.model.parity import EARLIER, EVERY, LATER
from vivido.model.selector import problem
from vivido.text.expression import expression

CONDITIONS = ("equals", "one-of", "regex", "holds", "ratio", "present-in", "names")
"""The keys of a rule under `allow` of which at most one is given."""


def check_parity(root: Node, report: Report) -> None:
    """Check `parity` of the file and `tokens` of each environment."""
    environments = tuple(e.key for e in entries(child(root, "environments")))
    services = tuple(e.key for e in entries(child(root, "services")))
    check_pairs(child(root, "parity"), environments, services, report)
    _tokens(root, report)


def check_pairs(node: Node | None, environments: Sequence[str], services: Sequence[str] | None, report: Report) -> None:
    """Check a mapping of pairs.

    Args:
        node: The mapping.
        environments: Names of all.
        services: Names of all; None in a service's own file, where a rule can name none.
        report: Where to note.
    """
    seen: dict[frozenset[str], str] = {}
    for pair in entries(node):
        if pair.key != EVERY and " ~ " not in pair.key:
            continue  # Told by the schema.
        sides = sides_of(pair.key)
        known = _sides(pair, sides, environments, report)
        key = frozenset(sides)
        if key in seen:
            message = f"{shown(pair.key)} are the two environments of {shown(seen[key])}"
            report.add(pair, "config.same-pair", message, "Put all that is said about them under one of them.")
        seen.setdefault(key, pair.key)
        words = (EARLIER, LATER) if EVERY in sides else sides
        _rules(pair, words if known else tuple(environments), services, report)


def sides_of(key: str) -> tuple[str, str]:
    """Return the two names of a pair's key, `*` twice for each pair."""
    left, tilde, right = key.partition(" ~ ")
    return (left, right) if tilde else (EVERY, EVERY)


def _sides(pair: Entry, sides: tuple[str, str], environments: Sequence[str], report: Report) -> bool:
    strangers = [name for name in dict.fromkeys(sides) if name != EVERY and name not in environments]
    for name in strangers:
        unknown(report, pair, name, "environment", environments)
    if alone := sides[0] == sides[1] != EVERY:
        report.add(pair, "config.same-pair", f"{sides[0]} is compared with itself", "Name two environments.")
    return not strangers and not alone


def _rules(pair: Entry, words: Sequence[str], services: Sequence[str] | None, report: Report) -> None:
    seen: dict[tuple[str, ...], tuple[str, int]] = {}
    for verb, rule in _all(pair.value):
        at = child(rule, "at")
        text = text_of(at)
        if at is None or text is None:
            continue
        fault, hint = problem(text)
        if fault and not report.concerns((at,)):
            report.add(at, "config.selector", f"{shown(text)} {fault}", hint)
        named = tuple(sorted(n.text for n in texts(child(rule, "services"))))
        twin = seen.setdefault((text, *named), (verb, rule.line))
        if twin != (verb, rule.line):
            message = f"{shown(text)} stands under “{twin[0]}” too, in line {twin[1]}"
            report.add(at, "config.same-rule", message, "Keep one of the two, or name different services.")
        _named(rule, services, report)
        check_until(rule, report)
        _condition(rule, words, report)


def _all(pair: Node) -> Iterator[tuple[str, Node]]:
    for verb in ("allow", "equal"):
        yield from ((verb, rule) for rule in items(child(pair, verb)) if isinstance(rule, Mapping))


def _named(rule: Node, services: Sequence[str] | None, report: Report) -> None:
    for node in texts(child(rule, "services")):
        if services is None:
            report.add(node, "config.contradiction", "this file speaks of one service only", "Take “services” out.")
        elif node.text not in services:
            unknown(report, node, node.text, "service", services)


def check_until(rule: Node, report: Report) -> None:
    """Check the day of a rule's `until`."""
    node = child(rule, "until")
    text = text_of(node)
    if node is None or not text:
        return
    try:
        date.fromisoformat(text)
    except ValueError:
        if text[4:5] == "-":  # What is no day at all was told by the schema.
            report.add(node, "config.day", f"there is no day {shown(text)}", "Write it as year-month-day.")


def _condition(rule: Node, words: Sequence[str], report: Report) -> None:
    given = [e for e in entries(rule) if e.key in CONDITIONS]
    if len(given) > 1:
        names = either([e.key for e in given], "and")
        report.add(given[1], "config.one-of", f"a rule has one condition, not {names}", "Make them two rules.")
    for one in given:
        _mapped(one, words, report)
        match one.key:
            case "regex":
                check_expression(one.value, report)
            case "holds":
                _holds(one, words, report)
            case "ratio":
                _ratio(one, report)
            case "present-in" | "names":
                _word(one.value, words, report)
            case _:
                pass


def _mapped(one: Entry, words: Sequence[str], report: Report) -> None:
    for entry in entries(one.value):
        if entry.key not in words:
            message = f"{shown(entry.key)} is none of the two that are compared"
            report.add(entry, "config.unknown-name", message, f"Write {either(words)}.")


def check_expression(node: Node, report: Report) -> None:
    """Check an expression, or the expressions of a mapping."""
    for one in [e.value for e in entries(node)] or [node]:
        text = text_of(one)
        if not text:
            continue
        try:
            expression(text)
        except InputError as e:
            report.add(one, "config.expression", f"{shown(text)}: {e.message}", e.hint)


def _holds(one: Entry, words: Sequence[str], report: Report) -> None:
    if text := text_of(one.value):
        left, _, right = relation(text)
        if (left == right or not {left, right} <= set(words)) and left and right:
            message = f"{shown(text)} does not relate the two that are compared"
            report.add(one.value, "config.unknown-name", message, f"Write {words[0]} <= {words[1]}.")


def relation(text: str) -> tuple[str, str, str]:
    """Return left side, sign and right side of a relation; the sign empty where the text is none."""
    for sign in ("<=", ">=", "<", ">", "="):
        left, found, right = text.partition(sign)
        if found:
            return left.strip(), sign, right.strip()
    return text.strip(), "", ""


def _ratio(one: Entry, report: Report) -> None:
    least, dots, most = (text_of(one.value) or "").partition("..")
    if dots and least.replace(".", "").isdigit() and most.replace(".", "").isdigit() and float(least) > float(most):
        message = f"nothing is between {least} and {most}"
        report.add(one.value, "config.value", message, "Write the smaller number first.")


def _word(node: Node, words: Sequence[str], report: Report) -> None:
    text = text_of(node)
    if text and text not in words:
        message = f"{shown(text)} is none of the two that are compared"
        report.add(node, "config.unknown-name", message, f"Write {either(words)}.")


def _tokens(root: Node, report: Report) -> None:
    """Environments that have tokens have the same ones: a name that only one has is most likely misspelt."""
    having = {e.key: t for e in entries(child(root, "environments")) if entries(t := child(e.value, "tokens"))}
    names = list(dict.fromkeys(entry.key for tokens in having.values() for entry in entries(tokens)))
    for environment, tokens in having.items():
        own = {e.key: text_of(e.value) for e in entries(tokens)}
        for missing in (n for n in names if n not in own):
            message = f"{environment} has no token “{missing}”, which other environments have"
            hint = f"Add “{missing}: …”, or correct the name there."
            if tokens is not None:
                report.add(tokens, "config.token", message, hint)
        for entry in entries(tokens):
            twin = next((n for n, text in own.items() if text == text_of(entry.value) and n != entry.key), None)
            if twin is not None and list(own).index(twin) < list(own).index(entry.key):
                message = f"{environment}'s tokens “{twin}” and “{entry.key}” are the same text"
                report.add(entry.value, "config.token", message, "Keep one of the two.")
