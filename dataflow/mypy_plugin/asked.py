"""The values of the nodes that are asked for where a call stands: by an annotation, a parameter or a return."""

from __future__ import annotations

from mypy.plugin import FunctionContext, FunctionSigContext, MethodContext, MethodSigContext
from mypy.types import (
    CallableType,
    Instance,
    LiteralType,
    NoneType,
    TupleType,
    Type,
    TypedDictType,
    TypeType,
    UnionType,
    get_proper_type,
)

from dataflow.mypy_plugin.lifting import is_node, may_be_node, members, value_of


def asked(context: FunctionContext | MethodContext | FunctionSigContext | MethodSigContext) -> Type | None:
    """The type of the values that are asked for, if it is known whole; there are no values that hold nodes."""
    wanted = context.api.type_context[-1]
    values = [] if wanted is None else [value_of(each) for each in members(wanted) if is_node(each)]
    known = values and all(_is_known(each) and not may_be_node(each) for each in values)
    return UnionType.make_union(values) if known else None


def _is_known(of: Type) -> bool:
    """Whether a type has no part that is still to be solved."""
    proper = get_proper_type(of)
    if isinstance(proper, CallableType):
        return not proper.variables and all(map(_is_known, [*proper.arg_types, proper.ret_type]))
    if isinstance(proper, TypeType):
        return _is_known(proper.item)
    if isinstance(proper, UnionType | TupleType):
        return all(map(_is_known, proper.items))
    if isinstance(proper, Instance):
        return all(map(_is_known, proper.args))
    return isinstance(proper, NoneType | LiteralType | TypedDictType)
