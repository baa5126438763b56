"""Retries and timeouts of single steps."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from dataflow import Options, Retry, run, step
from dataflow.attempts import guarded, guarded_async
from dataflow.errors import StepTimeoutError


class Flaky:
    """Fails so many times."""

    def __init__(self, failures: int, error: BaseException) -> None:
        self.left, self.error, self.calls = failures, error, 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.calls += 1
        if self.left:
            self.left -= 1
            raise self.error
        return args, kwargs

    async def later(self, *args: Any, **kwargs: Any) -> Any:
        return self(*args, **kwargs)


def call(flaky: Flaky, kind: str, options: Options, *args: Any, **kwargs: Any) -> Any:
    """Through the guard of plain functions, or of coroutine functions."""
    if kind == "plain":
        return guarded(flaky, "flaky", options)(*args, **kwargs)
    return asyncio.run(guarded_async(flaky.later, "flaky", options)(*args, **kwargs))


KINDS = ["plain", "async"]


def retry(*args: Any, **kwargs: Any) -> Options:
    return Options(retries=Retry(*args, **kwargs))


def test_without_retries_and_timeout_a_function_is_left_as_it_is() -> None:
    assert guarded(len, "len", Options()) is len


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("failures", "times", "calls"), [(0, 3, 1), (1, 3, 2), (3, 3, 4)])
def test_an_error_is_tried_again_so_many_times(kind: str, failures: int, times: int, calls: int) -> None:
    flaky = Flaky(failures, ValueError("v"))
    assert call(flaky, kind, retry(times), 1, key=2) == ((1,), {"key": 2})
    assert flaky.calls == calls


@pytest.mark.parametrize("kind", KINDS)
def test_the_last_error_is_raised_as_itself(kind: str) -> None:
    error = ValueError("v")
    flaky = Flaky(9, error)
    with pytest.raises(ValueError, match="v") as caught:
        call(flaky, kind, retry(2))
    assert caught.value is error
    assert flaky.calls == 3


@pytest.mark.parametrize("kind", KINDS)
def test_other_errors_are_not_tried_again(kind: str) -> None:
    flaky = Flaky(1, KeyError("k"))
    with pytest.raises(KeyError):
        call(flaky, kind, retry(3, on=(ValueError, OSError)))
    assert flaky.calls == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_subclass_of_what_is_tried_again_is_tried_again(kind: str) -> None:
    flaky = Flaky(1, ConnectionResetError())
    assert call(flaky, kind, retry(1, on=OSError)) == ((), {})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(1), asyncio.CancelledError()])
def test_ctrl_c_exit_and_cancellation_are_never_tried_again(kind: str, error: BaseException) -> None:
    flaky = Flaky(1, error)
    with pytest.raises(type(error)):
        call(flaky, kind, retry(5))
    assert flaky.calls == 1


def test_the_delay_grows_by_the_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    with pytest.raises(ValueError):
        call(Flaky(9, ValueError()), "plain", retry(3, delay=0.5, backoff=3))
    assert pauses == [0.5, 1.5, 4.5]


def test_without_a_delay_nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    call(Flaky(2, ValueError()), "plain", retry(2))
    assert sum(pauses) == 0


def test_a_delay_that_overflows_is_still_a_number() -> None:
    """Zero times any backoff is zero, however often."""
    flaky = Flaky(1_100, ValueError())
    call(flaky, "plain", retry(1_100, delay=0, backoff=10))
    assert flaky.calls == 1_101


def test_the_number_of_attempts_is_not_shared_between_calls() -> None:
    flaky = Flaky(2, ValueError())
    again = guarded(flaky, "flaky", retry(1))
    with pytest.raises(ValueError):
        again()
    assert again() == ((), {})
    assert flaky.calls == 3


# Timeouts


def blocked(release: threading.Event) -> Callable[[], str]:
    def wait() -> str:
        release.wait(30)
        return "late"

    return wait


def test_a_slow_attempt_is_a_timeout_error_that_names_the_step_and_the_limit() -> None:
    release = threading.Event()
    with pytest.raises(StepTimeoutError, match=r"step 'slow' took longer than its timeout of 0\.01 s") as caught:
        guarded(blocked(release), "slow", Options(timeout=0.01))()
    release.set()
    assert isinstance(caught.value, TimeoutError)


def test_a_slow_async_attempt_is_cancelled() -> None:
    ended: list[str] = []

    async def slow() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    with pytest.raises(StepTimeoutError, match="step 'slow'"):
        asyncio.run(guarded_async(slow, "slow", Options(timeout=0.01))())
    assert ended == ["cancelled"]


@pytest.mark.parametrize("kind", KINDS)
def test_in_time_it_is_the_value_or_the_error_itself(kind: str) -> None:
    assert call(Flaky(0, ValueError()), kind, Options(timeout=30), 1) == ((1,), {})
    for error in (ValueError("v"), SystemExit(3), TimeoutError("its own")):
        with pytest.raises(type(error)) as caught:
            call(Flaky(1, error), kind, Options(timeout=30))
        assert caught.value is error


def test_a_timeout_counts_for_each_attempt_and_is_tried_again() -> None:
    release, calls = threading.Event(), []

    def slow_at_first() -> str:
        calls.append(1)
        if len(calls) == 1:
            release.wait(30)
        return "value"

    assert guarded(slow_at_first, "slow", Options(timeout=0.1, retries=Retry(9)))() == "value"
    release.set()
    assert len(calls) >= 2, "the first, and as many as a busy machine needs"


def test_a_timeout_is_tried_again_only_if_it_matches() -> None:
    release = threading.Event()
    with pytest.raises(StepTimeoutError):
        guarded(blocked(release), "slow", Options(timeout=0.01, retries=Retry(5, on=ValueError)))()
    release.set()


def test_a_late_result_cannot_replace_the_outcome() -> None:
    release, values = threading.Event(), itertools.chain(["first"], itertools.repeat("later"))

    def slow_at_first() -> str:
        value = next(values)
        if value == "first":
            release.wait(30)
        return value

    result = guarded(slow_at_first, "slow", Options(timeout=0.1, retries=Retry(9)))()
    release.set()
    assert result == "later"


# Through a run


def test_a_step_is_tried_again_in_a_run_and_has_one_result() -> None:
    flaky = Flaky(2, ValueError())
    loose: Any = step(retries=2)(flaky)
    assert run(loose(1)) == ((1,), {})
    assert flaky.calls == 3


def test_an_error_of_the_last_attempt_is_noted_once() -> None:
    error = ValueError("v")
    loose: Any = step(retries=3, name="flaky")(Flaky(9, error))
    with pytest.raises(ValueError) as caught:
        run(loose(1))
    assert caught.value is error
    assert len(error.__notes__) == 1


def test_a_class_step_is_tried_again_on_the_same_instance() -> None:
    class Model:
        made = calls = 0

        def __init__(self) -> None:
            type(self).made += 1

        def __call__(self, x: int) -> int:
            type(self).calls += 1
            if self.calls < 3:
                raise ValueError
            return x

    model: Any = step(retries=2)(Model)
    assert run(model()(7)) == 7
    assert (Model.made, Model.calls) == (1, 3)
