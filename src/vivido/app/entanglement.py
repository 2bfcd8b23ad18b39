"""What a report on a layout says, and what follows from its numbers. Pure."""

import msgspec

MUCH = 0.5
"""Share of an environment's files from which on it is said that more is its own than is shared."""


class Branch(msgspec.Struct, frozen=True):
    """What only branches have: what is whose, and how merging went."""

    declared: tuple[str, ...]
    """Files that `own:` declares."""
    found: tuple[str, ...]
    """Files that parity rules show to be its own."""
    nobodys: tuple[str, ...]
    """Files that people changed on the branch, that differ below, and that belong to nobody."""
    coming: int
    """Files that differ because something is on its way up."""
    debts: tuple[str, ...]
    """Commits of people on the branch that the next promotion would undo."""
    merges: int
    """Merges of people into the branch, as far as was looked (500)."""
    conflicting: int
    """Those in which both sides had changed the same lines."""
    unused: tuple[str, ...]
    """Patterns of `own:` that no file fits."""


class Entangled(msgspec.Struct, frozen=True):
    """One environment."""

    environment: str
    against: str
    """The environment that it is held against; empty for the first."""
    files: int
    """Files that its renderings read."""
    shared: int
    """Those that are the same, at the same path, in every environment."""
    not_shared: int
    """Those that are not."""
    copied: int
    """Those of them that another environment has byte for byte, too, at a place of its own."""
    objects: int
    differing: int
    """Rendered objects that differ from those of `against`, or are on one side only; images that are on their way count too."""
    branch: Branch | None = None


class Report(msgspec.Struct, frozen=True):
    """The answer."""

    layout: str
    environments: tuple[Entangled, ...]
    copies: tuple[tuple[str, ...], ...]
    """Files that are the same and lie at several places, `ENVIRONMENT:PATH`."""
    advice: tuple[str, ...]
    """A number and a reason each."""


def advice(layout: str, found: tuple[Entangled, ...]) -> tuple[str, ...]:
    """Return what the numbers say to do: a number and a reason each. Pure."""
    told: list[str] = []
    for one in found:
        told += _of_branch(one, one.branch) if one.branch is not None else []
    copied = sum(one.copied for one in found)
    if copied and layout == "directories":
        told.append(
            f"{copied} of {sum(o.files for o in found)} files are copies between environments: a base would hold each once"
        )
    for one in found[1:]:
        if one.files and one.not_shared / one.files > MUCH:
            told.append(
                f"{one.not_shared} of {one.files} files of {one.environment} ({_share(one.not_shared, one.files)}) are not shared:"
                " an edit of what is meant to be alike has to be made in each environment"
            )
    return tuple(told) or ("0 findings: no debts, no conflicts, and most files are shared",)


def _of_branch(one: Entangled, branch: Branch) -> list[str]:
    told: list[str] = []
    name = one.environment
    if branch.debts:
        told.append(
            f"{_count(branch.debts, 'debt')} in {_count(branch.nobodys, 'file')} on {name}'s branch: the next promotion is refused"
            " until they are merged back, superseded, or the files are its own"
        )
    if branch.conflicting:
        told.append(
            f"{branch.conflicting} of {branch.merges} merges into {name} ({_share(branch.conflicting, branch.merges)}) changed the"
            " same lines on both sides: what differs by design belongs under `own:`, or into directories, where nothing is merged"
        )
    if branch.found:
        told.append(
            f"{_count(branch.found, 'file')} of {name}'s own by parity rules alone: what is declared under `own:` stays its own"
            " whatever differs in it"
        )
    if branch.unused:
        unused = ", ".join(branch.unused)
        told.append(f"{_count(branch.unused, 'pattern')} under `own:` of {name} without a file that fits: {unused}")
    return told


def _share(part: int, whole: int) -> str:
    return f"{round(100 * part / whole)} %"


def _count(what: tuple[str, ...], name: str) -> str:
    return f"{len(what)} {name}{'s' * (len(what) != 1)}"
