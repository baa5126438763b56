"""Whether the methods of a class may give its instances an attribute that the class has not."""

from __future__ import annotations

import types
from abc import ABCMeta
from collections.abc import Iterator
from functools import cached_property
from types import CodeType, FunctionType
from typing import Any, Final, Generic, Protocol

BY_NAME: Final = frozenset({"setattr", "__setattr__", "__dict__", "vars"})
"""What sets attributes whose names do not stand in the code."""
PLAIN: Final = (object, Generic, Protocol)
INERT: Final = (
    type,
    types.MemberDescriptorType,
    types.GetSetDescriptorType,
    types.BuiltinFunctionType,
)
"""What stands in classes that are written in Python, and runs no code of people."""


def never_assigned(cls: type[Any], name: str) -> bool:
    """Whether no code of a class, of its bases and of its subclasses mentions a name.

    >>> class Quiet:
    ...     def close(self) -> None: ...
    >>> never_assigned(Quiet, "read"), never_assigned(int, "read")
    (True, False)
    """
    below = [cls]
    for each in below:  # it grows
        below += [one for one in type.__subclasses__(each) if one not in below]
    bases = {base for each in below for base in each.__mro__ if base not in PLAIN}
    return all(type(base) in (type, ABCMeta) and _is_silent(base, name) for base in bases)


def _is_silent(cls: type[Any], name: str) -> bool:
    """Whether a class is written in Python, all its code can be read, and none mentions a name."""
    if "__module__" not in vars(cls) or not cls.__flags__ & 1 << 9 or name in vars(cls):
        return False
    functions = [function for each in vars(cls).values() for function in _functions(each)]
    return not any(function is None or _mentions(function.__code__, name) for function in functions)


def _functions(thing: Any) -> Iterator[FunctionType | None]:
    """The functions that stand in a class as one thing; None for what cannot be read."""
    match thing:
        case FunctionType():
            plain = set(thing.__code__.co_freevars) <= {"__class__"} and not hasattr(thing, "__wrapped__")
            yield thing if plain else None  # under a decorator there is code that is not seen
        case staticmethod() | classmethod():
            yield from _functions(thing.__func__)
        case cached_property():
            yield from _functions(thing.func)
        case property():
            for each in (thing.fget, thing.fset, thing.fdel):
                yield from () if each is None else _functions(each)
        case _:
            unread = (callable(thing) or hasattr(type(thing), "__get__")) and not isinstance(thing, INERT)
            yield from [None] if unread else []


def _mentions(code: CodeType, name: str) -> bool:
    """Whether code names an attribute, or may set any."""
    if name in code.co_names or name in code.co_consts or not BY_NAME.isdisjoint(code.co_names):
        return True
    return any(_mentions(inner, name) for inner in code.co_consts if isinstance(inner, CodeType))
