"""Graphs that grow."""

from __future__ import annotations

import functools
from typing import Any

import pytest

from dataflow import bind, const, expand, fan_out, flow, gather, recover, run, step
from dataflow.errors import CompositionError


@step
def double(x: int) -> int:
    return 2 * x


@step
def add(a: int, b: int) -> int:
    return a + b


class Scale:
    made = 0

    def __init__(self, by: int) -> None:
        type(self).made += 1
        self.by = by

    def __call__(self, x: int) -> int:
        return x * self.by


def test_the_value_decides_what_is_computed_next() -> None:
    def rows(n: int) -> Any:
        return gather([double(k) for k in range(n)])

    assert run(expand(const(3), rows)) == [0, 2, 4]
    assert run(expand(const(0), rows)) == []


def test_steps_and_flows_may_grow_a_graph() -> None:
    wired: Any = flow(lambda n: double(double(n)))
    assert run(expand(const(3), double)) == 6
    assert run(expand(const(3), wired)) == 12


def test_the_function_gets_a_value_not_a_node() -> None:
    seen: Any = []
    run(expand(double(2), lambda n: seen.append(n) or const(n)))
    assert seen == [4]


def countdown(n: int) -> Any:
    return const("done") if n == 0 else expand(const(n - 1), countdown)


def test_growth_may_grow_again() -> None:
    assert run(expand(const(50), countdown)) == "done"


def test_growth_has_no_recursion_limit() -> None:
    assert run(expand(const(5_000), countdown)) == "done"


def test_nodes_from_outside_run_once_and_only_if_they_are_read() -> None:
    ran: list[int] = []

    def cost(x: int) -> int:
        ran.append(x)
        return x

    outside = step(cost)(10)
    assert run(expand(const(3), lambda n: gather([add(k, outside) for k in range(n)]))) == [10, 11, 12]
    assert ran == [10]
    ran.clear()
    assert run(expand(const(0), lambda n: gather([add(k, outside) for k in range(n)]))) == []
    assert ran == []


module_node = const(100)


def test_nodes_are_seen_in_closures_globals_defaults_and_partials() -> None:
    local = const(1)
    assert run(expand(const(1), lambda n: add(n, local))) == 2
    assert run(expand(const(1), lambda n: add(n, module_node))) == 101
    by_default: Any = lambda n, other=local: add(n, other)  # noqa: E731  # typed as anything
    assert run(expand(const(1), by_default)) == 2
    assert run(expand(const(1), functools.partial(lambda other, n: add(n, other), local))) == 2


def test_a_node_that_cannot_be_seen_is_refused_when_it_is_read() -> None:
    class Holder:
        node = const(5)

    holder = [Holder()]
    with pytest.raises(
        CompositionError, match=r"could not be seen in it when expand\(\) was called; give it as a default"
    ):
        run(expand(const(1), lambda n: add(n, holder[0].node)))


def test_class_steps_of_the_outer_graph_are_not_constructed_again() -> None:
    scale = bind(Scale, 3)
    before = Scale.made
    assert run(scale(1), expand(const(2), lambda n: gather([scale(k) for k in range(n)]))) == (3, [0, 3])
    assert Scale.made == before + 1


def test_a_function_that_returns_no_node_fails_the_run() -> None:
    with pytest.raises(CompositionError, match=r"the function of expand\(\) returned 3, which is not a node"):
        loose: Any = lambda n: n  # noqa: E731  # typed as anything
        run(expand(const(3), loose))


def test_errors_of_the_function_and_of_what_it_composed_are_errors_of_the_node() -> None:
    text: Any = step(lambda error: type(error).__name__)
    assert run(recover(expand(const(0), lambda n: const(1 // n)), text)) == "ZeroDivisionError"
    assert run(recover(expand(const(0), lambda n: step(lambda k: 1 // k)(n)), text)) == "ZeroDivisionError"


def test_an_error_names_the_path() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        run(
            expand(
                const(0),
                lambda n: step(
                    lambda k: 1 // k,
                )(n),
            )
        )
    assert "expand / <lambda>" in caught.value.__notes__[0]


def test_inside_a_fan_out_each_item_grows_its_own() -> None:
    grown: Any = lambda x: expand(x, lambda n: gather([double(k) for k in range(n)]))  # noqa: E731  # typed as anything
    assert run(fan_out(grown, [0, 2, 1])) == [[], [0, 2], [0]]


def test_growth_inside_a_body_may_read_the_item() -> None:
    def grown(x: Any) -> Any:
        by_default: Any = lambda n, x=x: add(x, n)  # noqa: E731  # typed as anything
        return expand(const(2), by_default)

    assert run(fan_out(grown, [1, 2])) == [3, 4]


@pytest.mark.parametrize("wrong", [3, None, const(1)])
def test_what_cannot_be_called_is_refused_at_once(wrong: Any) -> None:
    with pytest.raises(CompositionError, match=r"expand\(\) takes a function from a value to a node"):
        expand(const(1), wrong)


def test_a_step_in_place_of_the_node_is_refused_at_once() -> None:
    wrong: Any = double
    with pytest.raises(CompositionError, match=r"the node of expand\(\) got step 'double' itself"):
        expand(wrong, double)
