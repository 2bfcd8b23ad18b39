"""Addresses: never a password in them, and no transport of Git's that would run a program."""

import re

from vivido.config.diagnostic import Report, shown
from vivido.config.node import Mapping, Node, Sequence, child, entries, scalars, text_of
from vivido.config.rules.people import PRIVATE_KEY
from vivido.text.redact import holds_password

_GIT_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)(://|::)")
_GIT_SCHEMES = frozenset(("https", "http", "ssh", "file", "git+ssh"))
_BRANCH = re.compile(r"(?!.*(\.\.|@\{|//|\.lock$|\.lock/|/$|/\.))[^\s~^:?*\[\\\x00-\x20.-][^\s~^:?*\[\\\x00-\x20]*")


def check_addresses(root: Node, report: Report) -> None:
    """Refuse passwords and private keys anywhere, and what Git must not be handed."""
    for value in scalars(root):
        if isinstance(value.value, str) and PRIVATE_KEY.search(value.value):
            message, hint = "a private key stands here", "Replace the key: whoever reads the repository has it now."
            report.add(value, "config.password", message, hint)
        elif holds_password(value.text):
            hint = "Write the address without it; Git's credential helpers, `docker login` and PGPASSWORD keep it."
            report.add(value, "config.password", "an address with a password or token in it", hint)
    _keys(root, report)
    _configuration(child(root, "configuration"), report)
    for environment in entries(child(root, "environments")):
        _configuration(child(environment.value, "configuration"), report)
        _branch(child(environment.value, "branch"), report)


def _keys(node: Node, report: Report) -> None:
    if isinstance(node, Mapping):
        for entry in node.entries:
            if holds_password(entry.key):
                report.add(entry, "config.password", "a key with a password or token in it", "Write it without.")
            _keys(entry.value, report)
    elif isinstance(node, Sequence):
        for item in node.items:
            _keys(item, report)


def _configuration(whole: Node | None, report: Report) -> None:
    repository = child(whole, "repository") or whole
    url = text_of(repository)
    if repository is not None and url is not None:
        scheme = _GIT_SCHEME.match(url)
        if url.startswith("-") or (scheme and scheme[1].lower() not in _GIT_SCHEMES):
            message = f"{shown(url)} is no address of a repository that Vivido would hand to Git"
            hint = "Write https://…, ssh://…, git@host:path, file://… or a path."
            report.add(repository, "config.repository", message, hint)
    _branch(child(whole, "branch"), report)


def _branch(branch: Node | None, report: Report) -> None:
    name = text_of(branch)
    if branch is not None and name and not _BRANCH.fullmatch(name):
        report.add(branch, "config.branch", f"{shown(name)} is no name of a branch", "`git branch -a` lists them.")
