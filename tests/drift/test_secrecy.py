"""Values of Secrets: differences show, values never."""

import base64
from typing import Any

import msgspec
from drift_objects import KEY, between, rendered, thing, told
from hypothesis import given
from hypothesis import strategies as st

from vivido.drift.differ import differences
from vivido.render.secrets import LAST_APPLIED

VALUE = "correct horse battery"


def secret(**fields: Any) -> Any:
    return thing("Secret", **fields)


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_a_changed_value_is_told_by_its_key_only() -> None:
    (one,) = between(secret(data={"a": encoded(VALUE), "b": "eA=="}), secret(data={"a": encoded("other"), "b": "eA=="}))
    assert one.at == "Secret/web/data/a"
    assert one.left.startswith("hmac-sha256:")
    assert one.left != one.right


def test_clear_and_encoded_values_are_the_same() -> None:
    assert told(secret(stringData={"a": VALUE}), secret(data={"a": encoded(VALUE)})) == []
    assert told(secret(stringData={"a": VALUE}, data={"a": "eA=="}), secret(data={"a": encoded(VALUE)})) == []


def test_without_the_key_nothing_can_be_compared() -> None:
    left, right = rendered(secret(data={"a": "eA=="})), rendered(secret(data={"a": "eQ=="}))
    first, second = (differences(left, right, key=key)[0].left for key in (b"1", b"2"))
    assert first != second


def test_the_copy_in_an_annotation_is_hidden_too() -> None:
    left, right = (
        {**secret(), "metadata": {"name": "web", "annotations": {LAST_APPLIED: f'{{"data": "{v}"}}'}}} for v in "ab"
    )
    (one,) = between(left, right)
    assert one.left.startswith("hmac-sha256:")
    assert one.remark == "derived"


def test_sealed_and_encrypted_secrets_are_compared_as_they_are_written() -> None:
    assert told(secret(data={"a": "ENC[AES256_GCM,data:x]"}), secret(data={"a": "ENC[AES256_GCM,data:y]"})) == [
        "changed Secret/web/data/a"
    ]
    sealed = thing("SealedSecret", "bitnami.com/v1alpha1", spec={"encryptedData": {"a": "AgB"}})
    assert between(sealed, {**sealed, "spec": {"encryptedData": {"a": "AgC"}}})[0].left == "AgB"


FIELDS = st.dictionaries(
    st.sampled_from(["a", "b"]), st.just(VALUE) | st.just(encoded(VALUE)) | st.lists(st.just(VALUE))
)


@given(FIELDS | st.just(VALUE) | st.lists(st.just(VALUE), min_size=1), FIELDS | st.just(VALUE), st.booleans())
def test_no_value_is_ever_shown(data: Any, clear: Any, both: bool) -> None:
    left = rendered(secret(data=data, stringData=clear))
    right = rendered(secret(data={"a": "eA=="})) if both else rendered()
    shown = msgspec.json.encode(differences(left, right, key=KEY)).decode()
    assert VALUE not in shown
    assert encoded(VALUE) not in shown
