"""Bodies are traced once, on placeholders."""

from __future__ import annotations

from typing import Any

import pytest

from dataflow import const, run, step
from dataflow.errors import CompositionError
from dataflow.place import here
from dataflow.trace import Parameter, as_node, parameter, traced


@step
def add(a: int, b: int = 1) -> int:
    return a + b


def test_a_body_is_called_once_with_a_placeholder() -> None:
    calls: list[Any] = []

    def body(x: Any) -> Any:
        calls.append(x)
        return add(x)

    made = traced("fan_out", body, "item")
    assert calls == [made.params[0]]
    op = made.params[0]._op
    assert isinstance(op, Parameter)
    assert op.name == "item"
    assert op.owner.startswith("fan_out at ")
    assert made.mark == made.params[0]._order < made.result._order


def test_shared_arguments_go_to_the_body() -> None:
    seen: Any = []
    traced("fan_out", lambda x, a, *, b: seen.append((a, b)) or x, "item", (1,), {"b": 2})
    assert seen == [(1, 2)]


def test_a_body_may_return_its_placeholder() -> None:
    made = traced("fan_out", lambda x: x, "item")
    assert made.result is made.params[0]


@pytest.mark.parametrize("body", [3, None, "f", const(1)])
def test_a_body_must_be_callable(body: Any) -> None:
    with pytest.raises(
        CompositionError, match=r"fan_out\(\) takes a step, a flow, or a function from node to node, not"
    ):
        traced("fan_out", body, "item")


@pytest.mark.parametrize("value", [3, None, "text", [], {}, [1, 2]])
def test_as_node_refuses_what_holds_no_node_and_says_how_to_write_it(value: object) -> None:
    with pytest.raises(CompositionError, match=r"flow 'f' returned .* not a node; .*const\(value\)"):
        as_node(value, "flow 'f'", here())


def test_as_node_takes_a_container_of_nodes() -> None:
    assert run(as_node({"a": [const(1)], "b": 2}, "flow 'f'", here())) == {"a": [1], "b": 2}


def test_as_node_takes_a_lens() -> None:
    assert run(as_node(const([5]).output[0], "flow 'f'", here())) == 5


def test_as_node_refuses_a_step() -> None:
    with pytest.raises(CompositionError, match=r"the result of flow 'f' got step 'add' itself"):
        as_node(add, "flow 'f'", here())


def test_a_coroutine_that_a_wiring_function_returned_is_closed() -> None:
    """Otherwise Python warns, later and elsewhere, that it was never awaited."""

    async def body(x: Any) -> Any:
        return x

    wrong: Any = body
    with pytest.raises(CompositionError, match="returned <coroutine"):
        traced("fan_out", wrong, "item")


def test_a_generator_that_a_wiring_function_returned_is_closed() -> None:
    closed: list[bool] = []

    def body(x: Any) -> Any:
        try:
            yield x
        finally:
            closed.append(True)

    with pytest.raises(CompositionError, match="returned <generator"):
        traced("fan_out", body, "item")


def test_an_error_in_a_body_is_itself() -> None:
    def body(x: Any) -> Any:
        raise ZeroDivisionError("in the body")

    with pytest.raises(ZeroDivisionError, match="in the body"):
        traced("fan_out", body, "item")


def test_parameters_have_names_owners_and_defaults() -> None:
    node = parameter("x", "flow 'f'", here(), 3)
    op = node._op
    assert isinstance(op, Parameter)
    assert (op.name, op.owner, op.default) == ("x", "flow 'f'", 3)
