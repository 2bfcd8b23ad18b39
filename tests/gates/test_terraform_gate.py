"""The gate `terraform`: a plan that destroys nothing, and that is one of the release."""

import copy
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from gate_situation import DIGEST, context, subject
from hypothesis import given
from hypothesis import strategies as st

from vivido.drift.plan import read_plan
from vivido.drift.planned import counts, destroyed, foreign, unfinished
from vivido.errors import InputError, RefusedError
from vivido.gates.kinds import KINDS
from vivido.gates.terraform import TerraformOptions
from vivido.model.gate import Judgment, Outcome
from vivido.model.objects import Rendered
from vivido.render.interface import TerraformRoot
from vivido.render.terraform.renderer import Terraform
from vivido.time.clock import SECOND

GATE = KINDS["terraform"]
FILE = "plans/r-0123456789ab.json"
JANUARY = 1_800_000_000 * SECOND  # 2027-01-15
IMAGE = f"localhost:5000/shop/web@{DIGEST}"
MAIN = """\
variable "image" {}
variable "replicas" {
  default = "2"
}
variable "zones" {
  type    = set(string)
  default = ["b", "a"]
}
variable "password" {
  sensitive = true
  default   = "hunter2"
}
resource "box" "web" {
  image = var.image
  size  = "small"
}
module "net" {
  source = "reg/net"
  cidr   = "10.0.0.0/8"
}
"""
PLAN: dict[str, Any] = {
    "format_version": "1.2",
    "timestamp": "2027-01-14T10:00:00Z",
    "variables": {
        "image": {"value": IMAGE},
        "replicas": {"value": 2},
        "zones": {"value": ["a", "b"]},
        "password": {"value": "hunter2"},
    },
    "resource_changes": [],
    "configuration": {
        "root_module": {
            "resources": [
                {
                    "address": "box.web",
                    "mode": "managed",
                    "expressions": {"image": {"references": ["var.image"]}, "size": {"constant_value": "small"}},
                }
            ],
            "module_calls": {"net": {"expressions": {"cidr": {"constant_value": "10.0.0.0/8"}}}},
        }
    },
}


def change(address: str, *actions: str, reason: str = "") -> dict[str, Any]:
    made = {"address": address, "type": "box", "mode": "managed", "change": {"actions": list(actions)}}
    return {**made, "action_reason": reason} if reason else made


def plan(*changes: dict[str, Any], **other: Any) -> dict[str, Any]:
    return {**copy.deepcopy(PLAN), "resource_changes": list(changes), **other}


def judged(root: Path, made: dict[str, Any] | bytes | None, now: int = JANUARY, **options: Any) -> Judgment:
    (root / "main.tf").write_text(MAIN)
    (root / "terraform.tfvars").write_text(f'image = "{IMAGE}"\n')
    rendered = Terraform(TerraformRoot("web-front")).render(root, "")
    assert isinstance(rendered, Rendered)
    if made is not None:
        (root / "plans").mkdir()
        (root / FILE).write_bytes(made if isinstance(made, bytes) else json.dumps(made).encode())
    here = msgspec.structs.replace(context(root), rendered=lambda environment: rendered)
    told = msgspec.convert({"plan": "plans/{release}.json", **options}, TerraformOptions)
    seen = GATE.observe(told, subject(), here)
    judgment = GATE.judge(told, subject(), json.loads(json.dumps(seen)), now)
    assert "hunter2" not in json.dumps(msgspec.to_builtins(judgment))
    return judgment


def test_a_plan_that_destroys_nothing_passes(tmp_path: Path) -> None:
    judgment = judged(tmp_path, plan(change("box.web", "update"), change("box.new", "create")))
    assert (judgment.outcome, judgment.reason) == (
        Outcome.PASSED,
        "2 resources would change, and none would be destroyed",
    )
    assert judgment.evidence["changes"] == {"update": 1, "create": 1}
    assert len(judgment.evidence["sha256"]) == 64
    assert judgment.evidence["made"] == "2027-01-14T10:00:00Z"


GONE = change("box.old[0]", "delete")
ANEW = change("box.web", "delete", "create", reason="replace_because_cannot_update")
FIRST = change("module.net.box.a", "create", "delete")
REPLACE = {"at": "box.*", "because": "it is small"}


@pytest.mark.parametrize(
    ("changes", "allow", "refused"),
    [
        ([GONE], [], "the plan would destroy box.old[0]"),
        ([ANEW, FIRST], [], "the plan would replace box.web (cannot_update), and 1 more"),
        ([ANEW], [REPLACE], ""),
        ([FIRST], [REPLACE], "the plan would replace module.net.box.a"),
        ([GONE], [REPLACE], "the plan would destroy box.old[0]"),
        ([GONE, ANEW], [{**REPLACE, "what": "destroy"}], ""),
        ([ANEW], [{**REPLACE, "until": "2027-01-15"}], ""),
        ([ANEW], [{**REPLACE, "until": "2027-01-14"}], "the plan would replace box.web (cannot_update)"),
        ([change("box.kept", "forget"), change("data.box.b", "read")], [], ""),
    ],
)
def test_what_goes_needs_a_reason(
    changes: list[dict[str, Any]], allow: list[dict[str, str]], refused: str, tmp_path: Path
) -> None:
    judgment = judged(tmp_path, plan(*changes), allow=allow)
    assert judgment.outcome is (Outcome.FAILED if refused else Outcome.PASSED)
    assert judgment.reason == refused or not refused
    assert ("because it is small" in judgment.reason) == (not refused and bool(allow))


def changed(path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    made = plan()
    at: Any = made
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return made


ROOT = ("configuration", "root_module")


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (None, "cannot be read"),
        (b"{", "is no JSON"),
        (plan(errored=True), "failed"),
        (plan(format_version="2.0"), "only 1.x"),
        (plan(complete=False), "put some changes off"),
        (plan(deferred_changes=[{}]), "put some changes off"),
        (changed(("variables", "image", "value"), "web@sha256:" + "b" * 64), f"it does not name {DIGEST[:19]}"),
        (changed(("variables", "replicas", "value"), 3), "its variable replicas has another value"),
        (changed(("variables", "zones", "value"), ["a", "c"]), "its variable zones has another value"),
        (changed(("variables", "zones"), {}), "it has no variable zones"),
        (changed((*ROOT, "resources"), []), "it has no box.web"),
        (changed((*ROOT, "resources", 0, "expressions", "size", "constant_value"), "big"), "box.web.size has another"),
        (changed((*ROOT, "module_calls", "net", "expressions", "cidr", "constant_value"), "9"), "module.net.cidr has"),
        (changed((*ROOT, "module_calls"), {}), "it has no module net"),
        (changed(("configuration",), {}), "it has no box.web"),
    ],
)
def test_no_plan_or_one_of_something_else_is_blind(made: Any, says: str, tmp_path: Path) -> None:
    judgment = judged(tmp_path, made)
    assert judgment.outcome is Outcome.BLIND
    assert says in judgment.reason
    assert judgment.unmet[0].next == "vivido retry p-1"


def test_it_is_blind_where_the_module_cannot_be_told(tmp_path: Path) -> None:
    assert "name its `service:`" in judged(tmp_path, plan(), service="api").reason

    def fails(environment: str) -> Rendered:
        raise RefusedError("it cannot be rendered", code="x")

    options, here = TerraformOptions("{release}.json"), context(tmp_path)
    for one in (here, msgspec.structs.replace(here, rendered=fails)):
        seen = GATE.observe(options, subject(), one)
        assert GATE.judge(options, subject(), seen, JANUARY).outcome is Outcome.BLIND
    assert GATE.judge(options, subject(), {}, JANUARY).outcome is Outcome.BLIND


@pytest.mark.parametrize(
    "options",
    [
        {"plan": "plan.json"},
        {"plan": "../{release}.json"},
        {"plan": "/tmp/{release}.json"},
        {"plan": "{release}", "allow": [{"at": "*", "because": "x"}]},
        {"plan": "{release}", "allow": [{"at": "box.a", "because": " "}]},
        {"plan": "{release}", "allow": [{"at": "box.a"}]},
        {"plan": "{release}", "allow": [{"at": "box.a", "because": "x", "until": "tomorrow"}]},
    ],
)
def test_options_that_bind_nothing_or_allow_everything_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(options, TerraformOptions)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list("ab")), inner, max_size=3),
    max_leaves=6,
)
KEYS = ("variables", "configuration", "resource_changes", "output_changes", "complete", "deferred_changes")


@given(st.dictionaries(st.sampled_from(KEYS), anything), st.sampled_from([(), ("variables",), ROOT]), anything)
def test_whatever_a_plan_holds_it_is_read_or_refused(top: dict[str, Any], path: tuple[str, ...], inner: Any) -> None:
    made = (
        {**copy.deepcopy(PLAN), **top}
        if not path
        else changed((*path, "image" if path == ("variables",) else "resources"), inner)
    )
    data = json.dumps(made).encode()
    module = {"spec": {"variables": {"image": IMAGE}, "resources": {"box.web": {"size": "small"}}}}
    try:
        read = read_plan(data, "plan")
        assert len(destroyed(read, "plan")) <= sum(counts(read, "plan").values())
        assert unfinished(read) is not None
        assert all(isinstance(word, str) for word in foreign(read, data, module, [DIGEST]))
    except InputError as e:
        assert e.code.startswith("plan.")
