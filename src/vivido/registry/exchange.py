"""One question to a registry, and its answer."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import msgspec

from vivido.model.reference import Repository

Grant = frozenset[tuple[str, str]]
"""What a token shall allow: pairs of repository path and action (`pull`, `push`, `delete`)."""


@dataclass(frozen=True)
class Body:
    """What is sent.

    Attributes:
        size: Bytes in all.
        chunks: Gives them, from the start each time it is called: a request may be sent twice.
        media_type: What they are.
    """

    size: int
    chunks: Callable[[], Iterable[bytes]]
    media_type: str = "application/octet-stream"


def body_of(data: bytes, media_type: str = "application/octet-stream") -> Body:
    """Return bytes as a body."""
    return Body(len(data), lambda: (data,), media_type)


@dataclass(frozen=True)
class Ask:
    """One question.

    Attributes:
        method: `GET`, `PUT`…
        repository: Whom it concerns.
        path: Below `/v2/<repository>/`; or the address the registry gave (`Location`, `Link`), relative or whole.
        what: The operation in words, for errors: `read the manifest 1.0`.
        accept: Media types that are understood.
        body: What is sent.
        push: Ask for a token that may push too, because a push follows.
        mount_from: The repository that blobs are mounted from; the token covers it.
        once: The caller begins again by itself; do not repeat the request after a failure.
    """

    method: str
    repository: Repository
    path: str
    what: str
    accept: str = ""
    body: Body | None = None
    push: bool = False
    mount_from: Repository | None = None
    once: bool = False

    @property
    def grant(self) -> Grant:
        """What the token for it must allow; the actions are distribution's (`registry/handlers/app.go`)."""
        path = self.repository.path
        if self.method == "DELETE" and "/uploads/" not in self.path:
            return frozenset({(path, "delete"), (path, "pull")})
        wanted = {(path, "pull")}
        if self.push or self.method not in ("GET", "HEAD"):
            wanted.add((path, "push"))
        if self.mount_from is not None:
            wanted.add((self.mount_from.path, "pull"))
        return frozenset(wanted)


@dataclass(frozen=True)
class Answer:
    """What came back, read in full.

    Attributes:
        status: The HTTP status.
        headers: Names in lower case.
        body: The bytes as sent.
        url: Where it came from, after redirects; it may carry a signature: never show it.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def complaints(self) -> tuple["Complaint", ...]:
        """What a registry says is wrong; empty where it says nothing that is understood."""
        try:
            return msgspec.json.decode(self.body, type=_Errors).errors
        except (ValueError, RecursionError):
            return ()

    def says(self, code: str) -> bool:
        """Tell whether the registry gave this error code, such as `NAME_UNKNOWN`."""
        return any(complaint.code == code for complaint in self.complaints)


class Complaint(msgspec.Struct, frozen=True):
    """One error of a registry (distribution-spec 1.1, "Error codes")."""

    code: str = ""
    message: str | None = None


class _Errors(msgspec.Struct, frozen=True):
    errors: tuple[Complaint, ...]
