"""Annotations as what they say, also those of a module in which they are text."""

from __future__ import annotations

import inspect
import types
import typing
from typing import Any


def read(annotation: Any, fn: Any) -> Any:
    """An annotation of a function; text is read where the function is written, or stays text if it cannot be.

    Each is read alone: one that names what only type checkers know leaves the others readable.

    >>> def f(): ...
    >>> read("list[int]", f), read("Unknown", f)
    (list[int], 'Unknown')
    """
    if not isinstance(annotation, str):
        return annotation
    scope = getattr(inspect.unwrap(fn), "__globals__", {})
    held: Any = types.SimpleNamespace(__annotations__={"it": annotation})
    try:
        return typing.get_type_hints(held, scope, include_extras=True)["it"]
    except Exception:  # whatever comes of names that are known to type checkers alone
        return annotation


def result_of(fn: Any) -> Any:
    """What a callable is annotated as returning, or None where nothing is said."""
    plain = getattr(fn, "func", fn)  # of a partial
    if not inspect.isroutine(plain):
        plain = getattr(type(plain), "__call__", None)  # the method, not whether there is one
    said = getattr(plain, "__annotations__", None)
    return read(said.get("return"), plain) if isinstance(said, dict) else None


def alternatives(annotation: Any) -> list[Any]:
    """The types of which one is meant: those of `A | B`, and what stands behind a name of a type.

    >>> alternatives(int | str | None)
    [<class 'int'>, <class 'str'>, <class 'NoneType'>]
    """
    found, waiting = [], [annotation]
    while waiting:
        part = waiting.pop()
        origin = typing.get_origin(part)
        if origin in (types.UnionType, typing.Union):
            waiting += reversed(typing.get_args(part))
        elif origin is typing.Annotated:
            waiting.append(part.__origin__)
        elif hasattr(part, "__value__"):  # `type Image = In[bytes]`
            waiting.append(part.__value__)
        else:
            found.append(part)
    return found
