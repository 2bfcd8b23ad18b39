"""What looks like a password is not shown, and what only names one is."""

from typing import Any

import pytest
from drift_objects import between, config, container, thing

from vivido.drift.presentable import presentable
from vivido.model.difference import ABSENT
from vivido.model.objects import Manifest


def shown(left: Manifest, right: Manifest) -> tuple[Any, Any]:
    (one,) = presentable(between(left, right))
    return one.left, one.right


def variable(name: str, value: str) -> Manifest:
    return container(env=[{"name": name, "value": value}])


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (config(DB_PASSWORD="hunter2"), config(DB_PASSWORD="hunter3")),
        (variable("API_TOKEN", "hunter2"), variable("API_TOKEN", "hunter3")),
        (config(CLIENT_SECRET="hunter2"), config(CLIENT_SECRET="hunter3")),
        (config(app__properties="db.password=hunter2\n"), config(app__properties="db.password=hunter3\n")),
    ],
)
def test_values_under_telling_names_are_hidden(left: Manifest, right: Manifest) -> None:
    assert shown(left, right) == ("***", "***")


def test_passwords_in_addresses_are_hidden_and_the_rest_is_shown() -> None:
    left, right = (config(URL=f"postgres://app:hunter2@{host}/a") for host in ("one", "two"))
    assert shown(left, right) == ("postgres://***@one/a", "postgres://***@two/a")


def test_a_whole_variable_is_hidden_too() -> None:
    assert shown(variable("DB_PASSWORD", "hunter2"), container()) == ({"name": "DB_PASSWORD", "value": "***"}, ABSENT)
    left, right = shown(container(args=["--password=hunter2"]), container(args=["--port=1"]))
    assert (left, right) == (["--password=***"], ["--port=1"])


@pytest.mark.parametrize("name", ["secretName", "TOKEN_URL", "PASSWORD_FILE", "TOKEN_TTL"])
def test_names_of_secrets_are_none(name: str) -> None:
    assert shown(config(**{name: "first"}), config(**{name: "second"})) == ("first", "second")


def test_hmacs_stay() -> None:
    left, right = shown(thing("Secret", data={"password": "eA=="}), thing("Secret", data={"password": "eQ=="}))
    assert left != right
    assert left.startswith("hmac-sha256:")
