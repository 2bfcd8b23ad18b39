"""Where a state is kept is read from the backend and from the files that are named for it."""

import pytest

from vivido.model.problem import Problem
from vivido.render.terraform.module import Module, read_module
from vivido.render.terraform.state import State, read_state

S3 = 'terraform {\n  backend "s3" {\n    bucket = "shop"\n    region = "eu"\n    key    = "a/b.tfstate"\n  }\n}\n'


def state(main: str, *files: str, workspace: str = "") -> State | tuple[Problem, ...]:
    tree = {"infra/main.tf": main.encode(), **{f"b{n}": text.encode() for n, text in enumerate(files)}}

    def listing(directory: str) -> tuple[str, ...]:
        return ("main.tf",) if directory == "infra" else ()

    module = read_module("infra", tree.get, listing)
    assert isinstance(module, Module), module
    return read_state(module, [f"b{n}" for n in range(len(files))], workspace, tree.get)


@pytest.mark.parametrize(
    ("main", "files", "text", "unknown"),
    [
        ("", (), "local path=infra/terraform.tfstate", ()),
        ('terraform {\n  backend "local" {\n    path = "../x.tfstate"\n  }\n}\n', (), "local path=x.tfstate", ()),
        ('terraform {\n  backend "local" {}\n}\n', ('path = "/var/x"\n',), "local path=/var/x", ()),
        (S3, (), "s3 bucket=shop key=a/b.tfstate", ()),
        (S3, ('key = "/c"\n', 'bucket = "other"\n'), "s3 bucket=other key=c", ()),
        ('terraform {\n  backend "s3" {}\n}\n', (), "s3", ("bucket is not in the files", "key is not in the files")),
        (S3.replace('"a/b.tfstate"', "upper(var.x)"), (), "s3 bucket=shop", ("key is the function upper",)),
        (
            'terraform {\n  cloud {\n    organization = "o"\n    workspaces {\n      tags = ["b", "a"]\n    }\n  }\n}\n',
            (),
            "cloud hostname=app.terraform.io organization=o workspaces.tags=a,b",
            (),
        ),
        (
            'terraform {\n  backend "pg" {\n    conn_str = "postgres://u:hunter2@db/x"\n  }\n}\n',
            (),
            "pg conn_str=postgres://u:***@db/x schema_name=terraform_remote_state",
            (),
        ),
        ('terraform {\n  backend "own" {\n    b = "1"\n    api_token = "x"\n  }\n}\n', (), "own b=1", ()),
    ],
)
def test_a_state_is_named_by_what_tells_it_apart(
    main: str, files: tuple[str, ...], text: str, unknown: tuple[str, ...]
) -> None:
    found = state(main, *files)
    assert isinstance(found, State), found
    assert (found.text, found.unknown, found.workspace) == (text, unknown, "default")


def test_a_workspace_is_part_of_it() -> None:
    found = state(S3, workspace="dev")
    assert isinstance(found, State)
    assert (found.workspace, found.where) == ("dev", "infra/main.tf:2:3")


def test_a_file_that_cannot_be_read_is_a_problem() -> None:
    found = state(S3, "key = \n}")
    assert not isinstance(found, State)
    assert found[0].code == "terraform.syntax"
