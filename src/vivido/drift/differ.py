"""The one differ of the house: what differs between two renderings, by identity and by meaning."""

from vivido.drift.naming import Namespaces, identified
from vivido.drift.secrecy import without_values
from vivido.drift.walk import Walk
from vivido.model.difference import ABSENT, Difference
from vivido.model.objects import Rendered


def differences(
    left: Rendered, right: Rendered, *, key: bytes, namespaces: Namespaces = "keep"
) -> tuple[Difference, ...]:
    """Return everything that differs, sorted by object and path. Pure.

    Equal are: objects of one identity, whatever hash Kustomize appended to their names or to references to them; lists with
    merge keys in any order, except where order has a meaning; quantities in any spelling; what is empty and what is not there,
    where a server cannot tell them apart. `status` and what servers write into `metadata` are not compared. Numbers and texts
    are never equal, `8080` and `"8080"` neither.

    Args:
        left: What is compared.
        right: What it is compared with.
        key: Key of the HMACs that stand for values of Secrets: equal values give equal HMACs under one key, and nothing
            can be said about them without it.
        namespaces: What namespaces count for.
    """
    (before, olds), (after, news) = identified(left.objects, right.objects, namespaces)
    found: list[Difference] = []
    for identity in sorted(olds.keys() | news.keys()):
        old, new = olds.get(identity), news.get(identity)
        if old is not None and new is not None:
            if old is not new:
                found += Walk(identity, before, after).objects(without_values(old, key), without_values(new, key))
        else:
            shown = (ABSENT if one is None else without_values(one, key) for one in (old, new))
            found += Walk(identity, before, after).whole(*shown)
    return tuple(found)
