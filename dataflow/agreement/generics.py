"""What generic classes are as others: the items of what can be iterated over, the keys and values of mappings."""

from __future__ import annotations

import inspect
import types
from collections import ChainMap, Counter, OrderedDict, abc, defaultdict, deque
from collections.abc import Iterator
from typing import Any, Final

from dataflow.agreement.annotations import Reader, fields_of
from dataflow.agreement.scopes import scope_of
from dataflow.agreement.terms import (
    ANYTHING,
    Class,
    Exact,
    Renamed,
    Term,
    Tuple,
    TypeOf,
    each_of,
    either,
    replaced,
    row,
)

MAPPINGS: Final = (dict, OrderedDict, defaultdict, ChainMap, abc.Mapping, abc.MutableMapping, types.MappingProxyType)
VIEWS: Final = (abc.KeysView, abc.ValuesView)
COLLECTIONS: Final = (abc.Iterable, abc.Iterator, abc.Reversible, abc.Collection, abc.Generator)
SEQUENCES: Final = (list, tuple, deque, abc.Sequence, abc.MutableSequence)
SETS: Final = (set, frozenset, abc.Set, abc.MutableSet)
SLICED: Final = (list, str, bytes, bytearray, tuple, range)
"""Classes whose slices are of the same class."""
ITERABLES: Final = (*COLLECTIONS, *SEQUENCES, *SETS, *VIEWS)
"""Generic classes of which the first argument is the class of their items."""
PLAIN: Final[dict[type[Any], Term]] = {
    str: Class(str),
    bytes: Class(int),
    bytearray: Class(int),
    memoryview: Class(int),
    range: Class(int),
}


def as_class(term: Term) -> Class | None:
    """A term as an instance of some class, if it is one."""
    match term:
        case Class():
            return term
        case Exact(cls=cls):
            return Class(cls)
        case Tuple(items=items):
            return Class(tuple, (either(items),))
        case TypeOf(of=Class(cls=cls)):
            return Class(type(cls))
        case TypeOf():
            return Class(type)
        case _:
            return None


def lineage(term: Class) -> Iterator[Class]:
    """A class and the bases that it names, each with its arguments."""
    waiting = [term]
    while waiting:
        one = waiting.pop(0)
        yield one
        solved, reader = _arguments(one), Reader(scope_of(one.cls))
        for base in vars(one.cls).get("__orig_bases__", one.cls.__bases__):
            read = replaced(reader.read(base), solved)
            waiting += [read] if isinstance(read, Class) else []


def item_of(term: Term) -> Term:
    """What iterating over a value gives.

    >>> from dataflow.agreement.terms import generic
    >>> item_of(generic(dict, Class(str), Class(int))) == Class(str)
    True
    """
    return each_of(term, _item)


def _item(term: Term) -> Term:
    match term:
        case Tuple(items=items):
            return either(items)
        case Renamed(of=of):
            return item_of(of)
        case Exact(cls=cls):
            return _item(Class(cls))
        case Class():
            named = named_items(term)
            return _class_item(term) if named is None else item_of(named)
        case _:
            return ANYTHING


def _class_item(term: Class) -> Term:
    for one in lineage(term):
        if one.cls in PLAIN:
            return PLAIN[one.cls]
        if one.cls in ITERABLES or one.cls in MAPPINGS or one.cls is Counter:
            return one.args[0] if one.args else ANYTHING
    return ANYTHING


def entry_of(term: Class) -> tuple[Term, Term] | None:
    """The keys and values of a mapping, if they are known."""
    for one in lineage(term):
        if one.cls in MAPPINGS and one.args is not None and len(one.args) == 2:
            return one.args[0], one.args[1]
        if one.cls is Counter and one.args:
            return one.args[0], Class(int)
    return None


def named_items(term: Class) -> Tuple | Class | None:
    """A named tuple as the tuple that it is."""
    if not issubclass(term.cls, tuple) or not hasattr(term.cls, "_fields"):
        return None
    fields = fields_of(term.cls)
    return row([replaced(fields.get(name, ANYTHING), _arguments(term)) for name in term.cls._fields])


def element_of(term: Term, key: object) -> Term:
    """`value[key]`; of a key that is not known, `int` says that it is some number, and `...` nothing."""
    return each_of(term, lambda each: _element(each, key))


def _element(term: Term, key: object) -> Term:
    match term:
        case Tuple(items=items):
            return _of_row(items, key)
        case Renamed(of=of):
            return element_of(of, key)
        case Class(cls=cls) if hasattr(cls, "__total__") and issubclass(cls, dict):
            return fields_of(cls).get(str(key), ANYTHING)
        case Class():
            named, entry = named_items(term), entry_of(term)
            if named is not None:
                return element_of(named, key)
            if entry is not None:
                return entry[1]
            if isinstance(key, slice):
                return term if term.cls in SLICED else ANYTHING
            numbered = (type(key) is int or key is int) and issubclass(term.cls, SEQUENCES)
            return _class_item(term) if numbered else ANYTHING
        case _:
            return ANYTHING


def _of_row(items: tuple[Term, ...], key: object) -> Term:
    if isinstance(key, slice):
        return row(items[key])
    if isinstance(key, int):
        return items[key] if -len(items) <= key < len(items) else ANYTHING
    return ANYTHING


def attribute_of(term: Term, name: str) -> Term:
    """`value.name`."""
    return each_of(term, lambda each: _attribute(each, name))


def _attribute(term: Term, name: str) -> Term:
    if not isinstance(term, Class):
        return ANYTHING
    found = inspect.getattr_static(term.cls, name, None)
    if isinstance(found, property) and isinstance(found.fget, types.FunctionType):
        return Reader(scope_of(found.fget)).read(found.fget.__annotations__.get("return", Any))
    plain = isinstance(found, types.MemberDescriptorType) or name in getattr(term.cls, "_fields", ())
    if hasattr(type(found), "__get__") and not plain:
        return ANYTHING
    return replaced(fields_of(term.cls).get(name, ANYTHING), _arguments(term))


def _arguments(term: Class) -> dict[Any, Term]:
    """The type parameters of a class, and what they stand for."""
    parameters = getattr(term.cls, "__parameters__", ())
    args = term.args or ()
    return dict(zip(parameters, args if len(args) == len(parameters) else [ANYTHING] * len(parameters), strict=True))
