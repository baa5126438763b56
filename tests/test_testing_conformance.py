"""The conformance suite: what keeps the laws passes, and what breaks one fails there and nowhere else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

import attrs
import pytest

from dataflow import Futures, Inline, Threads
from dataflow.executors.base import Executor
from dataflow.pipeline import Deployment
from dataflow.plan import Plan
from dataflow.testing import ConformanceError, Interleaved, Report, check_executor
from dataflow.testing.conformance import LAWS, OVERLAPPING
from dataflow.testing.laws.bench import Bench
from dataflow.testing.laws.closing import close_frees_the_instances
from tests.broken import BROKEN, Around, Deploying
from tests.patience import DEADLINE

EVERY = (*LAWS, *OVERLAPPING)


@contextmanager
def process_pool() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, get_context("forkserver")) as pool:
        yield Futures(pool)


@contextmanager
def thread_pool() -> Iterator[Executor]:
    with ThreadPoolExecutor(4) as pool:
        yield Futures(pool)


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


@pytest.mark.timeout(180)
def test_a_process_pool_keeps_every_law() -> None:
    assert check_executor(process_pool, at_once=2, examples=30).failed == ()


def test_for_every_law_there_is_an_executor_that_breaks_it() -> None:
    assert set(BROKEN) == {law.__name__ for law in EVERY}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("law", BROKEN)
def test_what_breaks_a_law_fails_exactly_there(law: str) -> None:
    overlapping = law in {each.__name__ for each in OVERLAPPING}
    at_once, examples = 4 if overlapping else 1, 60 if "reference" in law else 20
    with pytest.raises(ConformanceError) as caught:
        check_executor(BROKEN[law], at_once=at_once, examples=examples, patience=2.0)
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
        check_executor(BROKEN["values_are_those_of_the_reference"])
    printed = "\n".join(caught.value.exceptions[0].__notes__)
    assert "def program(" in printed
    assert "program.run(" in printed
    assert len(printed.splitlines()) < 20
