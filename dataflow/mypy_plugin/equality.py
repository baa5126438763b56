"""Whether values of two types may be equal: `True == 1 == 1.0`, and a member of an Enum that is a str equals one."""

from __future__ import annotations

from collections.abc import Sequence

from mypy.meet import is_overlapping_types
from mypy.types import Instance, LiteralType, NoneType, ProperType, TupleType, UnionType, UnpackType, get_proper_type

from dataflow.mypy_plugin.members import NUMBERS, PLAIN, equals_plain, plain_values

SUMS = ("builtins.bool",)


def may_equal(key: ProperType, of: ProperType) -> bool:
    """Whether values of two types may be equal; one of a class with an `__eq__` of its own may equal anything."""
    return any(_may_equal(ours, theirs) for ours in _single(key) for theirs in _single(of))


def are_equal(value: ProperType, key: ProperType | None) -> bool:
    """Whether two literals are of equal values; a member whose value is not known may equal what is no member."""
    if key is None or value == key:
        return key is not None
    (ours, *_), (theirs, *_) = plain_values(value), plain_values(key)
    if isinstance(ours, LiteralType) and isinstance(theirs, LiteralType) and _is_number(ours) and _is_number(theirs):
        return ours.value == theirs.value
    return ours == theirs or (equals_plain(ours) != equals_plain(theirs) and may_equal(ours, theirs))


def _single(of: ProperType) -> Sequence[ProperType]:
    """The members of a union, and of an Enum the plain values that its members equal."""
    items = [get_proper_type(item) for item in of.items] if isinstance(of, UnionType) else [of]
    return [value for item in items for value in plain_values(item)]


def _may_equal(key: ProperType, of: ProperType) -> bool:
    if isinstance(key, TupleType) and isinstance(of, TupleType):
        return _may_equal_by_items(key, of)
    if not (_is_plain(key) and _is_plain(of)):
        return True
    if _is_number(key) and _is_number(of):
        left, right = _numbers(key), _numbers(of)
        return left is None or right is None or any(value in right for value in left)
    return is_overlapping_types(key, of)


def _may_equal_by_items(key: TupleType, of: TupleType) -> bool:
    ours, theirs = map(get_proper_type, key.items), map(get_proper_type, of.items)
    if any(isinstance(get_proper_type(item), UnpackType) for item in [*key.items, *of.items]):
        return True
    return key.length() == of.length() and all(map(may_equal, ours, theirs))


def _is_plain(of: ProperType) -> bool:
    """Whether it is known what equals a value of a type."""
    kind = of.fallback if isinstance(of, LiteralType) else of
    if isinstance(kind, Instance) and kind.type.is_enum:
        return not equals_plain(of)  # its members equal values that are not known
    return isinstance(kind, NoneType | TupleType) or (isinstance(kind, Instance) and kind.type.fullname in PLAIN)


def _is_number(of: ProperType) -> bool:
    kind = of.fallback if isinstance(of, LiteralType) else of
    return isinstance(kind, Instance) and kind.type.fullname in NUMBERS


def _numbers(of: ProperType) -> Sequence[object] | None:
    """Which numbers a type has, if these are few."""
    if isinstance(of, LiteralType):
        return [of.value]
    return [False, True] if isinstance(of, Instance) and of.type.fullname in SUMS else None
