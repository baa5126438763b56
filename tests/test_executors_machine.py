"""The machine: instructions one after the other, entries on its own stack, errors to whoever catches them."""

from __future__ import annotations

import operator
import sys
from typing import Any

import pytest

from dataflow.errors import StepResultError
from dataflow.executors.base import PENDING
from dataflow.executors.layout import MANY, ONE, TWO, nothing, taking
from dataflow.executors.machine import ENTER, GUARD, NOTHING, Again, Code, Failed, Instruction, Work, execute
from dataflow.ir.graph import Graph
from dataflow.ops import Const, Input


class Plain:
    """What the machine needs of a program."""

    def __init__(self, size: int) -> None:
        self.plain: set[type] = {int}
        self.graph = Graph((Input("x"), *(Const(at) for at in range(size))), 0)


def frame_of(*values: Any, size: int = 8) -> list[Any]:
    places = [*values, *[PENDING] * (size - len(values))]
    return [*places, Plain(size), None]


def one(at: int, fn: Any, a: int, drops: tuple[int, ...] = ()) -> Instruction:
    return (at, ONE, fn, a, 0, nothing, (), drops)


def enter(at: int, work: Any) -> Instruction:
    return (at, ENTER, work, 0, 0, nothing, (), ())


def test_calls_read_and_write_their_places_and_drop_what_nothing_reads() -> None:
    frame = frame_of(5)
    code: Code = [
        one(1, operator.neg, 0, (0,)),
        (2, TWO, operator.sub, 1, 1, nothing, (), ()),
        (3, MANY, max, 0, 0, taking((1, 2, 1)), (), (1,)),
    ]
    execute(code, frame)
    assert frame[:4] == [None, None, 0, 0]


def test_an_error_is_noted_once_and_stops_the_code() -> None:
    frame = frame_of(0)
    error = ValueError("x")

    def fail(_: object) -> None:
        raise error

    with pytest.raises(ValueError, match="x") as caught:
        execute([one(1, operator.neg, 0), one(2, fail, 0), one(3, operator.neg, 0)], frame)
    assert caught.value is error
    assert len(error.__notes__) == 1
    assert frame[3] is PENDING
    assert isinstance(frame[2], Failed)
    assert frame[2].error is error


def test_a_result_that_is_no_value_is_an_error_of_the_step() -> None:
    with pytest.raises(StepResultError):
        execute([one(1, lambda _: iter([1]), 0)], frame_of(0))


def test_a_guard_skips_what_is_there_already() -> None:
    frame, ran = frame_of(1, 2), list[int]()
    guard = (1, GUARD, None, 0, 0, nothing, (), ())
    execute([guard, one(1, ran.append, 0), one(2, operator.neg, 1)], frame)
    assert ran == []
    assert frame[1:3] == [2, -2]


def test_a_guard_raises_again_what_has_failed_without_a_further_note() -> None:
    error = ValueError("once")
    frame = frame_of(1, Failed(error))
    guard = (1, GUARD, None, 0, 0, nothing, (), ())
    with pytest.raises(ValueError, match="once") as caught:
        execute([guard, one(1, operator.neg, 0)], frame)
    assert caught.value is error
    assert not hasattr(error, "__notes__")


def test_an_entry_runs_code_on_another_frame_and_comes_back() -> None:
    inner = frame_of(3)

    def work(_: object) -> Work:
        yield [one(1, operator.neg, 0)], inner, (), NOTHING
        yield None, inner[1], (), NOTHING

    frame = frame_of(1)
    execute([enter(1, work), one(2, operator.neg, 1)], frame)
    assert frame[1:3] == [-3, 3]


def test_an_entry_is_sent_the_errors_that_it_asked_for() -> None:
    def fail(_: object) -> None:
        raise KeyError("inside")

    def work(_: object) -> Work:
        error = yield [one(1, fail, 0)], frame_of(3), (LookupError,), NOTHING
        yield None, [error], (), NOTHING

    frame = frame_of(1)
    execute([enter(1, work)], frame)
    assert isinstance(frame[1][0], KeyError)


def test_other_errors_pass_an_entry() -> None:
    def fail(_: object) -> None:
        raise ValueError("inside")

    def work(_: object) -> Work:
        yield [one(1, fail, 0)], frame_of(3), (LookupError,), NOTHING
        raise AssertionError("not reached")

    frame = frame_of(1)
    with pytest.raises(ValueError, match="inside"):
        execute([enter(1, work)], frame)
    assert isinstance(frame[1], Failed)


@pytest.mark.parametrize("error", [StopIteration(1), GeneratorExit(), KeyboardInterrupt(), SystemExit(2)], ids=repr)
def test_any_exception_passes_through_entries_as_itself(error: BaseException) -> None:
    def fail(_: object) -> None:
        raise error

    def work(_: object) -> Work:
        yield [one(1, fail, 0)], frame_of(3), (LookupError,), NOTHING

    with pytest.raises(type(error)) as caught:
        execute([enter(1, work)], frame_of(1))
    assert caught.value is error


def test_an_error_raised_again_by_an_entry_is_not_noted_again() -> None:
    error = ValueError("before")

    def work(_: object) -> Work:
        if frame[0] == 1:
            raise Again(error)
        yield None, 0, (), NOTHING

    frame = frame_of(1)
    with pytest.raises(ValueError, match="before"):
        execute([enter(1, work)], frame)
    assert not hasattr(error, "__notes__")


def test_entries_nest_deeper_than_the_recursion_limit() -> None:
    depth = 3 * sys.getrecursionlimit()

    def nested(level: int) -> Any:
        def work(_: object) -> Work:
            if level == depth:
                yield None, 0, (), NOTHING
                return
            inner = frame_of(0)
            yield [enter(1, nested(level + 1))], inner, (), NOTHING
            yield None, inner[1] + 1, (), NOTHING

        return work

    frame = frame_of(0)
    execute([enter(1, nested(0))], frame)
    assert frame[1] == depth
