"""The logins that people already have: Docker's and Podman's files, and the helper programs they name."""

import base64
import binascii
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from vivido.errors import InputError, ToolError
from vivido.model.reference import DOCKER_HUB, Repository
from vivido.process import run
from vivido.text.redact import printable, redact

_HUB_KEYS = ("https://index.docker.io/v1/", "index.docker.io", "registry-1.docker.io")
_IDENTITY = "<token>"
"""What helpers give as user name where the secret is an identity token (docker-credential-helpers)."""


@dataclass(frozen=True)
class Credentials:
    """A login. Its secrets stay out of its `repr`.

    Attributes:
        user: The name; empty with an identity token.
        password: For basic authentication and token exchange.
        identity_token: An OAuth2 refresh token, exchanged for access tokens.
        registry_token: A bearer token, used as it is.
        source: Where it was found, for people.
    """

    user: str = ""
    password: str = field(default="", repr=False)
    identity_token: str = field(default="", repr=False)
    registry_token: str = field(default="", repr=False)
    source: str = ""

    @property
    def basic(self) -> str:
        """The value of an `Authorization` header."""
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()

    @property
    def secrets(self) -> tuple[str, ...]:
        """All that must not be shown."""
        return tuple(s for s in (self.password, self.identity_token, self.registry_token, self.basic[6:]) if s)


class _Entry(msgspec.Struct, frozen=True):
    auth: str = ""
    username: str = ""
    password: str = ""
    identitytoken: str = ""
    registrytoken: str = ""


class _File(msgspec.Struct, frozen=True):
    auths: dict[str, _Entry] = {}
    credHelpers: dict[str, str] = {}  # noqa: N815  Docker's spelling
    credsStore: str = ""  # noqa: N815


def default_files(environ: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """Return the files that may hold logins, the most explicit first.

    `$REGISTRY_AUTH_FILE`, `$DOCKER_CONFIG/config.json` or `~/.docker/config.json`,
    `$XDG_RUNTIME_DIR/containers/auth.json`, `~/.config/containers/auth.json` (containers-auth.json(5)).
    """
    home = Path(environ.get("HOME") or Path.home())
    files: list[Path] = []
    if named := environ.get("REGISTRY_AUTH_FILE"):
        files.append(Path(named))
    files.append(Path(environ.get("DOCKER_CONFIG") or home / ".docker") / "config.json")
    if runtime := environ.get("XDG_RUNTIME_DIR"):
        files.append(Path(runtime) / "containers" / "auth.json")
    files.append(Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "containers" / "auth.json")
    return tuple(files)


def find_credentials(files: tuple[Path, ...], repository: Repository) -> Credentials | None:
    """Return the login for a repository; None without one.

    In each file: the helper named for the host, the entry for the longest part of `host/path`, the store.

    Raises:
        InputError: `registry.docker-config`: a file cannot be read.
        ToolError: A helper is missing (`tool.missing`) or failed (`registry.credential-helper`).
    """
    for path in files:
        if (file := _read(path)) is not None and (found := _find(file, path, repository)) is not None:
            return found
    return None


def _read(path: Path) -> _File | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_File)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError, RecursionError, UnicodeDecodeError) as e:
        # The reader's own words may quote the file: only their kind is told.
        raise InputError(
            f"{path} cannot be read as Docker's config.json ({type(e).__name__})",
            code="registry.docker-config",
            hint="Mend the file, or log in again with `docker login`.",
            where=str(path),
        ) from None


def _find(file: _File, path: Path, repository: Repository) -> Credentials | None:
    keys = list(_keys(repository))
    for key in keys:
        if helper := file.credHelpers.get(key):
            return _ask_helper(helper, key)
    entries = {_normal(name): entry for name, entry in file.auths.items()}
    for key in keys:
        if (entry := entries.get(_normal(key))) and (found := _open(entry, path)):
            return found
    if not file.credsStore:
        return None
    return _ask_helper(file.credsStore, _HUB_KEYS[0] if repository.registry == DOCKER_HUB else repository.registry)


def _keys(repository: Repository) -> Iterator[str]:
    """Give the names a login may stand under: Podman's with a path first, the longest of them foremost."""
    parts = repository.path.split("/")
    for count in range(len(parts), 0, -1):
        yield "/".join((repository.registry, *parts[:count]))
    yield repository.registry
    if repository.registry == DOCKER_HUB:
        yield from _HUB_KEYS


def _normal(key: str) -> str:
    """Return a key of `auths` without scheme, `/v1/`, `/v2/` and closing slash: old files have them."""
    key = key.removeprefix("https://").removeprefix("http://").rstrip("/")
    return key.removesuffix("/v1").removesuffix("/v2")


def _open(entry: _Entry, path: Path) -> Credentials | None:
    user, password = entry.username, entry.password
    if entry.auth:
        try:
            user, _, password = base64.b64decode(entry.auth, validate=True).decode().rstrip("\0").partition(":")
        except (binascii.Error, UnicodeDecodeError) as e:
            raise InputError(
                f"{path} holds a login that is no base64 of user:password",
                code="registry.docker-config",
                hint="Log in again with `docker login`.",
                where=str(path),
            ) from e
    if not (password or entry.identitytoken or entry.registrytoken):
        return None
    return Credentials(user, password, entry.identitytoken, entry.registrytoken, str(path))


def _ask_helper(name: str, server: str) -> Credentials | None:
    """Ask `docker-credential-<name> get`: the server on its input, JSON on its output."""
    program = f"docker-credential-{name}"
    done = run([program, "get"], stdin=server.encode(), timeout=60)
    if done.returncode != 0:
        if "credentials not found" in done.text.lower():
            return None
        complaint = printable(redact(done.complaint))[:300]
        raise ToolError(
            f"{program} could not give the login for {server}: {complaint}",
            code="registry.credential-helper",
            hint=f"Try `echo {server} | {program} get`.",
        )
    try:
        answer = json.loads(done.stdout)
        user, secret = str(answer["Username"]), str(answer["Secret"])
    except (ValueError, KeyError, TypeError, RecursionError):
        # Its output holds the secret: none of it is shown.
        raise ToolError(f"{program} gave no login for {server}", code="registry.credential-helper") from None
    if user == _IDENTITY:
        return Credentials(identity_token=secret, source=program)
    return Credentials(user, secret, source=program)
