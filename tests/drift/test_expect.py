"""Expectations against rendered objects."""

from typing import Any

import pytest
from contract_objects import thing, workload

from vivido.drift.expect import broken
from vivido.model.expectation import Expectation, Predicate
from vivido.model.objects import Manifest, Rendered
from vivido.model.selector import Selector

SETTINGS = thing("ConfigMap", "settings-7hk2m8b9cf", data={"SSL_MODE": "verify-full", "LEVEL": "info"})


def told(at: str, kind: str, *operands: Any, objects: tuple[Manifest, ...] = (SETTINGS,), until: str = "") -> list[str]:
    one = Expectation(Selector(at), Predicate(kind, operands), "it must", "vivido.yaml:9:7", until)
    return [f"{gap.code}: {gap.message}" for gap in broken(Rendered(objects), (one,), "2027-01-15")]


def test_what_holds_is_silent() -> None:
    assert told("ConfigMap/*/data/SSL_MODE", "equals", "verify-full") == []
    assert told("ConfigMap/settings/data/LEVEL", "one-of", "info", "warn") == []
    assert told("ConfigMap/settings/data/DEBUG", "absent") == []
    assert told("ConfigMap/settings/data/LEVEL", "present") == []


def test_what_does_not_hold_says_where_what_and_why() -> None:
    (said,) = told("ConfigMap/*/data/SSL_MODE", "equals", "disable")
    assert said == (
        "expect.broken: ConfigMap/settings-7hk2m8b9cf/data/SSL_MODE must be disable (it must), and it is verify-full"
    )


@pytest.mark.parametrize("kind", ["equals", "regex", "at-least", "present", "absent"])
def test_what_speaks_of_no_object_is_not_met(kind: str) -> None:
    (said,) = told("ConfigMap/sttings/data/SSL_MODE", kind, "1")
    assert "leads to no object" in said


def test_what_leads_to_no_value_is_not_met() -> None:
    (said,) = told("ConfigMap/*/data/SSL", "equals", "verify-full")
    assert "leads to no value" in said


def test_what_must_be_absent_and_is_there() -> None:
    (said,) = told("ConfigMap/*/data/LEVEL", "absent")
    assert "must not be there (it must), and it is info" in said


def test_each_item_that_a_star_means_must_have_what_must_be_present() -> None:
    web = workload(container={"resources": {"limits": {"memory": "1Gi"}}})
    web["spec"]["template"]["spec"]["containers"].append({"name": "proxy"})
    at = "Deployment/*/spec/template/spec/containers/*/resources/limits/memory"
    (said,) = told(at, "present", objects=(web,))
    assert "containers/proxy/resources/limits/memory must be there (it must), and nothing is there" in said
    assert told("Deployment/*/spec/template/spec/containers/web/resources", "present", objects=(web,)) == []
    (said,) = told("Deployment/*/spec/replicas", "present", objects=(web,))
    assert "Deployment/web/spec/replicas must be there" in said


def test_quantities_have_limits() -> None:
    web = workload(container={"resources": {"limits": {"memory": "1Gi"}}})
    at = "Deployment/*/spec/template/spec/containers/*/resources/limits/memory"
    assert told(at, "at-least", "512Mi", objects=(web,)) == []
    assert len(told(at, "at-most", "512Mi", objects=(web,))) == 1


def test_the_last_day_counts() -> None:
    at = "ConfigMap/*/data/SSL_MODE"
    assert told(at, "equals", "x", until="2027-01-14") == []
    assert len(told(at, "equals", "x", until="2027-01-15")) == 1


def test_a_secrets_value_is_never_told() -> None:
    secret = thing("Secret", "db", stringData={"password": "hunter2hunter2"})
    (said,) = told("Secret/db/stringData/password", "equals", "x", objects=(secret,))
    assert "hunter2" not in said


def test_a_password_in_a_value_is_masked() -> None:
    config = thing("ConfigMap", "db", data={"URL": "postgres://shop:hunter2hunter2@db/shop"})
    (said,) = told("ConfigMap/db/data/URL", "equals", "x", objects=(config,))
    assert "hunter2" not in said


def test_a_value_inside_a_text_of_a_config_map_is_a_place() -> None:
    config = thing("ConfigMap", "web", data={"app.yaml": "db: {ssl: verify-full, hosts: [a, b]}\n"})
    assert told("ConfigMap/*/data/app.yaml/db/ssl", "equals", "verify-full", objects=(config,)) == []
    assert len(told("ConfigMap/*/data/app.yaml/db/hosts/*", "equals", "a", objects=(config,))) == 1


def test_items_are_named_by_their_merge_keys() -> None:
    service = thing("Service", "web", spec={"ports": [{"port": 80, "targetPort": 8080}]})
    assert told("Service/web/spec/ports/80,TCP/targetPort", "equals", 8080, objects=(service,)) == []
