"""What people type: examples of every command, for `--help` and for the reference."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cyclopts import App

_ROOM = 62
"""Columns that a terminal has left for what is typed and what it is for."""

Example = tuple[str, str]
"""What is typed after `vivido`, and what it is for."""

EXAMPLES: dict[str, tuple[Example, ...]] = {
    "status": (("status", "what runs where"), ("status --live", "ask every target too")),
    "build": (("build", "every service that has a `build:`"), ("build web", "one of them")),
    "release create": (
        ("release create", "what was built last, with the configuration as it is"),
        ("release create --artifact web=registry.example.com/shop/web:1.2", "an image built elsewhere"),
        ("release create --changed", "in a monorepo: only what changed"),
    ),
    "release list": (("release list --limit 5", "the newest five"),),
    "release show": (("release show r-1a2b", "the beginning of an id is enough"),),
    "promote": (
        ("promote staging", "what runs in the environment before"),
        ("promote staging --dry-run", "the plan and the difference, nothing else"),
        ("promote production --release r-1a2b --reason hotfix --yes", "a certain release, without a question"),
    ),
    "approve": (
        ("approve production", "with the key that `people:` knows"),
        ("approve p-1a2b --key ~/.ssh/id_ed25519 --yes", "one promotion, without a question"),
    ),
    "reject": (("reject production --comment 'not before the sale'", "refuse it, and say why"),),
    "why": (("why production", "what it waits for, and for whom"), ("why p-1a2b", "one promotion")),
    "rollback": (
        ("rollback production --reason 'the cart is slow'", "to the release before"),
        ("rollback production --to r-1a2b --dry-run", "see the way to an earlier one"),
    ),
    "changed": (
        ("changed", "what is not pushed yet"),
        ("changed origin/main... -o name", "in CI: what to build and test"),
    ),
    "down": (("down dev --dry-run", "what would be removed"), ("down dev --volumes", "its data too")),
    "diff": (
        ("diff", "every environment with the branch"),
        ("diff web production", "one service"),
        ("diff staging..production --side-by-side", "two environments"),
    ),
    "drift": (("drift", "every environment"), ("drift production -o json", "for a program")),
    "drift revert": (
        ("drift revert production", "put back everything that was found"),
        ("drift revert production --only Container/tmp --yes", "one thing alone"),
    ),
    "drift adopt": (
        ("drift adopt production --reason 'more memory for the sale'", "declare it, as a commit of yours"),
    ),
    "parity": (
        ("parity", "neighbours on the way"),
        ("parity staging production --since", "two, and who brought each difference in"),
        ("parity --suggest --write", "propose tokens and rules for what differs today"),
        ("parity --format sarif", "for a forge"),
    ),
    "audit": (("audit", "what is new since the last one"), ("audit --schedule", "for cron: only if one is due")),
    "history": (("history production", "its promotions"), ("history p-1a2b", "every fact of one")),
    "logs": (("logs production", "all services"), ("logs production web --follow", "one, as it comes")),
    "open": (("open dev", "in the browser"), ("open dev --no-browser", "print the addresses only")),
    "pause": (("pause production --reason 'wait for the database'", "before its next step"),),
    "resume": (("resume production", "go on"),),
    "abort": (("abort production --reason 'wrong release'", "undo what it changed"),),
    "retry": (("retry production", "from the failed step"),),
    "run": (("run", "until it is stopped"), ("run --once --only staging", "for cron and CI")),
    "pin list": (("pin list", "what is kept out of where"),),
    "pin add": (("pin add production r-1a2b --reason 'loses orders'", "keep a release out"),),
    "pin lift": (("pin lift production r-1a2b --reason 'it was the network'", "let it in again"),),
    "ledger verify": (("ledger verify", "all chains"), ("ledger verify production", "that of its newest promotion")),
    "layout convert": (
        ("layout convert --to branches", "the plan and the proof, nothing else"),
        ("layout convert --to branches --push", "make the commits and push them"),
    ),
    "layout report": (("layout report", "how far environments are entangled"),),
    "config check": (
        ("config check", "every mistake at once"),
        ("config check --environment production", "what a promotion there would lack"),
    ),
    "config show": (("config show -o yaml", "with all defaults"),),
    "config schema": (("config schema > schema.json", "for an editor"),),
    "import": (
        ("import --dry-run", "what would be taken in"),
        ("import production --pin", "one environment; write digests where Git names tags"),
    ),
    "init": (
        ("init --dry-run", "see the file first"),
        ("init --registry registry.example.com/shop", "where nothing says where images are kept"),
    ),
    "completion": (("completion bash > ~/.local/share/bash-completion/completions/vivido", "for bash"),),
    "doctor": (("doctor", "what is missing, and how to get it"),),
}
"""The command's words → what people type."""


def examples(words: str) -> str:
    """Return a command's examples as a block: each line with what it is for, at the same column; empty where there are none."""
    told = EXAMPLES.get(words, ())
    width = max((len(typed) for typed, _ in told), default=0)
    if width + max((len(why) for _, why in told), default=0) > _ROOM:
        return "\n".join(f"# {why}\nvivido {typed}" for typed, why in told)
    return "\n".join(f"vivido {typed:{width}}   # {why}" for typed, why in told)


def add(app: "App", chosen: str) -> None:
    """Put examples under the help of a command, and of those below it.

    Args:
        app: All commands.
        chosen: The one that is asked about; it is imported. Nothing is done where it is none.
    """
    if chosen.startswith("-") or chosen not in app:
        return
    for words, one in (
        (chosen, app[chosen]),
        *((f"{chosen} {name}", app[chosen][name]) for name in _below(app[chosen])),
    ):
        if told := examples(words):
            one.help_epilogue = f"Examples:\n\n```sh\n{told}\n```\n"


def _below(app: "App") -> list[str]:
    return [name for name in app if not name.startswith("-")]
