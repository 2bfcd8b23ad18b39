"""kill -9 wherever a promotion of Terraform modules differs from others: the digest is written into the variables once."""

from pathlib import Path

import pytest
from lives import kinds, lived, passed, settled

from terraform_shop import terraform_shop, variables

pytestmark = pytest.mark.real("ssh-keygen", "git")
POINTS = ("git.", "engine.check", "engine.commit")


def test_a_promotion_ends_as_if_nothing_had_happened(tmp_path: Path) -> None:
    with terraform_shop(tmp_path / "shop", "directories") as shop:
        first = shop.release("v1")
        points = passed(shop, lambda environ: shop.run("promote", "dev", "--release", first, "--yes", environ=environ))
        second, before = shop.release("v2"), len(shop.log())
        killed = lived(
            shop,
            [point for point in points if point.startswith(POINTS)],
            lambda environ: shop.run("promote", "dev", "--release", second, "--yes", environ=environ),
        )
        assert kinds(killed) >= {"git.commit", "git.push", "engine.check", "engine.commit"}
        settled(shop, "dev", second)
        assert len(shop.log()) == before + 1
        for service, digest in shop.push("v2").items():
            assert shop.file(variables("directories", service, "dev")).count(digest) == 1
