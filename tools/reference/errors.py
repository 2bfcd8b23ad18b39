"""`errors.md`: every stable code in the source with what it says and what to do.

Words are read where the code is raised; what is put together of several places is told by the `Raises:` of a docstring, or by
`CODES` below.
"""

import ast
import re
from collections.abc import Iterator

import msgspec

from reference.text import Undocumented, modules, page, strings, table
from vivido import errors as classes
from vivido.errors import Error

_INTRODUCTION = """
An error's code is stable, its message may get better. In Python it is `Error.code`; a step that failed keeps it in the ledger.
`…` stands for what differs from case to case. A code without an exit code is one of the reasons that a refusal or a check of the
file lists.
"""
_CODE = re.compile(r"[a-z]+(\.[a-z][a-z0-9-]*)+")
_NO_CODES = ("crashpoint", "get", "_get", "_write", "append", "_foreign", "entry_points")
_TITLES = {
    "alias": "Aliases",
    "approval": "Approvals",
    "artifact": "Artifacts",
    "branches": "Promoting along branches",
    "build": "Builds",
    "changed": "What changed",
    "cli": "The command line",
    "config": "The file",
    "convert": "Moving to another layout",
    "containers": "Containers on this machine",
    "diff": "What would change",
    "drift": "Drift",
    "contract": "What a release needs",
    "down": "Emptying an environment",
    "engine": "The engine",
    "environment": "Environments",
    "expect": "Expectations",
    "expression": "Expressions",
    "gate": "Gates",
    "gates": "Gates from packages",
    "git": "Git",
    "governing": "Governing rules",
    "haproxy": "HAProxy",
    "hydrate": "Hydration",
    "identity": "People",
    "import": "Taking in what runs",
    "init": "Starting",
    "kind": "Kinds",
    "layout": "Layouts",
    "logs": "Logs",
    "output": "Formats of output",
    "parity": "Parity",
    "pin": "Pins",
    "plan": "Terraform plans",
    "podman": "The target podman",
    "promotion": "Promotions",
    "reference": "References",
    "registry": "Registries",
    "release": "Releases",
    "render": "Rendering",
    "review": "Reviews",
    "rollback": "Rollbacks",
    "secret": "Secrets",
    "service": "Services",
    "signing": "Signatures",
    "sshkey": "SSH keys",
    "state": "The state",
    "target": "Targets",
    "terraform": "Terraform",
    "time": "Times",
    "tool": "Programs",
    "yaml": "YAML",
}
CODES = {
    "config.own": "A pattern under `own:` cannot be used: it leaves the repository, or takes every file.",
    "plan.unreadable": "A file is no plan as `terraform show -json` prints it.",
    "build.failed": "A build program or build command failed; the end of its output is in the message.",
    "build.push-failed": "The image could not be pushed; the program's words are in the message.",
    "config.not-found": "There is no `vivido.yaml` here or above, up to the top of the Git repository.",
    "config.type": "A value is of another type than its key takes.",
    "config.value": "A value is not one of those that its key takes.",
    "config.unknown-key": "A key is not known; the nearest one that is known is named.",
    "config.one-of": "Exactly one of several keys has to be there.",
    "config.expression": "A regular expression is none that RE2 reads.",
    "config.selector": "A selector of a parity rule names no place.",
    "cli.usage": "A command, a word or a flag is not there, or lacks its value.",
    "config.invalid": "The file has mistakes; each is told with its line and column.",
    "contract.config": "A ConfigMap that something refers to is not there.",
    "contract.secret": "A Secret that something refers to is neither rendered nor named under the environment's `secrets:`.",
    "contract.claim": "A PersistentVolumeClaim that a pod mounts is not there.",
    "contract.account": "A ServiceAccount is not there.",
    "contract.service": "A Service that requests are sent to is not there.",
    "contract.reference": "An object that another one names is not there.",
    "contract.key": "A ConfigMap does not have a key that something needs.",
    "contract.secret-key": "A Secret does not have a key that something needs.",
    "contract.requires": "What the service or its image declares to need is not there.",
    "contract.label": "An image's label `dev.vivido.requires` cannot be read.",
    "contract.port": "A port that requests are sent to is not there.",
    "contract.selector": "A selector chooses no pod.",
    "contract.variable": "`$(NAME)` stands for no variable, and stays as it is written.",
    "contract.volume": "A container mounts a volume that its pod does not have.",
    "expect.broken": "An expectation does not hold.",
    "expect.nothing": "An expectation speaks of an object or value that is not there.",
    "layout.refused": "The environment's configuration cannot take the release; every reason is listed.",
    "layout.wrong-image": "The rendered objects would not run what is promoted.",
    "podman.manifest": "An object is not written as Kubernetes would take it; its place and reason are in the message.",
    "podman.unsupported": "An object, or a part of one, cannot run on this machine.",
    "promotion.over": "The promotion is over, or not in a state in which this makes sense.",
    "promotion.refused": "Something keeps the release from setting out; every reason is listed.",
    "render.refused": "The environment's configuration cannot be rendered; every reason is listed.",
    "render.secret-in-clear": "A `kind: Secret` holds data in clear.",
    "render.helm": "Helm refused the chart; its words are in the message, the template's place beside it.",
    "render.kustomize": "Kustomize refused the configuration; its words are in the message.",
    "target.apply-failed": "The target's `apply` command failed; the end of its output is in the message.",
    "target.apply-timeout": "The target's `apply` command did not end in time.",
    "target.unreachable": "The target could not be asked what runs there.",
    "target.current-failed": "The target's `current` command failed.",
    "target.current-timeout": "The target's `current` command did not end in time.",
}
"""Code → meaning, where no single place in the source says it."""
_FROM_PARTS = {
    "target.apply-failed",
    "target.apply-timeout",
    "target.current-failed",
    "target.current-timeout",
    "config.invalid",
    "contract.account",
    "contract.claim",
    "contract.config",
    "contract.key",
    "contract.reference",
    "contract.secret",
    "contract.secret-key",
    "contract.service",
}

_EXITS = {"config": "2", "contract": "", "target": "14"}
"""Area → exit code of those."""


class Told(msgspec.Struct, frozen=True):
    """One code as the source tells it."""

    exit: str
    says: str
    hint: str


def errors() -> str:
    """Return the page.

    Raises:
        Undocumented: A code has neither words in the source nor a meaning here.
    """
    found = codes()
    areas: dict[str, list[str]] = {}
    for code in sorted(found):
        areas.setdefault(code.partition(".")[0], []).append(code)
    unknown = set(areas) - set(_TITLES)
    if unknown:
        raise Undocumented(f"no title is written in tools/reference/errors.py for {', '.join(sorted(unknown))}")
    parts = [
        f"## {_TITLES[area]}\n\n"
        + table(
            ("code", "exit", "says", "what to do"),
            ((f"`{c}`", found[c].exit, found[c].says, found[c].hint) for c in names),
        )
        for area, names in areas.items()
    ]
    return page("Error codes", _INTRODUCTION, *parts)


def codes() -> dict[str, Told]:
    """Return every code with its words."""
    found: dict[str, Told] = {}
    docs: dict[str, str] = {}
    for _, tree in modules():
        docs |= _of_docstrings(tree)
        for code, told in of_calls(tree):
            old = found.get(code)
            if old is None or (bool(told.says), bool(told.hint), bool(told.exit)) > (
                bool(old.says),
                bool(old.hint),
                bool(old.exit),
            ):
                found[code] = told
    for code in _FROM_PARTS:
        found[code] = Told(_EXITS[code.partition(".")[0]], "", "")
    complete = {c: msgspec.structs.replace(t, says=CODES.get(c) or t.says or docs.get(c, "")) for c, t in found.items()}
    silent = sorted(c for c, t in complete.items() if not t.says)
    stale = sorted(set(CODES) - set(complete))
    if silent or stale:
        raise Undocumented(f"tools/reference/errors.py, CODES: write a meaning for {silent}; remove {stale}")
    return complete


def of_calls(tree: ast.Module) -> Iterator[tuple[str, Told]]:
    """Yield every code in a syntax tree with the words beside it, as often as it stands there."""
    for scope in (tree, *(n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef))):
        known = sorted(_assigned(scope), key=lambda a: a[0]) if isinstance(scope, ast.FunctionDef) else []
        for node in ast.walk(scope):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] not in _NO_CODES:
                yield from _of_call(node, {name: value for line, name, value in known if line < node.lineno})


def _assigned(scope: ast.FunctionDef) -> Iterator[tuple[int, str, ast.expr]]:
    """Yield the line, the name and the value of each assignment in a function."""
    for node in ast.walk(scope):
        if not isinstance(node, ast.Assign):
            continue
        target = node.targets[0]
        if isinstance(target, ast.Name):
            yield node.lineno, target.id, node.value
        elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            pairs = zip(target.elts, node.value.elts, strict=True)
            yield from ((node.lineno, t.id, v) for t, v in pairs if isinstance(t, ast.Name))


def _of_call(node: ast.Call, known: dict[str, ast.expr]) -> Iterator[tuple[str, Told]]:
    def text(part: ast.expr | None) -> str:
        return _text(known.get(part.id) if isinstance(part, ast.Name) else part) or ""

    named = {k.arg: k.value for k in node.keywords}
    if "code" in named:
        says, hint = text(node.args[0] if node.args else None), text(named.get("hint"))
        for code in _constants(named["code"]):
            yield code, Told(_exit(ast.unparse(node.func)), _sentence(says), hint)
        return
    places = [n for n, a in enumerate(node.args[:3]) for c in _constants(a) if _CODE.fullmatch(c)]
    if places:
        after = [t for a in node.args[places[0] + 1 :] if " " in (t := text(a))]
        for code in _constants(node.args[places[0]]):
            yield code, Told("", _sentence(after[0] if after else ""), after[1] if len(after) > 1 else "")


def _constants(node: ast.expr) -> list[str]:
    if isinstance(node, ast.IfExp):
        return [*_constants(node.body), *_constants(node.orelse)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def _exit(name: str) -> str:
    found = getattr(classes, name, None)
    return str(int(found.exit_code)) if isinstance(found, type) and issubclass(found, Error) else ""


def _text(node: ast.expr | None) -> str | None:
    """Return a text in the source, with `…` for what is filled in; None where it is no text."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text(p) or "…" for p in parts)
        case ast.FormattedValue():
            return "…"
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return f"{_text(left) or '…'}{_text(right) or '…'}"
        case ast.IfExp(body=body):
            return _text(body)
        case _:
            return None


def _sentence(text: str) -> str:
    text = re.sub(r"(… ?)+…", "…", text).removesuffix(":\n…").strip()
    return text if re.search(r"[a-z]{2}", text) else ""


def _of_docstrings(tree: ast.Module) -> dict[str, str]:
    """Return code → meaning from lines such as ``InputError: `build.path`: one of them leaves the repository.``."""
    found: dict[str, str] = {}
    for text in strings(tree):
        for code, meaning in re.findall(r"`([a-z]+\.[a-z-]+)`: ([^;`]+?)(?:[.;]|$)", " ".join(text.split())):
            found.setdefault(code, meaning[:1].upper() + meaning[1:] + ".")
    return found
