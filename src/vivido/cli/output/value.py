"""Values of manifests as lines of text."""

import json
import re
from typing import Any

from vivido.model.difference import ABSENT, Difference, Sort
from vivido.text.redact import printable
from vivido.yamledit.resolve import reads_as_text

_CONTROL = re.compile(r"[\x7f-\x9f]")
"""Controls that JSON lets stand as they are, and a terminal may obey."""
_DIGEST = re.compile(r"(sha256:[0-9a-f]{12})[0-9a-f]{52}")


def pair_of(one: Difference) -> tuple[list[str], list[str]]:
    """Return both sides of a difference as lines, none for a side where nothing is.

    Digests are shortened to 12 characters where the sides still differ then.
    """
    if one.sort is Sort.ORDER:
        return [in_a_line(", ".join(one.left))], [in_a_line(", ".join(one.right))]
    old, new = lines_of(one.left), lines_of(one.right)
    short = [_DIGEST.sub(r"\1", line) for line in old], [_DIGEST.sub(r"\1", line) for line in new]
    return (old, new) if short[0] == short[1] else short


def lines_of(value: Any) -> list[str]:
    """Return a value as YAML would show it: a scalar is one line, a text of several lines its own lines."""
    if value is ABSENT:
        return []
    if isinstance(value, str) and "\n" in value:
        return printable(value).rstrip("\n").split("\n")
    if isinstance(value, dict | list) and value:
        return _yaml(value)
    return [_scalar(value)]


def in_a_line(text: str) -> str:
    """Return text without anything that a terminal would obey, a line break in it written as such."""
    return printable(text.replace("\n", "\\n").replace("\t", "\\t"))


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        text = printable(value)
        plain = text == value and text == text.strip() and reads_as_text(text)
        return text if plain else _CONTROL.sub(lambda c: f"\\u{ord(c[0]):04x}", json.dumps(value, ensure_ascii=False))
    return json.dumps(value)


def _yaml(value: Any) -> list[str]:
    import yaml

    class Dumper(yaml.SafeDumper):
        """Writes texts of several lines as such, so that one changed line is one line of the diff."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

    def text(dumper: yaml.SafeDumper, data: str) -> yaml.ScalarNode:
        return dumper.represent_scalar("tag:yaml.org,2002:str", data, style="|" if "\n" in data else None)

    Dumper.add_representer(str, text)
    whole = yaml.dump(value, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=2**20)
    return printable(whole).rstrip("\n").split("\n")
