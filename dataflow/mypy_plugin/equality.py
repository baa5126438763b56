"""Whether values of two types may be equal: `True == 1 == 1.0`, and a member of an Enum that is a str equals one."""

from __future__ import annotations

from collections.abc import Sequence

from mypy.meet import is_overlapping_types
from mypy.types import Instance, LiteralType, NoneType, ProperType, TupleType, UnpackType, get_proper_type

SUMS = ("builtins.bool",)
NUMBERS = frozenset(f"builtins.{name}" for name in ("bool", "int", "float", "complex"))
PLAIN = NUMBERS | {"builtins.str", "builtins.bytes"}


def may_equal(key: ProperType, of: ProperType) -> bool:
    """Whether values of two types may be equal; one of a class with an `__eq__` of its own may equal anything."""
    if isinstance(key, TupleType) and isinstance(of, TupleType):
        return _may_equal_by_items(key, of)
    if not (_is_plain(key) and _is_plain(of)):
        return True
    if _is_number(key) and _is_number(of):
        left, right = _numbers(key), _numbers(of)
        return left is None or right is None or any(value in right for value in left)
    return is_overlapping_types(key, of)


def are_equal(value: ProperType, key: ProperType | None) -> bool:
    """Whether two literals are of equal values."""
    if isinstance(value, LiteralType) and isinstance(key, LiteralType) and _is_number(value) and _is_number(key):
        return value.value == key.value
    return value == key


def _may_equal_by_items(key: TupleType, of: TupleType) -> bool:
    ours, theirs = map(get_proper_type, key.items), map(get_proper_type, of.items)
    if any(isinstance(get_proper_type(item), UnpackType) for item in [*key.items, *of.items]):
        return True
    return key.length() == of.length() and all(map(may_equal, ours, theirs))


def _is_plain(of: ProperType) -> bool:
    """Whether it is known what equals a value of a type."""
    kind = of.fallback if isinstance(of, LiteralType) else of
    if isinstance(kind, Instance) and kind.type.is_enum:
        return not any(kind.type.has_base(name) for name in PLAIN)  # a member that is a str equals one
    return isinstance(kind, NoneType | TupleType) or (isinstance(kind, Instance) and kind.type.fullname in PLAIN)


def _is_number(of: ProperType) -> bool:
    kind = of.fallback if isinstance(of, LiteralType) else of
    return isinstance(kind, Instance) and kind.type.fullname in NUMBERS


def _numbers(of: ProperType) -> Sequence[object] | None:
    """Which numbers a type has, if these are few."""
    if isinstance(of, LiteralType):
        return [of.value]
    return [False, True] if isinstance(of, Instance) and of.type.fullname in SUMS else None
