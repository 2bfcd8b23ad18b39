"""`vivido parity` as people run it: what was deployed, what a branch says, rules here and next to a service."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from vivido.testing.command import Ran
from vivido.testing.miniature import Miniature, miniature

RULES = """
parity:
  "*":
    allow:
      - {at: Deployment/*/spec/replicas, because: later is larger, holds: earlier < later}
"""
WEB = "deploy/web/{}/app.yaml"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Miniature]:
    with miniature(tmp_path / "shop") as made:
        yield made


def declare(shop: Miniature, text: str = RULES) -> None:
    file = shop.clone / "vivido.yaml"
    file.write_text(file.read_text() + text)


def edit(shop: Miniature, environment: str, old: str, new: str, message: str = "Edit") -> str:
    path = WEB.format(environment)
    before = shop.file(path)
    assert old in before
    return shop.commit({path: (before + "\n").replace(old, new).encode()}, message)


def found(ran: Ran) -> list[tuple[str, str, str]]:
    return [(f["found"], f"{f['left']} ~ {f['right']}", f["at"]) for f in ran.json()["findings"]]


REPLICAS = "Deployment/web/spec/replicas"
LEVEL = "Deployment/web/spec/template/spec/containers/web/env/LOG_LEVEL/value"


def test_what_was_deployed_is_compared_by_the_rules(shop: Miniature) -> None:
    empty = shop.run("parity")
    assert (empty.code, "nothing was deployed to it yet" in empty.out, "--at main" in empty.err) == (11, True, True)
    shop.to_production(shop.release("v1"))
    drift = shop.run("parity", "staging", "production", "--service", "web", "-o", "json")
    assert (drift.code, found(drift)) == (10, [("undeclared", "staging ~ production", REPLICAS)])
    declare(shop)
    assert shop.good("parity").out == "no drift; 4 differences are allowed by rules\n"
    # An edit on the branch is no drift of what runs, until somebody asks for the branch.
    edit(shop, "production", "replicas: 3", "replicas: 1")
    assert shop.run("parity").code == 0
    branch = shop.run("parity", "--at", "main", "-o", "json")
    assert (branch.code, found(branch)) == (10, [("violated", "staging ~ production", REPLICAS)])
    finding = branch.json()["findings"][0]
    assert finding["rule"]["place"].startswith("vivido.yaml:")
    assert [(o["path"], o["line"]) for o in finding["origins"]] == [
        (WEB.format(e), 7) for e in ("staging", "production")
    ]
    assert shop.run("parity", "--at", "main", "-o", "name").out == branch.json()["findings"][0]["id"] + "\n"


def test_what_a_release_brings_is_on_its_way_and_no_drift(shop: Miniature) -> None:
    declare(shop)
    shop.to_production(shop.release("v1"))
    for environment in ("dev", "staging", "production"):
        edit(shop, environment, "value: info}", "value: info}\n            - {name: NEW, value: x}")
    shop.good("promote", "dev", "--release", shop.release("v2"), "--yes")
    here = shop.run("parity", "-o", "json")
    assert here.code == 0
    assert [(f["severity"], "on its way" in f["message"]) for f in here.json()["findings"]] == [("note", True)]
    assert "NEW" not in shop.run("parity").out and "NEW" in shop.run("parity", "--notes").out


@pytest.mark.parametrize("own", [True, False])
def test_along_branches_what_people_changed_on_one_is_never_on_its_way(tmp_path: Path, own: bool) -> None:
    with miniature(tmp_path / "shop", "branches") as shop:
        path = shop.manifest("web", "dev")
        if own:
            file = shop.clone / "vivido.yaml"
            file.write_text(file.read_text().replace("own: [", f"own: [{path}, "))
            assert path in file.read_text()
        text = shop.file(path, "staging").replace("value: info", "value: debug")
        shop.commit({path: text.encode()}, "Say more in staging", environment="staging")
        digests = shop.push("v1")
        named = [f"--artifact={e}/{s}={digest}" for e in ("dev", "staging") for s, digest in digests.items()]
        shop.good("import", "dev", "staging", *named, "--yes")
        # With its own file kept, staging has what the release of dev comes to there.
        releases = {c["release"] for c in shop.good("status", "-o", "json").json()["columns"][:2]}
        assert len(releases) == (1 if own else 2)
        ran = shop.run("parity", "dev", "staging", "-o", "json")
        assert ran.code == 10, ran.err
        severities = {f["at"]: f["severity"] for f in ran.json()["findings"]}
        assert severities[LEVEL] == "error", severities


def test_a_service_has_rules_of_its_own(shop: Miniature) -> None:
    rules = "'*': {allow: [{at: Deployment/*/spec/replicas, because: larger}, {at: Deployment/x, because: none}]}\n"
    (shop.clone / "deploy/web/parity.yaml").write_text(rules)
    answer = shop.run("parity", "--at", "main", "-o", "json").json()["findings"]
    assert {f["service"] for f in answer if f["found"] == "undeclared"} == {"api"}
    unused = [f for f in answer if f["found"] == "unused"]
    assert [(f["service"], f["rule"]["place"]) for f in unused] == [("web", "deploy/web/parity.yaml:1:71")]
    (shop.clone / "deploy/web/parity.yaml").write_text("dev ~ stagin: {alow: []}\n")
    wrong = shop.run("parity")
    assert wrong.code == 2
    assert (
        "deploy/web/parity.yaml:1:1: there is no environment “stagin” in this file. Did you mean “staging”?"
        in wrong.err
    )
    assert "deploy/web/parity.yaml:1:16: “alow” is no key" in wrong.err


def test_an_environment_that_cannot_be_rendered_is_told_and_the_others_judged(shop: Miniature) -> None:
    shop.commit({WEB.format("production"): b"kind: [\n"})
    answer = shop.run("parity", "--at", "main", "-o", "json")
    assert ("unjudged", "staging ~ production", "") in found(answer)
    assert ("undeclared", "dev ~ staging", REPLICAS) in found(answer)
    assert "app.yaml" in next(f["message"] for f in answer.json()["findings"] if f["found"] == "unjudged")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["stagng"], 6, "Did you mean staging?"),
        (["dev", "dev"], 2, "dev is compared with itself"),
        (["--service", "wbe"], 6, "Did you mean web?"),
        (["--at", "nope"], 6, "has no commit “nope”"),
        (["--release", "r-0"], 6, "there is no release “r-0”"),
        (["--format", "pdf"], 2, "pdf"),
    ],
)
def test_a_wrong_wish_is_told(shop: Miniature, arguments: list[str], code: int, said: str) -> None:
    ran = shop.run("parity", *arguments)
    assert ran.code == code
    assert said in " ".join((ran.out + ran.err).split())


def test_formats_for_ci(shop: Miniature) -> None:
    for form, head in (("sarif", "{"), ("junit", "<?xml"), ("markdown", "## Parity")):
        ran = shop.run("parity", "--at", "main", "--format", form)
        assert (ran.code, ran.out.startswith(head)) == (10, True)
    assert json.loads(shop.run("parity", "--at", "main", "--format", "sarif").out)["version"] == "2.1.0"


def test_the_gate_asks_what_production_will_say_with_this_release(shop: Miniature) -> None:
    """What was forgotten in production's files stops the release before staging is changed; a pushed rule lets it go on."""
    text = shop.file("vivido.yaml") + "\n" + RULES
    gate = "name: acceptance\n      - parity: production\n"
    shop.commit({"vivido.yaml": text.replace("name: acceptance\n", gate).encode()})
    shop.pull()
    shop.good("promote", "dev", "--release", shop.release("v1"), "--yes")
    shop.good("promote", "staging", "--yes")
    edit(shop, "staging", "value: info}", "value: info}\n            - {name: NEW, value: x}")
    shop.good("promote", "dev", "--release", shop.release("v2"), "--yes")
    refused = shop.run("promote", "staging", "--yes")
    assert refused.code == 3
    assert "containers/web/env/NEW: only in staging" in refused.err + refused.out
    assert shop.applied[-1].startswith("dev")
    env = "Deployment/web/spec/template/spec/containers/web/env/NEW"
    rule = f"      - {{at: {env}, because: tried here first, present-in: staging}}\n"
    more = shop.file("vivido.yaml") + "\n  staging ~ production:\n    allow:\n" + rule
    shop.commit({"vivido.yaml": more.encode()})
    shop.pull()
    shop.good("promote", "staging", "--yes")


def test_each_finding_knows_the_commit_that_brought_it(shop: Miniature) -> None:
    declare(shop)
    web = "deploy/web/production/app.yaml"
    before = shop.file(web)
    shop.commit({web: (before + "\n# 1\n").encode()}, "Say nothing")
    guilty = edit(shop, "production", "value: info", "value: debug", "Be louder")
    for number in range(5):
        shop.commit({web: (shop.file(web) + f"\n# {number}\n").encode()}, f"Say nothing {number}")
        shop.commit({"deploy/api/dev/notes.txt": f"{number}".encode()}, "Touch something else")
    ran = shop.run("parity", "--at", "main", "--since", "-o", "json")
    (finding,) = ran.json()["findings"]
    assert finding["at"].endswith("env/LOG_LEVEL/value")
    assert (finding["since"]["commit"], finding["since"]["subject"]) == (guilty, "Be louder")
    assert "since " + guilty[:12] in " ".join(shop.run("parity", "--at", "main", "--since").out.split())


def test_suggested_rules_keep_the_file_and_allow_nothing_until_they_have_a_reason(shop: Miniature) -> None:
    edit(shop, "production", "value: info}", "value: info}\n            - {name: NEW, value: x}")
    shop.pull()
    file = shop.clone / "vivido.yaml"
    before = file.read_text() + "# the end\n"
    file.write_text(before)
    shown = shop.good("parity", "--at", "main", "--suggest").out
    assert "at: Deployment/*/spec/replicas\n      holds: staging <= production\n      because: TODO say why" in shown
    assert "present-in: production" in shown
    assert file.read_text() == before
    shop.good("parity", "--at", "main", "--suggest", "--write")
    text = file.read_text()
    assert [line for line in text.splitlines() if line in before.splitlines()] == before.splitlines()
    waiting = shop.run("parity", "--at", "main", "-o", "json")
    assert waiting.code == 10
    assert {f["found"] for f in waiting.json()["findings"]} == {"unjustified"}
    checked = shop.run("config", "check")
    assert (checked.code, checked.err.count("waits for a reason")) == (2, 3)
    file.write_text(text.replace("TODO say why", "by design"))
    assert shop.run("parity", "--at", "main").code == 0
    assert shop.good("config", "check").out.startswith("vivido.yaml: good")
    # Beside rules that are there already.
    edit(shop, "production", "value: x}", "value: x}\n            - {name: MORE, value: y}")
    shop.good("parity", "--at", "main", "--suggest", "--write")
    assert file.read_text().count("TODO") == 1
    file.write_text(file.read_text().replace("TODO say why", "by design"))
    # One object under two names: in one run the token is proposed, and the rule for what differs in it.
    levels = {"dev": "debug", "staging": "info", "production": "info"}
    named = "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {0}-settings}}\ndata: {{LEVEL: {1}}}\n"
    shop.commit({f"deploy/web/{e}/settings.yaml": named.format(e, level).encode() for e, level in levels.items()})
    shown = shop.good("parity", "--at", "main", "--suggest", "-o", "json").json()
    assert [next(iter(of.values())) for of in shown["tokens"].values()] == [f"{e}-settings" for e in levels]
    assert [e["at"] for entries in shown["rules"].values() for e in entries] == ["ConfigMap/{app}/data/LEVEL"]
    shop.good("parity", "--at", "main", "--suggest", "--write")
    assert {f[0] for f in found(shop.run("parity", "--at", "main", "-o", "json"))} == {"unjustified"}


def test_no_rule_is_suggested_for_what_cannot_be_compared(shop: Miniature) -> None:
    shop.commit({WEB.format(name): b"kind: [\n" for name in ("dev", "staging", "production")})
    ran = shop.run("parity", "--at", "main", "--service", "web", "--suggest")
    assert ran.code == 11
    assert "no difference is without a rule" not in ran.out
    assert "not compared: dev ~ staging web: dev: " in " ".join(ran.err.split())


def test_an_audit_tells_what_is_new_once_it_is_taken(shop: Miniature) -> None:
    told = shop.root / "told"
    hook = f"test ! -e {shop.root}/busy && cat >> {told} && echo $VIVIDO_AUDIT >> {told}"
    declare(shop, RULES + f"audit: {{every: 1d, on-new: '{hook}'}}\n")
    shop.to_production(shop.release("v1"))
    assert shop.good("audit").out == "0 findings: 0 new, 0 gone since the last audit\n"
    assert not told.exists()
    assert shop.good("audit", "--schedule").out == "no audit is due\n"
    file = shop.clone / "vivido.yaml"
    text = file.read_text()
    file.write_text(text.replace("earlier < later", "earlier > later"))
    (shop.root / "busy").touch()
    first = shop.run("audit", "-o", "json")
    assert (first.code, len(first.json()["new"]), first.json()["told"]) == (10, 4, 0)
    assert "on-new failed with exit code 1" in first.err
    (shop.root / "busy").unlink()
    again = shop.run("audit", "-o", "json")
    assert (again.code, again.json()["new"], again.json()["told"]) == (0, [], 1)
    body, _, name = told.read_text().rstrip("\n").rpartition("}")
    message = json.loads(body + "}")
    assert message["audit"] == name and len(message["findings"]) == 4
    shop.good("audit")
    assert told.read_text().count(name) == 2
    file.write_text(text)
    assert "0 findings: 0 new, 4 gone" in shop.good("audit").out


@pytest.mark.parametrize(("moment", "times"), [("audit.tell.before", 1), ("audit.tell.after", 2)])
def test_an_audit_that_is_killed_tells_again_under_the_same_id(shop: Miniature, moment: str, times: int) -> None:
    told = shop.root / "told"
    declare(shop, f"audit: {{on-new: 'echo $VIVIDO_AUDIT >> {told}'}}\n")
    assert shop.run("audit", environ={"VIVIDO_CRASH_AT": moment}).code < 0
    assert shop.run("audit", "-o", "json").json()["told"] == 1
    names = told.read_text().split()
    assert (len(names), len(set(names))) == (times, 1)
