"""What Bob commits: each change of the shop is a patch in `tools/demo/changes`."""

from pathlib import Path

from demo.story import Shell

CHANGES = Path(__file__).parent / "changes"


def commit(shell: Shell, patch: str, message: str) -> None:
    """Apply a change, commit it and push it, as Bob types it."""
    shell.ask("git", "pull", "--quiet", "--rebase")
    shell.ask("git", "apply", str(CHANGES / f"{patch}.patch"))
    shell.type(f'git commit --quiet --all --message "{message}"')
    shell.type("git push --quiet")


def take_back(shell: Shell, message: str) -> None:
    """Revert the newest commit of Bob's, whatever Vivido committed since."""
    shell.ask("git", "pull", "--quiet", "--rebase")
    newest = shell.ask("git", "log", "-1", "--format=%H", "--author=bob@example.com", f"--grep={message}").strip()
    shell.type(f"git revert --no-edit {newest[:12]}")
