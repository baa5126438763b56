"""The conformance suite: what keeps the laws passes, and what breaks one fails there and nowhere else."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import attrs
import pytest

from dataflow import Futures, Inline, Threads
from dataflow.executors.base import Executor
from dataflow.future import Future
from dataflow.pipeline import Deployment
from dataflow.plan import Plan
from dataflow.testing import ConformanceError, Interleaved, Report, check_executor, reference
from dataflow.testing.conformance import LAWS, OVERLAPPING
from dataflow.testing.laws import cancellation
from dataflow.testing.laws.bench import Bench
from dataflow.testing.laws.closing import close_frees_the_instances
from dataflow.testing.laws.values import values_are_those_of_the_reference
from dataflow.testing.witness import Witness
from tests.broken import BROKEN, Around, Deploying
from tests.patience import DEADLINE, eventually

EVERY = (*LAWS, *OVERLAPPING)
BY_NAME = {law.__name__: law for law in EVERY}
SHORT = 1.0
"""Seconds after which what a broken executor does not do is given up; for all else there is time enough."""


@contextmanager
def process_pool() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, get_context("forkserver")) as pool:
        yield Futures(pool)


@contextmanager
def thread_pool() -> Iterator[Executor]:
    with ThreadPoolExecutor(4) as pool:
        yield Futures(pool)


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("factory", "at_once"),
    [
        (Inline, 1),
        (lambda: Interleaved(7), 1),
        (lambda: Interleaved((3, 1, 4, 1, 5)), 1),
        (lambda: Threads(1), 1),
        (lambda: Threads(4), 4),
        (thread_pool, 4),
    ],
    ids=["inline", "interleaved", "choices", "one-thread", "threads", "thread-pool"],
)
def test_our_executors_keep_every_law(factory: Callable[[], Any], at_once: int) -> None:
    report = check_executor(factory, at_once=at_once)
    assert report.failed == ()
    assert list(report.outcomes) == [law.__name__ for law in (EVERY if at_once > 1 else LAWS)]


@pytest.mark.timeout(240)
def test_a_process_pool_keeps_every_law() -> None:
    assert check_executor(process_pool, at_once=2, examples=30).failed == ()


def test_for_every_law_there_is_an_executor_that_breaks_it() -> None:
    assert set(BROKEN) == {law.__name__ for law in EVERY}


@pytest.mark.timeout(240)
@pytest.mark.parametrize("law", BROKEN)
def test_what_breaks_a_law_fails_exactly_there(law: str) -> None:
    broken = BY_NAME[law]
    others = [each for each in (EVERY if broken in OVERLAPPING else LAWS) if each is not broken]
    at_once, examples = 4 if broken in OVERLAPPING else 1, 60 if "reference" in law else 20
    assert check_executor(BROKEN[law], at_once=at_once, examples=examples, laws=others).failed == ()
    with pytest.raises(ConformanceError) as caught:
        check_executor(BROKEN[law], at_once=at_once, examples=examples, laws=[broken], patience=SHORT)
    assert caught.value.report.failed == (law,)
    assert law in str(caught.value)
    (error,) = caught.value.exceptions
    assert any(note.startswith(f"law {law}: ") for note in error.__notes__)


@pytest.mark.parametrize("law", EVERY, ids=lambda law: law.__name__)
def test_every_law_is_stated(law: Any) -> None:
    assert len(law.__doc__) > 30
    assert law.__module__.startswith("dataflow.testing.laws.")


def test_a_law_that_hangs_is_a_failure_of_that_law() -> None:
    over = threading.Event()

    def hangs(bench: Bench) -> None:
        """Nothing ends."""
        over.wait(DEADLINE)

    with pytest.raises(ConformanceError) as caught:
        check_executor(Inline, laws=[hangs], longest=0.05)
    over.set()
    assert caught.value.report.failed == ("hangs",)
    assert "not done after" in str(caught.value.exceptions[0])


def test_an_executor_that_hangs_is_not_waited_for_when_it_is_left() -> None:
    over, left = threading.Event(), threading.Event()

    def hangs(bench: Bench) -> None:
        """Nothing ends."""
        over.wait(DEADLINE)

    @contextmanager
    def factory() -> Iterator[Executor]:
        yield Inline()
        over.wait(DEADLINE)
        left.set()

    with pytest.raises(ConformanceError, match="hangs"):
        check_executor(factory, laws=[hangs], longest=0.05)
    assert not left.is_set()
    over.set()
    assert left.wait(DEADLINE)


def test_what_an_executor_leaves_running_may_write_on() -> None:
    """Neither does it fail then, nor does the report; and nothing is left of the folder."""
    folders: list[Path] = []
    over, failures = threading.Event(), list[BaseException]()
    writers: list[threading.Thread] = []

    def leaves(bench: Bench) -> None:
        """Writes in a hundred files, on and on."""
        folders.append(bench.folder)
        begun = threading.Barrier(3)

        def write(name: int) -> None:
            for at in itertools.count():
                if at == 100:
                    begun.wait(DEADLINE)
                if over.is_set():
                    return
                try:
                    Witness(str(bench.folder / f"{name}-{at % 100}")).mark("x")
                except FileNotFoundError as error:
                    failures.append(error)
                    return

        writers.extend(threading.Thread(target=write, args=(name,)) for name in range(2))
        for writer in writers:
            writer.start()
        begun.wait(DEADLINE)

    try:
        assert check_executor(Inline, laws=[leaves]).failed == ()
        assert eventually(lambda: len(failures) == 2), "each writer is told that the folder is gone"
    finally:
        over.set()
        for writer in writers:
            writer.join(DEADLINE)
    assert [path for path in folders[0].parent.iterdir() if path.name.startswith(folders[0].name)] == []


def test_a_folder_that_somebody_has_removed_is_no_failure() -> None:
    def removes(bench: Bench) -> None:
        """Tidies up too much."""
        bench.folder.rmdir()

    assert check_executor(Inline, laws=[removes]).failed == ()


@attrs.frozen
class Killing:
    """Each deployment has a process of its own, which is killed when it is closed: nothing in it is told."""

    def deploy(self, plan: Plan) -> Deployment:
        pool = ProcessPoolExecutor(1, get_context("forkserver"))

        class Killed(Around):
            def close(self) -> None:
                super().close()
                for process in list((pool._processes or {}).values()):
                    process.kill()
                pool.shutdown()

        return Deploying(Futures(pool), Killed).deploy(plan)


def test_an_instance_is_freed_with_its_process() -> None:
    assert check_executor(Killing, laws=[close_frees_the_instances]).failed == ()


def test_a_run_that_could_not_be_cancelled_in_time_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate of the law opens by itself; an executor that is slow to submit gets one that opens later."""
    monkeypatch.setattr(cancellation, "SOON", 0.05)
    deployed: list[Plan] = []

    class Slow(Around):
        def __init__(self, inner: Deployment, plan: Plan) -> None:
            super().__init__(inner, plan)
            deployed.append(plan)

        def submit(self, inputs: Mapping[str, object]) -> Future[Any]:
            future = super().submit(inputs)
            time.sleep(0.1)
            return future

    laws = [cancellation.a_cancelled_run_starts_nothing_more]
    assert check_executor(lambda: Deploying(Interleaved(0), Slow), laws=laws).failed == ()
    assert len(deployed) >= 2
    deployed.clear()
    with pytest.raises(ConformanceError) as caught:
        check_executor(lambda: Deploying(Interleaved(0), Slow), laws=laws, patience=0.01)
    assert "no run could be cancelled" in str(caught.value.exceptions[0])


def test_the_report_can_be_read() -> None:
    report = Report("Mine()", {"one": None, "two": ValueError("no")})
    assert str(report) == "Mine()\npassed  one\nFAILED  two"
    assert report.failed == ("two",)


def test_an_error_that_is_no_exception_is_still_reported() -> None:
    def exits(bench: Bench) -> None:
        """Leaves."""
        raise SystemExit(1)

    with pytest.raises(ConformanceError, match="exits") as caught:
        check_executor(Inline, laws=[exits])
    assert "SystemExit" in str(caught.value.exceptions[0])
    again, rest = caught.value.split(AssertionError)
    assert rest is None
    assert isinstance(again, ConformanceError)
    assert again.report is caught.value.report


def test_a_failing_program_is_printed_so_that_it_can_be_pasted() -> None:
    with pytest.raises(ConformanceError) as caught:
        check_executor(BROKEN["values_are_those_of_the_reference"], laws=[values_are_those_of_the_reference])
    printed = "\n".join(caught.value.exceptions[0].__notes__)
    lines = printed.splitlines()
    first = lines.index("from dataflow import *")
    last = next(at for at, line in enumerate(lines) if line.startswith("program.run("))
    assert last - first < 12
    scope: dict[str, Any] = {}
    exec("\n".join([*lines[first:last], f"value = {lines[last]}"]), scope)
    program, arguments = scope["program"], lines[last].removeprefix("program.run")
    assert scope["value"] == reference(program.graph, eval(f"[{arguments[1:-1]}]"))
    with program.deploy(BROKEN["values_are_those_of_the_reference"]()) as pipeline:
        assert eval(f"pipeline.call{arguments}", {"pipeline": pipeline}) != scope["value"]
