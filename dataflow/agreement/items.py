"""What a value certainly has not: an item, so many items, an attribute. Why, in words, or None if it may have it."""

from __future__ import annotations

from abc import ABCMeta
from collections import OrderedDict, deque
from types import NoneType
from typing import Any, Final

import typing_extensions
from typing_extensions import is_protocol, is_typeddict

from dataflow.agreement.annotations import fields_of
from dataflow.agreement.classes import has, pretends
from dataflow.agreement.equality import may_equal
from dataflow.agreement.generics import entry_of, named_items
from dataflow.agreement.terms import Class, Exact, Renamed, Term, Tuple, members_of
from dataflow.agreement.texts import shown

NUMBERED: Final = (list, tuple, str, bytes, bytearray, range, deque)
"""Classes whose items have numbers, unless a subclass says otherwise."""
NO_NUMBERS: Final = (str, bytes, NoneType, list, tuple, dict, set)
"""What is no number of an item, and is not passed where one is annotated."""
NO_EXTRA: Final = getattr(typing_extensions, "NoExtraItems", None)
PROMOTED: Final[dict[type[Any], tuple[type[Any], ...]]] = {
    float: (int,),
    complex: (float, int),
    bytes: (bytearray, memoryview),
}
"""What is often returned where these are annotated, and may have more."""


def lacks_item(term: Term, key: Term) -> str | None:
    """Why `value[key]` is certainly an error.

    >>> lacks_item(Class(int), Exact(0)), lacks_item(Class(list), Exact("a")), lacks_item(Class(list), Exact(0))
    ('int has no items', "list has no item 'a'", None)
    """
    members = [_concrete(member) for member in members_of(term)]
    why = [_lacks(member, key) for member in members] + [_is_beyond(members, key)]
    return next((said for said in why if said is not None), None)


def is_unpacked_into(term: Term, count: int) -> str | None:
    """Why a value certainly has not so many items.

    >>> is_unpacked_into(Tuple((Class(int),)), 2)
    'it is unpacked into 2'
    """
    rows = [_row(_concrete(member)) for member in members_of(term)]
    wrong = bool(rows) and all(row is not None and row.items and len(row.items) != count for row in rows)
    return f"it is unpacked into {count}" if wrong else None


def lacks_attribute(term: Term, name: str) -> str | None:
    """Why `value.name` is certainly an error.

    >>> lacks_attribute(Class(int), "foo"), lacks_attribute(Class(int), "real")
    ("int has no attribute 'foo'", None)
    """
    for member in map(_concrete, members_of(term)):
        cls = _class_of(member)
        if cls is None or any(_may_have(each, name) for each in _kin(cls)):
            continue
        if not any(has(each, name) for each in _below(cls)):
            return f"{shown(member)} has no attribute {name!r}"
    return None


def _concrete(term: Term) -> Term:
    """Without the names of `NewType`; of a value, the class."""
    while isinstance(term, Renamed):
        term = term.of
    return Class(term.cls) if isinstance(term, Exact) else term


def _class_of(term: Term) -> type[Any] | None:
    """The class of which an instance is meant; none if it only says what an instance can do."""
    if isinstance(term, Tuple):
        return tuple
    if not isinstance(term, Class) or term.cls is object:
        return None
    if is_typeddict(term.cls):
        return dict
    abstract = isinstance(term.cls, ABCMeta) or is_protocol(term.cls)
    return None if abstract or Any in term.cls.__mro__ or pretends(term.cls) else term.cls


def _kin(cls: type[Any]) -> list[type[Any]]:
    """The classes of which an instance is: of a built-in class hardly one that does something else in its place."""
    return [cls, *PROMOTED.get(cls, ())] if cls.__module__ == "builtins" else _below(cls)


def _below(cls: type[Any]) -> list[type[Any]]:
    """A class and all subclasses that there are."""
    found = {cls: None}
    waiting = [cls]
    while waiting:
        new = [each for each in type.__subclasses__(waiting.pop()) if each not in found]
        found.update(dict.fromkeys(new))
        waiting += new
    return list(found)


def _may_have(cls: type[Any], name: str) -> bool:
    """Whether an instance may have an attribute: where it has a `__dict__`, any."""
    look_up: Any = cls.__getattribute__  # a built-in class has one of its own, which does the same
    own = has(cls, "__getattr__") or getattr(getattr(look_up, "__objclass__", None), "__module__", "") != "builtins"
    return has(cls, name) or own or cls.__dictoffset__ != 0


def _row(term: Term) -> Tuple | None:
    """A tuple of a known length."""
    if not isinstance(term, Class):
        return term if isinstance(term, Tuple) else None
    known = named_items(term)
    return known if isinstance(known, Tuple) and _keeps(term.cls, tuple, "__getitem__", "__iter__") else None


def _may_be_row(term: Term) -> bool:
    cls = _class_of(term)
    return cls is None or tuple in cls.__mro__


def _keeps(cls: type[Any], base: type[Any], *names: str) -> bool:
    """Whether a class has these methods of its base, and no subclass has others."""
    return all(getattr(each, name) is getattr(base, name) for each in _kin(cls) for name in names)


def _is_beyond(members: list[Term], key: Term) -> str | None:
    """Whether an index is beyond the end of each tuple that the value may be; of an empty one nothing is said.

    Tuples of several lengths are of any length for type checkers, too, if they are the items of one list.
    """
    rows = [row for member in members if (row := _row(member)) is not None]
    known = all(_row(member) or not _may_be_row(member) for member in members)
    if not rows or not known or not isinstance(key, Exact) or type(key.value) is not int:
        return None
    if any(not row.items or -len(row.items) <= key.value < len(row.items) for row in rows):
        return None
    return f"{shown(next(each for each in members if _row(each) is not None))} has no item {key.value}"


def _lacks(term: Term, key: Term) -> str | None:
    """Why a member of a union has no such item, whatever its length."""
    cls = _class_of(term)
    if cls is None:
        return None
    if not any(has(each, "__getitem__") for each in _kin(cls)):
        return f"{shown(term)} has no items"
    named = f"item {key.value!r}" if isinstance(key, Exact) else f"item for a key that is {shown(key)}"
    return None if _may_be_key(term, cls, key) else f"{shown(term)} has no {named}"


def _may_be_key(term: Term, cls: type[Any], key: Term) -> bool:
    if isinstance(term, Class) and is_typeddict(term.cls):
        return _is_field(term.cls, key)
    numbered = next((each for each in NUMBERED if issubclass(cls, each)), None)
    if numbered is not None and _keeps(cls, numbered, "__getitem__"):
        return not all(_is_no_number(each) for each in members_of(key))
    entry = entry_of(term) if isinstance(term, Class) and cls in (dict, OrderedDict) else None
    if entry is None or any(isinstance(each, Exact) and each.known for each in members_of(entry[0])):
        return True
    return may_equal(entry[0], key)


def _is_field(row: type[Any], key: Term) -> bool:
    """Whether a typed dict may have a key; one with extra items may have any."""
    extra = getattr(row, "__extra_items__", NO_EXTRA)
    open_row = extra is not None and extra is not NO_EXTRA
    return open_row or not isinstance(key, Exact) or type(key.value) is not str or key.value in fields_of(row)


def _is_no_number(key: Term) -> bool:
    known = _concrete(key)
    cls = tuple if isinstance(known, Tuple) else known.cls if isinstance(known, Class) else object
    return issubclass(cls, NO_NUMBERS) and not has(cls, "__index__") and not pretends(cls)
