"""The differ, as everybody uses it."""

from vivido.drift.differ import differences
from vivido.model.difference import Sort
from vivido.model.objects import Rendered


def test_a_changed_value_is_named() -> None:
    left, right = (
        Rendered(
            ({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {"replicas": n}},)
        )
        for n in (1, 2)
    )
    (one,) = differences(left, right, key=b"k")
    assert (one.at, one.sort, one.left, one.right) == ("Deployment/web/spec/replicas", Sort.CHANGED, 1, 2)
