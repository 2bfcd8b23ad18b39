"""Variables get their values in Terraform's order, and a module becomes an object of which nothing is left out."""

import json
from pathlib import Path
from typing import Any

import pytest

from terraform_program import needed, outputs
from vivido.model.objects import Rendered
from vivido.model.problem import Problem
from vivido.render.detect import detect
from vivido.render.images import images
from vivido.render.interface import TerraformRoot
from vivido.render.secrets import secrets_in_clear
from vivido.render.terraform.inputs import Inputs, read_inputs
from vivido.render.terraform.module import Module, read_module
from vivido.render.terraform.renderer import Terraform, called_directories
from vivido.render.tree import of_directory

NAMES = ("default", "main", "json", "auto", "late", "named", "last", "text", "count", "flag", "object")
TYPES = {"text": "string", "count": "number", "flag": "bool"}
FILES = {
    "main.tf": "".join(
        f'variable "{n}" {{\n  type    = {TYPES.get(n, "any")}\n  default = "default"\n}}\noutput "{n}" {{\n  value = var.{n}\n}}\n'
        for n in NAMES
        if n not in ("count", "flag")
    )
    + 'variable "count" {\n type = number\n}\noutput "count" {\n value = var.count\n}\n'.replace("count", "number")
    + 'variable "flag" {\n type = bool\n}\noutput "flag" {\n value = var.flag\n}\n'
    + 'locals {\n  made = "${var.text}-${var.number}-${local.other.a[1]}"\n  other = { a = [1, 2] }\n}\n'
    + 'output "made" {\n value = local.made\n}\n',
    "terraform.tfvars": "".join(f'{n} = "main"\n' for n in NAMES[1:7]) + 'text = 12\nnumber = "3"\nflag = "true"\n',
    "terraform.tfvars.json": json.dumps(dict.fromkeys(NAMES[2:7], "json")),
    "b.auto.tfvars": "".join(f'{n} = "auto b"\n' for n in NAMES[3:7]),
    "a.auto.tfvars": "".join(f'{n} = "auto a"\n' for n in NAMES[3:7]),
    "c.auto.tfvars.json": json.dumps(dict.fromkeys(NAMES[4:7], "auto c")),
    "other.tfvars": 'late = "nobody reads this"\n',
    "one.tfvars": 'named = "one"\nlast = "one"\n',
    "two.tfvars": 'last = "two"\nobject = {\n  a = ["x"]\n}\n',
}


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def inputs(root: Path, *named: str) -> Inputs | tuple[Problem, ...]:
    read, listing = of_directory(root)
    module = read_module("", read, listing)
    assert isinstance(module, Module), module
    return read_inputs(module, named, read, listing)


def render(root: Path, directory: str = "", **told: Any) -> Rendered | tuple[Problem, ...]:
    return Terraform(TerraformRoot("web", **told)).render(root, directory)


def spec(root: Path, directory: str = "", **told: Any) -> dict[str, Any]:
    found = render(root, directory, **told)
    assert isinstance(found, Rendered), found
    return next(o for o in found.objects if o["metadata"]["name"] == "web" and o["kind"] == "Terraform")["spec"]


def refused(root: Path, directory: str = "", **told: Any) -> Problem:
    found = render(root, directory, **told)
    assert not isinstance(found, Rendered)
    return found[0]


@needed
def test_variables_have_the_values_that_terraform_gives_them(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    said = outputs(tmp_path, "-var-file=one.tfvars", "-var-file=two.tfvars")
    found = inputs(tmp_path, "one.tfvars", "two.tfvars")
    assert isinstance(found, Inputs)
    made = said.pop("made")
    assert found.values == said
    assert made == "12-3-2"


def test_later_files_win_without_terraform_too(tmp_path: Path) -> None:
    found = inputs(write(tmp_path, FILES), "one.tfvars", "two.tfvars")
    assert isinstance(found, Inputs)
    said = [found.given[name].value for name in NAMES[:7]]
    assert said == ["default", "main", "json", "auto b", "auto c", "one", "two"]
    assert [found.given[name].file for name in ("default", "late", "last")] == [
        "main.tf",
        "c.auto.tfvars.json",
        "two.tfvars",
    ]


def test_what_has_no_value_or_no_declaration_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"main.tf": 'variable "a" {}\nvariable "b" {\n  default = 1\n}\n', "terraform.tfvars": "c = 2\n"})
    assert {k: spec(tmp_path)[k] for k in ("unset", "undeclared", "variables")} == {
        "unset": ["a"],
        "undeclared": ["c"],
        "variables": {"b": 1, "c": 2},
    }


def test_a_file_with_variables_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    write(tmp_path, {"main.tf": ""})
    assert refused(tmp_path, variables=("dev.tfvars",)).code == "terraform.no-file"


def test_a_block_among_variables_is_refused_with_its_place(tmp_path: Path) -> None:
    write(tmp_path, {"main.tf": "", "terraform.tfvars": "a = 1\nlocals {\n  b = 1\n}\n"})
    assert refused(tmp_path).where == "terraform.tfvars:2:1"


def test_layout_and_comments_mean_nothing_and_everything_else_does(tmp_path: Path) -> None:
    text = 'resource "a" "b" {\n  c = upper( var.d )\n  e {\n    f = 1\n  }\n}\n'
    first = write(tmp_path / "one", {"main.tf": text})
    second = write(
        tmp_path / "two",
        {
            "x.tf": '# why\nresource "a" "b" {\n  e {\n    f = 1 # one\n  }\n\n  c = upper( var.d\n )\n}\n',
            "README.md": "x",
        },
    )
    third = write(tmp_path / "three", {"main.tf": text.replace("f = 1", "f = 2")})
    assert spec(first) == spec(second) != spec(third)
    assert spec(first)["resources"] == {"a.b": {"c": "${upper( var.d )}", "e": [{"f": 1}]}}


def test_a_template_that_a_module_reads_is_part_of_it(tmp_path: Path) -> None:
    write(tmp_path, {"infra/main.tf": 'locals {\n  a = file("t/x.tpl")\n}\n', "infra/t/x.tpl": "one"})
    before = spec(tmp_path, "infra")
    write(tmp_path, {"infra/t/x.tpl": "two"})
    assert spec(tmp_path, "infra")["files"].keys() == {"t/x.tpl"}
    assert spec(tmp_path, "infra") != before


def test_modules_inside_the_repository_are_objects_of_their_own(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "infra/main.tf": 'module "net" {\n  source = "../modules/net"\n}\nmodule "far" {\n  source  = "hashicorp/x/y"\n'
            '  version = "~> 1.2"\n}\n',
            "modules/net/main.tf": 'terraform {\n  required_providers {\n    aws = {\n      source  = "hashicorp/aws"\n'
            '      version = "~> 5.0"\n    }\n  }\n}\n',
            "infra/.terraform.lock.hcl": 'provider "registry.terraform.io/hashicorp/aws" {\n  version = "5.1.0"\n}\n',
        },
    )
    found = render(tmp_path, "infra")
    assert isinstance(found, Rendered), found
    by_name = {(o["kind"], o["metadata"]["name"]): o["spec"] for o in found.objects}
    assert by_name["Terraform", "web.net"]["providers"]["aws"]["version"] == "~> 5.0"
    root = by_name["Terraform", "web"]
    assert root["modules"]["far"] == {"source": "hashicorp/x/y", "version": "~> 1.2"}
    assert root["providers"] == {"registry.terraform.io/hashicorp/aws": {"locked": "5.1.0"}}


@pytest.mark.parametrize(
    ("directory", "text", "file"),
    [
        ("infra", 'file("job.hcl")', "infra/job.hcl"),
        ("infra", 'file("${path.module}/policy.md")', "infra/policy.md"),
        ("infra", 'templatefile("${path.module}/../t/x.tpl", {})', "t/x.tpl"),
        ("infra", 'fileset("${path.module}/../t", "*")', "t/deep/x.tpl"),
        ("infra", '"../zip/a.zip"', "zip/a.zip"),
        ("", 'file("t/x.tpl")', "t/x.tpl"),
        ("", 'fileset("${path.root}/t", "*")', "t/x.tpl"),
    ],
)
def test_a_file_that_a_module_names_is_part_of_it_wherever_it_is(
    tmp_path: Path, directory: str, text: str, file: str
) -> None:
    write(tmp_path, {f"{directory}/main.tf".lstrip("/"): f"locals {{\n  a = {text}\n}}\n", file: "one"})
    read, listing = of_directory(tmp_path)
    needed = called_directories(directory, read, listing)
    assert any(Path(file).is_relative_to(one) for one in (directory, *needed)), "it is written out for the rendering"
    before = spec(tmp_path, directory)
    assert before["files"]
    write(tmp_path, {file: "two"})
    assert spec(tmp_path, directory) != before


def test_what_no_text_names_says_nothing(tmp_path: Path) -> None:
    said = '"infra", "\\u0000", "a/\\u0000", "/etc/passwd", "../../x", "..", "", "' + "9" * 5000
    files = {
        "infra/main.tf": f'locals {{\n  a = [{said}"]\n}}\n',
        "infra/README.md": "1",
        "infra/b.hcl": "",
        "t/x.tpl": "",
    }
    write(tmp_path, files)
    assert "files" not in spec(tmp_path, "infra")
    assert called_directories("infra", *of_directory(tmp_path)) == ()


CALLING = 'module "net" {\n  source = "../net"\n}\n'


def test_the_default_in_a_called_module_is_a_part_of_it(tmp_path: Path) -> None:
    """The caller may leave it to the module: another default is another content, which passes the gates again."""
    said: list[str] = []
    for number in (1, 100):
        text = f'variable "count" {{\n  default = {number}\n}}\nvariable "none" {{}}\n'
        found = render(write(tmp_path, {"infra/main.tf": CALLING, "net/main.tf": text}), "infra")
        assert isinstance(found, Rendered)
        said.append(found.hash)
        variables = [o["spec"].get("variables") for o in found.objects if o["metadata"]["name"] == "web.net"]
        assert variables == [{"count": number}]
    assert said[0] != said[1]


def test_a_sensitive_default_in_a_called_module_is_a_secret_in_clear(tmp_path: Path) -> None:
    text = 'variable "password" {\n  sensitive = true\n  default = "hunter2"\n}\n'
    found = render(write(tmp_path, {"infra/main.tf": CALLING, "net/main.tf": text}), "infra")
    assert isinstance(found, Rendered)
    assert "hunter2" not in json.dumps([o for o in found.objects if o["kind"] != "Secret"])
    assert [p.code for p in secrets_in_clear(found, ())] == ["render.secret-in-clear"]
    assert secrets_in_clear(found, ("web.net.password",)) == ()


def test_a_value_that_a_call_gives_to_a_sensitive_variable_is_a_secret_in_clear(tmp_path: Path) -> None:
    main = 'variable "d" {}\nmodule "net" {\n  source = "../net"\n  password = "hunter2"\n  token = var.d\n}\n'
    net = "".join(f'variable "{n}" {{\n  sensitive = true\n}}\n' for n in ("password", "token"))
    found = render(write(tmp_path, {"infra/main.tf": main, "net/main.tf": net}), "infra")
    assert isinstance(found, Rendered)
    others = json.dumps([o for o in found.objects if o["kind"] != "Secret"])
    assert "hunter2" not in others
    assert "${var.d}" in others
    assert [o["metadata"]["name"] for o in found.objects if o["kind"] == "Secret"] == ["web.net.password"]


def test_a_lock_file_of_a_called_module_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    files = {"infra/main.tf": CALLING, "net/main.tf": "locals {}\n", "net/.terraform.lock.hcl": "{{"}
    found = refused(write(tmp_path, files), "infra")
    assert (found.code, found.where) == ("terraform.syntax", "net/.terraform.lock.hcl:1:1")


@pytest.mark.parametrize("text", ["nan", "1e999", "1_000", "9" * 5000])
def test_a_text_that_terraform_takes_for_no_number_stays_a_text(tmp_path: Path, text: str) -> None:
    write(tmp_path, {"main.tf": f'variable "a" {{\n  type = number\n  default = "{text}"\n}}\n'})
    assert spec(tmp_path)["variables"] == {"a": text}


def test_a_long_chain_of_local_values_ends_somewhere(tmp_path: Path) -> None:
    chain = "".join(f"  a{n} = local.a{n + 1}\n" for n in range(900))
    write(tmp_path, {"main.tf": f"locals {{\n{chain}  a900 = 1\n}}\n"})
    said = spec(tmp_path)["unknown"]
    assert "is made of more than 50 local values" in said["local.a0"]
    assert "local.a900" not in said


def test_lists_that_double_at_each_step_end_somewhere(tmp_path: Path) -> None:
    doubling = "".join(f"  a{n + 1} = [local.a{n}, local.a{n}]\n" for n in range(40))
    write(tmp_path, {"main.tf": f'locals {{\n  a0 = ["x"]\n{doubling}}}\n'})
    said = spec(tmp_path)["unknown"]
    assert said["local.a40"] == "has more than 50000 parts"
    assert "local.a10" not in said


@pytest.mark.parametrize(
    ("files", "code", "where"),
    [
        ({"infra/main.tf": 'module "a" {\n  source = "./b"\n}\n'}, "terraform.no-module", "infra/main.tf:1:1"),
        ({"infra/main.tf": 'module "a" {\n  source = "../../b"\n}\n'}, "terraform.outside", "infra/main.tf:1:1"),
        (
            {
                "infra/main.tf": 'module "a" {\n  source = "./b"\n}\n',
                "infra/b/m.tf": 'module "c" {\n  source = "../"\n}\n',
            },
            "terraform.circle",
            "infra/b/m.tf:1:1",
        ),
        ({"infra/main.tf.json": "{}"}, "terraform.other-syntax", "infra/main.tf.json"),
        ({"infra/main.tofu.json": "{}"}, "terraform.other-syntax", "infra/main.tofu.json"),
        (
            {"infra/a.tf": 'variable "x" {}\n', "infra/b.tf": 'variable "x" {}\n'},
            "terraform.duplicate",
            "infra/b.tf:1:1",
        ),
        ({"infra/a.tf": "locals {\n  a = 1\n}\nlocals {\n  a = 2\n}\n"}, "terraform.duplicate", "infra/a.tf:5:7"),
        ({"infra/a.tf": 'resource "a" "b" {\n'}, "terraform.syntax", "infra/a.tf:2:1"),
    ],
)
def test_what_cannot_be_read_is_a_problem_with_its_place(
    tmp_path: Path, files: dict[str, str], code: str, where: str
) -> None:
    found = refused(write(tmp_path, files), "infra")
    assert (found.code, found.where) == (code, where)


def test_an_override_file_wins(tmp_path: Path) -> None:
    write(tmp_path, {"main.tf": 'variable "a" {\n  default = 1\n  type = number\n}\nlocals {\n  b = 1\n}\n'})
    write(tmp_path, {"x_override.tf": 'variable "a" {\n  default = 2\n}\nlocals {\n  b = 2\n}\n'})
    assert (spec(tmp_path)["variables"], spec(tmp_path)["locals"]) == ({"a": 2}, {"b": 2})


def test_opentofus_own_files_are_read_and_win_over_those_that_are_called_alike(tmp_path: Path) -> None:
    write(tmp_path, {"main.tofu": 'variable "a" {\n  default = "tofu"\n}\n', "main.tf": "{{ read by Terraform alone"})
    write(tmp_path, {"x_override.tofu": 'variable "a" {\n  default = "over"\n}\n', "x_override.tf": "{{"})
    write(tmp_path, {"other.tf": 'locals {\n  b = "${var.a}"\n}\n'})
    before = spec(tmp_path)
    assert (before["variables"], before["locals"]) == ({"a": "over"}, {"b": "${var.a}"})
    assert before["files"].keys() == {"main.tf", "x_override.tf"}
    write(tmp_path, {"main.tf": "{{ Terraform reads something else"})
    assert spec(tmp_path)["files"] != before["files"], "whoever runs Terraform gets something else"


PROVIDERS = """\
provider "aws" {
  region     = "eu-1"
  access_key = "AKIA1"
  secret_key = "hunter2"
  token_url  = "https://sts.example"
  endpoints {
    sqs_api_key = "hunter3"
  }
}
provider "aws" {
  alias      = "west"
  secret_key = var.key
}
provider "google" {
  credentials = "account.json"
}
"""


def test_credentials_of_providers_are_secrets_in_clear(tmp_path: Path) -> None:
    write(tmp_path, {"infra/main.tf": f'{PROVIDERS}module "net" {{\n  source = "../net"\n}}\n'})
    write(tmp_path, {"net/main.tf": 'provider "db" {\n  alias = "own"\n  password = "hunter4"\n}\n'})
    found = render(tmp_path, "infra")
    assert isinstance(found, Rendered)
    secrets = {o["metadata"]["name"]: o["stringData"] for o in found.objects if o["kind"] == "Secret"}
    assert secrets == {
        "web.provider.aws": {"access_key": "AKIA1", "secret_key": "hunter2", "endpoints.sqs_api_key": "hunter3"},
        "web.net.provider.db.own": {"password": "hunter4"},
    }
    others = json.dumps([o for o in found.objects if o["kind"] != "Secret"])
    assert not any(word in others for word in ("AKIA1", "hunter"))
    assert all(word in others for word in ("eu-1", "https://sts.example", "account.json", "${var.key}"))
    assert {p.where for p in secrets_in_clear(found, ("web.net.provider.db.own",))} == {"Secret/web.provider.aws"}


def test_what_cannot_be_told_is_said(tmp_path: Path) -> None:
    write(
        tmp_path, {"main.tf": 'locals {\n  a = lookup({}, "x")\n  b = "${local.a}"\n  c = local.d\n  d = local.c\n}\n'}
    )
    said = spec(tmp_path)["unknown"]
    assert said["local.a"] == "is the function lookup"
    assert said["local.b"] == "is the function lookup"
    assert "is made of itself" in said["local.c"]


def test_sensitive_values_are_secrets_in_clear(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "main.tf": 'variable "db" {\n  sensitive = true\n}\nvariable "none" {\n  sensitive = true\n  default = ""\n}\n'
            'locals {\n  url = "pg://${var.db}"\n}\n',
            "terraform.tfvars": 'db = "hunter2"\n',
        },
    )
    found = render(tmp_path)
    assert isinstance(found, Rendered)
    secrets = [o for o in found.objects if o["kind"] == "Secret"]
    assert [o["metadata"]["name"] for o in secrets] == ["web.db"]
    assert "hunter2" not in json.dumps([o for o in found.objects if o["kind"] != "Secret"])
    assert [p.code for p in secrets_in_clear(found, ())] == ["render.secret-in-clear"]
    assert secrets_in_clear(found, ("web.db",)) == ()


PINNED = "reg.example/web@sha256:" + "1" * 64


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f'variable "web_image" {{\n  default = "{PINNED}"\n}}\n', {"var.web_image": PINNED}),
        (
            'variable "image" {\n  default = {\n    repository = "r/web"\n    tag = "1"\n  }\n}\n',
            {"var.image": "r/web:1"},
        ),
        (
            'variable "image_repository" {\n  default = "r/web"\n}\nvariable "image_tag" {\n  default = "1"\n}\n'
            'resource "a" "b" {\n  image = "${var.image_repository}:${var.image_tag}"\n}\n',
            {"var.image_repository": "r/web:1", "a.b.image": "r/web:1"},
        ),
        (
            f'resource "a" "b" {{\n  tasks = jsonencode([{{ image = "{PINNED}", name = "x" }}])\n}}\n',
            {"a.b.tasks.0.0.image": PINNED},
        ),
        (f'locals {{\n  x = "run {PINNED} now"\n}}\n', {"local.x.0": PINNED}),
        ('locals {\n  picture = "a"\n}\n', {}),
    ],
)
def test_images_are_found_wherever_they_are_written(tmp_path: Path, text: str, expected: dict[str, str]) -> None:
    found = render(write(tmp_path, {"main.tf": text}))
    assert isinstance(found, Rendered)
    assert {use.container: use.image for use in images(found)} == expected


@pytest.mark.parametrize("name", ["main.tf", "dev.tfvars", "dev.tfvars.json", "main.tf.json"])
def test_a_directory_with_its_files_is_terraforms(tmp_path: Path, name: str) -> None:
    assert detect(write(tmp_path, {name: "", "values.yaml": "a: 1\n"})) == "terraform"
