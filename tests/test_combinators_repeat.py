"""The same body for many values."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterator
from typing import Any

import pytest

from dataflow import In, Node, bind, cond, const, fan_out, flow, fold, gather, iterate, run, step
from dataflow.errors import CompositionError, FanOutError, LimitError


@step
def add(a: int, b: int = 1) -> int:
    return a + b


@step
def double(x: int) -> int:
    return 2 * x


@flow
def quadruple(x: In[int]) -> Node[int]:
    return double(double(x))


class Scale:
    made = 0

    def __init__(self, by: int) -> None:
        type(self).made += 1
        self.by = by

    def __call__(self, x: int) -> int:
        return x * self.by


class Counted:
    def __init__(self) -> None:
        self.ran: list[Any] = []

    def __call__(self, x: Any = None) -> Any:
        self.ran.append(x)
        return x


# fan_out


@pytest.mark.parametrize("xs", [[], [1], [3, 1, 2], list(range(100))])
def test_a_fan_out_is_a_list_comprehension(xs: list[int]) -> None:
    assert run(fan_out(double, xs)) == [2 * x for x in xs]
    assert run(fan_out(double, const(xs))) == [2 * x for x in xs]


def test_bodies_are_steps_flows_class_steps_chains_and_functions() -> None:
    before = Scale.made
    chain: Any = add >> double
    assert run(fan_out(quadruple, [1, 2])) == [4, 8]
    assert run(fan_out(bind(Scale, 3), [1, 2])) == [3, 6]
    assert Scale.made == before + 1
    assert run(fan_out(chain, [1, 2])) == [4, 6]
    assert run(fan_out(lambda x: add(x, x), [1, 2])) == [2, 4]


def test_a_body_may_return_its_item_or_something_from_outside() -> None:
    outside = const("o")
    assert run(fan_out(lambda x: x, [1, 2])) == [1, 2]
    assert run(fan_out(lambda x: outside, [1, 2])) == ["o", "o"]


def test_a_body_may_return_a_container_of_nodes() -> None:
    loose: Any = lambda x: {"x": x, "twice": [double(x)]}  # noqa: E731  # typed as anything
    assert run(fan_out(loose, [1])) == [{"x": 1, "twice": [2]}]


def test_items_may_be_nodes_values_and_lenses() -> None:
    items: Any = [1, const(2), const([3]).output[0]]
    assert run(fan_out(double, items)) == [2, 4, 6]
    generator: Iterator[Any] = (const(x) for x in (1, 2))
    assert run(fan_out(double, generator)) == [2, 4]


def test_any_iterable_value_will_do() -> None:
    for value in ((1, 2), range(1, 3), {1: "a", 2: "b"}):
        assert run(fan_out(double, const(value))) == [2, 4]
    assert sorted(run(fan_out(double, const({1, 2})))) == [2, 4]
    assert run(fan_out(step(str.upper), const("ab"))) == ["A", "B"]


def test_shared_arguments_are_the_same_for_each_item_and_run_once() -> None:
    counted = Counted()
    amount = step(counted)(10)
    assert run(fan_out(add, [1, 2, 3], amount)) == [11, 12, 13]
    assert run(fan_out(add, [1, 2], b=20)) == [21, 22]
    assert counted.ran == [10]


def test_what_a_body_captures_runs_once_and_only_if_some_item_needs_it() -> None:
    counted = Counted()
    expensive = step(counted)(10)

    def body(x: Any) -> Any:
        return cond(x.map(lambda value: value > 1), add(x, expensive), x)

    assert run(fan_out(body, [1, 2, 3])) == [1, 12, 13]
    assert counted.ran == [10]
    counted.ran.clear()
    assert run(fan_out(body, [0, 1])) == [0, 1]
    assert counted.ran == []


def test_fan_outs_nest_and_nothing_is_flattened() -> None:
    assert run(fan_out(lambda row: fan_out(double, row), const([[1, 2], [], [3]]))) == [[2, 4], [], [6]]


def test_an_inner_fan_out_may_read_the_outer_item() -> None:
    pairs = fan_out(lambda x: fan_out(lambda y: add(x, y), const([10, 20])), const([1, 2]))
    assert run(pairs) == [[11, 21], [12, 22]]


def test_items_are_worked_on_depth_first() -> None:
    order: Any = []

    def noted(name: str) -> Any:
        return step(lambda x: order.append(f"{name}{x}") or x)

    first, second = noted("a"), noted("b")
    run(fan_out(lambda x: second(first(x)), [1, 2]))
    assert order == ["a1", "b1", "a2", "b2"]


@pytest.mark.parametrize("value", [3, None, 1.5])
def test_a_value_that_cannot_be_iterated_over_is_a_fan_out_error(value: Any) -> None:
    with pytest.raises(FanOutError, match=rf"cannot fan out over {value!r}"):
        run(fan_out(double, const(value)))


def test_an_error_names_the_item() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        run(fan_out(step(lambda x: 1 // x), [1, 0, 1]))
    assert "fan_out[1] / <lambda>" in caught.value.__notes__[0]


def test_a_parameter_means_nothing_outside_its_body() -> None:
    leaked: list[Any] = []

    def body(x: Any) -> Any:
        leaked.append(x)
        return double(x)

    node = fan_out(body, [1])
    with pytest.raises(CompositionError, match=r"the parameter of fan_out at .*, which has no value here"):
        run(add(leaked[0]), node)


@pytest.mark.parametrize("xs", [3, None, double])
def test_fan_out_over_what_is_no_iterable_is_refused_at_once(xs: Any) -> None:
    with pytest.raises(CompositionError, match=r"fan_out\(\) takes a node or an iterable"):
        fan_out(double, xs)


@pytest.mark.parametrize("body", [3, None, const(1)])
def test_fan_out_of_what_cannot_be_called_is_refused_at_once(body: Any) -> None:
    with pytest.raises(CompositionError, match=r"fan_out\(\) takes a step, a flow, or a function"):
        fan_out(body, [1])


def test_a_body_that_returns_no_node_is_refused_at_once() -> None:
    with pytest.raises(CompositionError, match="not a node"):
        loose: Any = lambda x: 3  # noqa: E731  # typed as anything
        fan_out(loose, [1])


def test_wrong_shared_arguments_are_refused_at_once() -> None:
    with pytest.raises(CompositionError, match="step 'double'"):
        loose: Any = fan_out
        loose(double, [1], 2)


# fold


@pytest.mark.parametrize("xs", [[], [5], [1, 2, 3, 4]])
def test_a_fold_is_a_reduce(xs: list[int]) -> None:
    assert run(fold(add, xs, 100)) == functools.reduce(operator.add, xs, 100)
    assert run(fold(add, const(xs), const(100))) == functools.reduce(operator.add, xs, 100)


def test_a_fold_goes_from_left_to_right() -> None:
    join: Any = step(lambda done, x: f"({done}{x})")
    assert run(fold(join, ["a", "b", "c"], "")) == "(((a)b)c)"


def test_falsy_items_and_results_are_values() -> None:
    keep: Any = step(lambda done, x: [*done, x])
    assert run(fold(keep, [None, 0, ""], [])) == [None, 0, ""]
    last: Any = step(lambda done, x: x)
    assert run(fold(last, [1, None], 0)) is None


def test_a_fold_takes_functions_flows_and_nodes_among_the_items() -> None:
    loose: Any = lambda done, x: add(done, double(x))  # noqa: E731  # typed as anything
    assert run(fold(loose, [const(1), 2], 0)) == 6


def test_what_combines_may_be_a_container_of_nodes() -> None:
    loose: Any = lambda done, x: (add(done[0], x), [double(x)])  # noqa: E731  # typed as anything
    assert run(fold(loose, [1, 2, 3], (0, []))) == (6, [6])


def test_what_combines_may_be_a_lens() -> None:
    loose: Any = lambda done, x: gather(add(done, x)).output[0]  # noqa: E731  # typed as anything
    assert run(fold(loose, [1, 2, 3], 0)) == 6


@pytest.mark.parametrize("body", [3, None, const(1)])
def test_fold_of_what_cannot_be_called_is_refused_at_once(body: Any) -> None:
    with pytest.raises(CompositionError, match=r"fold\(\) takes a step"):
        fold(body, [1], 0)


@pytest.mark.parametrize("xs", [3, None])
def test_fold_over_what_is_no_iterable_is_refused(xs: Any) -> None:
    with pytest.raises(CompositionError, match=r"fold\(\) takes a node or an iterable"):
        fold(add, xs, 0)
    with pytest.raises(TypeError):
        run(fold(add, const(xs), 0))


def test_fold_refuses_a_step_as_the_initial_value() -> None:
    wrong: Any = add
    with pytest.raises(CompositionError, match=r"the initial value of fold\(\) got step 'add' itself"):
        fold(add, [1], wrong)


# iterate


def test_iterate_goes_on_until_it_is_enough() -> None:
    assert run(iterate(double, 1, until=lambda x: x > 100, limit=20)) == 128
    assert run(iterate(double, const(1), until=step(lambda x: x > 3), limit=2)) == 4


def test_until_is_asked_of_the_initial_value_first() -> None:
    counted = Counted()
    assert run(iterate(step(counted), 7, until=lambda x: x == 7, limit=5)) == 7
    assert counted.ran == []


@pytest.mark.parametrize("limit", [0, 1, 10])
def test_without_until_it_takes_as_many_rounds_as_the_limit(limit: int) -> None:
    assert run(iterate(double, 1, limit=limit)) == 2**limit


@pytest.mark.parametrize("limit", [0, 3])
def test_a_limit_that_is_reached_is_an_error_that_carries_it(limit: int) -> None:
    counted = Counted()
    with pytest.raises(LimitError, match=rf"limit of {limit} rounds") as caught:
        run(iterate(step(counted), 1, until=lambda x: False, limit=limit))
    assert caught.value.limit == limit
    assert len(counted.ran) == limit


def test_a_condition_that_holds_after_the_last_round_is_in_time() -> None:
    assert run(iterate(double, 1, until=lambda x: x >= 8, limit=3)) == 8


def test_until_takes_any_truth() -> None:
    loose: Any = lambda x: [x] if x > 2 else []  # noqa: E731  # typed as anything
    assert run(iterate(double, 1, until=loose, limit=9)) == 4


def test_a_loop_inside_a_fan_out() -> None:
    grow: Any = lambda x: iterate(double, x, until=lambda value: value > 10, limit=9)  # noqa: E731  # typed as anything
    assert run(fan_out(grow, [1, 6, 11])) == [16, 12, 11]


def test_a_body_may_make_a_container_of_nodes() -> None:
    loose: Any = lambda pair: (double(pair[0]), [pair[1]])  # noqa: E731  # typed as anything
    start: Any = (1, "s")
    assert run(iterate(loose, start, limit=3)) == (8, [[["s"]]])


def test_an_error_names_the_round() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        run(iterate(step(lambda x: 6 // (x - 2) and x + 1), 0, limit=9))
    assert "iterate[2] / " in caught.value.__notes__[0]


@pytest.mark.parametrize("limit", [-1, True, 1.5, "3", None])
def test_iterate_needs_a_proper_limit(limit: Any) -> None:
    with pytest.raises(CompositionError, match=r"limit of iterate\(\) must be an int of at least 0"):
        iterate(double, 1, limit=limit)


@pytest.mark.parametrize("until", [3, "yes", True])
def test_iterate_needs_a_proper_condition(until: Any) -> None:
    with pytest.raises(CompositionError, match=r"until= of iterate\(\) takes a step or a function"):
        iterate(double, 1, until=until, limit=1)


@pytest.mark.parametrize("body", [3, None, const(1)])
def test_iterate_needs_a_proper_body(body: Any) -> None:
    with pytest.raises(CompositionError, match=r"iterate\(\) takes a step"):
        iterate(body, 1, limit=1)


@pytest.mark.parametrize("result", [3, None, "text"])
def test_iterate_and_fold_refuse_a_body_that_returns_no_node(result: Any) -> None:
    with pytest.raises(CompositionError, match="not a node"):
        iterate(lambda x: result, 1, limit=1)
    with pytest.raises(CompositionError, match="not a node"):
        fold(lambda done, x: result, [1], 0)
