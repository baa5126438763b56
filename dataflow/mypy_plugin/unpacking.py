"""How many nodes `unpack` gives, and of what."""

from __future__ import annotations

from typing import Final

from mypy.messages import format_type
from mypy.nodes import ARG_STAR, ARG_STAR2
from mypy.plugin import FunctionContext, FunctionSigContext
from mypy.typeops import make_simplified_union
from mypy.types import (
    CallableType,
    Instance,
    LiteralType,
    NoneType,
    ProperType,
    TupleType,
    Type,
    UnionType,
    UnpackType,
    get_proper_type,
)

from dataflow.mypy_plugin.lifting import is_node, node_of
from dataflow.mypy_plugin.names import ITERABLE
from dataflow.mypy_plugin.remembered import type_of
from dataflow.mypy_plugin.values import ANYTHING

KNOWN: Final = (Instance, LiteralType, NoneType)
"""Types that are no tuples of a known length, which those of variables may be."""


def of_node(context: FunctionSigContext) -> CallableType:
    """`unpack(node)`: what cannot be unpacked is said once, and not for each overload."""
    default, given = context.default_signature, context.args[0] if context.args else []
    if len(given) != 1:
        return default
    number, of = any(context.args[1:]), type_of(given[0], context.api)
    wrong = [part for part in _held(of) if isinstance(part, KNOWN) and not (number and _is_iterable(part))]
    if not wrong:
        return default
    needed = "something iterable" if number else "a tuple of a known length, or the number of items besides"
    found = format_type(of, context.api.options)
    context.api.fail(f'"unpack" takes a node of {needed}; this is {found}', given[0])
    return default.copy_modified(
        arg_types=[ANYTHING, ANYTHING],
        arg_kinds=[ARG_STAR, ARG_STAR2],
        arg_names=[None, None],
        ret_type=ANYTHING,
        variables=[],
    )


def of_unpack(context: FunctionContext) -> Type:
    """`unpack(pair, 3)`: a tuple has no other number of items; the items of several tuples are of either type."""
    held, asked, result = _tuples(context), _number(context), get_proper_type(context.default_return_type)
    if not held:
        return result
    if asked is not None and len(held[0].items) != asked:
        context.api.fail(f'"unpack" of this tuple gives {len(held[0].items)} nodes, not {asked}', context.context)
    if len(held) == 1 or not isinstance(result, TupleType) or len(result.items) != len(held[0].items):
        return result
    nodes = [get_proper_type(each) for each in result.items]
    values = [make_simplified_union(list(each)) for each in zip(*[each.items for each in held], strict=True)]
    exact = [node_of(node, of) for node, of in zip(nodes, values, strict=True) if isinstance(node, Instance)]
    return result.copy_modified(items=[*exact]) if len(exact) == len(nodes) else result


def _held(of: Type) -> list[ProperType]:
    """What a node is of, each of a union by itself; of what is no node, the type itself."""
    proper = get_proper_type(of)
    if isinstance(proper, UnionType):
        return [held for each in proper.items for held in _held(each)]
    return _held(proper.args[0]) if isinstance(proper, Instance) and is_node(proper) else [proper]


def _is_iterable(of: ProperType) -> bool:
    return isinstance(of, Instance) and (of.type.has_base(ITERABLE) or of.type.is_protocol)


def _tuples(context: FunctionContext) -> list[TupleType]:
    """The tuples of which one is unpacked, if their length is known, and the same."""
    given = context.arg_types[0][0] if context.arg_types and context.arg_types[0] else None
    parts = [] if given is None else _held(given)
    found = [each for each in parts if isinstance(each, TupleType) and not any(map(_is_spread, each.items))]
    return found if len(found) == len(parts) and len({len(each.items) for each in found}) == 1 else []


def _is_spread(item: Type) -> bool:
    return isinstance(get_proper_type(item), UnpackType)


def _number(context: FunctionContext) -> int | None:
    given = context.arg_types[1] if len(context.arg_types) > 1 else []
    of = get_proper_type(given[0]) if given else None
    literal = of.last_known_value if isinstance(of, Instance) else of
    return literal.value if isinstance(literal, LiteralType) and isinstance(literal.value, int) else None
