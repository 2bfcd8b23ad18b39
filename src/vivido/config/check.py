"""Everything that is wrong with a file's text, or the project it declares."""

from pathlib import Path
from typing import NamedTuple

from vivido.config.assemble import assemble
from vivido.config.diagnostic import Diagnostic, Report
from vivido.config.facts import Fact
from vivido.config.kinds import Kinds
from vivido.config.node import Mapping, Node
from vivido.config.read import read
from vivido.config.rules.addresses import check_addresses
from vivido.config.rules.builds import check_builds
from vivido.config.rules.charts import check_charts
from vivido.config.rules.expect import check_expect
from vivido.config.rules.hydrate import check_hydrate
from vivido.config.rules.images import check_images
from vivido.config.rules.kinds import check_kinds
from vivido.config.rules.layout import check_layout
from vivido.config.rules.order import check_order
from vivido.config.rules.parity import check_parity
from vivido.config.rules.paths import check_paths
from vivido.config.rules.people import check_people
from vivido.config.schema import shape_schema
from vivido.config.walk import walk
from vivido.model.project import Project


def check(
    text: bytes | str, file: Path | str, kinds: Kinds, root: Path | None = None
) -> tuple[Project | None, tuple[Diagnostic, ...]]:
    """Return the project that a text declares, or else everything that is wrong with it, in the file's order.

    Args:
        text: The file's content; bytes are decoded here, so that a wrong encoding is one of the mistakes.
        file: Its path as messages should show it; nothing is read from it.
        kinds: The gates and targets it may use.
        root: The directory of the repository that its paths are held against. With None they are checked only as text, as is
            right for a revision that is not checked out.
    """
    made = checked(text, file, kinds, root)
    return made.project, made.diagnostics


class Checked(NamedTuple):
    """What came of a text.

    Attributes:
        project: What it declares; None where something is wrong.
        diagnostics: Everything that is wrong.
        facts: What was found on disk, so that the same text is right as long as these are so.
    """

    project: Project | None
    diagnostics: tuple[Diagnostic, ...] = ()
    facts: tuple[Fact, ...] = ()


def checked(text: bytes | str, file: Path | str, kinds: Kinds, root: Path | None = None) -> Checked:
    """Return the same as `check`, with what it relies on."""
    node, found = read(text, str(file))
    if node is None:
        return Checked(None, found)
    report = Report(str(file))
    for d in found:
        report.add(d, d.code, d.message, d.hint)
    _check(node, kinds, root, report)
    if diagnostics := report.diagnostics():
        return Checked(None, diagnostics)
    whole = Path(file).absolute()
    return Checked(assemble(node, whole, root.absolute() if root else whole.parent, kinds), (), report.facts)


def _check(node: Node, kinds: Kinds, root: Path | None, report: Report) -> None:
    # Passwords first: nothing else is said about a value that holds one.
    check_addresses(node, report)
    walk(node, shape_schema(kinds), report)
    if not isinstance(node, Mapping):
        return
    check_order(node, report)
    check_layout(node, report)
    check_hydrate(node, report)
    check_people(node, report)
    check_images(node, report)
    check_builds(node, report)
    check_charts(node, report)
    top = root and root.resolve()
    check_paths(node, top, report)
    check_kinds(node, kinds, top, report)
    check_parity(node, report)
    check_expect(node, report)
