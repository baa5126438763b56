"""Literals as JSON values, and back.

What JSON has stands as itself: null, booleans, finite numbers, strings, lists, objects. Anything else is an object
with a tag, a key that starts with `$`: `{"$tuple": [1, 2]}`. Reading imports the modules that are named and sets
fields; it calls no function and no constructor of theirs, only the hash of what is a key or a member of a set.
"""

from __future__ import annotations

import base64
import datetime
import decimal
import enum
import json
import math
import pathlib
import struct
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple, TypeAlias

from dataflow.errors import GraphError
from dataflow.ir.literals import (
    PATH,
    SETS,
    NoForm,
    blank,
    import_name,
    is_named_tuple,
    named_fields,
    no_form,
    parts_of,
    record_fields,
    text_of,
)
from dataflow.names import find

Json: TypeAlias = Any
Path: TypeAlias = Any
"""Where in a document a value stands: None, or the path of what holds it, and its key or position there."""

VERSION: Final = 1
DEEPEST: Final = 64
MOST: Final = 10_000_000
LONGEST_NUMBER: Final = 4096
LONGEST_QUOTE: Final = 60


class Atom(NamedTuple):
    """A type whose values are written as one string."""

    tag: str
    write: Callable[[Any], str | None]
    read: Callable[[str], object]


class Container(NamedTuple):
    """A type whose values are written as the list of their parts."""

    tag: str
    build: Callable[[list[Any]], object]


def _complex(text: str) -> complex:
    return complex(*struct.unpack(">dd", bytes.fromhex(text)))


def _timedelta(text: str) -> datetime.timedelta:
    return datetime.timedelta(*map(int, text.split(",")))


def _dict(parts: list[Any]) -> dict[Any, Any]:
    return dict(zip(parts[::2], parts[1::2], strict=True))


ATOMS: Final[dict[type, Atom]] = {
    int: Atom("$int", hex, lambda text: int(text, 16)),  # only long ones, whose decimal form Python limits
    float: Atom("$float", text_of, lambda text: struct.unpack(">d", bytes.fromhex(text))[0]),
    complex: Atom("$complex", text_of, _complex),
    bytes: Atom("$bytes", lambda value: base64.b64encode(value).decode("ascii"), base64.b64decode),
    type(...): Atom("$ellipsis", lambda _: "...", lambda _: ...),
    decimal.Decimal: Atom("$decimal", text_of, decimal.Decimal),
    datetime.datetime: Atom("$datetime", text_of, datetime.datetime.fromisoformat),
    datetime.date: Atom("$date", text_of, datetime.date.fromisoformat),
    datetime.timedelta: Atom("$timedelta", text_of, _timedelta),
    PATH: Atom("$path", text_of, pathlib.Path),
}
CONTAINERS: Final[dict[type, Container]] = {
    tuple: Container("$tuple", tuple),
    set: Container("$set", set),
    frozenset: Container("$frozenset", frozenset),
    dict: Container("$dict", _dict),  # key, value, key, value...; only those that are no JSON objects
    range: Container("$range", lambda parts: range(*parts)),
    slice: Container("$slice", lambda parts: slice(*parts)),
}
BY_TAG: Final[dict[str, Atom | Container]] = {
    **{form.tag: form for form in ATOMS.values()},
    **{form.tag: form for form in CONTAINERS.values()},
}


class Writer:
    """Writes the literals of one document, up to a size that can be read again."""

    def __init__(self) -> None:
        self._left = MOST

    def write(self, value: Any, depth: int = 0) -> Json:
        """The JSON value of a literal.

        Raises:
            NoForm: it has none.

        >>> Writer().write(({"a": 1.5}, b"png"))
        {'$tuple': [{'a': 1.5}, {'$bytes': 'cG5n'}]}
        """
        kind = type(value)
        self._left -= 1
        if _is_json(value, kind):
            return value
        if depth > DEEPEST or self._left < 0:
            raise NoForm(f"a {kind.__name__} that contains itself, is over {DEEPEST} deep, or has over {MOST:,} parts")
        if kind is list:
            return self._each(value, depth)
        if kind is dict and all(type(key) is str and not key.startswith("$") for key in value):
            return {key: self.write(part, depth + 1) for key, part in value.items()}
        if kind in CONTAINERS:
            parts = self._each(parts_of(value) or (), depth)
            return {CONTAINERS[kind].tag: sorted(parts, key=json.dumps) if kind in SETS else parts}
        text = ATOMS[kind].write(value) if kind in ATOMS else None
        return self._named(value, depth) if text is None else {ATOMS[kind].tag: text}

    def _each(self, parts: Iterable[Any], depth: int) -> list[Json]:
        return [self.write(part, depth + 1) for part in parts]

    def _named(self, value: Any, depth: int) -> Json:
        """The form of what is found by the name of itself or of its class."""
        kind: Any = type(value)
        parts = parts_of(value)
        if isinstance(value, enum.Enum) and kind.__members__.get(value.name) is value:
            return {"$enum": [name_for(kind), value.name]}
        if parts is None:
            return {"$name": name_for(value)}
        if is_named_tuple(kind):
            return {"$named": name_for(kind), "items": self._each(parts, depth)}
        fields = record_fields(kind)
        if fields is None:
            raise no_form(value)
        return {"$record": name_for(kind), "fields": dict(zip(fields, self._each(parts, depth), strict=True))}


def name_for(thing: object) -> str:
    """The importable name of a thing.

    Raises:
        NoForm: it has none.
    """
    name = import_name(thing)
    if name is None:
        raise no_form(thing)
    return name


def read(value: Json, path: Path) -> Any:
    """The literal of a JSON value.

    Raises:
        GraphError: it is not the form of a literal, or what it names cannot be imported.
    """
    if type(value) is list:
        return read_each(value, path)
    if type(value) is not dict:
        return value
    for key in value:
        if key.startswith("$"):
            return _tagged(key, value, path)
    return {key: read(part, (path, key)) for key, part in value.items()}


def read_each(value: Json, path: Path) -> list[Any]:
    """The literals of a JSON list."""
    if type(value) is not list:
        raise refused(path, f"must be a list, not {short(value)}")
    return [read(part, (path, at)) for at, part in enumerate(value)]


def imported(name: Json, path: Path) -> Any:
    """What a name stands for; attributes are followed through classes only, so no code runs but the modules' own."""
    if not isinstance(name, str) or not all(name.partition(":")):
        raise refused(path, f"must be a name like 'module:function', not {short(name)}")
    module, _, qualname = name.partition(":")
    outer = qualname.removesuffix(".__wrapped__").split(".")[:-1]
    try:
        for end in range(1, len(outer) + 1):
            if not isinstance(find(f"{module}:{'.'.join(outer[:end])}"), type):
                raise refused(path, f"names {name!r}, which is not in a class or module")
        return find(name)
    except GraphError:
        raise
    except Exception as error:  # whatever importing a module of that name raises
        raise GraphError(f"cannot import {name!r}: {error!r}") from error


def refused(path: Path, problem: str) -> GraphError:
    """The error for a document that `to_json` has not written, with where it is wrong.

    >>> raise refused(((None, "ops"), 3), "has no name")
    Traceback (most recent call last):
        ...
    dataflow.errors.GraphError: not the JSON form of a graph: ops[3] has no name
    """
    steps = []
    while path is not None:
        path, key = path
        steps.append(f"[{key}]" if isinstance(key, int) else f".{key}")
    where = "".join(reversed(steps)).removeprefix(".") or "the document"
    return GraphError(f"not the JSON form of a graph: {where} {problem}")


def short(value: object) -> str:
    """A JSON value for an error message."""
    if isinstance(value, list | dict):
        return f"a {type(value).__name__} of {len(value)}"
    text = repr(value)
    return text if len(text) <= LONGEST_QUOTE else f"{text[: LONGEST_QUOTE - 3]}..."


def _is_json(value: Any, kind: type) -> bool:
    """Whether an atom is written as itself."""
    if kind is float:
        return math.isfinite(value)
    if kind is int:
        return bool(value.bit_length() <= LONGEST_NUMBER)
    return kind is str or kind is bool or value is None


def _tagged(tag: str, value: dict[str, Json], path: Path) -> Any:
    known = {tag} | {"$named": {"items"}, "$record": {"fields"}}.get(tag, set())
    if value.keys() != known or tag not in (*BY_TAG, *BY_NAME):
        raise refused(
            path, f"has the keys {', '.join(map(short, value))}, of which none is known to go with {short(tag)}"
        )
    try:
        return BY_NAME[tag](value, (path, tag)) if tag in BY_NAME else _plain(BY_TAG[tag], value[tag], (path, tag))
    except GraphError:
        raise
    except (ValueError, TypeError, ArithmeticError, struct.error) as error:
        raise refused((path, tag), f"is {short(value[tag])}: {error}") from error


def _plain(form: Atom | Container, content: Json, path: Path) -> object:
    if isinstance(form, Container):
        return form.build(read_each(content, path))
    if not isinstance(content, str):
        raise refused(path, f"must be a string, not {short(content)}")
    return form.read(content)


def _member(value: dict[str, Json], path: Path) -> object:
    cls_name, name = read_each(value["$enum"], path)
    cls = imported(cls_name, path)
    if not isinstance(cls, enum.EnumMeta) or name not in cls.__members__:
        raise refused(path, f"names no member of an Enum: {short(name)} of {short(cls_name)}")
    return cls.__members__[name]


def _by_name(value: dict[str, Json], path: Path) -> object:
    name = value["$name"]
    thing = imported(name, path)
    if import_name(thing) != name:
        raise refused(path, f"is {short(name)}, which is not the name of a function or class")
    return thing


def _named_tuple(value: dict[str, Json], path: Path) -> object:
    cls = imported(value["$named"], path)
    items = read_each(value["items"], path)
    if not isinstance(cls, type) or not is_named_tuple(cls) or len(items) != len(named_fields(cls)):
        raise refused(path, f"is {short(value['$named'])}, which is no named tuple of {len(items)} items")
    made: object = tuple.__new__(cls, items)
    return made


def _record(value: dict[str, Json], path: Path) -> object:
    cls, given = imported(value["$record"], path), value["fields"]
    fields = record_fields(cls) if isinstance(cls, type) else None
    if fields is None or not isinstance(given, dict) or tuple(given) != fields:
        raise refused(
            path, f"is {short(value['$record'])}, which is no dataclass or attrs class with the fields that are given"
        )
    record = blank(cls)
    for name, part in given.items():
        object.__setattr__(record, name, read(part, (path, name)))
    return record


BY_NAME: Final[dict[str, Callable[[dict[str, Json], Path], object]]] = {
    "$enum": _member,
    "$name": _by_name,
    "$named": _named_tuple,
    "$record": _record,
}
