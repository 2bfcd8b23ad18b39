"""Types for values that mean the same wherever the file holds them; option structs of kinds use them too.

Each carries its pattern, so that editors refuse what Vivido refuses, and a title that completes “… is not <title>”.
"""

from typing import Annotated

from msgspec import Meta

Name = Annotated[
    str,
    Meta(
        title="a name of lower-case letters, digits and hyphens between them, at most 40",
        examples=["shop"],
        pattern="^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$",
    ),
]
"""Names of projects, services, environments, gates, people, groups."""

Text = Annotated[str, Meta(title="text", pattern=r"\S")]
"""Anything but nothing."""

RepositoryPath = Annotated[str, Meta(title="a path", pattern=r"\S", examples=["deploy/web"])]
"""A path in the repository, relative to the directory of `vivido.yaml`, `/`-separated."""

Duration = Annotated[
    str,
    Meta(
        title="a duration such as 500ms, 30s, 10m, 1h30m or 2d",
        pattern=r"^([0-9]{1,9}(\.[0-9]{1,9})?(ms|s|m|h|d))+$",
        examples=["500ms", "30s", "10m", "24h"],
    ),
]
"""Read by `vivido.time.clock.parse_duration`."""

Day = Annotated[
    str,
    Meta(
        title="a day such as 2027-06-30",
        pattern="^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
        examples=["2027-06-30"],
    ),
]
"""A calendar day (`until`), quoted or not: dates are text here."""

WebAddress = Annotated[
    str,
    Meta(
        title="an http:// or https:// address", pattern=r"^https?://[^\s/]+(/\S*)?$", examples=["http://127.0.0.1:8081"]
    ),
]

EmailAddress = Annotated[
    str, Meta(title="an e-mail address", pattern=r"^[^@\s]+@[^@\s]+$", examples=["alice@example.com"])
]

Host = Annotated[
    str,
    Meta(
        title="a host with its port",
        pattern=r"^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?$",
        examples=["localhost:5000"],
    ),
]

Platform = Annotated[
    str, Meta(title="a platform", pattern="^[a-z0-9]+/[a-z0-9]+(/[a-z0-9]+)?$", examples=["linux/amd64"])
]

Port = Annotated[int, Meta(ge=1, le=65535)]

VariableName = Annotated[
    str,
    Meta(
        title="the name of an environment variable",
        pattern="^[A-Za-z_][A-Za-z0-9_]*$",
        # JSON Schema's mark for what is not to be shown: people paste the value itself here.
        extra_json_schema={"writeOnly": True},
        examples=["SHOP_DB_PASSWORD"],
    ),
]
