"""How registries are reached: where without TLS, with which logins, how long and how often."""

from pathlib import Path

import msgspec

MANIFEST_LIMIT = 4 * 1024 * 1024
"""Bytes of a manifest or a page that are read: what registries must take at least (distribution-spec 1.1, "Pushing manifests")."""

REDIRECT_LIMIT = 5
"""Redirects that are followed for one request."""

CHUNK = 1024 * 1024
"""Bytes of a blob held at once: 64 KiB costs 13 % more time when copying, more gains nothing."""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How a `Client` behaves; safe values are the defaults."""

    plain_http: frozenset[str] = frozenset()
    """Hosts, with their port, that are spoken to without TLS. No other is, not even after a redirect."""
    ca_file: Path | None = None
    """PEM file of a private certificate authority that is trusted besides the system's."""
    docker_config: Path | None = None
    """The one file with logins, in the form of Docker's `config.json`; None looks where Docker and Podman do."""
    connect_timeout: float = 10.0
    """Seconds to reach a registry."""
    read_timeout: float = 60.0
    """Seconds without a byte after which an answer is given up."""
    retries: int = 4
    """How often one request is tried again after 429, 5xx or a broken connection."""
    retry_budget: float = 60.0
    """Seconds that one request may wait in total between its tries; a longer `Retry-After` fails at once."""
    parallel: int = 4
    """Blobs that are copied at a time."""
