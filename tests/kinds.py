"""Types of values as Python has them, with what random programs need to know of them: how they are written, what fits."""

from __future__ import annotations

import enum
import types
import typing
from typing import Any, Final, Literal

import attrs

Kind = Any
"""A type of values: `int`, `list[int]`, `int | None`."""


class Size(enum.Enum):
    """How large something is."""

    SMALL = 1
    LARGE = 2


@attrs.frozen
class Point:
    """A value with attributes."""

    x: int
    name: str


AB: Final[Kind] = Literal["a", "b"]

SCALARS: Final[dict[Kind, list[str]]] = {
    int: ["3", "0"],
    str: ["'s'", "''"],
    bool: ["True", "False"],
    float: ["2.5"],
    bytes: ["b'b'"],
    type(None): ["None"],
    Point: ["Point(1, 'p')"],
    Size: ["Size.SMALL", "Size.LARGE"],
    AB: ["'a'", "'b'"],
}
"""Types that are made of no others, and values of them as they are written."""


def made_of(container: Any, *inside: Kind) -> Kind:
    """A container of these types.

    >>> made_of(dict, str, int)
    dict[str, int]
    """
    return container[inside]


def origin(kind: Kind) -> Any:
    """The class of a container; None of what is none."""
    found: Any = typing.get_origin(kind)
    return found if found in (list, dict, tuple) else None


def inner(kind: Kind) -> tuple[Kind, ...]:
    """The types inside of a union or a container."""
    return () if kind == AB else typing.get_args(kind)


def members(kind: Kind) -> tuple[Kind, ...]:
    """The members of a union; of anything else itself."""
    found: Any = typing.get_origin(kind)
    return inner(kind) if found in (types.UnionType, typing.Union) else (kind,)


def spelled(kind: Kind) -> str:
    """A type as it is written in a program.

    >>> spelled(list[int]), spelled(tuple[int, Size | None])
    ('list[int]', 'tuple[int, Size | None]')
    """
    if kind in (type(None), AB):
        return {AB: "Literal['a', 'b']"}.get(kind, "None")
    if not inner(kind):
        return str(kind.__name__)
    if origin(kind) is None:
        return " | ".join(map(spelled, members(kind)))
    return f"{origin(kind).__name__}[{', '.join(map(spelled, inner(kind)))}]"


def fits(given: Kind, asked: Kind, *, numbers: bool = True) -> bool:
    """Whether each value of one type is one of another; with `numbers`, an int passes for a float.

    >>> fits(bool, int), fits(list[bool], list[int]), fits(int, float), fits(int, float, numbers=False)
    (True, False, True, False)
    """
    if given == asked:
        return True
    if len(members(given)) > 1:
        return all(fits(each, asked, numbers=numbers) for each in members(given))
    if len(members(asked)) > 1:
        return any(fits(given, each, numbers=numbers) for each in members(asked))
    if origin(given) is origin(asked) is tuple and len(inner(given)) == len(inner(asked)):
        return all(fits(a, b, numbers=numbers) for a, b in zip(inner(given), inner(asked), strict=True))
    if numbers and asked is float:
        return given in (int, bool)
    return (given, asked) in ((bool, int), (AB, str))


def either(*kinds: Kind) -> Kind:
    """The union of types, without those that are within others.

    >>> spelled(either(int, bool, str))
    'int | str'
    """
    kept: list[Kind] = []
    for each in (member for kind in kinds for member in members(kind)):
        if not any(fits(each, other, numbers=False) for other in kept):
            kept = [*[other for other in kept if not fits(other, each, numbers=False)], each]
    union: Any = typing.Union
    return union[tuple(kept)]


def is_mixed(kind: Kind) -> bool:
    """Whether there are float and int in one union: a checker says `float` or `float | int`, and both are true.

    >>> is_mixed(list[float | int]), is_mixed(tuple[int, float])
    (True, False)
    """
    found = members(kind)
    return (float in found and (int in found or bool in found)) or any(map(is_mixed, inner(kind)))


def overlap(one: Kind, other: Kind) -> bool:
    """Whether a value that is written out may be of both types.

    >>> overlap(int | None, str | None), overlap(list[bool], list[float]), overlap(list[int], list[str])
    (True, True, False)
    """
    return any(_overlap(a, b) for a in members(one) for b in members(other))


def _overlap(one: Kind, other: Kind) -> bool:
    if origin(one) is not None and origin(one) is origin(other):
        return len(inner(one)) == len(inner(other)) and all(map(overlap, inner(one), inner(other)))
    return fits(one, other) or fits(other, one)


def holds(value: object, kind: Kind) -> bool:
    """Whether a value is of a type.

    >>> holds([1, "s"], list[int | str]), holds((1, 2), tuple[int, str])
    (True, False)
    """
    return any(_holds(value, each) for each in members(kind))


def _holds(value: object, kind: Kind) -> bool:
    container, inside = origin(kind), inner(kind)
    if container is None:
        return value in ("a", "b") if kind == AB else isinstance(value, (int, float) if kind is float else kind)
    if type(value) is not container:
        return False
    match value:
        case list():
            return all(holds(each, inside[0]) for each in value)
        case dict():
            return all(isinstance(key, str) and holds(each, inside[1]) for key, each in value.items())
        case tuple():
            return len(value) == len(inside) and all(map(holds, value, inside))
    return False
