"""What `.containerignore` or `.dockerignore` leaves out of the context, and so out of the hash of inputs.

A commit that touches only what is left out (the configuration beside the source, say) then needs no other image. What is
left out is not handed to the builder either, so hash and image agree whatever the builder makes of the file.

Patterns as the Dockerfile reference has them (“.dockerignore file”): the last that matches decides, `!` takes back, `*` and `?`
stop at `/`, `**` does not. A pattern with `[` or a backslash is not read: files are kept for it, never lost.
"""

import re
from collections.abc import Callable, Mapping

from vivido.build.inputs import normal
from vivido.model.project import Build

_FILES = (".containerignore", ".dockerignore")
_CONTAINERFILES = ("Containerfile", "Dockerfile")
_TOKEN = re.compile(r"\*\*/|\*\*|\*|\?|[^*?]+")
_MEANING = {"**/": r"(?:.*/)?", "**": r".*", "*": r"[^/]*", "?": r"[^/]"}
_EVERYTHING = re.compile(r".*", re.DOTALL)


def relevant(build: Build, contents: Mapping[str, str], read: Callable[[str], bytes | None]) -> dict[str, str]:
    """Return those of the contents that a Containerfile may copy, with itself and what `inputs` names.

    Args:
        build: What the configuration file says.
        contents: Path in the repository → what changes with its mode or content.
        read: Returns a committed file's bytes.
    """
    context = normal(build.context)
    prefix = f"{context}/" if context else ""
    found = [prefix + name for name in _FILES if prefix + name in contents]
    files = (normal(build.file),) if build.file else tuple(prefix + name for name in _CONTAINERFILES)
    beside = [file + name for file in files for name in _FILES]
    if len(found) != 1 or any(path in contents for path in beside):
        # Builders differ in which of several they take.
        return dict(contents)
    ignored = ignore_patterns((read(found[0]) or b"").decode("utf-8", "replace"))
    kept = {found[0], *files}
    named = tuple(normal(path) for path in build.inputs)

    def stays(path: str) -> bool:
        if path in kept or not path.startswith(prefix):
            return True
        if any(not name or path == name or path.startswith(f"{name}/") for name in named):
            return True
        return not ignored(path.removeprefix(prefix))

    return {path: text for path, text in contents.items() if stays(path)}


def ignore_patterns(text: str) -> Callable[[str], bool]:
    """Return the function that says whether an ignore file leaves out a path of the context."""
    rules = [rule for line in text.removeprefix("\ufeff").splitlines() if (rule := _rule(line))]

    def ignored(path: str) -> bool:
        parts = path.split("/")
        places = ["/".join(parts[: n + 1]) for n in range(len(parts))]
        decisive = (out for out, pattern in reversed(rules) if any(pattern.fullmatch(p) for p in places))
        return next(decisive, False)

    return ignored


def _rule(line: str) -> tuple[bool, re.Pattern[str]] | None:
    """Return whether a line leaves out, and what; None where it does neither."""
    if line.startswith("#"):
        return None
    out, pattern = not line.strip().startswith("!"), line.strip().removeprefix("!").strip()
    if not pattern:
        return None
    if "[" in pattern or "\\" in pattern:
        return None if out else (False, _EVERYTHING)
    clean = normal_pattern(pattern)
    body = "".join(_MEANING.get(token) or re.escape(token) for token in _TOKEN.findall(clean))
    return out, re.compile(body, re.DOTALL)


def normal_pattern(pattern: str) -> str:
    """Return a pattern without empty and `.` parts and with `..` followed, as Go's `filepath.Clean` does."""
    parts = list[str]()
    for part in pattern.split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part == ".." or part not in ("", "."):
            parts.append(part)
    return "/".join(parts)
