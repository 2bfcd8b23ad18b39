"""JUnit XML as foreign programs write it, and as attackers would."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vivido.gates.junit import MAX_FILES, Report, read, stamps, summarise


def summed(root: Path, *texts: str | bytes) -> Report:
    files: list[Path] = []
    for number, text in enumerate(texts):
        files.append(root / f"{number}.xml")
        files[-1].write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(files)


def test_several_files_and_nested_suites_are_summed(tmp_path: Path) -> None:
    report = summed(
        tmp_path,
        '<testsuites><testsuite><testsuite><testcase name="a"/></testsuite></testsuite></testsuites>',
        '<x:testsuite xmlns:x="u"><x:testcase name="b"><x:error/></x:testcase><x:properties/></x:testsuite>',
    )
    assert (report.tests, report.errors, report.failures, report.failed, report.fault) == (2, 1, 0, ("b",), "")


def test_a_case_that_failed_and_broke_counts_once(tmp_path: Path) -> None:
    report = summed(tmp_path, "<testsuite><testcase><error/><failure/><skipped/></testcase></testsuite>")
    assert (report.tests, report.failures, report.errors, report.failed) == (1, 1, 0, ("a test without a name",))


def test_an_error_of_the_whole_suite_is_an_error(tmp_path: Path) -> None:
    report = summed(tmp_path, '<testsuite name="setup"><error/><testcase name="a"/></testsuite>')
    assert (report.errors, report.failed) == (1, ("setup",))


def test_what_the_suite_declares_is_believed_where_it_is_worse(tmp_path: Path) -> None:
    report = summed(tmp_path, '<testsuite failures="2" errors="x"><testcase name="a"/></testsuite>')
    assert (report.failures, report.errors) == (2, 0)


def test_names_are_cleaned_and_capped(tmp_path: Path) -> None:
    case = '<testcase name="&#10;https://u:canary@h/ {}"><failure/></testcase>'
    report = summed(tmp_path, "<testsuite>" + "".join(case.format("x" * 500) for _ in range(50)) + "</testsuite>")
    assert report.failures == 50
    assert len(report.failed) == 20
    assert "canary" not in report.failed[0]
    assert "\n" not in report.failed[0]
    assert len(report.failed[0]) == 200


LAUGHS = '<!DOCTYPE t [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><testsuite><testcase name="&b;"/></testsuite>'
OUTSIDE = (
    '<!DOCTYPE t [<!ENTITY a SYSTEM "file:///etc/passwd">]><testsuite><testcase name="x">&a;</testcase></testsuite>'
)
REMOTE = '<!DOCTYPE testsuite SYSTEM "http://127.0.0.1:1/x.dtd"><testsuite><testcase name="x"/></testsuite>'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LAUGHS, "document type"),
        (OUTSIDE, "document type"),
        (REMOTE, "document type"),
        ("<testsuite>" + "<a>" * 100, "nested deeper"),
        ("<html><testsuite/></html>", "no JUnit report"),
        ("", "no element found"),
        ('<?xml version="1.0" encoding="nonsense"?><testsuite/>', "unknown encoding"),
        (b"\xff\xfe\x00", "cannot be read"),
        ("<testsuite/>trailing", "junk"),
    ],
)
def test_what_is_no_honest_report_is_refused(tmp_path: Path, text: str | bytes, said: str) -> None:
    report = summed(tmp_path, text)
    assert said in report.fault


def test_a_file_without_end_is_refused(tmp_path: Path) -> None:
    endless = tmp_path / "endless.xml"
    with endless.open("wb") as out:
        out.write(b"<testsuite>")
        for _ in range(65):
            out.write(b"<a>" + b" " * 1024 * 1024 + b"</a>")
    assert "longer than 64 MiB" in read([endless]).fault
    with endless.open("wb") as out:
        out.write(b"<testsuite><!--")
        out.seek(60 * 1024 * 1024)
        out.write(b"--></testsuite>")
    assert "cannot be read" in read([endless]).fault
    endless.write_bytes(b"<testsuite><!--" + b" " * 9 * 1024 * 1024)
    assert "a part of it is longer than 4 MiB" in read([endless]).fault


def test_a_long_output_in_a_report_is_read(tmp_path: Path) -> None:
    text = f"<testsuite><testcase name='a'><system-out>{'line &lt;' * 999_999}</system-out></testcase></testsuite>"
    assert summed(tmp_path, text).tests == 1


def test_a_file_that_vanishes_is_a_fault(tmp_path: Path) -> None:
    assert "No such file" in read([tmp_path / "gone.xml"]).fault


def test_only_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "dir.xml").mkdir()
    (tmp_path / "dangling.xml").symlink_to("nowhere")
    assert stamps(tmp_path, "*.xml") == {}


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    for number in range(MAX_FILES + 5):
        (tmp_path / f"{number}.xml").touch()
    assert "more than" in summarise(tmp_path, "*.xml", {}).fault


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.lists(
            st.sampled_from(
                [
                    "<testsuite>",
                    "</testsuite>",
                    "<testcase>",
                    "</testcase>",
                    "<failure/>",
                    "<error/>",
                    "<skipped/>",
                    "x",
                    "&a;",
                    "<!--",
                ]
            ),
            max_size=20,
        ).map(lambda parts: "".join(parts).encode()),
    )
)
def test_no_bytes_break_the_reader_or_pass_without_a_test(tmp_path: Path, data: bytes) -> None:
    report = summed(tmp_path, data)
    if not report.fault and not report.failures + report.errors:
        assert report.tests > report.skipped
        assert b"<testcase>" in data
        assert b"<failure/>" not in data or b"<!--" in data
