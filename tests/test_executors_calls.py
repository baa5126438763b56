"""What each callee of a plan calls in the caller's thread."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import Any

import pytest

from dataflow import bind, const, gather, step
from dataflow.callee import Callee
from dataflow.executors.calls import Calls
from dataflow.lower import lower
from dataflow.plan import Plan, plan
from tests.patience import DEADLINE, eventually, within


class Counter:
    made = 0

    def __init__(self) -> None:
        Counter.made += 1
        self.count = 0

    def __call__(self, x: int) -> int:
        self.count += 1
        return self.count


def plus(x: int) -> int:
    return x + 1


class AsyncCounter:
    async def __call__(self, x: int) -> int:
        return x + 1


def planned(*nodes: Any) -> Plan:
    return plan(lower(gather(*nodes)))


def callees(of: Plan) -> tuple[Callee, ...]:
    return of.graph.callees()


def test_a_function_is_called_as_it_is() -> None:
    made = planned(step(plus)(1))
    assert Calls(made).of(callees(made)[0]) is plus


def test_an_instance_is_constructed_once_for_all_its_calls() -> None:
    before, counter = Counter.made, bind(Counter)
    made = planned(counter(1), counter(2))
    calls = Calls(made)
    assert Counter.made == before + 1
    call = calls.of(callees(made)[0])
    assert [call(0), call(0), calls.of(callees(made)[0])(0)] == [1, 2, 3]


def test_two_uses_of_a_class_are_two_instances() -> None:
    made = planned(bind(Counter)(1), bind(Counter)(2))
    calls = Calls(made)
    assert [calls.of(callee)(0) for callee in callees(made)] == [1, 1]


def test_inner_calls_use_what_the_outer_ones_have() -> None:
    counter = bind(Counter)
    outer_plan, between, inner = planned(counter(1)), planned(step(plus)(1)), planned(counter(2), step(len)("a"))
    outer = Calls(outer_plan)
    calls = Calls(inner, Calls(between, outer))
    shared = callees(outer_plan)[0]
    assert calls.of(shared)(0) == 1
    assert outer.of(shared)(0) == 2
    calls.close()
    assert outer.of(shared)(0) == 3


def test_an_instance_that_came_with_a_growing_graph_is_made_once_while_it_is_in_use() -> None:
    counter = bind(Counter)
    outer = Calls(planned(step(plus)(1)))
    first, second = (planned(counter(1)) for _ in range(2))
    callee = callees(first)[0]
    assert [Calls(first, outer).of(callee)(0), Calls(second, outer).of(callee)(0)] == [1, 2]


def test_calls_nest_deeper_than_the_recursion_limit() -> None:
    counter = bind(Counter)
    calls = Calls(planned(counter(1)))
    inner = planned(counter(1))
    for _ in range(3000):
        calls = Calls(inner, calls)
    assert calls.of(callees(inner)[0])(0) == 1


def test_calls_of_one_instance_from_several_threads_wait_for_each_other() -> None:
    inside: list[int] = []
    most: list[int] = []

    class Alone:
        def __call__(self, x: int) -> int:
            inside.append(x)
            most.append(len(inside))
            threading.Event().wait(0.001)
            inside.remove(x)
            return x

    made = planned(bind(Alone)(1))
    call = Calls(made).of(callees(made)[0])
    threads = [threading.Thread(target=call, args=(at,)) for at in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    assert len(most) == 8
    assert set(most) == {1}


def test_a_call_from_inside_a_call_does_not_wait_for_itself() -> None:
    class Deep:
        def __call__(self, x: int) -> int:
            return x if x == 0 else int(call(x - 1)) + 1

    made = planned(bind(Deep)(1))
    call = Calls(made).of(callees(made)[0])
    assert within(lambda: call(5)) == 5


def test_with_max_concurrency_calls_of_one_instance_overlap() -> None:
    both = threading.Barrier(2)

    class Together:
        def __call__(self, x: int) -> int:
            return both.wait(DEADLINE)

    made = planned(bind(Together).options(max_concurrency=2)(1))
    call = Calls(made).of(callees(made)[0])
    threads = [threading.Thread(target=call, args=(at,)) for at in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    assert not both.broken


def test_a_coroutine_is_waited_for_and_its_thread_ends_with_the_calls() -> None:
    made = planned(bind(AsyncCounter)(1))
    before = set(threading.enumerate())
    calls = Calls(made)
    assert calls.of(callees(made)[0])(1) == 2
    own = set(threading.enumerate()) - before
    assert len(own) == 1
    calls.close()
    assert eventually(lambda: not own & set(threading.enumerate()))


def test_no_thread_is_started_without_async_steps() -> None:
    before = set(threading.enumerate())
    Calls(planned(step(plus)(1), bind(Counter)(1)))
    assert set(threading.enumerate()) == before


def test_inner_calls_leave_the_outer_loop_running() -> None:
    later = bind(AsyncCounter)
    outer_plan, inner = planned(later(1)), planned(bind(AsyncCounter)(2))
    outer = Calls(outer_plan)
    calls = Calls(inner, outer)
    assert calls.of(callees(inner)[0])(1) == 2
    calls.close()
    assert outer.of(callees(outer_plan)[0])(2) == 3
    outer.close()


def test_closed_calls_hold_no_instance() -> None:
    instances: list[weakref.ref[Any]] = []

    class Seen:
        def __init__(self) -> None:
            instances.append(weakref.ref(self))

        def __call__(self, x: int) -> int:
            return x

    calls = Calls(planned(bind(Seen)(1)))
    assert instances[0]() is not None
    calls.close()
    gc.collect()
    assert instances[0]() is None


def test_an_error_of_a_constructor_is_raised() -> None:
    def refuse() -> Counter:
        raise ValueError("refused")

    with pytest.raises(ValueError, match="refused") as caught:
        Calls(planned(bind(refuse)(const(1))))
    assert caught.value.__notes__ == ["in the constructor of refuse"]
