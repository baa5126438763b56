"""What a literal is made of, seen more strictly than `==` sees it.

A literal is an atom (`text_of`), a container with parts (`parts_of`), or opaque. Two literals are the same if their
types are and their atoms and parts are: 1, 1.0 and True differ, 0.0 and -0.0 differ, a NaN is the same as itself.
Comparing, hashing, digests and the JSON form all go by this one anatomy, so they cannot disagree.
"""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import functools
import inspect
import pathlib
import struct
import types
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import attrs

from dataflow.names import find, name_of
from dataflow.ops import Grower, Ref
from dataflow.variables import ResultT

EXACT: Final[frozenset[type]] = frozenset({int, str, bool, bytes, type(None), type(...), Ref})
"""The types of which `==` between two values of that very type already says whether they are the same."""

PATH: Final = type(pathlib.Path())
SETS: Final = frozenset({set, frozenset})
SEQUENCES: Final = frozenset({list, tuple}) | SETS
MISSING: Final = object()


def _zoned(value: datetime.datetime) -> str | None:
    plain = value.tzinfo is None or type(value.tzinfo) is datetime.timezone
    return value.isoformat() if plain and not value.fold else None


def _bits(*numbers: float) -> str:
    return struct.pack(f">{len(numbers)}d", *numbers).hex()


TEXTS: Final[dict[type, Callable[[Any], str | None]]] = {
    float: _bits,
    complex: lambda value: _bits(value.real, value.imag),
    decimal.Decimal: str,
    datetime.datetime: _zoned,
    datetime.date: datetime.date.isoformat,
    datetime.timedelta: lambda value: f"{value.days},{value.seconds},{value.microseconds}",
    PATH: str,
}


class NoForm(Exception):
    """A literal cannot be written down for another process; the message says what it is, and the way out."""


class Cyclic(Exception):
    """A literal contains itself."""


def text_of(value: Any) -> str | None:
    """The text of an atom whose `==` is not strict enough: equal texts of one type are the same value.

    >>> text_of(0.0) == text_of(-0.0), text_of("other types have none")
    (False, None)
    """
    write = TEXTS.get(type(value))
    return None if write is None else write(value)


def parts_of(value: Any) -> Iterable[Any] | None:
    """What a container holds, or None for anything else; the type and the parts together are the value.

    The parts of a set are in no particular order, those of a dict are key, value, key, value...

    >>> list(parts_of({"a": 1})), list(parts_of(range(3))), parts_of("text")
    (['a', 1], [0, 3, 1], None)
    """
    kind = type(value)
    if kind in EXACT or kind in TEXTS:
        return None
    if kind in SEQUENCES:
        return value  # type: ignore[no-any-return]  # one of four types that are iterable
    if kind is dict:
        return [part for pair in value.items() for part in pair]
    if kind is range or kind is slice:
        return (value.start, value.stop, value.step)
    if kind is Grower:
        return (value.fn, *value.known)
    return _fields_of(value, kind)


def fold(
    root: object,
    leaf: Callable[[Any], ResultT],
    node: Callable[[type, list[ResultT]], ResultT],
    done: dict[int, tuple[object, ResultT]],
) -> ResultT:
    """Bottom up over a literal: `leaf` of atoms and opaque objects, `node` of a container's type and folded parts.

    Args:
        root: the literal.
        leaf: what an atom or an opaque object gives.
        node: what a container gives.
        done: what containers gave already, by id; the containers are kept with it, so that ids stay taken.

    Raises:
        Cyclic: a container contains itself.

    >>> fold([1, (2, 3)], lambda atom: atom, lambda kind, parts: sum(parts), {})
    6
    """
    stack: list[tuple[Any, Iterator[Any], list[ResultT]]] = [(None, iter((root,)), [])]
    open_: set[int] = set()
    while True:
        holder, rest, folded = stack[-1]
        for part in rest:
            if id(part) in done:
                folded.append(done[id(part)][1])
                continue
            inner = parts_of(part)
            if inner is None:
                folded.append(leaf(part))
                continue
            if id(part) in open_:
                raise Cyclic
            open_.add(id(part))
            stack.append((part, iter(inner), []))
            break
        else:
            stack.pop()
            if not stack:
                return folded[0]
            open_.discard(id(holder))
            done[id(holder)] = (holder, made := node(type(holder), folded))
            stack[-1][2].append(made)


def _fields_of(value: Any, kind: type) -> Iterable[Any] | None:
    state = set(getattr(value, "__dict__", ())) - {"__orig_class__"}
    if is_named_tuple(kind):
        return None if state else tuple(value)
    fields = record_fields(kind)
    if fields is None or not state <= set(fields):
        return None
    parts = [getattr(value, name, MISSING) for name in fields]
    return None if any(part is MISSING for part in parts) else parts


def is_named_tuple(kind: type) -> bool:
    """Whether a class is a named tuple that compares as a tuple does."""
    own: object = kind.__eq__
    return issubclass(kind, tuple) and hasattr(kind, "_fields") and own is tuple.__eq__


def named_fields(kind: Any) -> tuple[str, ...]:
    """The fields of a named tuple."""
    return tuple(kind._fields)


@functools.lru_cache(maxsize=1024)
def record_fields(kind: Any) -> tuple[str, ...] | None:
    """The fields of a dataclass or attrs class that compares by them and has no other state, or None."""
    own: object = kind.__eq__
    if own is object.__eq__ or issubclass(kind, enum.Enum):
        return None
    if attrs.has(kind):
        names = tuple(field.name for field in attrs.fields(kind))
    elif dataclasses.is_dataclass(kind):
        names = tuple(field.name for field in dataclasses.fields(kind))
    else:
        return None
    slots = {slot for base in kind.__mro__ for slot in _slots(base)} - {"__weakref__", "__dict__"}
    return (
        names if slots <= set(names) and _is_plain(kind) and not any(_has_code(kind, name) for name in names) else None
    )


def blank(kind: type) -> Any:
    """An object of a record class whose fields are not set yet; none of the class's own code runs."""
    return object.__new__(kind)


def _is_plain(kind: type) -> bool:
    """Whether an object of the class is its fields and nothing else: it extends no built-in, and ends silently."""
    if hasattr(kind, "__del__"):
        return False
    try:
        blank(kind)
    except TypeError:
        return False
    return True


def _slots(kind: type) -> tuple[str, ...]:
    slots = vars(kind).get("__slots__", ())
    return (slots,) if isinstance(slots, str) else tuple(slots)


def _has_code(kind: type, name: str) -> bool:
    """Whether reading or writing a field runs code of the class (a property)."""
    found = inspect.getattr_static(kind, name, None)
    return hasattr(type(found), "__set__") and not isinstance(found, types.MemberDescriptorType)


def import_name(thing: object) -> str | None:
    """The name by which `find` gives exactly this function, class or other importable object, or None.

    What a decorator has replaced is found under the wrapper: `module:function.__wrapped__`.
    """
    name = name_of(thing)
    return name if name is None or find(name) is thing else f"{name}.__wrapped__"


def no_form(value: object) -> NoForm:
    """Why an opaque value cannot be written down."""
    kind = "class" if isinstance(value, type) else "function"
    if isinstance(value, type) or inspect.isroutine(value):
        name = getattr(value, "__qualname__", repr(value))
        return NoForm(f"the {kind} {name!r}, which cannot be imported by name; define it at the top level of a module")
    return NoForm(
        f"a {type(value).__module__}.{type(value).__qualname__}, which has no form that another process could read; "
        f"pass it as an input, or make it in a step"
    )
