"""Types for values that mean the same wherever the file holds them; option structs of kinds use them too.

Each carries its pattern, so that editors refuse what Vivido refuses, and a title that completes “… is not <title>”.
"""

from typing import Annotated

from msgspec import Meta


def words(title: str, pattern: str, *examples: str, secret: bool = False) -> Meta:
    r"""Return the meaning of a text option: a title that completes “… is not <title>”, a pattern, examples.

    The pattern goes into the JSON Schema only, where `check` reads it. `Meta(pattern=…)` would do the same but for a fault of
    msgspec up to 0.22: of a union such as `Annotated[str, Meta(pattern=…)] | list[str]` it frees the pattern as if it were a
    type, and the process dies when it ends (`TypeNode_get_traverse_ranges` does not count the regular expression).

    Args:
        title: Without a full stop.
        pattern: A regular expression that JSON Schema and Python read alike.
        examples: The first is told to whoever wrote something else.
        secret: People may paste a secret here by mistake: the value is never shown.
    """
    # writeOnly is JSON Schema's mark for what is not to be shown.
    extra: dict[str, object] = {"pattern": pattern, **({"writeOnly": True} if secret else {})}
    return Meta(title=title, examples=list(examples) or None, extra_json_schema=extra)


Name = Annotated[
    str,
    words(
        "a name of lower-case letters, digits and hyphens between them, at most 40",
        "^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$",
        "shop",
    ),
]
"""Names of projects, services, environments, gates, people, groups."""

Text = Annotated[str, words("text", r"\S")]
"""Anything but nothing."""

RepositoryPath = Annotated[str, words("a path", r"\S", "deploy/web")]
"""A path in the repository, relative to the directory of `vivido.yaml`, `/`-separated."""

Duration = Annotated[
    str,
    words(
        "a duration such as 500ms, 30s, 10m, 1h30m or 2d",
        r"^([0-9]{1,9}(\.[0-9]{1,9})?(ms|s|m|h|d))+$",
        "500ms",
        "30s",
        "10m",
        "24h",
    ),
]
"""Read by `vivido.time.clock.parse_duration`."""

Day = Annotated[str, words("a day", "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$", "2027-06-30")]
"""A calendar day (`until`), quoted or not: dates are text here."""

WebAddress = Annotated[
    str, words("an http:// or https:// address", r"^https?://[^\s/]+(/\S*)?$", "http://127.0.0.1:8081")
]

EmailAddress = Annotated[str, words("an e-mail address", r"^[^@\s]+@[^@\s]+$", "alice@example.com")]

Host = Annotated[
    str, words("a host with its port", r"^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?$", "localhost:5000")
]

Platform = Annotated[str, words("a platform", "^[a-z0-9]+/[a-z0-9]+(/[a-z0-9]+)?$", "linux/amd64")]

Tag = Annotated[str, words("a tag", "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$", "edge")]

StateAddress = Annotated[
    str,
    words(
        "a database URL: sqlite:///path or postgresql://host/name",
        r"^(sqlite:///|postgres(ql)?://)\S+$",
        "postgresql://db.example.com/vivido",
    ),
]

SecretName = Annotated[str, words("the name of a Secret", "^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$", "shop-db")]

SecretOrKey = Annotated[
    str,
    words(
        "the name of an object, with or without a key",
        r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(/[A-Za-z0-9._-]{1,253})?$",
        "shop-db/password",
    ),
]

SecretKey = Annotated[str, words("a key of a Secret", "^[A-Za-z0-9._-]{1,253}$", "password")]

ValuesPath = Annotated[str, words("a path of keys with dots between", r"^[^.\s]+(\.[^.\s]+)*$", "mainImage.tag")]
"""Where a value stands in a chart's values: `web.image.tag`."""

KubernetesVersion = Annotated[str, words("a version of Kubernetes", r"^v?1\.[0-9]{1,3}(\.[0-9]{1,3})?$", "1.34.2")]

ReleaseName = Annotated[
    str,
    words(
        "a name of lower-case letters, digits and hyphens, at most 53",
        r"^([a-z0-9-]|\{environment\}){1,53}$",
        "shop-{environment}",
    ),
]
"""Helm's limit for the name of a release (`pkg/chart/common/util`, `ValidateReleaseName`)."""

NamespaceName = Annotated[
    str,
    words(
        "a name of lower-case letters, digits and hyphens, at most 63",
        r"^([a-z0-9-]|\{environment\}){1,63}$",
        "shop-{environment}",
    ),
]

ApiVersion = Annotated[
    str, words("a group and version", r"^[a-z0-9.-]+(/[a-zA-Z0-9]+){0,2}$", "monitoring.coreos.com/v1")
]

VariableName = Annotated[
    str, words("the name of an environment variable", "^[A-Za-z_][A-Za-z0-9_]*$", "SHOP_DB_PASSWORD", secret=True)
]

Port = Annotated[int, Meta(ge=1, le=65535)]

PairName = Annotated[
    str,
    words(
        "two environments with “ ~ ” between them, or “*” for each pair",
        r"^(\*|[a-z0-9][a-z0-9-]{0,39} ~ [a-z0-9][a-z0-9-]{0,39})$",
        "staging ~ production",
    ),
]

Selector = Annotated[
    str,
    words("a selector such as Kind/name/path", r"^(\*\*|[^/\s][^/]*(/[^/]+)+)$", "Deployment/*/spec/replicas"),
]
"""Read by `vivido.model.selector`."""

TokenName = Annotated[
    str, words("a name of lower-case letters, digits and hyphens", "^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$", "domain")
]

TokenText = Annotated[str, words("a text of at least two characters without space", r"^\S{2,200}$", "eu-staging")]
"""What a token stands for in one environment. One letter would be found everywhere."""

Relation = Annotated[
    str,
    words(
        "a relation of two environments",
        r"^[a-z0-9-]{1,40} *(<|<=|=|>=|>) *[a-z0-9-]{1,40}$",
        "staging <= production",
    ),
]

Range = Annotated[
    str, words("a range of two numbers", r"^[0-9]{1,9}(\.[0-9]{1,9})?\.\.[0-9]{1,9}(\.[0-9]{1,9})?$", "1..10")
]
