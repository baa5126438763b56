"""What `bind` takes in place of a class: a function that makes an instance."""

from __future__ import annotations

import functools
import inspect
import typing
from typing import Any

from dataflow.annotations import result_of
from dataflow.callee import awaits, label_of
from dataflow.errors import CompositionError
from dataflow.names import is_wrapper


def check_maker(thing: Any) -> None:
    """Refuse what certainly makes nothing that can be called.

    Args:
        thing: what is bound, if it is no class.

    Raises:
        CompositionError: it is a step, a flow, an instance, or a function that makes a plain value.

    >>> check_maker(lambda size: lambda x: x * size)
    >>> check_maker(3)
    Traceback (most recent call last):
    dataflow.errors.CompositionError: bind() takes a class, not 3
    """
    if is_wrapper(thing):
        raise CompositionError(f"bind() takes a class, not {thing!r}; {_way(thing)}")
    if not callable(thing):
        raise CompositionError(f"bind() takes a class, not {thing!r}")
    name = label_of(thing)
    made = result_of(thing)
    if not _is_function(thing) and (made is None or _is_plain(made)):
        raise CompositionError(
            f"bind() takes a class and its constructor's arguments, and makes the instance itself: "
            f"bind({name}, ...); of an instance that there is already, step(instance) makes a step"
        )
    if awaits(thing) or _is_plain(made):
        raise CompositionError(
            f"bind() takes a class; what the function {name!r} returns cannot be called: step({name}) makes a step of "
            f"the function, and step(functools.partial({name}, ...)) one with some of its arguments given"
        )


def _way(thing: Any) -> str:
    if hasattr(thing, "fn"):
        return f"to give some of its arguments, step(functools.partial({thing.__name__}.fn, ...))"
    return "call it on nodes"


def _is_function(thing: Any) -> bool:
    """Whether it is called for what it returns, and is no instance with a method `__call__`."""
    return inspect.isroutine(thing) or isinstance(thing, functools.partial)


def _is_plain(made: Any) -> bool:
    """Whether values of an annotation are certainly no callables: numbers, texts, containers."""
    cls = typing.get_origin(made) or made
    builtin = isinstance(cls, type) and cls.__module__ == "builtins" and cls is not object
    return builtin and not any("__call__" in vars(base) for base in cls.__mro__)
