"""Which parameters of a flow are inputs, and which are settings of the wiring.

A parameter annotated `In[T]`, `Node[T]` or `Any`, or not annotated, is an input: in a run it is a node. One annotated
as anything else is the wiring function's own business (how many models, which names, a step or flow to call, a list of
nodes to loop over) and gets the value itself; with a default it is no input of a deployed flow.
"""

from __future__ import annotations

import ast
import inspect
import types
import typing
from collections.abc import Iterator
from typing import Any

from dataflow.binding import bind_call
from dataflow.constant import const
from dataflow.errors import CompositionError
from dataflow.node import Node
from dataflow.place import here
from dataflow.scan import operand


def is_input(param: inspect.Parameter) -> bool:
    """Whether a parameter takes nodes.

    >>> from dataflow import In
    >>> def f(a: In[int], b, n: int = 3, *, each: list[In[int]], of: "In[int]"): ...
    >>> [is_input(param) for param in inspect.signature(f).parameters.values()]
    [True, True, False, False, True]
    """
    annotation = param.annotation
    if isinstance(annotation, str):
        return _says_input(annotation)
    return annotation in (param.empty, Any) or any(part is Node for part in _alternatives(annotation))


def parameters_of(function: Any) -> inspect.Signature:
    """The signature of a function; annotations that are text are read where the function is written, if they can be."""
    as_written = inspect.signature(function)
    if not any(isinstance(param.annotation, str) for param in as_written.parameters.values()):
        return as_written
    try:
        return inspect.signature(function, eval_str=True)
    except Exception:  # whatever comes of names that are known to type checkers alone
        return as_written


def inputs_of(function: Any, who: str) -> list[inspect.Parameter]:
    """The parameters that are inputs of the deployed flow.

    Raises:
        CompositionError: there is a `*args` or `**kwargs`.
    """
    found = []
    for param in parameters_of(function).parameters.values():
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
    bound, params = signature.bind(*args, **kwargs), parameters_of(function).parameters
    for name, value in bound.arguments.items():
        param = params[name]
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


def _alternatives(annotation: Any) -> Iterator[Any]:
    """The classes of which one is meant: those of `A | B`, and the class of `A[T]`; not what is inside of them."""
    stack = [annotation]
    while stack:
        part = stack.pop()
        origin = typing.get_origin(part)
        if origin in (types.UnionType, typing.Union):
            stack.extend(typing.get_args(part))
        elif origin is typing.Annotated:
            stack.append(part.__origin__)
        elif hasattr(part, "__value__"):  # `type Image = In[bytes]`
            stack.append(part.__value__)
        else:
            yield part if origin is None else origin


def _says_input(annotation: str) -> bool:
    """The same of an annotation whose names cannot be read."""
    stack = _parsed(annotation)
    while stack:
        match stack.pop():
            case ast.Constant(value=str() as quoted):
                stack += _parsed(quoted)
            case ast.BinOp(left=left, right=right):
                stack += [left, right]
            case ast.Subscript(value=value, slice=inner) if _last(value) in ("Optional", "Union", "Annotated"):
                stack += inner.elts if isinstance(inner, ast.Tuple) else [inner]
            case ast.Subscript(value=part) | part if _last(part) in ("In", "Node"):
                return True
    return annotation.strip().rpartition(".")[2] == "Any"


def _parsed(text: str) -> list[ast.expr]:
    try:
        return [ast.parse(text, mode="eval").body]
    except SyntaxError:
        return []


def _last(name: ast.expr) -> str:
    """The last part of a dotted name."""
    match name:
        case ast.Name(id=last) | ast.Attribute(attr=last):
            return last
        case _:
            return ""
