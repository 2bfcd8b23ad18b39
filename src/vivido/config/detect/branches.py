"""Branches that are named like environments: the layout `branches`, in the order in which releases usually go."""

from collections.abc import Collection

from vivido.config.detect.names import in_order, made_valid, rank

_TRUNKS = ("main", "master", "trunk")
_FIRST, _LAST = "dev", "production"
_PRODUCTION = 9
_EARLY = 2
"""Ranks below this are where people go on working."""


def environments(branches: Collection[str]) -> dict[str, str]:
    """Return environment → branch, from the first to production; empty where fewer than two branches look like environments.

    The trunk (`main`) stands for what is missing: for production beside `develop` and `staging`, for the first environment beside
    `staging` and `production`.
    """
    named = {made_valid(b.rpartition("/")[2]): b for b in sorted(branches) if _rank(b) is not None}
    trunk = next((b for b in _TRUNKS if b in branches), "")
    ranks = {_rank(b) or 0 for b in named.values()}
    found = {name: named[name] for name in in_order(set(named))}
    if trunk and ranks and _PRODUCTION not in ranks:
        found |= {_LAST: trunk}
    elif trunk and ranks and min(ranks) >= _EARLY:
        found = {_FIRST: trunk} | found
    return found if len(found) > 1 else {}


def _rank(branch: str) -> int | None:
    """Return where a branch stands: `staging`, `env/staging`; a feature's branch (`feature/test`) is none."""
    above, _, name = branch.rpartition("/")
    return rank(name) if above in ("", "env", "envs", "environment", "environments", "deploy") else None
