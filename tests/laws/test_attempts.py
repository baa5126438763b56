"""Law 8: a step is tried again as its retries say, a timeout counts for each attempt, and a node has one result."""

from __future__ import annotations

import itertools
import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataflow import Retry, const, fan_out, gather, recover, run, step
from dataflow.errors import StepTimeoutError
from dataflow.executors.base import Executor
from dataflow.testing.outcome import outcome
from dataflow.testing.steps import ERRORS
from tests.laws.executors import each_executor, examples
from tests.patience import DEADLINE, eventually

kinds = st.sampled_from(["ValueError", "KeyError", "LookupError", "TwoReasonsError", "StopIteration"])


class Flaky:
    """A function that fails so many times, and counts its calls."""

    def __init__(self, failures: int, kind: str) -> None:
        self.failures, self.kind, self.calls = failures, kind, 0

    def __call__(self, x: Any) -> Any:
        self.calls += 1
        if self.calls <= self.failures:
            raise ERRORS[self.kind]("attempt", self.calls)
        return x


@each_executor
@examples(40)
@given(failures=st.integers(0, 4), times=st.integers(0, 3), kind=kinds, on=kinds)
def test_an_error_of_on_is_tried_again(executor: Executor, failures: int, times: int, kind: str, on: Any) -> None:
    """[[f]] with Retry(n, on) = the first of n + 1 attempts that does not raise one of `on`, or the last error."""
    fn, wanted = Flaky(failures, kind), Flaky(failures, kind)
    node = step(name="flaky", retries=Retry(times=times, on=ERRORS[on]))(fn)(7)
    tries = times + 1 if issubclass(ERRORS[kind], ERRORS[on]) else 1
    attempts = [outcome(lambda: wanted(7)) for _ in range(min(tries, failures + 1))]
    assert outcome(lambda: run(node, executor=executor)) == attempts[-1]
    assert fn.calls == len(attempts)


@each_executor
def test_elements_are_tried_again_each_for_itself(executor: Executor) -> None:
    """fan_out(f, xs): each element has its own attempts."""
    seen: list[int] = []

    @step(retries=2)
    def third(x: int) -> int:
        seen.append(x)
        if seen.count(x) < 3:
            raise KeyError(x)
        return x

    assert run(fan_out(third, range(4)), executor=executor) == [0, 1, 2, 3]
    assert sorted(seen) == sorted([0, 1, 2, 3] * 3)


@each_executor
@pytest.mark.parametrize("times", [0, 2])
def test_a_timeout_counts_for_each_attempt(executor: Executor, times: int) -> None:
    """An attempt that takes too long is a StepTimeoutError, an error like others: tried again, and recovered."""
    over = threading.Event()
    calls: list[None] = []

    def hang() -> int:
        calls.append(None)
        over.wait(DEADLINE)
        return 1

    node = step(name="hang", timeout=0.02, retries=times)(hang)()
    try:
        with pytest.raises(StepTimeoutError, match="hang"):
            run(node, executor=executor)
        assert run(recover(node, lambda error: const("late"), on=StepTimeoutError), executor=executor) == "late"
        assert eventually(lambda: len(calls) == 2 * (times + 1))
    finally:
        over.set()


@each_executor
def test_a_late_attempt_does_not_replace_the_result(executor: Executor) -> None:
    """A node has one result: whoever reads it before and after an attempt that was given up ends reads the same."""
    number, go_on, ended = itertools.count(1), threading.Event(), threading.Event()

    @step(timeout=0.3, retries=9)  # the others are quick, but the machine may be slow
    def slow() -> str:
        if next(number) > 1:
            return "in time"
        go_on.wait(DEADLINE)
        ended.set()
        return "late"

    @step
    def look(word: str, *before: str) -> str:
        go_on.set()
        assert ended.wait(DEADLINE)
        return word

    node = slow()
    first = look(node)
    assert run(gather(first, look(node, first), node), executor=executor) == ("in time",) * 3
