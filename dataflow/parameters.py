"""Which parameters of a flow are inputs, and which are settings of the wiring.

A parameter annotated `In[T]` or `Node[T]`, or not annotated, is an input: in a run it is a node. One annotated as
anything else is the wiring function's own business (how many models, which names) and gets the value itself; with a
default it is no input of a deployed flow.
"""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Iterator
from typing import Any

from dataflow.constant import const
from dataflow.errors import CompositionError
from dataflow.node import Node
from dataflow.place import here
from dataflow.scan import operand
from dataflow.step_type import bind_call

WIRED = re.compile(r"\b(In|Node|Any)\b")


def is_input(param: inspect.Parameter) -> bool:
    """Whether a parameter takes nodes.

    >>> from dataflow import In
    >>> def f(a: In[int], b, n: int = 3): ...
    >>> [is_input(param) for param in inspect.signature(f).parameters.values()]
    [True, True, False]
    """
    annotation = param.annotation
    if isinstance(annotation, str):
        return WIRED.search(annotation) is not None
    return annotation in (param.empty, Any) or any(part is Node for part in _parts(annotation))


def inputs_of(function: Any, who: str) -> list[inspect.Parameter]:
    """The parameters that are inputs of the deployed flow.

    Raises:
        CompositionError: there is a `*args` or `**kwargs`.
    """
    found = []
    for param in inspect.signature(function).parameters.values():
        if param.kind in (param.VAR_POSITIONAL, param.VAR_KEYWORD):
            raise CompositionError(f"{who} has {param}; a pipeline needs a fixed set of inputs, each with a name")
        if is_input(param) or param.default is param.empty:
            found.append(param)
    return found


def as_nodes(
    function: Any, who: str, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments of a run, those for inputs as nodes.

    Raises:
        CompositionError: they do not fit the function's parameters.
    """
    signature = inspect.signature(function)
    bind_call(signature, who, args, kwargs)
    bound = signature.bind(*args, **kwargs)
    for name, value in bound.arguments.items():
        param = signature.parameters[name]
        if is_input(param):
            bound.arguments[name] = _lifted(param, value)
    return bound.args, bound.kwargs


def _lifted(param: inspect.Parameter, value: Any) -> Any:
    if param.kind is param.VAR_POSITIONAL:
        return tuple(_node(param, each) for each in value)
    if param.kind is param.VAR_KEYWORD:
        return {name: _node(param, each) for name, each in value.items()}
    return _node(param, value)


def _node(param: inspect.Parameter, value: Any) -> Node[Any]:
    found = operand(value, here(), lambda: f"argument {param.name!r}")
    return found if isinstance(found, Node) else const(found)


def _parts(annotation: Any) -> Iterator[Any]:
    """A type, what it is made of, and the classes that those are forms of."""
    stack = [annotation]
    while stack:
        part = stack.pop()
        yield part
        origin = typing.get_origin(part)
        if origin is not None:
            yield origin
        stack.extend(typing.get_args(part))
