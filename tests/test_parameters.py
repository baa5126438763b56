"""Which parameters of a flow are inputs, and which are settings."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any, Optional, TypeAlias, Union

import pytest

import dataflow
from dataflow import Flow, In, Node, Step, const, flow, gather, step
from dataflow.errors import CompositionError
from dataflow.parameters import inputs_of, is_input, parameters_of

Image: TypeAlias = In[bytes]

INPUTS = [
    "In[int]", "Node[int]", "Any", "In[int] | None", "None | Node[int]", "Optional[Node[int]]", "Union[int, Node[int]]",
    "dataflow.In[int]", "dataflow.Node[str]", "Annotated[In[int], 'inches']", "Annotated[Any, 3]", "In", "Node", "Image", "'In[int]'",
]  # fmt: skip
SETTINGS = [
    "int", "dict[str, Any]", "list[Node[int]]", "tuple[In[int], ...]", "Callable[[In[int]], Node[int]]", "str",
    "Flow[Callable[[In[int]], Node[int]]]", "Step[Callable[[int], int]]", "type[Node[int]]", "Inner", "Callable[..., Any]",
    "int | Any", "Annotated[int, Node]",
]  # fmt: skip
NAMES = {
    "Annotated": Annotated, "Any": Any, "Callable": Callable, "Flow": Flow, "Image": Image, "In": In, "Inner": int,
    "Node": Node, "Optional": Optional, "Step": Step, "Union": Union, "dataflow": dataflow,
}  # fmt: skip


def parameter(annotation: str, future: bool) -> inspect.Parameter:
    """The parameter of a function that is annotated so, in a module whose annotations are text, or are not."""
    made: dict[str, Any] = dict(NAMES)
    code = f"def wiring(x: {annotation}): ..."
    exec(f"from __future__ import annotations\n{code}" if future else code, made)
    (x,) = parameters_of(made["wiring"])
    return x


@pytest.mark.parametrize("future", [False, True])
@pytest.mark.parametrize("annotation", INPUTS)
def test_these_are_inputs(annotation: str, future: bool) -> None:
    assert is_input(parameter(annotation, future))


@pytest.mark.parametrize("future", [False, True])
@pytest.mark.parametrize("annotation", SETTINGS)
def test_these_are_settings(annotation: str, future: bool) -> None:
    assert not is_input(parameter(annotation, future))


@pytest.mark.parametrize("annotation", [*INPUTS, *SETTINGS])
def test_what_cannot_be_read_is_told_by_its_names(annotation: str) -> None:
    told = is_input(inspect.Parameter("x", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=annotation))
    assert told == (annotation in INPUTS and annotation != "Image")  # an alias is not seen through


@pytest.mark.parametrize("annotation", [*INPUTS, *SETTINGS])
def test_a_name_that_only_type_checkers_know_does_not_hide_the_others(annotation: str) -> None:
    made: dict[str, Any] = dict(NAMES)
    exec(f"from __future__ import annotations\ndef wiring(x: {annotation}, y: In[Unknown], z: Unknown): ...", made)
    assert [is_input(param) for param in parameters_of(made["wiring"])] == [annotation in INPUTS, True, False]


def test_text_that_is_no_type_is_a_setting() -> None:
    assert not is_input(inspect.Parameter("x", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation="not a type"))


def test_a_setting_is_given_as_it_is_and_an_input_as_a_node() -> None:
    seen: list[object] = []

    @step
    def plus(x: int, y: int) -> int:
        return x + y

    @flow
    def wiring(
        x: In[int], config: dict[str, Any], each: list[Node[int]], of: Callable[[In[int]], Node[int]]
    ) -> Node[int]:
        seen.extend([x, config, each])
        total = const(x)
        for node in each:
            total = plus(total, node)
        for _ in range(config["times"]):
            total = of(total)
        return total

    nodes = [const(10), const(20)]
    assert wiring.run(1, {"times": 3}, nodes, lambda x: plus(x, 1)) == 34
    assert isinstance(seen[0], Node)
    assert seen[1:] == [{"times": 3}, nodes]


def test_a_star_is_no_fixed_set_of_inputs() -> None:
    def wiring(*xs: In[int]) -> Node[tuple[int, ...]]:
        return gather(*map(const, xs))

    with pytest.raises(CompositionError, match="a pipeline needs a fixed set of inputs"):
        inputs_of(wiring, "flow 'wiring'")
