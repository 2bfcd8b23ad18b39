"""Secrets in clear are refused, and their values shown nowhere."""

from typing import Any

import pytest

from vivido.model.objects import Manifest, Rendered
from vivido.render.diff import diff, summary
from vivido.render.secrets import LAST_APPLIED, secrets_in_clear


def secret(name: str = "db", **more: Any) -> Manifest:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, **more}


def test_data_in_clear_is_refused_without_saying_it() -> None:
    (found,) = secrets_in_clear(Rendered((secret(data={"password": "aHVudGVyMg=="}),)), ())
    assert (found.code, found.where) == ("render.secret-in-clear", "Secret/db")
    assert "aHVudGVyMg" not in f"{found}"
    assert found.hint


@pytest.mark.parametrize(
    "one",
    [
        secret(stringData={"password": "hunter2"}),
        secret(data={"a": "", "b": "eA=="}),
        secret(data="eA=="),
        secret("x", metadata={"name": "x", "annotations": {LAST_APPLIED: "{}"}}),
    ],
)
def test_every_place_of_a_value_counts(one: Manifest) -> None:
    assert len(secrets_in_clear(Rendered((one,)), ())) == 1


@pytest.mark.parametrize(
    "one",
    [
        secret(),
        secret(data={}),
        secret(data=None),
        secret(stringData={"password": "", "user": None}),
        secret(data={"password": "ENC[AES256_GCM,data:x]"}, sops={"mac": "ENC[x]"}),
        {**secret(spec={"encryptedData": {"a": "x"}}), "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret"},
        {**secret(data={"a": "x"}), "apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret"},
        {**secret(data={"a": "x"}), "kind": "ConfigMap"},
    ],
)
def test_references_and_encrypted_secrets_pass(one: Manifest) -> None:
    assert secrets_in_clear(Rendered((one,)), ()) == ()


def test_an_allowed_name_passes_with_a_generated_hash_too() -> None:
    objects = (
        secret("demo", data={"a": "x"}),
        secret("demo-7hk2m8b9cf", data={"a": "x"}),
        secret("demo-2", data={"a": "x"}),
    )
    assert [p.where for p in secrets_in_clear(Rendered(objects), {"demo"})] == ["Secret/demo-2"]


def test_a_diff_shows_that_a_value_changed_and_not_what_it_is() -> None:
    notes = {"name": "db", "annotations": {LAST_APPLIED: "hunter2", "team": "a"}}
    old = Rendered((secret(data={"a": "hunter1", "b": "same"}, metadata=notes),))
    new = Rendered((secret(data={"a": "hunter2", "b": "same"}, stringData="hunter3", metadata=notes),))
    text = diff(old, new)
    assert "hunter" not in text
    assert "same" not in text
    assert "-  a: (secret value 1)\n" in text
    assert "+  a: (secret value 3)\n" in text
    assert "   b: (secret value 2)\n" in text
    assert "hunter" not in str(summary(old, new))
    assert [(c.path, c.old, c.new) for c in summary(old, new)] == [
        ("data/a", "(secret value 1)", "(secret value 3)"),
        ("stringData", None, "(secret value 4)"),
    ]
    assert old.objects[0]["data"]["a"] == "hunter1"


def test_a_secret_without_values_is_shown_as_it_is() -> None:
    notes = {"name": "db", "annotations": {"team": "a"}}
    old, new = Rendered(()), Rendered((secret(metadata=notes),))
    assert "+    team: a\n" in diff(old, new)
