"""The live copies of a class step."""

from __future__ import annotations

import random
import weakref

import pytest

from dataflow.callee import Instance
from dataflow.executors.replicas import Replica, Replicas
from dataflow.options import Options


class Equal:
    """Instances are all equal, or cannot be compared."""

    def __call__(self, x: int) -> int:
        return x

    def __eq__(self, other: object) -> bool:
        raise AssertionError("instances are told apart by identity")

    def __hash__(self) -> int:
        return 1


def replicas(count: int, concurrency: int = 1) -> Replicas:
    callee = Instance(Equal, options=Options(max_concurrency=concurrency))
    return Replicas(callee, (), count)


def taken(each: Replicas) -> Replica:
    """A copy, for a call."""
    copy = each.take("call")
    assert copy is not None
    return copy


def test_each_replica_is_an_instance_of_its_own() -> None:
    each = replicas(3)
    assert len({id(taken(each).fn) for _ in range(3)}) == 3


def test_calls_go_to_the_least_loaded_replica() -> None:
    each = replicas(3, concurrency=2)
    first = [taken(each) for _ in range(3)]
    assert len(set(first)) == 3
    each.give_back(first[1])
    assert taken(each) is first[1]
    assert {taken(each) for _ in range(3)} == set(first)
    assert each.take("kept") is None


def test_among_equals_the_one_that_has_waited_longest_is_called() -> None:
    each = replicas(3)
    order = [taken(each) for _ in range(3)]
    for copy in reversed(order):
        each.give_back(copy)
    assert [taken(each) for _ in range(3)] == order[::-1]


def test_a_call_that_finds_none_free_is_handed_out_when_there_is_one() -> None:
    each = replicas(1)
    copy = taken(each)
    assert each.take("second") is None
    assert each.take("third") is None
    assert each.kept() is None
    each.give_back(copy)
    assert each.kept() == "second"
    assert each.kept() == "third", "whoever finds a call dead asks for the next"
    assert each.kept() is None


def test_after_close_nothing_is_held() -> None:
    each = replicas(2)
    held = weakref.ref(taken(each).fn)
    each.close()
    assert held() is None
    assert each.counts() == ()


def test_copies_that_are_busy_when_all_is_closed_end_their_calls() -> None:
    each = replicas(1)
    copy = taken(each)
    each.close()
    each.give_back(copy)
    assert each.counts() == ()


def test_more_copies_take_what_waits() -> None:
    each = replicas(1)
    taken(each)
    assert each.take("second") is None
    each.resize(3)
    assert each.counts() == (0, 0, 1)
    assert each.kept() == "second"


def test_fewer_copies_are_the_busiest_and_the_others_end_their_calls() -> None:
    each = replicas(3)
    busy = [taken(each), taken(each)]
    each.resize(1)
    assert each.counts() == (1,)
    assert each.take("waits") is None
    for copy in busy:
        each.give_back(copy)
    assert each.kept() == "waits"
    assert taken(each) in busy
    assert each.take("waits") is None, "a copy that was let go takes no more calls"


def test_no_copy_is_added_if_a_constructor_fails() -> None:
    made: list[int] = []

    class Second:
        def __init__(self) -> None:
            made.append(1)
            if len(made) == 3:
                raise MemoryError("full")

        def __call__(self, x: int) -> int:
            return x

    each = Replicas(Instance(Second), (), 1)
    with pytest.raises(MemoryError):
        each.resize(3)
    assert each.counts() == (0,)


@pytest.mark.parametrize("seed", range(20))
def test_loads_stay_in_bounds_and_every_replica_gets_work(seed: int) -> None:
    """Random calls that begin and end, against counts."""
    choose = random.Random(seed)
    count, concurrency = choose.randint(1, 5), choose.randint(1, 3)
    each = replicas(count, concurrency)
    loads: dict[Replica, int] = {}
    waiting = 0
    for _ in range(400):
        if choose.random() < 0.6 or not sum(loads.values()):
            least = min(loads.values()) if len(loads) == count else 0
            copy = each.take("call")
            if copy is None:
                assert least == concurrency
                waiting += 1
                continue
            assert loads.get(copy, 0) == least
            loads[copy] = loads.get(copy, 0) + 1
        else:
            copy = choose.choice([each for each in loads if loads[each]])
            each.give_back(copy)
            loads[copy] -= 1
            kept = each.kept()
            assert (kept is not None) == (waiting > 0)
            if kept is not None:
                waiting -= 1
                again = taken(each)
                loads[again] = loads.get(again, 0) + 1
        assert max(loads.values()) <= concurrency
    assert len(loads) == count
    assert sum(each.counts()) == sum(copy.calls for copy in loads)
