"""How ops that are no calls are begun: fan-outs of a width, recovers, loops, growth."""

from __future__ import annotations

from typing import Any

import pytest

from dataflow import Node, const, expand, fan_out, gather, iterate, recover, step
from dataflow.errors import CompositionError, FanOutError, LimitError
from dataflow.lower import lower
from tests.schedules import Schedule, newest_first, oldest_first, shuffled


def result_of(node: Node[Any], pick: Any = oldest_first, **settings: int) -> Any:
    return Schedule(lower(node), {}, pick, **settings).result()


class Watch:
    """Elements that are under way: how many at a time, and which were begun."""

    def __init__(self, failing: frozenset[int] = frozenset()) -> None:
        self.failing = failing
        self.begun: list[int] = []
        self.inside = self.most = 0
        self.enter: Any = step(self.entered)
        self.leave: Any = step(self.left)

    def entered(self, x: int) -> int:
        self.begun.append(x)
        self.inside += 1
        self.most = max(self.most, self.inside)
        return x

    def left(self, x: int) -> int:
        self.inside -= 1
        if x in self.failing:
            raise KeyError(x)
        return x

    def body(self, x: Any) -> Any:
        return self.leave(self.enter(x))


@pytest.mark.parametrize("width", [1, 2, 5])
@pytest.mark.parametrize("order", range(5))
def test_no_more_elements_are_under_way_than_the_width(width: int, order: int) -> None:
    watch = Watch()
    node = fan_out(watch.body, list(range(30)))
    assert result_of(node, shuffled(order), width=width, workers=10) == list(range(30))
    assert watch.most <= width
    assert watch.begun == sorted(watch.begun) or width > 1


def test_the_width_is_used() -> None:
    watch = Watch()
    result_of(fan_out(watch.body, list(range(30))), newest_first, width=4, workers=10)
    assert watch.most == 4


@pytest.mark.parametrize("order", range(10))
def test_elements_after_a_failure_are_not_begun(order: int) -> None:
    watch = Watch(frozenset({7, 9, 20}))
    with pytest.raises(KeyError) as caught:
        result_of(fan_out(watch.body, list(range(100))), shuffled(order), width=3, workers=3)
    assert caught.value.args == (7,)
    assert set(range(8)) <= set(watch.begun)
    assert max(watch.begun) <= 7 + 3


def test_an_element_does_not_go_on_after_an_earlier_one_has_failed() -> None:
    """All three begin; the second fails, and the third ends its first step, while the first is still at work."""
    ended: list[int] = []

    def first(x: int) -> int:
        if x == 1:
            raise KeyError(x)
        return x

    def second(x: int) -> int:
        ended.append(x)
        return x

    one, two = step(first), step(second)
    picks = iter((0, 0, 1, 2, 1, 1, 1))
    with pytest.raises(KeyError) as caught:
        result_of(fan_out(lambda x: two(one(x)), [0, 1, 2]), lambda count: next(picks, 0), width=3, workers=3)
    assert caught.value.args == (1,)
    assert ended == [0], "it might have failed, too, and then its error were the one"


@pytest.mark.parametrize("order", range(10))
def test_nested_fan_outs_keep_their_order_and_depth_first(order: int) -> None:
    watch = Watch()
    node = fan_out(lambda xs: fan_out(watch.body, xs), [[at, at + 1, at + 2] for at in range(0, 30, 10)])
    assert result_of(node, shuffled(order), width=2) == [[at, at + 1, at + 2] for at in range(0, 30, 10)]
    assert watch.most <= 4


def test_a_fan_out_of_nothing_is_nothing() -> None:
    assert result_of(fan_out(lambda x: fan_out(lambda y: y, x), [[], [], []])) == [[], [], []]


def test_a_body_that_is_its_item_needs_no_recursion() -> None:
    items = list(range(5000))
    assert result_of(fan_out(lambda x: x, items)) == items
    assert result_of(fan_out(lambda x: const("same"), items)) == ["same"] * 5000


def test_a_body_that_is_what_it_captured() -> None:
    captured = const(3).map(abs)
    assert result_of(fan_out(lambda x: captured, [1, 2])) == [3, 3]


def test_a_source_that_cannot_be_iterated_over_is_the_error_of_the_fan_out() -> None:
    number: Any = const(3)
    with pytest.raises(FanOutError) as caught:
        result_of(fan_out(lambda x: x, number))
    assert "in fan_out" in caught.value.__notes__[0]


@pytest.mark.parametrize("limit", [0, 1, 50])
def test_a_loop_without_condition_runs_so_many_rounds(limit: int) -> None:
    assert result_of(iterate(lambda x: x.map(lambda x: x + 1), 0, limit=limit)) == limit


def test_a_loop_that_does_not_end_in_time_is_an_error() -> None:
    with pytest.raises(LimitError) as caught:
        result_of(iterate(lambda x: x.map(lambda x: x + 1), 0, until=lambda x: x > 5, limit=5))
    assert caught.value.limit == 5
    assert result_of(iterate(lambda x: x.map(lambda x: x + 1), 0, until=lambda x: x > 4, limit=5)) == 5


def test_an_error_in_a_round_says_which_one() -> None:
    def advance(x: int) -> int:
        return {0: 1, 1: 2, 2: 3}[x]

    with pytest.raises(KeyError) as caught:
        result_of(iterate(step(advance), 0, limit=10))
    assert "iterate[3] / advance" in caught.value.__notes__[0]


def test_a_handler_may_fail_and_its_error_is_handled_further_out() -> None:
    def fail(error: Exception) -> None:
        raise KeyError(type(error).__name__)

    bad: Any = step(fail)
    inner = recover(const(0).map(lambda x: 1 / x), bad)
    assert result_of(recover(inner, lambda error: error.map(repr))) == "KeyError('ZeroDivisionError')"


def test_a_literal_needs_no_recovering() -> None:
    assert result_of(recover(const(5), lambda error: error)) == 5


def test_a_graph_that_grows_reads_what_it_knows() -> None:
    known = const(10).map(lambda x: x + 1)
    node = expand(const(3), lambda n: gather(known, const(n).map(lambda x: x * 2)))
    assert result_of(gather(node, known)) == ((11, 6), 11)


def test_growth_that_goes_wrong_is_the_error_of_the_expand() -> None:
    hidden: list[Any] = []
    node = expand(const(3), lambda n: hidden[0])
    hidden.append(const(10).map(abs))
    with pytest.raises(CompositionError, match="could not be seen") as caught:
        result_of(gather(hidden[0], node))
    assert "in expand" in caught.value.__notes__[0]
    with pytest.raises(CompositionError, match="not a node"):
        result_of(expand(const(3), lambda n: n))  # type: ignore[arg-type,return-value]  # no node: that is the test
