"""The pause of the garbage collector: only while it is open, and only if it was on."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator

import pytest

from dataflow import INPUT, Inline, Threads, deploy, run, step
from dataflow.collection import uncollected
from tests.patience import DEADLINE


@pytest.fixture(params=[True, False], ids=["on", "off"])
def enabled(request: pytest.FixtureRequest) -> Iterator[bool]:
    before = gc.isenabled()
    (gc.enable if request.param else gc.disable)()
    yield request.param
    (gc.enable if before else gc.disable)()


def test_there_is_no_collection_inside_and_what_was_before_is_after(enabled: bool) -> None:
    with uncollected:
        assert not gc.isenabled()
        with uncollected:
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled() is enabled


def test_an_error_ends_it(enabled: bool) -> None:
    with pytest.raises(ZeroDivisionError), uncollected:
        raise ZeroDivisionError
    assert gc.isenabled() is enabled


def test_the_last_of_several_threads_ends_it(enabled: bool) -> None:
    opened, close = threading.Event(), threading.Event()

    def other() -> None:
        with uncollected:
            opened.set()
            close.wait(DEADLINE)

    thread = threading.Thread(target=other)
    with uncollected:
        thread.start()
        assert opened.wait(DEADLINE)
    assert not gc.isenabled()
    close.set()
    thread.join(DEADLINE)
    assert gc.isenabled() is enabled


@pytest.mark.parametrize(("count", "generations"), [(10, []), (100_000, [0])])
def test_what_was_made_meanwhile_is_looked_at_once_and_alone(count: int, generations: list[int]) -> None:
    seen: list[int] = []
    gc.collect()

    def watch(phase: str, info: dict[str, int]) -> None:
        seen.extend([info["generation"]] if phase == "start" else [])

    gc.callbacks.append(watch)
    try:
        with uncollected:
            made: list[list[int]] = [[] for _ in range(count)]
    finally:
        gc.callbacks.remove(watch)
    assert seen == generations
    assert len(made) == count


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks on this system")
def test_the_child_of_a_fork_does_not_wait_for_threads_that_it_has_not() -> None:
    with uncollected:
        child = os.fork()
        if child == 0:  # the threads that had it open are not here
            os._exit(0 if gc.isenabled() else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.parametrize("executor", [Inline(), Threads(2)])
def test_steps_and_constructors_run_with_the_collector_on(executor: Inline | Threads) -> None:
    seen: list[bool] = []
    watching = step(lambda x: seen.append(gc.isenabled()))
    run(watching(1), executor=executor)
    with deploy(watching(INPUT), executor) as pipeline:
        pipeline.call(1)
    assert seen == [True, True]
