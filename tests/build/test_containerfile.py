from hypothesis import given
from hypothesis import strategies as st

from vivido.build.containerfile import Instruction, parse, split_words


def read(text: str) -> list[tuple[str, str, int]]:
    return [(i.keyword, i.value, i.line) for i in parse(text)]


def test_keywords_in_any_case_comments_and_empty_lines():
    text = "# a comment\n\nfrom scratch\n  # indented comment\n\tCopy a b\n"
    assert read(text) == [("FROM", "scratch", 3), ("COPY", "a b", 5)]


def test_continued_lines_are_joined_and_keep_the_line_they_begin_on():
    text = "FROM scratch\nRUN a && \\\n  b && \\   \n# said between\n\n  c\nCOPY x y\n"
    assert read(text) == [("FROM", "scratch", 1), ("RUN", "a &&   b &&   c", 2), ("COPY", "x y", 7)]


def test_two_escapes_at_the_end_do_not_continue():
    assert read("RUN a \\\\\nRUN b\n") == [("RUN", "a \\\\", 1), ("RUN", "b", 2)]


def test_the_escape_directive_changes_the_continuation():
    text = "# escape=`\nFROM scratch\nRUN dir C:\\\nRUN a `\n  b\n"
    assert read(text) == [("FROM", "scratch", 2), ("RUN", "dir C:\\", 3), ("RUN", "a   b", 4)]


def test_directives_count_only_at_the_top_once_and_where_known():
    assert read("# syntax=docker/dockerfile:1\n# ESCAPE = `\nRUN a `\nb")[0] == ("RUN", "a b", 3)
    assert read("# a comment\n# escape=`\nRUN a `\nRUN b") == [("RUN", "a `", 3), ("RUN", "b", 4)]
    assert read("# escape=`\n# escape=\\\nRUN a `\nb")[0] == ("RUN", "a b", 3)
    assert read("# escape=x\nRUN a \\\nb")[0] == ("RUN", "a b", 2)


def test_a_file_of_directives_alone_holds_no_instruction():
    assert parse("# syntax=a\n# escape=`") == ()
    assert parse("") == ()


def test_a_byte_order_mark_and_windows_line_ends_are_no_content():
    assert read("\ufeffFROM scratch\r\nRUN a \\\r\n b\r\n") == [("FROM", "scratch", 1), ("RUN", "a  b", 2)]


def test_flags_are_taken_off_and_can_be_asked_for():
    (copy,) = parse("COPY --from=build --link --chown=1:1 a b")
    assert copy.flags == (("from", "build"), ("link", ""), ("chown", "1:1"))
    assert copy.value == "a b"
    assert copy.flag("from") == "build"
    assert copy.flag("chmod") == ""
    assert parse("CMD --help")[0].value == "--help"


def test_heredocs_end_at_their_word_and_hide_what_looks_like_instructions():
    text = 'RUN <<EOF cat > /x\nFROM evil\n# kept\nEOF\nCOPY <<-"A" <<B /d/\n\tone\n\tA\ntwo\nB\nUSER 1\n'
    run, copy, user = parse(text)
    assert run.heredocs == ("FROM evil\n# kept",)
    assert copy.heredocs == ("one", "two")
    assert (copy.line, user.keyword, user.line) == (5, "USER", 10)


def test_a_heredoc_without_end_reaches_to_the_end_of_the_file():
    (run,) = parse("RUN <<EOF\na\nb")
    assert run.heredocs == ("a\nb",)


def test_what_only_looks_like_a_heredoc_is_none():
    text = 'RUN ["a", "<<EOF"]\nRUN echo $((1<<2))\nRUN cat <<<word\nENV a="<<EOF"\nUSER 1'
    assert [i.keyword for i in parse(text)] == ["RUN", "RUN", "RUN", "ENV", "USER"]


def test_onbuild_is_read_as_what_it_will_do():
    assert read("ONBUILD copy a b\nONBUILD FROM x\nONBUILD") == [
        ("COPY", "a b", 1),
        ("ONBUILD", "FROM x", 2),
        ("ONBUILD", "", 3),
    ]


def test_pairs_of_arg_env_and_label():
    arg, env, old, label, run = parse(
        'ARG A B=1 C="x y"\nENV A=1 B="two words"\nENV KEY some text\nLABEL a.b=c\nRUN a=b'
    )
    assert arg.pairs == (("A", None), ("B", "1"), ("C", '"x y"'))
    assert env.pairs == (("A", "1"), ("B", '"two words"'))
    assert old.pairs == (("KEY", "some text"),)
    assert label.pairs == (("a.b", "c"),)
    assert run.pairs == ()
    assert parse("ENV")[0].pairs == ()


def test_words_keep_quotes_and_escapes_together():
    assert list(split_words(r"""a "b c" 'd "e' f\ g "h\" i" 'j\' k""")) == [
        "a", '"b c"', "'d \"e'", r"f\ g", r'"h\" i"', r"'j\'", "k",
    ]  # fmt: skip
    assert list(split_words('open "quote to the end')) == ["open", '"quote to the end']


def test_a_comment_above_an_instruction_lets_it_pass_with_a_reason():
    text = (
        "# vivido: allow env-stage: every environment runs it\n# VIVIDO: ALLOW env-base: ours\nFROM a AS production\n"
        "# vivido: allow env-run:\nRUN x\n"
        "# vivido: allow env-file: gone by the empty line\n\nCOPY a b\n"
    )
    first, run, copy = parse(text)
    assert first.allowed == ("env-stage", "env-base")
    assert run.allowed == ()
    assert copy.allowed == ()


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "FROM a AS b",
                "RUN <<EOF",
                "EOF",
                "RUN a \\",
                "# escape=`",
                "ENV a=$b",
                "COPY --from=x",
                "#",
                "\\",
                '"',
                "",
            ]
        ),
        st.text(max_size=12),
    ),
    max_size=12,
)


@given(LINES)
def test_any_text_is_read_and_lines_only_go_up(lines: list[str]):
    text = "\n".join(lines)
    found = parse(text)
    numbers = [i.line for i in found]
    assert numbers == sorted(set(numbers))
    assert all(1 <= n <= len(text.splitlines()) for n in numbers)
    assert all(i.keyword == i.keyword.upper() and i.words is not None and i.pairs is not None for i in found)


@given(st.lists(st.sampled_from(["FROM scratch", "RUN make all", "COPY a b", 'ENV A="1 2"', "USER 1"]), max_size=8))
def test_comments_case_and_continuations_do_not_change_what_is_read(lines: list[str]):
    def meaning(text: str) -> list[tuple[str, list[str]]]:
        return [(i.keyword, list(i.words)) for i in parse(text)]

    plain = meaning("\n".join(lines))
    spread = [f"# why\n\n  {a.lower()} \\\n# between\n {b}" for a, _, b in (line.partition(" ") for line in lines)]
    assert meaning("\n".join(spread)) == plain


def test_an_instruction_has_the_files_escape_character():
    assert parse("# escape=`\nRUN a")[0] == Instruction("RUN", "a", 2, escape="`")
