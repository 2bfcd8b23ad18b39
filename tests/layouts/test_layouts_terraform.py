"""Promoting with Terraform: one value changes, in the environment's own file, and the module then names exactly the digest."""

from pathlib import Path

import msgspec
import pytest
from layout_trees import DIGEST, Tree, artifact, environment, project, service

from vivido.layouts.files import edits, needed, read_images, render_environment, roots
from vivido.layouts.interface import Place
from vivido.layouts.places import place
from vivido.layouts.verify import wrong_images
from vivido.model.objects import Rendered
from vivido.model.problem import Problem
from vivido.model.project import ImageValues, Project, Terraform

RELEASE = (artifact("web", "2"),)
SHOP = project(service("web", "infra", "web"))
WEB = f"localhost:5000/shop/web@{DIGEST['2']}"
BUILD = f"{'2' * 12}@{DIGEST['2']}"
WHOLE = 'variable "image" {\n  default = "web:dev"\n}\n'
PARTS = 'variable "image_repository" {\n  default = "localhost:5000/shop/web"\n}\nvariable "image_tag" {\n  default = "1"\n}\n'
OBJECT = 'variable "web" {\n  default = {\n    repository = "web"\n    digest     = ""\n    cpu        = 1\n  }\n}\n'
TEMPLATE = (
    'variable "release" {\n  default = "1"\n}\n'
    'resource "a" "b" {\n  x = jsonencode({ y = "localhost:5000/shop/web:${var.release}" })\n}\n'
)


def files(**named: str) -> Tree:
    """Make a tree below `infra/`; three environments have a file with variables."""
    beside = {f"envs/{e}.tfvars": "" for e in ("dev", "staging", "production")}
    return Tree({f"infra/{n.replace('__', '/')}": t.encode() for n, t in {**beside, **named}.items()})


def promoted(tree: Tree, name: str = "staging", of: Project = SHOP) -> dict[str, str]:
    stop = environment(of, name)
    found = edits(of, stop, RELEASE, tree.read, tree.listing)
    assert isinstance(found, dict), found
    after = Tree({**tree, **found})
    assert edits(of, stop, RELEASE, after.read, after.listing) == {}, "a second time there is nothing to do"
    return {path: data.decode() for path, data in found.items()}


def rendered(tree: Tree, changed: dict[str, str], where: Path, name: str = "staging", of: Project = SHOP) -> Rendered:
    after, stop = Tree({**tree, **{p: t.encode() for p, t in changed.items()}}), environment(of, name)
    found = render_environment(of, stop, after.export(roots(of, stop, after.listing, after.read), where))
    assert isinstance(found, Rendered), found
    return found


def refused(tree: Tree, name: str = "staging", of: Project = SHOP) -> Problem:
    found = edits(of, environment(of, name), RELEASE, tree.read, tree.listing)
    assert isinstance(found, tuple), found
    assert all(p.message and p.hint and p.where for p in found)
    return found[0]


@pytest.mark.parametrize(
    ("main", "variables", "after"),
    [
        (WHOLE, '# ours\nimage = "web:1" # promoted\n', f'# ours\nimage = "{WEB}" # promoted\n'),
        (WHOLE, "# ours\nreplicas = 2", f'# ours\nreplicas = 2\nimage = "{WEB}"\n'),
        (WHOLE, 'x = 1\r\nimage   = ("web:1")\r\n', f'x = 1\r\nimage   = ("{WEB}")\r\n'),
        (PARTS, 'image_tag = "1"\n', f'image_tag = "{BUILD}"\n'),
        (PARTS, "", f'image_tag = "{BUILD}"\n'),
        (
            OBJECT,
            f'web = {{ repository = "web", digest = "{DIGEST["1"]}" }}\n',
            f'web = {{ repository = "localhost:5000/shop/web", digest = "{DIGEST["2"]}" }}\n',
        ),
        (
            OBJECT,
            "a = <<E\nweb\nE\n",
            "a = <<E\nweb\nE\nweb = {\n"
            f'  repository = "localhost:5000/shop/web"\n  digest = "{DIGEST["2"]}"\n  cpu = 1\n}}\n',
        ),
        (TEMPLATE, 'release = "1"\n', f'release = "{BUILD}"\n'),
        (TEMPLATE.replace("web:$", "web@$"), "", f'release = "{DIGEST["2"]}"\n'),
        (TEMPLATE.replace("web:$", "web@sha256:$"), "", f'release = "{"2" * 64}"\n'),
    ],
)
def test_a_promotion_changes_the_environments_own_file(main: str, variables: str, after: str, tmp_path: Path) -> None:
    tree = files(**{"main.tf": main, "envs/staging.tfvars": variables})
    found = promoted(tree)
    assert found == {"infra/envs/staging.tfvars": after}
    objects = rendered(tree, found, tmp_path)
    assert wrong_images(SHOP, RELEASE, objects) == ()
    assert wrong_images(SHOP, (artifact("web", "3"),), objects) != ()


def test_a_json_file_is_changed_as_json(tmp_path: Path) -> None:
    tree = Tree(
        {
            "infra/main.tf": OBJECT.encode(),
            **{
                f"infra/{e}.tfvars.json": b'{\n  "web": {"repository": "web", "digest": "x"}\n}\n'
                for e in ("dev", "staging")
            },
            "infra/production.tfvars.json": b"{}\n",
        }
    )
    found = promoted(tree)
    line = f'  "web": {{"repository": "localhost:5000/shop/web", "digest": "{DIGEST["2"]}"}}'
    assert found == {"infra/staging.tfvars.json": f"{{\n{line}\n}}\n"}
    assert wrong_images(SHOP, RELEASE, rendered(tree, found, tmp_path)) == ()
    assert DIGEST["2"] in promoted(tree, "production")["infra/production.tfvars.json"]


OWN = {
    "envs/staging/main.tf": 'locals {\n  image = "web:1" # here\n}\n'
    'module "app" {\n  source = "../../modules/app"\n  image  = local.image\n}\n',
    "envs/production/main.tf": 'module "app" {\n  source = "../../modules/app"\n  image  = "web:1"\n}\n',
    "envs/dev/main.tf": WHOLE,
    "modules/app/main.tf": 'variable "image" {}\n',
}


def own() -> Tree:
    return Tree({f"infra/{name}": text.encode() for name, text in OWN.items()})


def test_in_a_directory_of_its_own_the_value_changes_where_it_stands(tmp_path: Path) -> None:
    tree = own()
    for name in ("staging", "production", "dev"):
        path = f"infra/envs/{name}/main.tf"
        found = promoted(tree, name)
        assert found == {path: tree[path].decode().replace('"web:1"', f'"{WEB}"').replace('"web:dev"', f'"{WEB}"')}
        assert wrong_images(SHOP, RELEASE, rendered(tree, found, tmp_path / name, name)) == ()


def test_modules_that_are_called_are_exported_too() -> None:
    tree = own()
    one = place(SHOP, SHOP.services[0], environment(SHOP, "staging"), tree.listing)
    assert isinstance(one, Place)
    assert needed(one, tree.read, tree.listing) == ("infra/envs/staging", "infra/modules/app")


def test_a_file_that_terraform_reads_by_itself_is_no_environments_own() -> None:
    tree = files(**{"terraform.tfvars": 'image = "web:1"\n', "main.tf": WHOLE})
    assert promoted(tree) == {"infra/envs/staging.tfvars": f'image = "{WEB}"\n'}


def test_a_local_value_of_a_shared_directory_cannot_be_one_environments() -> None:
    tree = files(**{"main.tf": 'locals {\n  image = "web:1"\n}\n'})
    found = refused(tree)
    assert (found.code, found.where) == ("terraform.shared-value", "infra/main.tf:2:11")


def test_what_is_computed_is_said_and_not_guessed() -> None:
    tree = files(**{"main.tf": 'variable "x" {}\nlocals {\n  image = lookup(var.x, "web")\n}\n'})
    found = refused(tree)
    assert found.code == "layout.image-not-found"
    assert "is the function lookup (infra/main.tf:3:11)" in found.message
    assert "var.x has no value in a file" in found.message


def test_the_file_says_where_the_image_is_and_which_files_there_are(tmp_path: Path) -> None:
    told = Terraform(
        var_files=("infra/common.tfvars", "vars-of/{environment}.tfvars"),
        image=ImageValues(repository="run.what", digest="run.which"),
    )
    shop = project(msgspec.structs.replace(service("web", "infra"), terraform=told))
    tree = Tree(
        {
            "infra/main.tf": b'variable "run" {}\n',
            "infra/common.tfvars": b'run = { what = "a", which = "b" }\n',
            **{f"vars-of/{e}.tfvars": b"" for e in ("dev", "staging", "production")},
        }
    )
    found = promoted(tree, of=shop)
    whole = f'run = {{\n  what = "localhost:5000/shop/web"\n  which = "{DIGEST["2"]}"\n}}\n'
    assert found == {"vars-of/staging.tfvars": whole}
    assert rendered(tree, found, tmp_path, of=shop).objects


def test_services_may_share_a_root_module() -> None:
    shop = project(service("web", "infra"), service("api", "infra"))
    tree = files(
        **{
            "main.tf": "",
            "envs/staging.tfvars": 'web_image = "localhost:5000/shop/web:1"\napi_image = "localhost:5000/shop/api:1"\n',
        }
    )
    both = (*RELEASE, artifact("api", "3"))
    found = edits(shop, environment(shop, "staging"), both, tree.read, tree.listing)
    assert isinstance(found, dict), found
    text = found["infra/envs/staging.tfvars"].decode()
    assert text == f'web_image = "{WEB}"\napi_image = "localhost:5000/shop/api@{DIGEST["3"]}"\n'
    after = Tree({**tree, **found})
    assert read_images(shop, environment(shop, "staging"), after.read, after.listing) == {
        "web": WEB,
        "api": f"localhost:5000/shop/api@{DIGEST['3']}",
    }


@pytest.mark.parametrize(
    ("tree", "code"),
    [
        (Tree({"infra/main.tf": WHOLE.encode()}), "layout.no-values"),
        (
            Tree({"infra/main.tf": b"", "infra/staging.tfvars": b"", "infra/envs/staging.tfvars": b""}),
            "layout.no-values",
        ),
        (files(**{"main.tf": WHOLE, "envs/staging.tfvars": 'image = "web:1\n'}), "terraform.syntax"),
        (files(**{"main.tf": WHOLE, "envs/staging.tfvars": "image = <<E\nweb\nE\n"}), "layout.image-not-found"),
    ],
)
def test_what_cannot_be_promoted_is_a_problem(tree: Tree, code: str) -> None:
    assert refused(tree).code == code


def test_a_directory_that_is_told_to_be_terraforms_and_is_not() -> None:
    shop = project(msgspec.structs.replace(service("web", "infra"), terraform=Terraform()))
    tree = Tree({"infra/a.yaml": b"a: 1\n"})
    one = msgspec.structs.replace(shop, environments=shop.environments[:1])
    found = refused(tree, "dev", one)
    assert found.where == "services.web.config.terraform"
