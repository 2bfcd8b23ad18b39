"""One service in two environments: its differences held against the rules of the pair."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from vivido.drift.parity.conditions import Two, holds
from vivido.drift.parity.rules import Entry, Rules
from vivido.drift.parity.tokens import Leftover, restored, shown
from vivido.drift.presentable import presented
from vivido.model.canonical import canonical
from vivido.model.difference import ABSENT, Difference, Group, ObjectIdentity, Sort, path_text
from vivido.model.finding import Finding, Found, Severity, identity_of
from vivido.model.parity import Names


class Compared(msgspec.Struct, frozen=True):
    """One service in two environments, compared."""

    services: tuple[str, ...]
    """More than one where they share a directory."""
    differences: tuple[Difference, ...]
    tokens: tuple[Mapping[str, str], Mapping[str, str]]
    """Of the two environments."""
    images: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {})
    """Service → the image that was promoted there, or that Git names. A digest that is on its way is no drift."""
    leftovers: tuple[tuple[str, Leftover], ...] = ()
    """With the environment in which each stands."""
    written: bool = False
    """The images are what Git names: whether one is on its way is not known."""
    homes: tuple[str, str] = ("", "")
    """Prefixes of the environments' own repositories."""


class Judged(msgspec.Struct, frozen=True):
    """What came of it."""

    findings: tuple[Finding, ...]
    used: frozenset[int]
    """Numbers of the rules that covered something."""
    allowed: int
    """Differences that rules let pass."""


def judge(rules: Rules, compared: Compared, today: str) -> Judged:
    """Hold the differences of one service against the rules. Pure.

    Each difference is covered by a rule under `allow` whose condition holds, whose last day has not passed and whose reason was
    given, or it is a finding. `equal` goes before `allow`.

    Args:
        rules: Of the pair.
        compared: The service.
        today: The day, `2027-06-30`.
    """
    one = _Service(rules, compared, today)
    for difference in compared.differences:
        one.difference(difference)
    for environment, leftover in compared.leftovers:
        one.leftover(environment, leftover)
    one.budget()
    return Judged(tuple(one.findings), frozenset(one.used), one.allowed)


class _Service:
    def __init__(self, rules: Rules, compared: Compared, today: str) -> None:
        self._rules, self._compared, self._today = rules, compared, today
        self._name = ", ".join(compared.services)
        self.findings: list[Finding] = []
        self.used: set[int] = set()
        self.allowed = 0

    def difference(self, difference: Difference) -> None:
        left, right = self._compared.tokens
        written = restored(difference.left, left), restored(difference.right, right)
        two = Two(self._rules.left, self._rules.right, *written)
        service = self._image_of(two)
        if service and self._is_another_version(service, two):
            self._another_version(difference, two)
            return
        if _is_written_alike(two):
            return
        covering = self._rules.allowing(difference, self._compared.services)
        self.used.update(e.number for e in covering)
        demand = self._rules.demands(difference, self._compared.services)
        if demand is not None:
            self.used.add(demand.number)
            self._tell(difference, two, Found.UNEQUAL, "must be equal", demand)
            return
        found, message, entry = self._verdict(covering, difference, two)
        if found is None:
            self.allowed += 1
        elif found is Found.UNDECLARED and self._is_leftover(difference, two):
            return  # The token that is left over is the whole difference, and told as such.
        elif difference.remark and found is Found.UNDECLARED:
            self._tell(difference, two, found, f"differs as {_REMARKS[difference.remark]}", entry, Severity.NOTE)
        else:
            self._tell(difference, two, found, message, entry)

    def _image_of(self, two: Two) -> str:
        """Return the service whose images both values are; empty where they are none's."""
        left, right = self._compared.images
        both = (two.left_value, two.right_value)
        return next((s for s in self._compared.services if s in left and both == (left[s], right.get(s))), "")

    def _is_another_version(self, service: str, two: Two) -> bool:
        """Say whether two images are one repository's: what was promoted is, what Git names must say so."""
        if not self._compared.written:
            return True
        names = repository(str(two.left_value)), repository(str(two.right_value))
        homes = tuple(f"{home}/{service}" if home else "" for home in self._compared.homes)
        at_home = [name == home for name, home in zip(names, homes, strict=True) if home]
        return names[0] == names[1] or (bool(at_home) and all(at_home))

    def _another_version(self, difference: Difference, two: Two) -> None:
        """What was promoted is on its way. Of what Git names that is not known, so it is told, and is no drift."""
        if self._compared.written:
            message = "another version: it may be on its way, which Git alone does not say"
            self._tell(difference, two, Found.UNDECLARED, message, None, Severity.NOTE)

    def _is_leftover(self, difference: Difference, two: Two, named: str = "") -> bool:
        place = (difference.object.kind, difference.object.name, *difference.path)
        for environment, leftover in self._compared.leftovers:
            there = (leftover.kind, leftover.name, *leftover.path)
            wanted = not named or named in leftover.environments
            if wanted and place[: len(there)] == there and leftover.text in str(two.of(environment)):
                return True
        return False

    def _verdict(
        self, covering: Sequence[Entry], difference: Difference, two: Two
    ) -> tuple[Found | None, str, Entry | None]:
        verdicts = [(*self._of_rule(e, difference, two), e) for e in covering]
        if any(found is None for found, _, _ in verdicts):
            return None, "", None
        # Of several rules the one that comes nearest to allowing it is told.
        order = (Found.VIOLATED, Found.UNJUDGED, Found.EXPIRED, Found.UNJUSTIFIED)
        nearest = min(verdicts, key=lambda v: order.index(v[0] or Found.VIOLATED), default=None)
        return nearest or (Found.UNDECLARED, _undeclared(difference, two), None)

    def _of_rule(self, entry: Entry, difference: Difference, two: Two) -> tuple[Found | None, str]:
        if not entry.rule.justified:
            return Found.UNJUSTIFIED, "its rule waits for a reason"
        if entry.rule.until and entry.rule.until < self._today:
            return Found.EXPIRED, f"was allowed until {entry.rule.until}"
        predicate = entry.rule.predicate
        if isinstance(predicate, Names) and self._is_leftover(difference, two, entry.names(predicate.environment)):
            return None, ""
        answer = holds(entry, difference, two)
        if answer.holds:
            return None, ""
        return (Found.VIOLATED if answer.holds is False else Found.UNJUDGED), answer.why

    def _tell(
        self,
        difference: Difference,
        two: Two,
        found: Found,
        message: str,
        entry: Entry | None,
        severity: Severity = Severity.ERROR,
    ) -> None:
        at = shown(difference.at)
        whole = not difference.path
        # Judged by what is written, and told without what looks like a password: findings go into reports, audits and logs.
        told = presented(msgspec.structs.replace(difference, left=two.left_value, right=two.right_value))
        self.findings.append(
            Finding(
                id=identity_of(found, two.left, two.right, self._name, at, str(entry.rule.at.text if entry else "")),
                found=found,
                severity=severity,
                left=two.left,
                right=two.right,
                service=self._name,
                at=at,
                message=message,
                group=difference.group,
                left_value=_whole(difference.left, at) if whole else told.left,
                right_value=_whole(difference.right, at) if whole else told.right,
                rule=entry.seen if entry else None,
            )
        )

    def leftover(self, environment: str, leftover: Leftover) -> None:
        if self._is_of_image(leftover):
            return
        at = ObjectIdentity("", leftover.kind, leftover.name).text + "".join(
            f"/{path_text((p,))}" for p in leftover.path
        )
        covering = self._rules.covering(leftover.kind, leftover.name, leftover.path, self._compared.services)
        naming = [e for e in covering if self._may_name(e, leftover)]
        self.used.update(e.number for e in naming)
        if any(e.rule.justified and not (e.rule.until and e.rule.until < self._today) for e in naming):
            self.allowed += 1
            return
        other = " and ".join(leftover.environments)
        is_left = environment == self._rules.left
        self.findings.append(
            Finding(
                id=identity_of(Found.LEFTOVER, environment, "", self._name, at, leftover.text),
                found=Found.LEFTOVER,
                severity=Severity.ERROR,
                left=self._rules.left,
                right=self._rules.right,
                service=self._name,
                at=at,
                message=f"{environment} names {leftover.text}, the {leftover.token} of {other}",
                group=Group.CONFIGURATION,
                left_value=leftover.text if is_left else ABSENT,
                right_value=ABSENT if is_left else leftover.text,
                rule=naming[0].seen if naming else None,
            )
        )

    def _is_of_image(self, leftover: Leftover) -> bool:
        """Say whether a text is part of a service's repository: what is promoted has the same name everywhere."""
        named = (repository(i) for images in self._compared.images for i in images.values())
        return leftover.path[-1:] == ("image",) and any(leftover.text in name for name in named)

    def _may_name(self, entry: Entry, leftover: Leftover) -> bool:
        predicate = entry.rule.predicate
        return isinstance(predicate, Names) and entry.names(predicate.environment) in leftover.environments

    def budget(self) -> None:
        limit = self._rules.budget
        if limit is not None and self.allowed > limit:
            left, right = self._rules.left, self._rules.right
            self.findings.append(
                Finding(
                    id=identity_of(Found.BUDGET, left, right, self._name, ""),
                    found=Found.BUDGET,
                    severity=Severity.ERROR,
                    left=left,
                    right=right,
                    service=self._name,
                    at="",
                    message=f"{self.allowed} differences are allowed, and the budget is {limit}",
                )
            )


_REMARKS = {"derived": "it is derived from other values", "spelling": "another spelling of the same"}


def repository(image: str) -> str:
    """Return an image without its tag and digest, as it is written."""
    name = image.partition("@")[0]
    head, colon, tag = name.rpartition(":")
    return head if colon and "/" not in tag else name


def _is_written_alike(two: Two) -> bool:
    """Say whether both have the same text, which is a token of one of them only: it is told as left over."""
    left, right = two.left_value, two.right_value
    return left is not ABSENT and left == right and canonical(left) == canonical(right)


def _undeclared(difference: Difference, two: Two) -> str:
    if difference.sort is Sort.ONLY_LEFT:
        return f"only in {two.left}"
    if difference.sort is Sort.ONLY_RIGHT:
        return f"only in {two.right}"
    return "another order" if difference.sort is Sort.ORDER else "differs"


def _whole(value: Any, at: str) -> Any:
    return ABSENT if value is ABSENT else at


def unjudged(left: str, right: str, services: Iterable[str], message: str, detail: str = "") -> Finding:
    """Return the finding that a service could not be compared: never left out in silence."""
    name = ", ".join(services)
    return Finding(
        id=identity_of(Found.UNJUDGED, left, right, name, "", detail),
        found=Found.UNJUDGED,
        severity=Severity.ERROR,
        left=left,
        right=right,
        service=name,
        at="",
        message=message,
    )
