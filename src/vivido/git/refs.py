"""Small values kept in the repository under refs of Vivido's own: approvals, leases, pins.

A value is a blob that a ref points to. Where a forge forbids such refs, a branch (`refs/heads/vivido/…`) serves; there the
value is the file `value` of a commit made on the one before.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from vivido.errors import InputError
from vivido.git.address import HEADS, check_commit, check_ref
from vivido.git.commit import Signature, commit_files
from vivido.git.mirror import Mirror
from vivido.git.objects import data_of, entry_at, reading
from vivido.git.push import Moved, Pushed, Refused, push_ref

if TYPE_CHECKING:
    from pygit2 import Blob

_OWN = ("refs/vivido/", "refs/heads/vivido/")
_FILE = "value"
_NOBODY = Signature("Vivido", "vivido@localhost", 0)


@dataclass(frozen=True)
class Ref:
    """A ref as it was when it was last fetched.

    Attributes:
        name: In full.
        id: What it points to; what `put_ref` takes as `expected_old`.
        data: The value; None where it points to a commit that holds none.
    """

    name: str
    id: str
    data: bytes | None


def put_ref(mirror: Mirror, name: str, value: bytes | str | None, expected_old: str | None) -> Pushed | Moved | Refused:
    """Set a ref if it still is what it was.

    Args:
        mirror: Of the repository.
        name: `refs/vivido/…`, or `refs/heads/vivido/…` where a forge forbids the former.
        value: Bytes to keep; or the id of a commit that the mirror has; None deletes the ref.
        expected_old: The object id it has now; None where it must not exist.

    Returns:
        `Pushed` with the object id that the ref has now (empty after a deletion), also where it had that value already;
        `Moved` where it was not at `expected_old`, with what it is at; `Refused` with the server's words.

    Raises:
        InputError: `git.ref`, `git.commit-id`.
        UnreachableError: `git.unreachable`, `git.timeout`.
        ForbiddenError: `git.unauthorized`, `git.forbidden`, `git.host-key`.
        NotFoundError: `git.no-repository`.
    """
    _check(name)
    if expected_old is not None:
        check_commit(expected_old)
    result = push_ref(mirror, name, _object(mirror, name, value, expected_old), expected_old)
    if isinstance(result, Moved):
        now = read_refs(mirror, name)
        return Moved(now[name].id if name in now else None)
    return result


def read_refs(mirror: Mirror, prefix: str) -> dict[str, Ref]:
    """Fetch the refs of a name or under it, and return them by name.

    Args:
        mirror: Of the repository.
        prefix: `refs/vivido/approvals`: that ref and all of `refs/vivido/approvals/…`.

    Raises:
        InputError: `git.ref`.
        UnreachableError: `git.unreachable`, `git.timeout`.
        ForbiddenError: `git.unauthorized`, `git.forbidden`, `git.host-key`.
        NotFoundError: `git.no-repository`.
        IntegrityError: `git.mirror-damaged`.
    """
    prefix = prefix.rstrip("/")
    _check(prefix)
    mirror.download(f"+{prefix}*:{prefix}*", prune=True)
    with reading(mirror):
        names = [
            name for name in mirror.objects.listall_references() if name == prefix or name.startswith(f"{prefix}/")
        ]
        found = {name: str(mirror.objects.lookup_reference(name).target) for name in sorted(names)}
    return {name: Ref(name, id_, _data(mirror, id_)) for name, id_ in found.items()}


def _check(name: str) -> None:
    check_ref(f"{name}/x")
    if not f"{name}/".startswith(_OWN):
        raise InputError(f"{name} is no ref of Vivido's own", code="git.ref", hint=f"Use {' or '.join(_OWN)}.")


def _object(mirror: Mirror, name: str, value: bytes | str | None, old: str | None) -> str | None:
    if value is None or isinstance(value, str):
        return value if value is None else check_commit(value)
    if not name.startswith(HEADS):
        with reading(mirror):
            return str(mirror.objects.create_blob(value))
    return commit_files(mirror, old, {_FILE: value}, f"{name}\n", _NOBODY)


def _data(mirror: Mirror, id_: str) -> bytes | None:
    with reading(mirror):
        found = mirror.objects[id_]
        if found.type_str == "blob":
            return cast("Blob", found).data
    if found.type_str != "commit":
        return None
    entry = entry_at(mirror, id_, _FILE)
    return None if entry is None or entry.type_str != "blob" else data_of(mirror, entry)
