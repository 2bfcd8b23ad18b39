"""Writing a conversion: local branches for people to look at, or pushes; what is new first, and last what switches over."""

from typing import TYPE_CHECKING

from vivido.app.convert.interface import Made
from vivido.app.convert.make import foreign
from vivido.app.convert.plan import Planned
from vivido.app.ground import CONVERSION
from vivido.errors import ConflictError

if TYPE_CHECKING:
    from vivido.git.mirror import Mirror


def write_here(planned: Planned) -> tuple[str, ...]:
    """Make a local branch of each commit in the clone that holds `vivido.yaml`; return their names. Nothing is moved.

    Raises:
        RefusedError: `convert.foreign`: a local branch of that name is at another commit.
    """
    from vivido.git.carry import branch_here, make_branch_here

    pairs = list(zip(planned.conversion.commits, planned.mirrors, strict=True))
    # Nothing is made before it is known that all of it can be.
    at = {one.here: branch_here(planned.home, one.here) for one, _ in pairs}
    for one, _ in pairs:
        if at[one.here] not in ("", one.commit):
            raise foreign(str(planned.home), one.here)
    for one, mirror in pairs:
        if not at[one.here]:
            make_branch_here(mirror, planned.home, one.here, one.commit)
    return tuple(one.here for one, _ in pairs)


def push_all(planned: Planned) -> tuple[str, ...]:
    """Push each commit to the branch it belongs to; return where they went. A branch that is there moves forward or not at all.

    Raises:
        RefusedError: `convert.foreign`, `git.push-refused`.
        ConflictError: `convert.moved`: the branch got other commits meanwhile.
        UnreachableError, ForbiddenError: As every push.
    """
    done: list[str] = []
    for one, mirror in zip(planned.conversion.commits, planned.mirrors, strict=True):
        if not one.there:
            _push(one, mirror, planned.conversion.id)
        done.append(f"{one.url} {one.branch}")
    return tuple(done)


def _push(one: Made, mirror: "Mirror", identity: str) -> None:
    from vivido.git.history import describe
    from vivido.git.push import Moved, Pushed, push

    result = push(mirror, one.branch, one.commit, one.base or None)
    if isinstance(result, Pushed):
        return
    if not isinstance(result, Moved):
        raise result.error(mirror.where)
    if result.tip and describe(mirror, result.tip).trailers.get(CONVERSION) == (identity,):
        return
    if not one.base:
        raise foreign(mirror.where, one.branch)
    raise ConflictError(
        f"{one.branch} of {mirror.where} got other commits meanwhile",
        code="convert.moved",
        hint="Pull, and convert again: what is new was written, and is made anew from the new state.",
        where=mirror.where,
    )
