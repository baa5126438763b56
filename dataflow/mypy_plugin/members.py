"""Members of an Enum that are a str or a number, too: they equal their values, where these are known."""

from __future__ import annotations

from typing import Final

from mypy.nodes import TypeInfo, Var
from mypy.types import Instance, LiteralType, ProperType, UnionType, get_proper_type

NUMBERS: Final = frozenset(f"builtins.{name}" for name in ("bool", "int", "float", "complex"))
PLAIN: Final = NUMBERS | {"builtins.str", "builtins.bytes"}
CONSTANT: Final = ("builtins.str", "builtins.bytes", "builtins.int")
OWN: Final = ("__eq__", "__new__")
FLAG = "enum.Flag"
AUTO, STR_ENUM, NEXT = "enum.auto", "enum.StrEnum", "_generate_next_value_"


def equals_plain(of: ProperType) -> bool:
    """Whether this is an Enum, or a member of one, that is a str or a number, too."""
    kind = of.fallback if isinstance(of, LiteralType) else of
    return isinstance(kind, Instance) and kind.type.is_enum and any(map(kind.type.has_base, PLAIN))


def plain_values(of: ProperType) -> list[ProperType]:
    """What equals a value of a type: of such an Enum the values of its members, if they are known; else the type."""
    if not equals_plain(of):
        return [of]
    if isinstance(of, LiteralType):
        found = [_value(of.fallback, str(of.value))]
    else:
        found = [_value(of, name) for name in of.type.enum_members] if isinstance(of, Instance) else []
    known: list[ProperType] = [each for each in found if each is not None]
    return known if known and len(known) == len(found) else [of]


def plain_types(of: ProperType) -> list[Instance]:
    """The types of what equals members of such an Enum, or of those in a union: str, or a number."""
    if isinstance(of, UnionType):
        return [base for item in of.items for base in plain_types(get_proper_type(item))]
    kind = of.fallback if isinstance(of, LiteralType) else of
    if not isinstance(kind, Instance) or not equals_plain(kind):
        return []
    return [Instance(base, []) for base in kind.type.mro if base.fullname in PLAIN]


def _value(of: Instance, name: str) -> LiteralType | None:
    """The value of a member that equals it."""
    member, base = of.type.names[name].node, _constant(of.type)
    written = get_proper_type(member.type) if isinstance(member, Var) else None
    if base is None or not isinstance(written, Instance):
        return None
    if written.type.fullname == AUTO and _is_named(of.type):
        return LiteralType(name.lower(), Instance(base, []))
    known = written.last_known_value
    return known if known is not None and known.fallback.type is base else None


def _constant(enum: TypeInfo) -> TypeInfo | None:
    """The type of the values of an Enum whose members equal just these; flags are combined, and so of more values."""
    if enum.has_base(FLAG):
        return None
    bases = [base for base in enum.mro if base.fullname in CONSTANT]
    ours = [base for base in enum.mro if base.module_name not in ("builtins", "enum")]
    return bases[0] if bases and not any(name in base.names for base in ours for name in OWN) else None


def _is_named(enum: TypeInfo) -> bool:
    """Whether `auto()` stands for the name of a member, in small letters."""
    says = next((base for base in enum.mro if NEXT in base.names), None)
    return says is not None and says.fullname == STR_ENUM
