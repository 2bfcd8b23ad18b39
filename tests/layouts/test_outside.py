"""What a configuration builds on outside of its own directory."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivido.layouts.outside import NAMING, NamingFile, outside

BASE = "resources: [../base]"


def built_on(directory: str, tree: dict[str, str]) -> set[str]:
    def files(at: str) -> Iterator[NamingFile]:
        for path, text in tree.items():
            parent, _, name = path.rpartition("/")
            if name in NAMING and (parent == at or parent.startswith(f"{at}/")):
                yield NamingFile(parent, text.encode())

    return set(outside(directory, files))


@pytest.mark.parametrize(
    ("tree", "found"),
    [
        ({"a/web/k/kustomization.yaml": "resources: [../base]"}, set()),
        ({"a/web/kustomization.yaml": "resources: [../base]"}, {"a/base"}),
        ({"a/web/kustomization.yaml": "resources:\n  - ../base # common\n  - '../log'"}, {"a/base", "a/log"}),
        ({"a/web/kustomization.yaml": 'resources: ["\\x2e./base"]'}, {"a/base"}),
        ({"a/web/kustomization.yaml": "x: &b ../base\nresources: [*b]"}, {"a/base"}),
        ({"a/web/o/kustomization.yaml": "components: [../../../c/log]"}, {"c/log"}),
        ({"a/web/kustomization.yaml": BASE, "a/base/kustomization.yaml": "resources: [../../deep]"}, {"a/base", "deep"}),
        ({"a/web/kustomization.yaml": BASE, "a/base/kustomization.yaml": "resources: [../web]"}, {"a/base"}),
        ({"a/web/Chart.yaml": "dependencies: [{name: c, repository: file://../common}]"}, {"a/common"}),
        ({"a/web/kustomization.yaml": "resources: [../../../out, ..]"}, set()),
        ({"a/web/deployment.yaml": "x: ../base"}, set()),
        ({"a/web/kustomization.yaml": "resources: [../base"}, {"a/base"}),
    ],
)  # fmt: skip
def test_what_is_named_is_found(tree: dict[str, str], found: set[str]) -> None:
    assert built_on("a/web", tree) == found


@given(
    st.dictionaries(
        st.sampled_from(["a/kustomization.yaml", "b/kustomization.yaml", "c/d/Chart.yaml"]),
        st.text("./abcd&*\\x2e: [-\n", max_size=30),
    )
)
def test_it_ends_and_names_nothing_of_the_directory_itself(tree: dict[str, str]) -> None:
    found = built_on("a", tree)
    assert all(path and path != "a" and not path.startswith("a/") for path in found)
