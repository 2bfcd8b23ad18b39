"""Small kinds and files for the tests of config/, which knows no kind itself."""

from typing import Annotated, ClassVar, Literal

import msgspec
from hypothesis import HealthCheck, settings
from msgspec import Meta

from vivido.config.kinds import Kind, Kinds
from vivido.config.values import Duration, Port, Text

FUZZ = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
"""Without a limit of seconds: the machine may be busy."""


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Common to all options here."""


class Podman(Options, frozen=True):
    """Containers on this machine."""

    ports: dict[str, Port] = {}
    """Kubernetes Service → port of this machine."""


class Command(Options, frozen=True):
    """Commands of your own."""

    apply: Text
    """Brings the release there."""
    check: Text = ""
    current: Text = ""


class Nothing(Options, frozen=True):
    """Git only."""


class Run(Options, frozen=True):
    """A command that has to succeed."""

    command: Text
    """The command."""
    timeout: Duration = "10m"
    """How long it may take."""
    retries: Annotated[int, Meta(ge=0, le=10)] = 0
    junit: str | list[str] = []


class Http(Options, frozen=True):
    """An address that has to answer."""

    url: Text
    status: int | list[int] = 200
    within: Duration = "5s"
    share: Annotated[float, Meta(gt=0, le=1)] = 1.0
    redirect: bool = False


class Approve(Options, frozen=True):
    """People who have to agree."""

    refers: ClassVar[dict[str, str]] = {"by": "people", "not": "people|author"}
    at_most: ClassVar[dict[str, str]] = {"count": "by"}

    by: str | list[str]
    count: Annotated[int, Meta(ge=1)] = 1
    not_: list[str] = []


class Policy(Options, frozen=True):
    """Rules in files."""

    refers: ClassVar[dict[str, str]] = {"at": "path", "like": "environments"}

    at: Text
    like: str = ""
    moments: list[Literal["before", "after"]] = []

    def __post_init__(self) -> None:
        if self.at == "nowhere":
            raise ValueError("there are no rules nowhere")


class Healthy(Options, frozen=True):
    """All of it is healthy."""


KINDS = Kinds(
    gates={
        "run": Kind(Run, "command", "after"),
        "http": Kind(Http, "url", "after"),
        "approve": Kind(Approve, "by"),
        "policy": Kind(Policy, "at"),
        "healthy": Kind(Healthy, moment="after"),
    },
    targets={"podman": Kind(Podman), "command": Kind(Command, "apply"), "none": Kind(Nothing)},
)

ED25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDN6EnZJKrUSTwKHzaZBbSzRAzXqcjBMu0BMmrFOUbdo alice@example.com"
OTHER = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGRlbW9kZW1vZGVtb2RlbW9kZW1vZGVtb2RlbW9kZW1v bob@example.com"

SHOP = f"""\
# yaml-language-server: $schema=.vivido/schema.json
project: shop
registry: localhost:5000/shop
registries: {{plain-http: ["localhost:5000"]}}
services:
  web: {{build: ./web/, config: deploy/web, checks: ["sh test.sh"], replaces: [ghcr.io/team/web]}}
  api:
    image: registry.example.com/shop/api
    config: "deploy/api/overlays/{{environment}}"
people:
  alice: {{email: Alice@example.com, keys: ["{ED25519}"]}}
  bob: {{email: [bob@example.com, bob@home.example], keys: "{OTHER}"}}
groups: {{release-managers: [alice, bob]}}
secrets: {{allow: [{{name: dev-only, because: "throw-away password of the demo"}}]}}
environments:
  production:
    after: staging
    target: none
    gates: [{{approve: {{by: release-managers, count: 2, not: [author]}}}}]
  dev:
    target: podman
    promote: automatically
  staging:
    after: dev
    target: {{command: {{apply: ./apply.sh, check: ./check.sh, current: ./current.sh}}}}
    url: http://127.0.0.1:8081
    queue: fifo
    gates:
      - run: pytest acceptance --url {{url}}
        name: acceptance
      - run: sh smoke.sh
      - run: {{command: sh again.sh, timeout: 90s}}
        when: before
      - http: {{url: /healthz, status: 200, within: 500ms}}
      - healthy
    secrets:
      shop-db: {{password: {{env: SHOP_DB_PASSWORD}}, cert: {{file: /run/secrets/cert}}}}
"""
"""Uses every part of the file."""
