"""JUnit XML, summed up. Written by foreign programs, so nothing in it is trusted.

No document type is accepted, so there is no entity to expand or to fetch. Size, depth and number of files are capped, and
the file is read in pieces: memory does not grow with it.
"""

import stat
from collections.abc import Iterable
from pathlib import Path
from xml.parsers import expat

import msgspec

from vivido.text.redact import printable, redact

MAX_BYTES = 64 * 1024 * 1024
"""Bytes of all reports together."""
MAX_FILES = 1000
_MAX_DEPTH = 64
_MAX_TOKEN = 4 * 1024 * 1024
# Expat before 2.6 reads an unfinished tag or comment again from its start with every piece (CVE-2023-52425).
_MAX_NAMES = 20
_PIECE = 64 * 1024
_BAD = {"failure": "failures", "error": "errors"}
_FLAKY = ("flakyFailure", "flakyError", "rerunFailure", "rerunError")

Stamp = tuple[int, int, int, int]
"""What tells a rewritten file from an old one: inode, size, times of its content and its entry in nanoseconds."""


class Report(msgspec.Struct, frozen=True):
    """What the reports of one run say together."""

    tests: int = 0
    failures: int = 0
    errors: int = 0
    skipped: int = 0
    flaky: int = 0
    """Tests that passed after they had failed, as Surefire tells it."""
    failed: tuple[str, ...] = ()
    """Names of the first 20 that failed."""
    fault: str = ""
    """Why nothing can be concluded; empty where the report can be read and a test ran."""


def stamps(root: Path, pattern: str) -> dict[Path, Stamp]:
    """Return the reports that are there now, at most `MAX_FILES` + 1."""
    found: dict[Path, Stamp] = {}
    for file in root.glob(pattern):
        try:
            seen = file.stat()
        except OSError:
            continue
        if stat.S_ISREG(seen.st_mode):
            found[file] = (seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)
        if len(found) > MAX_FILES:
            break
    return found


def summarise(root: Path, pattern: str, before: dict[Path, Stamp]) -> Report:
    """Sum up the reports that were written since `before`; a report of an earlier run is no evidence."""
    there = stamps(root, pattern)
    fresh = sorted(file for file, stamp in there.items() if before.get(file) != stamp)
    if not fresh:
        stale = "; the report that is there is of an earlier run" if there else ""
        return Report(fault=f"no report was written to {pattern}{stale}")
    if len(fresh) > MAX_FILES:
        return Report(fault=f"more than {MAX_FILES} reports were written to {pattern}")
    return read(fresh)


def read(files: Iterable[Path]) -> Report:
    """Sum up report files."""
    reader = _Reader()
    for file in files:
        try:
            reader.read(file)
        except (expat.ExpatError, _RefusedXmlError, OSError, ValueError, LookupError) as e:
            why = e.strerror if isinstance(e, OSError) else e
            return reader.report(f"the report {file.name} cannot be read: {redact(printable(str(why)))[:200]}")
    return reader.report()


class _RefusedXmlError(Exception):
    """Well-formed perhaps, but not taken."""


class _Reader:
    def __init__(self) -> None:
        self._counts = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0, "flaky": 0}
        self._declared = {"failures": 0, "errors": 0}
        self._failed: list[str] = []
        self._left = MAX_BYTES
        self._depth = 0
        self._suite = ""
        self._case: str | None = None
        self._marks: set[str] = set()

    def read(self, file: Path) -> None:
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        self._depth, self._suite, self._case = 0, "", None
        fed = 0
        with file.open("rb") as source:
            while piece := source.read(_PIECE):
                fed += len(piece)
                self._left -= len(piece)
                if self._left < 0:
                    raise _RefusedXmlError(f"the reports are longer than {MAX_BYTES // 1024**2} MiB")
                parser.Parse(piece)
                if fed - parser.CurrentByteIndex > _MAX_TOKEN:
                    raise _RefusedXmlError(f"a part of it is longer than {_MAX_TOKEN // 1024**2} MiB")
        parser.Parse(b"", True)

    def report(self, fault: str = "") -> Report:
        counts = {**self._counts, **{k: max(self._counts[k], n) for k, n in self._declared.items()}}
        bad = counts["failures"] + counts["errors"]
        if not fault and not bad and counts["tests"] <= counts["skipped"]:
            fault = "every test was skipped" if counts["tests"] else "the report has no test in it"
        return Report(**counts, failed=tuple(self._failed), fault=fault)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        name = tag.rpartition(":")[2]
        if self._depth > _MAX_DEPTH:
            raise _RefusedXmlError(f"it is nested deeper than {_MAX_DEPTH}")
        if self._depth == 1 and name not in ("testsuite", "testsuites"):
            raise _RefusedXmlError(f"<{name[:40]}> is no JUnit report")
        if name in ("testsuite", "testsuites"):
            self._suite = attributes.get("name", "")
            for key in self._declared:
                self._declared[key] = max(self._declared[key], _number(attributes.get(key, "")))
        elif name == "testcase":
            parts = (attributes.get("classname", ""), attributes.get("name", ""))
            self._case, self._marks = ".".join(p for p in parts if p), set()
        elif self._case is not None:
            self._marks.add(name)
        elif name in _BAD:
            self._count_bad("errors", self._suite)

    def _end(self, tag: str) -> None:
        self._depth -= 1
        if tag.rpartition(":")[2] != "testcase" or self._case is None:
            return
        self._counts["tests"] += 1
        bad = next((key for mark, key in _BAD.items() if mark in self._marks), None)
        if bad:
            self._count_bad(bad, self._case)
        elif "skipped" in self._marks:
            self._counts["skipped"] += 1
        elif self._marks.intersection(_FLAKY):
            self._counts["flaky"] += 1
        self._case = None

    def _count_bad(self, key: str, name: str) -> None:
        self._counts[key] += 1
        if len(self._failed) < _MAX_NAMES:
            self._failed.append(redact(printable(name.replace("\n", " ")))[:200] or "a test without a name")


def _refuse_doctype(*_: object) -> None:
    raise _RefusedXmlError("it declares a document type, which is refused")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
