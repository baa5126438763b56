"""What runs in a worker: shipments there and back, and the instances that a process keeps."""

from __future__ import annotations

import os
import pickle
import threading
import uuid
from typing import Any

import pytest

from dataflow.callee import Function, Instance
from dataflow.errors import NotSerializableError, StepResultError
from dataflow.executors.census import register
from dataflow.executors.envelope import Sealed, open_error, opened
from dataflow.executors.remote import MOST_PASSING, Key, Shipment, forget, prepare, serve, ship
from dataflow.options import Options
from tests.patience import DEADLINE


def add(a: int, b: int = 1) -> int:
    return a + b


def fail(a: int) -> int:
    raise KeyError("failed", a)


def leave(_: int) -> int:
    raise SystemExit(4)


async def add_later(a: int) -> int:
    return a + 1


def endless(_: int) -> Any:
    return iter([1])


class Counter:
    made = 0

    def __init__(self, start: int = 0) -> None:
        if start < 0:
            raise ValueError(start)
        Counter.made += 1
        self.count = start

    def __call__(self, by: int) -> int:
        self.count += by
        return self.count


class Unpicklable:
    def __reduce__(self) -> str:
        raise TypeError("stays here")


@pytest.fixture
def key() -> Key:
    return Key(uuid.uuid4().hex, 0)


def shipped(key: Key, callee: Any, *args: Any, stays: bool = False, **kwargs: Any) -> Shipment:
    """A shipment as the worker gets it."""
    shipment = ship(key, callee, args, kwargs, 0, stays=stays)
    return shipment if stays else pickle.loads(pickle.dumps(shipment))


def answer(shipment: Shipment) -> Any:
    """The value or the error of a call."""
    result = serve(shipment)
    if not isinstance(result, Sealed):
        ended, value = result
    elif result.ended:
        ended, value = True, opened(result.data, "the result")
    else:
        ended, value = False, open_error(result)
    if not ended:
        raise value
    return value


both = pytest.mark.parametrize("stays", [True, False], ids=["threads", "processes"])


@both
def test_a_call_goes_there_and_its_value_comes_back(key: Key, stays: bool) -> None:
    assert answer(shipped(key, Function(add), 2, stays=stays)) == 3
    assert answer(shipped(key, Function(add), 2, b=5, stays=stays)) == 7
    assert answer(shipped(key, Function(add_later), 2, stays=stays)) == 3


def test_nothing_is_copied_where_it_stays(key: Key) -> None:
    value = Unpicklable()
    assert answer(ship(key, Function(id), (value,), {}, 0, stays=True)) == id(value)


@both
@pytest.mark.parametrize("fn", [fail, leave], ids=["error", "exit"])
def test_an_error_is_an_answer_and_not_the_end_of_the_worker(key: Key, fn: Any, stays: bool) -> None:
    with pytest.raises((KeyError, SystemExit)) as caught:
        answer(shipped(key, Function(fn), 2, stays=stays))
    assert caught.value.args in (("failed", 2), (4,))


@both
def test_a_result_that_is_no_value_is_an_error(key: Key, stays: bool) -> None:
    with pytest.raises(StepResultError, match="step 'endless'"):
        answer(shipped(key, Function(endless), 2, stays=stays))


def test_what_cannot_be_sent_is_named(key: Key) -> None:
    with pytest.raises(NotSerializableError, match="argument 'b' of step 'add'"):
        ship(key, Function(add), (1, Unpicklable()), {}, 0, stays=False)
    with pytest.raises(NotSerializableError, match="argument 'b' of step 'add'"):
        ship(key, Function(add), (1,), {"b": Unpicklable()}, 0, stays=False)
    with pytest.raises(NotSerializableError, match="step '<lambda>'"):
        ship(key, Function(lambda: 1), (), {}, 0, stays=False)


@both
def test_an_instance_is_constructed_once_and_kept(key: Key, stays: bool) -> None:
    before = Counter.made
    callee = Instance(Counter, (10,))
    prepare(shipped(key, callee, stays=stays))
    assert Counter.made == before + 1
    assert [answer(shipped(key, callee, 1, stays=stays)) for _ in range(3)] == [11, 12, 13]
    assert Counter.made == before + 1
    forget(*key[:2])


@both
def test_an_error_of_a_constructor_is_an_answer_each_time(key: Key, stays: bool) -> None:
    for _ in range(2):
        result = prepare(shipped(key, Instance(Counter, (-1,)), stays=stays))
        error = result[1] if stays else open_error(result)
        assert isinstance(error, ValueError)
        assert error.args == (-1,)


def test_forgetting_drops_the_instances_of_one_deployment(key: Key) -> None:
    other = Key(uuid.uuid4().hex, 0)
    callee = Instance(Counter)
    for each in (key, other):
        assert answer(shipped(each, callee, 5)) == 5
    forget(*key[:2])
    assert answer(shipped(key, callee, 1)) == 1
    assert answer(shipped(other, callee, 1)) == 6
    forget(*key[:2])
    forget(*other[:2])


def test_threads_that_need_an_instance_at_the_same_time_construct_it_once(key: Key) -> None:
    made: list[int] = []
    all_here = threading.Barrier(4)

    class Slow:
        def __init__(self) -> None:
            made.append(1)
            threading.Event().wait(0.01)

        def __call__(self, x: int) -> int:
            return x

    callee, answers = Instance(Slow), list[Any]()

    def call(at: int) -> None:
        all_here.wait(DEADLINE)
        answers.append(answer(shipped(key, callee, at, stays=True)))

    threads = [threading.Thread(target=call, args=(at,)) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    assert sorted(answers) == [0, 1, 2, 3]
    assert made == [1]
    forget(*key[:2])


@pytest.mark.parametrize("concurrency", [1, 2])
def test_threads_share_an_instance_so_many_at_a_time(key: Key, concurrency: int) -> None:
    inside: list[int] = []
    most: list[int] = []

    class Server:
        def __call__(self, x: int) -> int:
            inside.append(x)
            most.append(len(inside))
            threading.Event().wait(0.002)
            inside.remove(x)
            return x

    callee = Instance(Server, options=Options(max_concurrency=concurrency))
    threads = [threading.Thread(target=lambda at=at: answer(shipped(key, callee, at, stays=True))) for at in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    assert len(most) == 6
    assert max(most) == concurrency
    forget(*key[:2])


def test_a_shipment_says_from_which_process_it_is(key: Key) -> None:
    assert shipped(key, Function(add), 1).pid == os.getpid()


def test_instances_of_deployments_that_are_closed_are_dropped_with_the_next_call() -> None:
    number = register.enter()
    old, new = Key(register.process, number), Key(register.process, register.enter())
    before = Counter.made
    callee = Instance(Counter)
    assert answer(shipped(old, callee, 1)) == 1
    assert answer(shipped(new, callee, 1)) == 1
    register.leave(number)
    assert answer(shipped(new, callee, 1)) == 2, "its own instance is kept"
    assert answer(shipped(old, callee, 1)) == 1, "this one was dropped, and is another"
    assert Counter.made == before + 3
    register.leave(new.deployment)
    for key in (old, new):
        forget(*key[:2])


def test_of_instances_that_came_with_growing_graphs_the_last_are_kept(key: Key) -> None:
    callee = Instance(Counter)
    keys = [key._replace(number=at, passing=True) for at in range(MOST_PASSING + 1)]
    lasting = key._replace(number=-1)
    for each in (lasting, *keys):
        assert answer(shipped(each, callee, 1)) == 1
    assert answer(shipped(lasting, callee, 1)) == 2
    assert answer(shipped(keys[-1], callee, 1)) == 2
    assert answer(shipped(keys[0], callee, 1)) == 1
    forget(*key[:2])
