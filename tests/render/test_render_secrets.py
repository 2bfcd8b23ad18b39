"""Secrets in clear are refused, and their values shown nowhere."""

from typing import Any

import pytest

from vivido.model.objects import Manifest, Rendered
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
