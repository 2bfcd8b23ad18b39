"""What a whole file becomes, and that all of its mistakes are told at once, each at its place."""

from pathlib import Path

import pytest
from config_examples import KINDS, SHOP

from vivido.config.check import check
from vivido.config.diagnostic import ConfigError
from vivido.config.load import load
from vivido.errors import Exit
from vivido.model.project import Kinded, Project, SecretSource


def project(text: str = SHOP) -> Project:
    found, diagnostics = check(text, "vivido.yaml", KINDS)
    assert not diagnostics, "\n".join(map(str, diagnostics))
    assert found is not None
    return found


def mistakes(text: str, root: Path | None = None) -> list[str]:
    found, diagnostics = check(text, "vivido.yaml", KINDS, root)
    assert found is None
    return [str(d) for d in diagnostics]


def test_every_part_of_the_file_reaches_the_project() -> None:
    shop = project()
    assert (shop.name, shop.registry, shop.channel, shop.layout) == (
        "shop",
        "localhost:5000/shop",
        "edge",
        "directories",
    )
    web, api = shop.services
    assert web.image == "localhost:5000/shop/web"
    assert web.build is not None and web.build.context == "web"
    assert (web.checks, web.replaces) == (("sh test.sh",), ("ghcr.io/team/web",))
    assert (api.image, api.build) == ("registry.example.com/shop/api", None)
    assert api.config == "deploy/api/overlays/{environment}"
    assert shop.roster.members("release-managers") == ("alice", "bob")
    assert shop.roster.people[0].emails == ("alice@example.com",)
    assert shop.registries.plain_http == ("localhost:5000",)
    assert shop.secrets_in_clear[0].name == "dev-only"


def test_environments_stand_in_promotion_order() -> None:
    assert [e.name for e in project().environments] == ["dev", "staging", "production"]


def test_gates_have_unique_ids_moments_and_defaults() -> None:
    staging = project().environments[1]
    assert [g.id for g in staging.gates] == ["acceptance", "run", "run-2", "http", "healthy"]
    assert [g.moment for g in staging.gates] == ["after", "after", "before", "after", "after"]
    assert staging.gates[0].options == {
        "command": "pytest acceptance --url {url}",
        "timeout": "10m",
        "retries": 0,
        "junit": [],
    }
    assert staging.gates[0].line == 29


def test_targets_and_secret_sources() -> None:
    dev, staging, production = project().environments
    assert dev.target == Kinded("podman", {"ports": {}})
    assert staging.target.options["apply"] == "./apply.sh"
    assert production.target == Kinded("none", {})
    assert staging.secrets["shop-db"]["password"] == SecretSource(env="SHOP_DB_PASSWORD")
    assert staging.secrets["shop-db"]["cert"] == SecretSource(file="/run/secrets/cert")


def test_load_raises_everything_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "vivido.yaml"
    file.write_text("project: Shop\nservices: {web: {config: deploy, build: web}}\nenvironments: {}\n")
    with pytest.raises(ConfigError) as caught:
        load(file, KINDS)
    codes = {d.code for d in caught.value.diagnostics}
    assert {"config.value", "config.no-path", "config.missing", "config.empty"} <= codes
    assert caught.value.message.startswith("vivido.yaml:1:10: ")
    assert caught.value.exit_code is Exit.INPUT
