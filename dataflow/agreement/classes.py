"""Whether an instance of one class may be one of another: what `issubclass` says, and what it does not know."""

from __future__ import annotations

import inspect
import numbers
import types
from abc import ABCMeta
from collections import abc
from typing import Any, Final, Protocol

import typing_extensions
from typing_extensions import get_protocol_members, is_protocol

PROMOTED: Final[dict[type[Any], tuple[type[Any], ...]]] = {
    int: (numbers.Integral,),
    float: (numbers.Real,),
    complex: (numbers.Complex,),
    bytes: (bytearray, memoryview),
}
"""What is taken for an instance of these, beside subclasses."""
CONTAINERS: Final = (abc.MutableSequence, abc.MutableMapping, abc.MutableSet, abc.Sequence, abc.Mapping, abc.Set)
"""Built-in containers are of these for `isinstance`, and have all methods of these for type checkers."""
PLAIN_CHECKS: Final = {
    each.__instancecheck__ for each in (type, ABCMeta, type(Protocol), type(typing_extensions.Protocol))
}


def may_be(given: type[Any], wanted: type[Any]) -> bool:
    """Whether an instance of one class may be taken for one of another.

    >>> may_be(bool, float), may_be(str, bytes)
    (True, False)
    """
    if wanted in (object, *given.__mro__) or Any in given.__mro__ or pretends(given):
        return True
    if is_protocol(wanted):
        return not any(_lacks(given, wanted, name) for name in get_protocol_members(wanted))
    if _decides(wanted) or issubclass(given, PROMOTED.get(wanted, ())):
        return True
    try:
        return issubclass(given, wanted) or (wanted is abc.Iterable and has(given, "__getitem__"))
    except Exception:  # a class may raise what it likes when it is asked
        return True


def is_callable(cls: type[Any]) -> bool:
    """Whether something that can be called may be an instance of a class."""
    return cls is object or has(cls, "__call__") or Any in cls.__mro__ or is_protocol(cls)


def _decides(cls: type[Any]) -> bool:
    """Whether its metaclass decides what its instances are."""
    check: Any = type(cls).__instancecheck__
    return check not in PLAIN_CHECKS


def pretends(cls: type[Any]) -> bool:
    """Whether instances say that they are of another class, as proxies and mocks do."""
    return any("__class__" in vars(base) for base in cls.__mro__ if base is not object)


def _lacks(cls: type[Any], protocol: type[Any], name: str) -> bool:
    """Whether instances surely have no such member: what an instance may have of its own is not known."""
    if has(cls, name) or has(cls, "__getattr__") or any(name in annotated(base) for base in cls.__mro__):
        return False
    if any(issubclass(cls, each) and hasattr(each, name) for each in CONTAINERS):
        return False
    special = name.startswith("__") and isinstance(inspect.getattr_static(protocol, name, None), types.FunctionType)
    return special or cls.__dictoffset__ == 0


def has(cls: type[Any], name: str) -> bool:
    """Whether instances of a class have it; its metaclass does not count."""
    return any(name in vars(base) for base in cls.__mro__)


def annotated(cls: type[Any]) -> dict[str, Any]:
    """The annotations that stand in a class itself."""
    found = vars(cls).get("__annotations__")
    return found if isinstance(found, dict) else {}
