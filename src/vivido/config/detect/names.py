"""Names of environments as people give them, their usual order, and names that the file accepts."""

import re

_RANKS = {
    "local": 0,
    "dev": 1,
    "develop": 1,
    "development": 1,
    "sandbox": 1,
    "test": 2,
    "testing": 2,
    "tst": 2,
    "int": 3,
    "integration": 3,
    "qa": 4,
    "uat": 5,
    "acceptance": 5,
    "stage": 6,
    "staging": 6,
    "stg": 6,
    "preprod": 7,
    "preproduction": 7,
    "pre": 7,
    "canary": 8,
    "prod": 9,
    "production": 9,
    "prd": 9,
    "live": 9,
}
_UNKNOWN = 6
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")


def rank(name: str) -> int | None:
    """Return where an environment usually stands (`prod-eu` as `prod`), None for a name that is no environment's."""
    whole = name.lower().replace("pre-prod", "preprod").replace("_", "-")
    return _RANKS.get(whole, _RANKS.get(whole.split("-")[0]))


def in_order(names: set[str]) -> tuple[str, ...]:
    """Return names of environments from the first to production; unknown ones stand with staging."""
    ranked = {name: known if (known := rank(name)) is not None else _UNKNOWN for name in names}
    return tuple(sorted(names, key=lambda name: (ranked[name], name)))


def chain(ordered: tuple[str, ...]) -> dict[str, str]:
    """Return name → the one it comes `after`: one after another, but all of the last rank after the same one."""
    after: dict[str, str] = {}
    last = rank(ordered[-1]) if ordered else None
    before = ""
    for name in ordered:
        after[name] = before
        if before == "" or last is None or rank(name) != last:
            before = name
    return after


def valid(name: str) -> bool:
    """Say whether the file accepts a name as it is."""
    return _NAME.fullmatch(name) is not None


def made_valid(text: str) -> str:
    """Return a name that the file accepts, made of any text."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower())[:40].strip("-") or "app"


def own(names: list[str]) -> list[str]:
    """Return the names with a number wherever one occurred before."""
    taken: set[str] = set()
    result: list[str] = []
    for name in names:
        number, unique = 2, name
        while unique in taken:
            number, unique = number + 1, f"{name[:36]}-{number}"
        taken.add(unique)
        result.append(unique)
    return result
