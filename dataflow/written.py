"""Signatures as people write them: `x: In[int]`, and not the union that it stands for."""

from __future__ import annotations

import inspect
import types
import typing
from typing import Any

from dataflow.annotations import alternatives


class _Written:
    """Stands for an annotation in a signature, which shows it by its `repr`."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def written(signature: inspect.Signature) -> str:
    """A signature as text.

    >>> from dataflow import In, Node
    >>> def scaled(x: In[int | None], by: In[int] = 2) -> Node[list[int]]: ...
    >>> written(inspect.signature(scaled))
    '(x: In[int | None], by: In[int] = 2) -> Node[list[int]]'
    """
    params = [param.replace(annotation=_shown(param.annotation)) for param in signature.parameters.values()]
    return str(signature.replace(parameters=params, return_annotation=_shown(signature.return_annotation)))


def _shown(annotation: Any) -> Any:
    return annotation if annotation is inspect.Parameter.empty else _Written(_text(annotation))


def _text(annotation: Any) -> str:
    if isinstance(annotation, str):
        return annotation
    if isinstance(annotation, list):  # the parameters of a Callable
        return f"[{_all(annotation)}]"
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        return _union(list(args))
    if _is_node(origin or annotation):
        return f"Node[{_all(args)}]" if args else "Node"
    if isinstance(origin, type) and args and "dataflow.node.Node[" in repr(annotation):
        return f"{origin.__name__}[{_all(args)}]"
    return "None" if annotation is types.NoneType else inspect.formatannotation(annotation)


def _union(parts: list[Any]) -> str:
    """Where there is a node of T beside all that T may be, they are an `In[T]`."""
    texts = []
    for node in [part for part in parts if _is_node(typing.get_origin(part))]:
        values = alternatives(typing.get_args(node)[0])
        if all(value in parts for value in values):
            parts = [part for part in parts if part is not node and part not in values]
            texts.append(f"In[{_text(typing.get_args(node)[0])}]")
    return " | ".join([*texts, *map(_text, parts)])


def _all(parts: typing.Iterable[Any]) -> str:
    return ", ".join(["..." if part is ... else _text(part) for part in parts])


def _is_node(origin: Any) -> bool:
    """Whether it is the class of nodes, told by its name: it stands above this module in the layers."""
    return getattr(origin, "__module__", "") == "dataflow.node" and getattr(origin, "__name__", "") == "Node"
