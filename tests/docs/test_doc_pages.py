from pathlib import Path

import pytest
from doc_pages import Block, Command, commands, matches, read
from doc_session import Session, free_port, listens, processes_in
from hypothesis import given
from hypothesis import strategies as st

PAGE = """# A page
<!-- needs: podman haproxy -->
<!-- starts from: shop -->

```yaml title=a/b.yaml
x: 1
```

<!-- not run: takes an hour -->
```console
$ sleep 3600
```

1. In a list:

   ````console exit=3
   $ echo one \\
   > two
   one two
   $ exit 3
   ````
"""


def _page(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "page.md"
    path.write_text(text)
    return path


def test_a_page_is_read_with_its_needs_files_and_commands(tmp_path: Path) -> None:
    page = read(_page(tmp_path, PAGE))
    assert (page.needs, page.project) == (["podman", "haproxy"], "shop")
    file, left_out, session = page.blocks
    assert (file.options, file.text, file.line) == ({"title": "a/b.yaml"}, "x: 1\n", 5)
    assert left_out.left_out == "takes an hour"
    assert (left_out.runs, session.runs) == (False, True)
    assert commands(session) == [Command("echo one \\\ntwo", ("one two",), 0, 17), Command("exit 3", (), 3, 20)]


def test_a_block_that_is_not_closed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"page.md:2: the block is not closed"):
        read(_page(tmp_path, "text\n```console\n$ ls\n"))


def test_output_without_a_command_is_refused() -> None:
    with pytest.raises(ValueError, match="line 8: output without a command"):
        commands(Block("console", {}, ("lost",), 7))


@pytest.mark.parametrize(
    ("expected", "printed", "same"),
    [
        ((), "", True),
        (("a",), "a\n", True),
        (("a",), "a  \n\n", True),
        (("a",), "b\n", False),
        ((), "b\n", False),
        (("a", "b"), "a\n", False),
        (("took ... s",), "took 3.2 s\n", True),
        (("took ... s",), "took 3.2 m\n", False),
        (("a", "...", "z"), "a\nz\n", True),
        (("a", "...", "z"), "a\nb\nc\nz\n", True),
        (("a", "...", "z"), "a\nb\n", False),
        (("a.c",), "abc\n", False),
        (("a", "", "b", ""), "a\n\nb\n", True),
    ],
)
def test_output_is_compared_with_what_the_page_says(expected: tuple[str, ...], printed: str, same: bool) -> None:
    assert matches(expected, printed) is same


@given(st.lists(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]))))
def test_any_output_matches_itself(lines: list[str]) -> None:
    assert matches(tuple(lines), "".join(f"{line}\n" for line in lines))


def test_a_session_keeps_its_directory_and_tells_both_sides(tmp_path: Path) -> None:
    session, page = Session(tmp_path), Path("page.md")
    session.write("sub/file", "hello\n")
    session.run(page, Command("cd sub", (), 0, 1))
    session.run(page, Command("cat file; exit 3", ("hello",), 3, 2))
    with pytest.raises(AssertionError, match=r"page.md:9: \$ cat file"):
        session.run(page, Command("cat file", ("good bye",), 0, 9))
    with pytest.raises(AssertionError, match="exit code 1, not 0"):
        session.run(page, Command("false", (), 0, 10))


def test_a_session_uses_a_port_of_its_own_and_stops_what_was_begun(tmp_path: Path) -> None:
    port = free_port()
    session, page = Session(tmp_path, port=port), Path("page.md")
    session.write("port", "localhost:5000\n")
    session.run(page, Command("cat port", (f"localhost:{port}",), 0, 1))
    serve = "python3 -m http.server --bind 127.0.0.1 $(cut -d: -f2 port) >log 2>&1 &"
    session.run(page, Command(serve, (), 0, 2))
    assert listens(port)
    session.end()
    # Not by the port: another test may have been given it since.
    assert processes_in(tmp_path) == []
