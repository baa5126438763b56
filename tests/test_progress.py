"""The progress observer: what it counts, and what it shows where."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from dataflow import Futures, In, Inline, Node, Threads, fan_out, flow, run, step
from dataflow import progress as module
from dataflow.errors import MissingExtraError
from dataflow.events import StepFailed, StepFinished, StepStarted
from dataflow.executors.base import Executor
from dataflow.progress import Progress


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def ends(thread: threading.Thread) -> bool:
    """Whether a thread ends, now or soon."""
    thread.join(30)
    return not thread.is_alive()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return Terminal()


@step
def halve(x: int) -> int:
    if x % 2:
        raise ValueError(x)
    return x // 2


@step
def triple(x: int) -> int:
    return 3 * x


@flow
def chained(xs: In[list[int]]) -> Node[list[int]]:
    return fan_out(lambda x: triple(halve(x)), xs)


def test_counts_ended_calls_of_each_step() -> None:
    progress = Progress()
    assert run(chained([2, 4, 6]), observe=[progress]) == [3, 6, 9]
    assert progress.counts == {"halve": 3, "triple": 3}
    assert progress.failures == {}


@pytest.mark.parametrize("where", ["inline", "threads", "futures"])
def test_counts_are_the_same_on_every_executor(where: str) -> None:
    progress = Progress()
    with ThreadPoolExecutor(2) as pool:
        executors: dict[str, Executor] = {"inline": Inline(), "threads": Threads(2), "futures": Futures(pool)}
        run(chained(list(range(0, 100, 2))), executor=executors[where], observe=[progress])
    assert progress.counts == {"halve": 50, "triple": 50}


def test_counts_failures_as_ended() -> None:
    progress = Progress()
    with pytest.raises(ValueError, match="3"):
        run(chained([2, 3, 4]), observe=[progress])
    assert progress.counts == {"halve": 2, "triple": 1}
    assert progress.failures == {"halve": 1}


def test_a_started_call_has_not_ended() -> None:
    progress = Progress()
    progress(StepStarted("a"))
    assert progress.counts == {}


def test_only_the_named_steps_count_and_they_start_at_zero() -> None:
    progress = Progress("triple", "never")
    run(chained([2, 4]), observe=[progress])
    assert progress.counts == {"triple": 2, "never": 0}


def test_counts_go_on_over_runs() -> None:
    progress = Progress("halve")
    with chained.deploy(observe=[progress]) as pipeline:
        pipeline.call([2])
        pipeline.call([2, 4])
    assert progress.counts == {"halve": 3}


def test_counts_are_copies() -> None:
    progress = Progress("halve")
    progress.counts["halve"] = 7
    assert progress.counts == {"halve": 0}


def test_no_event_is_lost_between_threads() -> None:
    progress = Progress(stream=io.StringIO(), every=0.0)
    begin = threading.Barrier(4)

    def work() -> None:
        begin.wait()
        for _ in range(500):
            progress(StepFinished("a", 0.0))
            progress(StepFailed("b", 0.0, ValueError()))

    with progress:
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert progress.counts == {"a": 2000, "b": 2000}
    assert progress.failures == {"b": 2000}


def test_a_stream_that_is_no_terminal_gets_one_line_at_the_end() -> None:
    log = io.StringIO()
    with Progress("halve", "triple", total=3, stream=log, every=3600.0) as progress:
        run(chained([2, 4, 6]), observe=[progress])
        assert log.getvalue() == ""
    assert log.getvalue() == "halve 3/3, triple 3/3\n"


def test_a_stream_that_is_no_terminal_gets_a_line_now_and_then() -> None:
    log = io.StringIO()
    with Progress("halve", stream=log, every=0.0) as progress:
        run(chained([2, 4]), observe=[progress])
    assert log.getvalue().splitlines() == ["halve 1", "halve 2", "halve 2"]


def test_lines_say_what_failed() -> None:
    log = io.StringIO()
    with Progress(stream=log, every=3600.0) as progress:
        progress(StepFailed("halve", 0.0, ValueError()))
        progress(StepFinished("halve", 0.0))
    assert log.getvalue() == "halve 2 (1 failed)\n"


def test_nothing_done_writes_nothing() -> None:
    log = io.StringIO()
    with Progress(stream=log):
        pass
    assert log.getvalue() == ""


def test_standard_error_is_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress("halve") as progress:
        run(chained([2]), observe=[progress])
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "halve 1\n")


def test_it_may_be_entered_again() -> None:
    log = io.StringIO()
    progress = Progress("halve", stream=log, every=3600.0)
    for _ in range(2):
        with progress:
            run(chained([2]), observe=[progress])
    assert log.getvalue() == "halve 1\nhalve 2\n"


def test_a_terminal_gets_bars(terminal: Terminal) -> None:
    pytest.importorskip("rich")
    with Progress("halve", total=2, stream=terminal) as progress:
        run(chained([2, 4]), observe=[progress])
        progress(StepFailed("halve", 0.0, ValueError()))
    assert "halve (1 failed)" in terminal.getvalue()
    assert "3/2" in terminal.getvalue()


def test_bars_show_names_as_they_are(terminal: Terminal) -> None:
    pytest.importorskip("rich")
    with Progress(stream=terminal) as progress:
        progress(StepFinished("pick[red]", 0.0))
    assert "pick[red]" in terminal.getvalue()


def test_the_bars_leave_no_thread(terminal: Terminal) -> None:
    pytest.importorskip("rich")
    before = set(threading.enumerate())
    with Progress(stream=terminal) as progress:
        run(chained([2]), observe=[progress])
        begun = set(threading.enumerate()) - before
    assert len(begun) == 1
    assert all(ends(thread) for thread in begun)


def test_the_bars_end_when_the_run_fails(terminal: Terminal) -> None:
    pytest.importorskip("rich")
    before = set(threading.enumerate())
    with pytest.raises(ValueError, match="1"), Progress(stream=terminal) as progress:
        run(chained([1]), observe=[progress])
    assert all(ends(thread) for thread in set(threading.enumerate()) - before)
    assert "halve (1 failed)" in terminal.getvalue()


def test_a_terminal_without_rich_gets_lines(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str, *, extra: str) -> None:
        raise MissingExtraError(f"this needs {name} of {extra}")

    monkeypatch.setattr(module, "load", missing)
    with Progress("halve", stream=terminal) as progress:
        run(chained([2]), observe=[progress])
    assert terminal.getvalue() == "halve 1\n"


def test_importing_dataflow_imports_neither_it_nor_rich() -> None:
    code = "import sys, dataflow; print([name for name in ('rich', 'dataflow.progress') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
