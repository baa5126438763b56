"""`cond`, `switch` and `match` give one of their branches: values, nodes, or containers of both, of several types.

mypy does not always find a type for all of these together. So the last overload takes anything as a branch (`of_cond`,
`of_switch`, `of_default`); of which type the choice is, is then said by what each branch stands for (`chosen`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from mypy.expandtype import expand_type
from mypy.nodes import CallExpr, Context, Expression, MemberExpr
from mypy.plugin import CheckerPluginInterface, FunctionContext, FunctionSigContext, MethodContext, MethodSigContext
from mypy.subtypes import is_subtype
from mypy.typeops import make_simplified_union
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    Type,
    TypeVarId,
    UnionType,
    get_proper_type,
)

from dataflow.mypy_plugin.arguments import Arguments
from dataflow.mypy_plugin.asked import asked
from dataflow.mypy_plugin.containers import Display
from dataflow.mypy_plugin.lifting import deep, held, node_of, value_of
from dataflow.mypy_plugin.names import MAPPING
from dataflow.mypy_plugin.reports import is_a
from dataflow.mypy_plugin.spreads import is_spread
from dataflow.mypy_plugin.values import DISPLAYS, has_nodes, item_of, stripped, union

BRANCHES, KEYS = ("CaseT", "DefaultT"), ("KeyT",)


def of_cond(context: FunctionSigContext) -> CallableType:
    """`cond(test, then, orelse)`: a value may be the test, too, since what computes with an output is looked for."""
    default = context.default_signature
    test, *branches = default.arg_types
    either = UnionType.make_union([value_of(test), test])
    return _open(default.copy_modified(arg_types=[either, *branches]), context)


def of_switch(context: FunctionSigContext, *, any_key: bool) -> CallableType:
    """`switch(selector, {key: then, ...}, default=orelse)`.

    Args:
        context: the call.
        any_key: the keys may be of other types than the selector: whether they may equal it is looked at elsewhere.
    """
    return _open(context.default_signature, context, KEYS if any_key else ())


def of_default(context: MethodSigContext) -> CallableType:
    """`match(...).case(...).default(orelse)`."""
    return _open(context.default_signature, context)


def chosen(context: FunctionContext | MethodContext, branches: list[Expression], before: Sequence[Type] = ()) -> Type:
    """The result, of what is asked for if that fits; else of the union of what the branches stand for.

    Args:
        context: the call.
        branches: what may be chosen.
        before: the types of the values that may be chosen besides, by an earlier part of a chain.
    """
    result, wanted = get_proper_type(context.default_return_type), asked(context)
    if not isinstance(result, Instance) or not result.args or is_spread(context.arg_kinds):
        return result
    exact = get_proper_type(make_simplified_union([*before, union(branches, context.api)]))
    of = exact
    if wanted is not None and not is_subtype(exact, wanted):
        cases = written_cases(context.context)
        earlier = all(is_subtype(each, wanted) for each in before) if cases is None else True
        fits = earlier and all(_fits(each, wanted, context) for each in [*(cases or []), *branches])
        of = get_proper_type(wanted) if fits else exact
    held = any(has_nodes(each, context.api) for each in branches if isinstance(each, DISPLAYS))  # mypy joins nodes
    says_more = not isinstance(of, AnyType) and (held or is_subtype(of, stripped(result.args[-1])))
    return result.copy_modified(args=[*result.args[:-1], of]) if says_more else result


def before(chain: Type) -> Sequence[Type]:
    """What a match may give by its earlier cases."""
    proper = get_proper_type(chain)
    return proper.args[1:] if isinstance(proper, Instance) else ()


def values_of(mapping: Type, api: CheckerPluginInterface) -> Sequence[Type]:
    """The type of what cases that are not written out stand for, if it is known."""
    found = item_of(mapping, MAPPING, api)
    return [] if found is None else [stripped(found)]


def _open(
    default: CallableType, context: FunctionSigContext | MethodSigContext, others: Collection[str] = ()
) -> CallableType:
    """The last overload, which takes a value or a node everywhere, with anything for what is of these variables."""
    node, call = get_proper_type(default.ret_type), context.context
    if not isinstance(node, Instance) or not all(map(_takes_values, default.arg_types)):
        return default
    if isinstance(call, CallExpr) and is_spread([call.arg_kinds]):
        return default
    anything = Instance(node.type.mro[-1], [])
    of_what: dict[TypeVarId, Type] = {
        each.id: anything for each in default.variables if each.name in (*BRANCHES, *others)
    }
    left = [each for each in default.variables if each.id not in of_what]
    return expand_type(default.copy_modified(ret_type=node_of(node, anything)), of_what).copy_modified(variables=left)


def _takes_values(parameter: Type) -> bool:
    """Whether a parameter takes values, too, or a mapping to them."""
    mapping = _mapping(parameter)
    return isinstance(get_proper_type(parameter), UnionType) if mapping is None else _takes_values(mapping.args[-1])


def _mapping(parameter: Type) -> Instance | None:
    """The mapping of a union, if it has one."""
    proper = get_proper_type(parameter)
    parts = [get_proper_type(each) for each in proper.items] if isinstance(proper, UnionType) else []
    return next((each for each in parts if isinstance(each, Instance) and each.type.fullname == MAPPING), None)


def written_cases(call: Context) -> list[Expression] | None:
    """What may be chosen by the cases of `match(...).case(key, node)...`, if they are written in one expression."""
    found: list[Expression] = []
    callee = call.callee if isinstance(call, CallExpr) else None
    while isinstance(callee, MemberExpr) and isinstance(callee.expr, CallExpr):
        before = callee.expr
        callee = before.callee
        if not isinstance(callee, MemberExpr):
            return found
        if callee.name != "case" or len(before.args) != len(["key", "node"]):
            return None
        found.append(before.args[1])
    return None


def _fits(branch: Expression, asked: Type, context: FunctionContext | MethodContext) -> bool:
    """Whether a branch is right where these values are asked for."""
    node, call = context.default_return_type, context.context
    if not isinstance(node, Instance) or not isinstance(call, CallExpr):
        return False
    template = node_of(node, asked)
    if isinstance(branch, DISPLAYS):
        return is_a(branch, Display(Arguments(call, context.api), template).of(asked, [branch]), context.api)
    either = UnionType.make_union([asked, template, held(asked, template), deep(asked, template)])
    return is_a(branch, either, context.api)
