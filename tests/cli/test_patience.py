"""What a person is told while nothing happens: pure, with the time as an argument."""

import threading

from vivido.cli.output.patience import Patience, Silence


def test_a_wait_nobody_was_told_of_is_told_after_a_second() -> None:
    wait = Silence("pushing", since=100)
    assert wait.line(100.9) == ""
    assert wait.line(101) == "pushing (1 s so far)"
    assert wait.line(105) == ""


def test_it_is_told_more_and_more_seldom() -> None:
    wait, told = Silence("stopping pods, at most 300 s", since=0, told=True), list[float]()
    for second in range(400):
        if wait.line(second):
            told.append(second)
    assert told == [5, 10, 20, 40, 80, 140, 200, 260, 320, 380]


def test_what_lasts_is_told_by_itself_and_what_is_over_is_not() -> None:
    told, heard = list[str](), threading.Event()

    def hear(line: str) -> None:
        told.append(line)
        heard.set()

    patience = Patience(hear)
    patience.begin("over at once")
    patience.end()
    patience.begin("what lasts")
    assert heard.wait(30)
    patience.end()
    assert [line.partition(" (")[0] for line in told] == ["what lasts"]
