"""How many nodes `unpack` gives."""

from __future__ import annotations

from mypy.plugin import FunctionContext
from mypy.types import Instance, LiteralType, TupleType, Type, UnpackType, get_proper_type

from dataflow.mypy_plugin.lifting import is_node


def of_unpack(context: FunctionContext) -> Type:
    """`unpack(pair, 3)`: a tuple of a known length has no other number of items."""
    held, asked = _tuple(context), _number(context)
    if held is not None and asked is not None and len(held.items) != asked:
        context.api.fail(f'"unpack" of this tuple gives {len(held.items)} nodes, not {asked}', context.context)
    return context.default_return_type


def _tuple(context: FunctionContext) -> TupleType | None:
    """The tuple that is unpacked, if its length is known."""
    node = get_proper_type(context.arg_types[0][0]) if context.arg_types and context.arg_types[0] else None
    held = get_proper_type(node.args[0]) if isinstance(node, Instance) and is_node(node) else None
    if not isinstance(held, TupleType) or any(isinstance(get_proper_type(item), UnpackType) for item in held.items):
        return None
    return held


def _number(context: FunctionContext) -> int | None:
    given = context.arg_types[1] if len(context.arg_types) > 1 else []
    of = get_proper_type(given[0]) if given else None
    literal = of.last_known_value if isinstance(of, Instance) else of
    return literal.value if isinstance(literal, LiteralType) and isinstance(literal.value, int) else None
