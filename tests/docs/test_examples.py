"""Every example in the README and in docs/ is run, and prints what the page says."""

import os
import subprocess
from pathlib import Path

import pytest
from doc_pages import Command, commands, matches, read

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def _parameters() -> list[object]:
    parameters: list[object] = []
    for path in PAGES:
        needs = read(path).needs
        marks = [pytest.mark.real(*needs)] if needs else []
        parameters.append(pytest.param(path, id=str(path.relative_to(ROOT)), marks=marks))
    return parameters


@pytest.mark.parametrize("path", _parameters())
def test_the_examples_of_a_page_print_what_it_says(path: Path, tmp_path: Path) -> None:
    session = Session(tmp_path)
    for block in read(path).blocks:
        if block.left_out:
            continue
        if "title" in block.options:
            session.write(block.options["title"], block.text)
        elif block.language == "console":
            for command in commands(block):
                session.run(path, command)


class Session:
    """A directory and a home of its own; `cd` lasts from one command to the next, variables do not."""

    def __init__(self, directory: Path) -> None:
        self._here = directory / "here"
        self._where = directory / "where"
        home = directory / "home"
        for folder in (self._here, home):
            folder.mkdir()
        self._environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "VIVIDO_", "XDG_"))},
            "HOME": str(home),
            "NO_COLOR": "1",
            "COLUMNS": "80",
            "PROJECT": str(ROOT),
            "GIT_CONFIG_NOSYSTEM": "1",
            "PATH": f"{ROOT / '.tools/bin'}:{ROOT / '.venv/bin'}:{os.environ['PATH']}",
        }

    def write(self, name: str, text: str) -> None:
        file = self._here / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def run(self, page: Path, command: Command) -> None:
        script = f"{command.command}\ncode=$?\npwd >'{self._where}'\nexit $code\n"
        done = subprocess.run(
            ["/bin/sh", "-c", script],
            cwd=self._here,
            env=self._environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=300,
            check=False,
        )
        said = f"{page}:{command.line}: $ {command.command}\nprinted\n{done.stdout}\nthe page says\n" + "\n".join(
            command.output
        )
        assert done.returncode == command.code, f"{said}\nexit code {done.returncode}, not {command.code}"
        assert matches(command.output, done.stdout), said
        self._here = Path(self._where.read_text(encoding="utf-8").strip())
