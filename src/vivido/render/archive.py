"""Charts that are vendored as archives (`charts/NAME-VERSION.tgz`): the few files that are read from them, with limits."""

import gzip
import io
import tarfile
import zlib
from pathlib import Path

MAX_UNPACKED = 64 * 1024 * 1024
"""Bytes that an archive may unpack to; Helm's own limit is 100 MiB (`pkg/chart/loader/archive`)."""
_WANTED = ("Chart.yaml", "values.yaml")
ENDINGS = (".tgz", ".tar.gz")
_BROKEN = (OSError, EOFError, tarfile.TarError, zlib.error)


def unpack(file: Path) -> None:
    """Replace an archive by the directory that is in it, as far as it holds regular files; one that is too large stays."""
    try:
        plain = _plain(file.read_bytes())
        if plain is None:
            return
        with tarfile.open(fileobj=io.BytesIO(plain), mode="r:") as archive:
            archive.extractall(file.parent, members=[m for m in archive if m.isfile()], filter="data")
    except _BROKEN:
        return
    file.unlink()


def chart_files(data: bytes) -> dict[str, bytes] | None:
    """Return Chart.yaml and values.yaml of the chart in a gzipped tar, by name; None where it is none, or too large."""
    found: dict[str, bytes] = {}
    try:
        plain = _plain(data)
        if plain is None:
            return None
        with tarfile.open(fileobj=io.BytesIO(plain), mode="r:") as archive:
            for member in archive:
                top, _, rest = member.name.removeprefix("./").partition("/")
                content = archive.extractfile(member) if top and rest in _WANTED and member.isfile() else None
                if content is not None:
                    found.setdefault(rest, content.read())
    except _BROKEN:
        return None
    return found if "Chart.yaml" in found else None


def _plain(data: bytes) -> bytes | None:
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
        plain = packed.read(MAX_UNPACKED + 1)
    return plain if len(plain) <= MAX_UNPACKED else None
