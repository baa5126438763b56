"""Which values may be equal: of a type and a key of a `switch` or a dict. What is not certain may be.

A type that says what its values are, as an Enum, is compared by them. Any other is compared by the kinds of classes:
numbers may equal numbers and texts may equal texts, of whichever class they are, and a class that defines its own
`==`, or may have a subclass that is a text, may equal anything.
"""

from __future__ import annotations

import datetime
import enum
import numbers
from types import NoneType
from typing import Any, Final

from dataflow.agreement.classes import pretends
from dataflow.agreement.terms import (
    Class,
    Either,
    Exact,
    Renamed,
    Term,
    Tuple,
)

MOST_VALUES: Final = 50
KINDS: Final[tuple[tuple[type[Any], ...], ...]] = (
    (str,),
    (bytes,),
    (numbers.Number,),
    (tuple,),
    (list,),
    (dict,),
    (set, frozenset),
    (NoneType,),
    (datetime.date,),
    (datetime.time,),
    (datetime.timedelta,),
)
"""Classes of which instances equal nothing but instances of the same kind; no class can be of two kinds."""
PLAIN: Final = frozenset({"builtins", "decimal", "fractions", "datetime", "numbers"})
"""Modules whose `==` is known."""


def values_of(cls: type[Any]) -> tuple[Exact, ...]:
    """All values of a class that has few: of bool and of an Enum.

    >>> [each.value for each in values_of(bool)], values_of(str)
    ([True, False], ())
    """
    if cls is bool:
        return Exact(True), Exact(False)
    closed = issubclass(cls, enum.Enum) and not issubclass(cls, enum.Flag) and len(cls) <= MOST_VALUES
    return tuple([Exact(member) for member in cls]) if closed else ()


def may_equal(given: Term, key: Term) -> bool:
    """Whether a value of a type may equal a key, of which the value or only the type is known.

    >>> may_equal(Class(float), Exact(0)), may_equal(Class(str), Exact(0)), may_equal(Exact("a"), Exact("b"))
    (True, False, False)
    """
    if isinstance(given, Renamed):
        return may_equal(given.of, key)
    if isinstance(key, Renamed):
        return may_equal(given, key.of)
    if isinstance(key, Either):
        return not key.members or any(may_equal(given, each) for each in key.members)
    match given:
        case Either(members=members):  # of none: an item of what is empty now
            return not members or any(may_equal(member, key) for member in members)
        case Class(cls=cls) if values := values_of(cls):
            return any(may_equal(value, key) for value in values)
        case Exact(value=value, known=False) if isinstance(key, Exact):
            return _are_equal(value, key.value)
        case Tuple(items=items) if isinstance(key, Tuple):
            return len(items) == len(key.items) and all(map(may_equal, items, key.items))
    first, second = _class_of(given), _class_of(key)
    return first is None or second is None or _classes_meet(first, second)


def _are_equal(one: object, other: object) -> bool:
    try:
        return bool(one == other)
    except Exception:  # foreign objects raise what they like when they are compared
        return True


def _class_of(term: Term) -> type[Any] | None:
    match term:
        case Class(cls=cls) | Exact(cls=cls):
            return cls
        case Tuple():
            return tuple
        case _:
            return None


def _classes_meet(one: type[Any], other: type[Any]) -> bool:
    if other in one.__mro__ or one in other.__mro__:
        return True
    kinds = _kind(one), _kind(other)
    return None in kinds or kinds[0] == kinds[1]


def _kind(cls: type[Any]) -> object:
    """What an instance is equal to others of, or None if that is not known."""
    if Any in cls.__mro__ or pretends(cls):
        return None
    defined = next(base for base in cls.__mro__ if "__eq__" in vars(base))
    if defined is object and values_of(cls):
        return cls
    if defined.__module__ not in PLAIN:
        return None
    found = [kind for kind in KINDS if issubclass(cls, kind)]
    return found[0] if len(found) == 1 else None
