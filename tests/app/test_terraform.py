"""A project whose services are Terraform modules goes to production and back, in every layout."""

import json
import shutil
from pathlib import Path

import pytest

from terraform_program import PROGRAM, terraform
from terraform_shop import backend, terraform_shop, variables
from vivido.layouts.kinds import KINDS

pytestmark = pytest.mark.real("ssh-keygen", "git")
GATE = "{terraform: {plan: '{release}.json', service: web}}"

APPLY = """\
set -eu
case $VIVIDO_ENVIRONMENT in dev) at=REPO_dev ;; staging) at=REPO_staging ;; production) at=REPO_production ;; esac
files=$(mktemp -d)
trap 'rm -rf "$files"' EXIT
git --git-dir "$at" archive "$VIVIDO_COMMIT" infra | tar -x -C "$files"
for service in web api; do
  cd "$files/infra/$service"
  own=envs/$VIVIDO_ENVIRONMENT; [ -d envs ] || own=backend
  PROGRAM init -input=false -no-color -backend-config="$own.tfbackend"
  if [ -d envs ]; then set -- "-var-file=envs/$VIVIDO_ENVIRONMENT.tfvars"; else set --; fi
  PROGRAM apply -auto-approve -input=false -no-color "$@"
  PROGRAM output -json runs > "{state}/$service-$VIVIDO_ENVIRONMENT.json"
done
echo "$VIVIDO_ENVIRONMENT $VIVIDO_GENERATION" >> {log}
"""


def test_what_is_read_of_modules_is_never_committed_for_a_cluster_to_pull(tmp_path: Path) -> None:
    with terraform_shop(tmp_path / "shop", "directories") as shop:
        file = shop.clone / "vivido.yaml"
        text = file.read_text().replace("  dev:\n", "  dev:\n    hydrate: rendered/dev\n")
        shop.commit({"vivido.yaml": text.encode()}, "Keep what dev gets")
        shop.pull()
        release, before = shop.release("v1"), shop.log()
        found = shop.run("promote", "dev", "--release", release, "--yes")
        assert found.code == 3
        assert "hydrate.terraform" in found.err
        assert shop.log() == before
        assert [path for path in shop.tree() if path.startswith("rendered/")] == []


@pytest.mark.parametrize("layout", sorted(KINDS))
def test_a_release_goes_to_production_and_back(layout: str, tmp_path: Path) -> None:
    with terraform_shop(tmp_path / "shop", layout) as shop:
        assert shop.good("config", "check").out
        first, digests = shop.release("v1"), shop.push("v1")
        shop.to_production(first)
        for environment in ("dev", "staging", "production"):
            for service, digest in digests.items():
                text = shop.file(variables(layout, service, environment), environment)
                image = f"{shop.repository(service)}@{digest}"
                assert text.startswith(
                    f'# {service} in {environment}\nimage    = "{image}" # what is promoted\nreplicas = '
                )
        second = shop.release("v2")
        asked = shop.run("diff", "web", "staging", second, "-o", "json")
        differences = asked.json()["comparisons"][0]["differences"] if "comparisons" in asked.out else asked.json()
        assert asked.code == 10
        assert json.dumps(differences).count("spec/variables/image") + json.dumps(differences).count('"image"') >= 1
        shop.good("promote", "dev", "--release", second, "--yes")
        shop.good("promote", "staging", "--release", second, "--yes")
        assert shop.good("rollback", "staging", "--yes").code == 0
        assert digests["web"] in shop.file(variables(layout, "web", "staging"), "staging")
        assert digests["web"] not in shop.file(variables(layout, "web", "dev"), "dev")


def test_what_differs_between_environments_is_told_with_its_place(tmp_path: Path) -> None:
    with terraform_shop(tmp_path / "shop", "directories") as shop:
        found = shop.run("parity", "dev", "staging", "--service", "web", "--at", "main", "-o", "json")
        assert found.code == 10
        findings = found.json()["findings"]
        assert [(f["found"], f["at"]) for f in findings] == [("undeclared", "Terraform/web/spec/variables/replicas")]
        assert [f"{o['path']}:{o['line']}:{o['column']}" for o in findings[0]["origins"]] == [
            "infra/web/envs/dev.tfvars:3:12",
            "infra/web/envs/staging.tfvars:3:12",
        ]


def test_a_variable_without_an_image_stops_the_promotion(tmp_path: Path) -> None:
    with terraform_shop(tmp_path / "shop", "directories") as shop:
        shop.commit({variables("directories", "web", "dev"): b"image = upper(local.x)\n"})
        ran = shop.run("promote", "dev", "--release", shop.release("v1"), "--yes")
        assert ran.code == 3
        assert "no manifest of infra/web names an image of web" in " ".join(ran.err.split())


@pytest.mark.skipif(PROGRAM is None, reason="neither terraform nor tofu is on PATH")
@pytest.mark.parametrize("layout", sorted(KINDS))
def test_the_real_terraform_runs_what_was_promoted(layout: str, tmp_path: Path) -> None:
    root = tmp_path / "shop"
    states = root / "states"
    apply = APPLY.replace("PROGRAM", str(PROGRAM))
    for environment in ("dev", "staging", "production"):
        where = root / (f"config-{environment}.git" if layout == "repositories" else "origin.git")
        apply = apply.replace(f"REPO_{environment}", str(where))
    with terraform_shop(root, layout, apply) as shop:
        states.mkdir(parents=True)
        shop.environ["CHECKPOINT_DISABLE"] = "1"

        def runs(environment: str) -> list[tuple[str, int]]:
            made = [json.loads((states / f"{s}-{environment}.json").read_text()) for s in ("web", "api")]
            return [(one["image"], one["replicas"]) for one in made]

        def wanted(digests: dict[str, str], number: int) -> list[tuple[str, int]]:
            return [(f"{shop.repository(s)}@{digests[s]}", number) for s in ("web", "api")]

        first, second = shop.push("v1"), shop.push("v2")
        shop.good("promote", "dev", "--release", shop.release("v1"), "--yes")
        shop.good("promote", "staging", "--yes")
        shop.good("promote", "dev", "--release", shop.release("v2"), "--yes")
        assert (runs("dev"), runs("staging")) == (wanted(second, 1), wanted(first, 2))
        (root / "broken").touch()
        # The gate after it says no: the target is handed the commit that it came from.
        assert shop.run("promote", "staging", "--yes").code != 0
        assert runs("staging") == wanted(first, 2)
        assert (states / "web-dev.tfstate").is_file()


@pytest.mark.skipif(PROGRAM is None, reason="neither terraform nor tofu is on PATH")
def test_a_plan_of_the_release_opens_the_gate_and_one_of_another_does_not(tmp_path: Path) -> None:
    with terraform_shop(tmp_path / "shop", "directories") as shop:
        text = shop.file("vivido.yaml").replace("  dev:\n", f"  dev:\n    gates: [{GATE}]\n")
        shop.commit({"vivido.yaml": text.encode()}, "Judge plans")
        shop.pull()
        module = tmp_path / "module"
        shutil.copytree(shop.clone / "infra/web", module)

        def plan(tag: str, *more: str) -> None:
            image = f"{shop.repository('web')}@{shop.push(tag)['web']}"
            told = ["-var-file=envs/dev.tfvars", f"-var=image={image}", *more]
            (module / "main.tf").write_text(shop.file("infra/web/main.tf").replace('  backend "local" {}\n', ""))
            terraform(module, "init", "-input=false", "-no-color")
            terraform(module, "plan", "-input=false", "-no-color", "-out=it", *told)
            (shop.clone / f"{release}.json").write_text(terraform(module, "show", "-json", "it"))

        release = shop.release("v1")
        missing = shop.run("promote", "dev", "--release", release, "--yes", "--no-wait")
        assert missing.code == 0
        shop.run("run", "--once")
        assert "cannot be read" in shop.run("why", "dev").out
        for made, says in (
            (("v2",), "it does not name sha256:"),
            (("v1", "-var=replicas=7"), "replicas has another value"),
        ):
            plan(*made)
            shop.run("retry", "dev", "--timeout", "0")
            shop.run("run", "--once")
            assert says in " ".join(shop.run("why", "dev").out.split())
        plan("v1")
        shop.good("retry", "dev")
        assert shop.good("status", "-o", "json").json()["columns"][0]["release"] == release


def test_where_the_backend_is_said_is_no_difference(tmp_path: Path) -> None:
    with terraform_shop(tmp_path / "shop", "directories") as shop:
        assert "TerraformState" not in shop.run("parity", "--at", "main").out
        assert backend("directories", "web", "dev")


def test_a_state_that_two_environments_share_is_refused_until_a_reason_is_given(tmp_path: Path) -> None:
    with terraform_shop(tmp_path / "shop", "directories") as shop:
        where = backend("directories", "web", "staging")
        shop.commit({where: shop.file(backend("directories", "web", "dev")).encode()})
        shop.pull()
        said = shop.run("config", "check")
        assert said.code == 2
        assert "web in dev and web in staging keep one state: local path=" in " ".join(said.err.split())
        found = shop.run("parity", "dev", "staging", "--at", "main", "-o", "json")
        assert [f["severity"] for f in found.json()["findings"] if f["found"] == "shared"] == ["error"]
        release = shop.release("v1")
        before = shop.log()
        ran = shop.run("promote", "dev", "--release", release, "--yes")
        assert (ran.code, shop.log()) == (3, before)
        assert "web in dev and web in staging keep one state" in " ".join(ran.err.split())
        text = shop.file("vivido.yaml")
        told = "config: {terraform: infra/web, shared-state: one throw-away account}"
        shop.commit({"vivido.yaml": text.replace("config: infra/web", told).encode()})
        shop.pull()
        assert shop.good("config", "check").err == ""
        assert shop.good("config", "show").out.count("shared-state: one throw-away account") == 1
        shop.good("promote", "dev", "--release", shop.release("v2"), "--yes")


def test_a_plan_is_shown_as_differences_without_its_secrets(tmp_path: Path) -> None:
    before, after = (
        {"image": "web:1", "token": "hunter22"},
        {"image": "web:2", "token": "hunter22", "url": "x?hunter22"},
    )
    change = {"actions": ["update"], "before": before, "after": after, "before_sensitive": {"token": True}}
    resources = [{"type": "box", "address": "box.web", "change": {**change, "after_sensitive": {"token": True}}}]
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({"format_version": "1.2", "resource_changes": resources}))
    with terraform_shop(tmp_path / "shop", "directories") as shop:
        ran = shop.run("diff", "staging", "--plan", str(plan))
        assert ran.code == 10
        assert ran.out.startswith("staging: state → plan.json\n2 differences in 1 object")
        assert "web:1 → web:2" in ran.out
        assert "hunter22" not in ran.out + ran.err
        plan.write_text("{}")
        refused = shop.run("diff", "staging", "--plan", str(plan))
        assert (refused.code, "is no plan" in refused.err) == (2, True)
        assert shop.run("diff", "staging", "--plan", str(tmp_path / "none")).code == 2
