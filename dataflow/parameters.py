"""Which parameters of a flow are inputs, and which are settings of the wiring.

A parameter annotated `In[T]`, `Node[T]` or `Any`, or not annotated, is an input: in the body it is always a node. One
annotated as anything else is the wiring function's own business (how many models, which names, a step or flow to call,
a list of nodes to loop over) and gets the value itself; a deployed flow has its default, and it is no input of it.
"""

from __future__ import annotations

import ast
import inspect
import typing
from typing import Any, Final
from weakref import WeakKeyDictionary

import attrs

from dataflow.annotations import alternatives, read
from dataflow.binding import bind_call
from dataflow.constant import const
from dataflow.errors import CompositionError
from dataflow.node import Node
from dataflow.place import here
from dataflow.scan import operand

_layouts: Final[WeakKeyDictionary[Any, Layout]] = WeakKeyDictionary()


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
    parts = alternatives(annotation)
    return parts in ([param.empty], [Any]) or any(Node in (part, typing.get_origin(part)) for part in parts)


def parameters_of(function: Any) -> list[inspect.Parameter]:
    """The parameters of a function; annotations that are text are read where it is written, if they can be."""
    return [_read(param, function) for param in inspect.signature(function).parameters.values()]


def inputs_of(function: Any, who: str) -> list[inspect.Parameter]:
    """The parameters that are inputs of the deployed flow.

    Raises:
        CompositionError: there is a `*args` or `**kwargs`, or a setting without a default.
    """
    found = []
    for param in parameters_of(function):
        if param.kind in (param.VAR_POSITIONAL, param.VAR_KEYWORD):
            raise CompositionError(f"{who} has {param}; a pipeline needs a fixed set of inputs, each with a name")
        if is_input(param):
            found.append(param)
        elif param.default is param.empty:
            raise CompositionError(
                f"{who}: {str(param)!r} is a setting of the wiring, and without a default its graph is not known; "
                f"give it one, or annotate it as an input: '{param.name}: In[...]'"
            )
    return found


@attrs.frozen
class Layout:
    """The parameters of a function that is called on nodes."""

    signature: inspect.Signature
    inputs: tuple[inspect.Parameter, ...]

    @property
    def has_defaults(self) -> bool:
        """Whether an input may be left out."""
        return any(param.default is not param.empty for param in self.inputs)


def layout_of(function: Any) -> Layout:
    """The parameters of a function; they are read when it is first called, when all that annotations name is there."""
    try:
        found = _layouts.get(function)
    except TypeError:  # an object that has no hash, or to which nothing refers weakly
        return _layout(function)
    if found is None:
        found = _layouts[function] = _layout(function)
    return found


def _layout(function: Any) -> Layout:
    signature = inspect.signature(function)
    read_ = [_read(param, function) for param in signature.parameters.values()]
    return Layout(signature, tuple(filter(is_input, read_)))


def as_nodes(
    function: Any, who: str, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments of a call, those for inputs as nodes, defaults too.

    Raises:
        CompositionError: they do not fit the function's parameters.
    """
    layout = layout_of(function)
    given = not kwargs and (len(args) == len(layout.signature.parameters) or not layout.has_defaults)
    if given and all(type(each) is Node for each in args):
        return args, kwargs
    bind_call(layout.signature, who, args, kwargs)
    bound = layout.signature.bind(*args, **kwargs)
    bound.apply_defaults()
    for param in layout.inputs:
        bound.arguments[param.name] = _lifted(param, bound.arguments[param.name])
    return bound.args, bound.kwargs


def _read(param: inspect.Parameter, function: Any) -> inspect.Parameter:
    said = read(param.annotation, function)
    return param if said is param.annotation else param.replace(annotation=said)


def _lifted(param: inspect.Parameter, value: Any) -> Any:
    if param.kind is param.VAR_POSITIONAL:
        return tuple(_node(param, each) for each in value)
    if param.kind is param.VAR_KEYWORD:
        return {name: _node(param, each) for name, each in value.items()}
    return _node(param, value)


def _node(param: inspect.Parameter, value: Any) -> Node[Any]:
    found = operand(value, here(), lambda: f"argument {param.name!r}")
    return found if isinstance(found, Node) else const(found)


def _says_input(annotation: str) -> bool:
    """The same of an annotation whose names cannot be read."""
    names = [_last(part.value if isinstance(part, ast.Subscript) else part) for part in _written(annotation)]
    return names == ["Any"] or "In" in names or "Node" in names


def _written(annotation: str) -> list[ast.expr]:
    """The alternatives of an annotation as they are written."""
    found, waiting = [], _parsed(annotation)
    while waiting:
        match waiting.pop():
            case ast.Constant(value=str() as quoted):
                waiting += _parsed(quoted)
            case ast.BinOp(left=left, right=right):
                waiting += [left, right]
            case ast.Subscript(value=value, slice=inner) if _last(value) in ("Optional", "Union"):
                waiting += inner.elts if isinstance(inner, ast.Tuple) else [inner]
            case ast.Subscript(value=value, slice=ast.Tuple(elts=[of, *_])) if _last(value) == "Annotated":
                waiting.append(of)
            case part:
                found.append(part)
    return found


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
