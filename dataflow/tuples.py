"""How many items a tuple has, by its type: what `unpack` knows before there is a value."""

from __future__ import annotations

import inspect
import typing
from typing import Any

from dataflow.annotations import alternatives, read
from dataflow.node import Node


def items_in(annotation: Any) -> int | None:
    """How many items each value of a type has, or a node of it: of `tuple[A, B]`, and of named tuples.

    >>> from dataflow import In
    >>> items_in(In[tuple[int, str]]), items_in(tuple[int, ...]), items_in(tuple[int, str] | None)
    (2, None, None)
    """
    found = {_fixed(each) for each in alternatives(annotation)}
    return found.pop() if len(found) == 1 else None


def items_of_first(body: Any) -> int | None:
    """The same of the first parameter of a flow or function.

    >>> from dataflow import In, Node
    >>> def wired(pair: In[tuple[int, str]]) -> Node[int]: ...
    >>> items_of_first(wired)
    2
    """
    function = getattr(body, "function", body)
    said, code = getattr(function, "__annotations__", None), getattr(function, "__code__", None)
    if not said or code is None or not code.co_argcount:
        return None
    return items_in(read(said.get(code.co_varnames[0]), function))


def _fixed(of: Any) -> int | None:
    """How many items a type that is no union has."""
    origin, inner = typing.get_origin(of), typing.get_args(of)
    if origin is Node:
        return items_in(inner[0])
    cls = of if origin is None else origin
    if not inspect.isclass(cls) or not issubclass(cls, tuple):
        return None
    if hasattr(cls, "_fields"):
        return len(cls._fields)
    certain = inner != () or of == tuple[()]
    return len(inner) if certain and not any(map(_is_open, inner)) else None


def _is_open(item: Any) -> bool:
    """Whether an item of a tuple stands for any number of them."""
    return item is ... or getattr(item, "__unpacked__", False) or str(typing.get_origin(item)).endswith(".Unpack")
