"""`vivido init` proposes Terraform root modules that have environments, and no others."""

from pathlib import Path

import pytest

from vivido.config.detect.look import detect
from vivido.config.detect.propose import propose

MAIN = 'variable "image" {}\nmodule "app" {\n  source = "../modules/app"\n}\n'
IMAGE = '# image = "no/image:1"\nimage = "registry.example.com/shop/web:1"\n'


def write(root: Path, *paths: str) -> Path:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(
            MAIN if path.endswith((".tf", ".tofu")) else IMAGE if path.endswith(".tfvars") else "FROM scratch\n"
        )
    return root


@pytest.mark.parametrize(
    ("paths", "config"),
    [
        (("infra/web/main.tf", "infra/web/envs/staging.tfvars", "infra/web/envs/production.tfvars"), "infra/web"),
        (("infra/web/main.tf", "infra/web/staging/terraform.tfvars", "infra/web/production.tfvars"), "infra/web"),
        (("infra/web/main.tofu", "infra/web/envs/staging.tfvars", "infra/web/envs/production.tfvars"), "infra/web"),
        (
            ("infra/web/envs/staging/main.tf", "infra/web/envs/production/main.tf", "infra/web/modules/app/main.tf"),
            "infra/web/envs/{environment}",
        ),
    ],
)
def test_a_module_with_environments_is_a_services_configuration(
    paths: tuple[str, ...], config: str, tmp_path: Path
) -> None:
    found = detect(write(tmp_path, *paths, "web/Containerfile"))
    assert [(c.path, c.environments, c.terraform) for c in found.configs] == [(config, ("staging", "production"), True)]
    assert [(s.name, s.config) for s in found.services] == [("web", config)]
    text = propose(found, "shop", "registry.example.com/shop")
    assert f"config: {config}  # Terraform" in text.replace('"', "")
    assert "target: none" in text


def test_images_are_found_among_variables(tmp_path: Path) -> None:
    found = detect(write(tmp_path, "infra/main.tf", "infra/staging.tfvars"))
    assert [use.image for config in found.configs for use in config.uses] == ["registry.example.com/shop/web"]
    assert [(s.name, s.image) for s in found.services] == [("web", "registry.example.com/shop/web")]


def test_a_module_without_environments_is_none(tmp_path: Path) -> None:
    assert detect(write(tmp_path, "modules/app/main.tf", "infra/main.tf", "infra/terraform.tfvars")).configs == ()
