"""What Helm complains about, as a problem: with the place in the template, and without anybody's secret."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from vivido import process
from vivido.errors import InputError
from vivido.model.problem import Problem
from vivido.render import environ
from vivido.render.chart import Chart, read_values
from vivido.render.interface import HelmRelease
from vivido.render.known import values_in_clear
from vivido.render.template_lines import source
from vivido.render.tree import of_directory
from vivido.text.redact import printable, redact
from vivido.yamledit.tree import parse

_COMPLAINT = 2000
"""Characters of Helm's complaint that are shown."""
_PLACE = re.compile(r"(?P<file>[\w.@/-]+/(?:templates|charts)/[\w.@/-]+)(?::(?P<line>\d+))?(?::(?P<column>\d+))?")
_NO_YAML = re.compile(r"YAML parse error on (?P<file>\S+): ")
_LINE = re.compile(r"yaml: line (\d+)")
_LOOP = re.compile(r"nested reference name: (?P<name>.+): unable to execute template")
"""What Helm says at the end of a complaint that repeats itself a thousand times."""
_SECRET_KEY = re.compile(r"(?i)passw|secret|token|credential|api-?key|private")
_SOURCE = re.compile(r"^# Source: (\S+)", re.M)
_MOST = 200_000
"""Characters of a template in which a place is looked for."""


class Complaints:
    """Makes problems of what Helm says about one chart.

    Args:
        chart: Which.
        release: What Helm was told.
        root: Of the tree.
        place: Where the chart lay that Helm read.
        scratch: What Helm's words may name besides.
    """

    def __init__(self, chart: Chart, release: HelmRelease, root: Path, place: Path, scratch: Path) -> None:
        self._chart, self._release = chart, release
        self._root, self._place, self._scratch = root, place, scratch

    def refused(self, done: process.Completed, made: Callable[[], str]) -> Problem:
        """Return what made Helm fail.

        Args:
            done: How it ended.
            made: Returns what the templates made, though it is no YAML.
        """
        chart, said = self._chart, printable(done.complaint)
        said = said.replace("\n\nUse --debug flag to render out invalid YAML", "")
        if "out of memory" in said or "cannot allocate" in said:
            said = f"it needed more than {environ.MEMORY >> 30} GiB of memory"
        elif "file too large" in said:
            said = f"it wrote more than {environ.OUTPUT >> 20} MiB"
        said = redact(said, self._secrets())
        for path in (self._scratch / "chart", self._root / chart.directory, self._root):
            said = said.replace(f"{path}/", "")
        looped = _LOOP.search(said)
        # Where it ends is where it calls itself; else the first place is the one that is meant.
        found = next(reversed(tuple(_PLACE.finditer(said))), None) if looped else _PLACE.search(said)
        no_yaml = None if looped else _NO_YAML.search(said)
        if no_yaml is not None:
            line = _LINE.search(said)
            where = self._no_yaml(no_yaml["file"], int(line[1]) if line else 0, made())
        else:
            where = self._at(found["file"], found["line"], found["column"]) if found else chart.directory or "."
        if looped:
            said = f"the template “{looped['name']}” includes itself without end"
        said = said.removeprefix("Error: ")[:_COMPLAINT]
        hint = f"Run: helm template {self._release.name} {chart.directory or '.'}" + "".join(
            f" -f {path}" for path in self._release.values
        )
        return Problem("render.helm", f"helm refused {chart.directory or '.'}: {said}", hint, where)

    def traced(self, fault: Problem, text: str) -> Problem:
        """Name the template that an unreadable object came from, and the place in it where that can be told."""
        at = re.search(r":(\d+):(\d+)$", fault.where)
        before = "\n".join(text.split("\n")[: int(at[1])]) if at else ""
        last = next(reversed(tuple(_SOURCE.finditer(before))), None)
        if at is None or last is None:
            return fault
        number = int(at[1]) - before.count("\n", 0, last.start()) - 1
        made = text[last.start() :].partition("\n")[2].partition("\n---\n# Source: ")[0]
        where = self._in_template(last[1], made.split("\n"), number, int(at[2]))
        return Problem(fault.code, f"{fault.message} (in {fault.where})", fault.hint, where)

    def _no_yaml(self, file: str, line: int, made: str) -> str:
        """Return where in a template that stands which became no YAML.

        Helm counts lines of the one document, and from the beginning of what holds the mistake; reading it again is more exact.
        """
        for document in _documents(made, file):
            try:
                parse(document, "made")
            except InputError as e:
                at = re.fullmatch(r"made:(\d+):(\d+)", e.where)
                number, column = (int(at[1]), int(at[2])) if at else (line, 1)
                return self._in_template(file, document.split("\n"), number, column)
        return self._at(file)

    def _in_template(self, file: str, made: list[str], line: int, column: int) -> str:
        template = self._template(file)
        found = source(template, made, line, column) if template is not None and len(template) < _MOST else None
        return self._origin(file, *found) if found else self._origin(file)

    def _at(self, file: str, line: str | None = None, column: str | None = None) -> str:
        """Return a place that Helm names: lines from 1, columns in bytes from 0."""
        template = self._template(file)
        if line is None or template is None:
            return self._origin(file, int(line)) if line else self._origin(file)
        lines = template.split("\n")
        text = lines[int(line) - 1] if int(line) <= len(lines) else ""
        # What cannot be parsed has no column in Helm's words.
        before = text.encode()[: int(column)].decode("utf-8", "replace") if column else text.partition("{{")[0]
        return self._origin(file, int(line), len(before if column or "{{" in text else "") + 1)

    def _template(self, file: str) -> str | None:
        path = self._place / self._inside(file)
        if not path.is_file() or not path.resolve().is_relative_to(self._place.resolve()):
            return None
        return path.read_text(encoding="utf-8", errors="replace")

    def _inside(self, file: str) -> str:
        return file.removeprefix(f"{self._chart.name}/")

    def _origin(self, file: str, line: int = 0, column: int = 0) -> str:
        """Return where a template stands in the repository: Helm names it from the chart's own name on."""
        inside, directory = self._inside(file), self._chart.directory
        for name, other in self._chart.local.items():
            if inside.startswith(f"charts/{name}/"):
                directory, inside = other, inside.removeprefix(f"charts/{name}/")
        path = f"{directory}/{inside}" if directory else inside
        return ":".join([path, *(str(part) for part in (line, column) if part)])

    def _secrets(self) -> tuple[str, ...]:
        read, listing = of_directory(self._root / self._chart.directory)
        found = set(values_in_clear(read, listing))
        outer, _ = of_directory(self._root)
        for values in [self._chart.values, *(read_values(path, outer) for path in self._release.values)]:
            found.update(_under_secret_keys(values, secret=False))
        return tuple(sorted(found, key=len, reverse=True))


def _documents(made: str, file: str) -> Iterator[str]:
    """Yield the documents of a template in what Helm made, as Helm divides them."""
    for part in made.split("---\n# Source: ")[1:]:
        name, _, text = part.partition("\n")
        if name.strip() == file:
            lines: list[str] = []
            for line in [*text.split("\n"), "---"]:
                if line.startswith("---"):
                    yield "\n".join(lines).strip("\n")
                    lines = []
                else:
                    lines.append(line)


def _under_secret_keys(value: object, *, secret: bool) -> set[str]:
    if isinstance(value, dict):
        pairs = [_under_secret_keys(v, secret=secret or bool(_SECRET_KEY.search(str(k)))) for k, v in value.items()]
        return set().union(*pairs)
    if isinstance(value, list):
        return set().union(*(_under_secret_keys(v, secret=secret) for v in value))
    return {str(value)} if secret and len(str(value)) >= 4 else set()
