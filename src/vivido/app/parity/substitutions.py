"""Tokens that the differences themselves suggest: one text here is always the same other text there, inside longer ones. Pure."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from vivido.model.difference import ABSENT, segments
from vivido.model.finding import Finding, Found, Severity

Named = dict[str, dict[str, str]]
"""Environment → token → text."""

_OFTEN = 3
"""Places in which a text must stand for another, before it is proposed as a token."""
_PART = re.compile(r"[0-9A-Za-z]+|[^0-9A-Za-z]")
_TEXT = re.compile(r"(?=.*[A-Za-z])[0-9A-Za-z][0-9A-Za-z.-]{1,60}[0-9A-Za-z]")


def proposed(findings: Iterable[Finding], known: Mapping[str, Mapping[str, str]]) -> Named:
    """Return tokens that would explain differences, for every environment that needs them.

    Args:
        findings: What no rule speaks of.
        known: The tokens that there are. Environments that have tokens have the same ones, so a token is proposed for all or none.
    """
    findings = tuple(findings)
    told = [f for f in findings if _counts(f)]
    often: Counter[tuple[str, str, str, str]] = Counter()
    longer: set[tuple[str, str, str, str]] = set()
    for one in told:
        core = _core(str(one.left_value), str(one.right_value))
        if core is not None:
            key = (one.left, one.right, *core)
            often[key] += 1
            # A text that is the whole value everywhere is a setting, such as a level; not what an environment is called.
            if core[0] != one.left_value or core == (one.left, one.right):
                longer.add(key)
    pairs = [*_renamed(findings), *sorted(k for k, number in often.items() if number >= _OFTEN and k in longer)]
    concerned = {e for e, tokens in known.items() if tokens} | {e for k in pairs for e in k[:2]}
    return _complete(_joined(pairs), concerned, {name for tokens in known.values() for name in tokens})


def _is_whole(finding: Finding) -> bool:
    is_new = finding.found is Found.UNDECLARED and ABSENT in (finding.left_value, finding.right_value)
    return is_new and len(segments(finding.at)) == 2


def _renamed(findings: Iterable[Finding]) -> list[tuple[str, str, str, str]]:
    """Return objects that are one under two names: `web-staging` here, `web` or `web-production` there."""
    whole = [f for f in findings if _is_whole(f)]
    found: dict[tuple[str, str, str, str], None] = {}
    for one in whole:
        for other in whole:
            if one.pair != other.pair or one.right_value is not ABSENT or other.left_value is not ABSENT:
                continue
            (kind, a), (same, b) = segments(one.at), segments(other.at)
            if kind == same and _without(a, one.left) == _without(b, one.right):
                found[(one.left, one.right, a, b)] = None
    return list(found)


def _without(name: str, environment: str) -> str:
    """Return a name without the environment's, where it begins or ends with that."""
    return name.removesuffix(f"-{environment}").removeprefix(f"{environment}-")


def _counts(finding: Finding) -> bool:
    values = (finding.left_value, finding.right_value)
    is_new = finding.found is Found.UNDECLARED and finding.severity is Severity.ERROR
    return is_new and all(isinstance(v, str) for v in values)


def _core(left: str, right: str) -> tuple[str, str] | None:
    """Return what differs between two texts, in whole words; None where that is no token's text."""
    a, b = _PART.findall(left), _PART.findall(right)
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    end = 0
    while end < min(len(a), len(b)) - start and a[-1 - end] == b[-1 - end]:
        end += 1
    found = "".join(a[start : len(a) - end]), "".join(b[start : len(b) - end])
    return found if all(_TEXT.fullmatch(text) for text in found) and found[0] != found[1] else None


def _joined(pairs: Collection[tuple[str, str, str, str]]) -> list[dict[str, str]]:
    """Put what stands for one another in several pairs together: environment → text."""
    groups: list[dict[str, str]] = []
    for left, right, a, b in pairs:
        group = next((g for g in groups if g.get(left) == a or g.get(right) == b), None)
        if group is None:
            groups.append(group := {})
        group.setdefault(left, a)
        group.setdefault(right, b)
    return groups


def _complete(groups: list[dict[str, str]], concerned: Collection[str], known: Collection[str]) -> Named:
    found: Named = {}
    names: list[str] = [*known]
    for group in groups:
        if set(group) != set(concerned) or len(set(group.values())) < len(group):
            continue
        name = _name(group)
        name = name if name not in names else f"{name}-{len(names) + 1}"
        names.append(name)
        for environment, text in group.items():
            found.setdefault(environment, {})[name] = text
    return found


def _name(group: Mapping[str, str]) -> str:
    if all(environment == text for environment, text in group.items()):
        return "name"
    if len({_without(text, environment) for environment, text in group.items()}) == 1:
        return "app"
    return "domain" if all("." in text for text in group.values()) else "token"
