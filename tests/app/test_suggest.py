"""Rules and tokens that differences suggest: pure."""

from typing import Any

from vivido.app.parity.substitutions import proposed
from vivido.app.parity.suggest import suggested
from vivido.model.difference import ABSENT, Group
from vivido.model.finding import Finding, Found, Severity

PAIR = ("staging", "production")


def finding(
    at: str, left: Any, right: Any, service: str = "web", pair: tuple[str, str] = PAIR, found: Found = Found.UNDECLARED
) -> Finding:
    return Finding(
        id=f"{pair}{at}",
        found=found,
        severity=Severity.ERROR,
        left=pair[0],
        right=pair[1],
        service=service,
        at=at,
        message="differs",
        group=Group.CONFIGURATION,
        left_value=left,
        right_value=right,
    )


def places(*found: Finding) -> list[str]:
    return [e["at"] for entries in suggested(found).values() for e in entries]


def env(service: str, name: str, kind: str = "Deployment") -> str:
    return f"{kind}/{service}/spec/template/spec/containers/{service}/env/{name}/value"


def test_what_services_have_alike_is_one_rule() -> None:
    found = [finding(env(s, "LEVEL"), "debug", "info", s) for s in ("web", "api", "db")]
    assert places(*found) == ["Deployment/*/spec/template/spec/containers/*/env/LEVEL/value"]
    # The container of every one has the same name: then it stays in the rule.
    found = [finding(f"Deployment/{s}/spec/containers/main/image", "a", "b", s) for s in ("web", "api")]
    assert places(*found) == ["Deployment/*/spec/containers/main/image"]


def test_one_alone_keeps_its_place_and_kinds_that_are_alike_share_a_rule() -> None:
    assert places(finding(env("web", "LEVEL"), "a", "b")) == [env("web", "LEVEL")]
    found = [finding(f"{kind}/web/metadata/labels/team", "a", "b") for kind in ("Deployment", "Service", "Ingress")]
    assert places(*found) == ["*/*/metadata/labels/team"]


def test_whole_objects_are_named_one_by_one() -> None:
    found = [finding(f"ConfigMap/{n}", ABSENT, "there", n) for n in ("a", "b")]
    assert places(*found) == ["ConfigMap/a", "ConfigMap/b"]


def test_conditions_hold_for_all_that_a_rule_covers() -> None:
    def condition(*pairs: tuple[Any, Any]) -> dict[str, Any]:
        found = [finding(f"Deployment/{n}/spec/replicas", a, b, str(n)) for n, (a, b) in enumerate(pairs)]
        (entry,) = suggested(found)["staging ~ production"]
        return {k: v for k, v in entry.items() if k not in ("at", "because")}

    assert condition((1, 2), (3, 3)) == {"holds": "staging <= production"}
    assert condition((1, 2), (3, 2)) == {}
    assert condition((ABSENT, 2), (ABSENT, 1)) == {"present-in": "production"}


def host(name: str, left: str, right: str, pair: tuple[str, str] = PAIR) -> Finding:
    return finding(env("web", name), left, right, pair=pair)


def test_a_text_that_always_stands_for_another_is_a_token() -> None:
    found = [host(n, f"https://{n}.stg.example.com/x", f"https://{n}.live.example.net/x") for n in ("a", "b", "c")]
    tokens = proposed(found, {})
    assert tokens == {"staging": {"domain": "stg.example.com"}, "production": {"domain": "live.example.net"}}
    # Two are chance.
    assert proposed(found[:2], {}) == {}


def test_an_environment_s_own_name_is_one_though_it_stands_alone() -> None:
    found = [host(n, "staging", "production") for n in ("a", "b", "c")]
    assert proposed(found, {}) == {"staging": {"name": "staging"}, "production": {"name": "production"}}


def test_an_object_whose_name_names_the_environment_is_the_other_s() -> None:
    found = [
        finding(f"{kind}/{name}", *sides)
        for kind in ("Deployment", "Service")
        for name, sides in (("web-staging", ("there", ABSENT)), ("web", (ABSENT, "there")))
    ]
    tokens = proposed(found, {})
    assert tokens == {"staging": {"app": "web-staging"}, "production": {"app": "web"}}
    alone = finding("HorizontalPodAutoscaler/web", ABSENT, "there")
    # What only one has has the other's name nowhere, and is no other object.
    assert proposed([*found[1:2], alone], {}) == {}


def test_settings_are_no_tokens() -> None:
    assert proposed([host(n, "debug", "info") for n in ("a", "b", "c")], {}) == {}
    assert proposed([host(n, f"{n}:10", f"{n}:20") for n in ("a", "b", "c")], {}) == {}
    assert proposed([host(n, f"x-{n}", f"y-{n}-z") for n in ("a", "b", "c")], {}) == {}


def test_a_token_is_every_environment_s_or_nobody_s() -> None:
    def found(pair: tuple[str, str], left: str, right: str) -> list[Finding]:
        return [host(n, f"db.{left}.local", f"db.{right}.local", pair) for n in ("a", "b", "c")]

    first, second = found(("dev", "staging"), "one", "two"), found(PAIR, "two", "three")
    named = {e: {"token": t} for e, t in (("dev", "one"), ("staging", "two"), ("production", "three"))}
    assert proposed([*first, *second], {}) == named
    # The file says that environments with tokens have the same ones.
    assert proposed(second, {"dev": {"region": "x"}}) == {}
    # A name that is taken is left to whoever has it.
    taken = {e: {"token": e} for e in PAIR}
    assert proposed(second, taken) == {e: {"token-2": t} for e, t in (("staging", "two"), ("production", "three"))}
