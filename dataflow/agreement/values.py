"""Values -> terms."""

from __future__ import annotations

import inspect
import types
import typing
from typing import Any

from dataflow.agreement.callables import NOT_KNOWN, ends_of
from dataflow.agreement.terms import (
    ANYTHING,
    LARGEST,
    NONE,
    Arrow,
    Class,
    Exact,
    Term,
    TypeOf,
    bounded,
    either,
    generic,
    row,
)


def term_of(value: object, deep: int = 3, most: int = 20) -> Term:
    """The term of a value; of a container, by its first items; the others may be anything.

    >>> from dataflow.agreement.texts import shown
    >>> shown(term_of({"a": [1]}))
    "dict[Literal['a'], list[Literal[1]]]"
    """
    kind = type(value)
    if value is None:
        return NONE
    if kind in (bool, int) or (isinstance(value, str | bytes) and kind in (str, bytes) and len(value) <= LARGEST):
        return Exact(value, known=True)
    if typing.get_origin(value) is not None:
        return ANYTHING
    if isinstance(value, type):
        return TypeOf(Class(value))
    if isinstance(value, types.FunctionType | types.MethodType):
        return _of_function(value)
    if isinstance(value, types.BuiltinFunctionType):
        return Arrow(None, ANYTHING)
    if deep == 0 or kind not in (list, tuple, set, frozenset, dict):
        return Exact(value, known=True) if hasattr(kind, "__members__") else Class(kind)
    items: Any = value
    if kind is tuple and len(items) <= most:
        return row([term_of(item, deep - 1, most) for item in items])
    some = [item for _, item in zip(range(most), items, strict=False)]
    rest = [ANYTHING] if len(items) > most else []
    each = either([*[term_of(item, deep - 1, most) for item in some], *rest])
    if kind is dict:
        return generic(dict, each, either([*[term_of(items[key], deep - 1, most) for key in some], *rest]))
    return generic(kind, each)


def _of_function(fn: Any) -> Arrow:
    """What a function takes by position, if it can be called so."""
    ends = ends_of(fn)
    params = list(ends.signature.parameters.values())
    named = [param for param in params if param.kind is param.KEYWORD_ONLY and param.default is param.empty]
    placed = [param for param in params if param.kind in (param.POSITIONAL_ONLY, param.POSITIONAL_OR_KEYWORD)]
    endless = any(param.kind is param.VAR_POSITIONAL for param in params)
    if ends == NOT_KNOWN or ends.overloads or named or endless:
        return Arrow(None, ANYTHING)
    spare = sum([param.default is not inspect.Parameter.empty for param in placed])
    return bounded(Arrow(tuple(map(ends.taken_by, placed)), ANYTHING, spare), Arrow(None, ANYTHING))
