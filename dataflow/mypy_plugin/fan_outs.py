"""`fan_out` and `map`: items of the body's first parameter, and what is shared for its others."""

from __future__ import annotations

from mypy.nodes import ARG_POS, ARG_STAR, ARG_STAR2, ArgKind, CallExpr, TempNode
from mypy.plugin import FunctionSigContext, MethodSigContext
from mypy.subtypes import is_subtype
from mypy.types import CallableType, FunctionLike, Instance, Type, get_proper_type

from dataflow.mypy_plugin import containers, wiring
from dataflow.mypy_plugin.arguments import Arguments
from dataflow.mypy_plugin.asked import asked
from dataflow.mypy_plugin.elements import as_given, element, over_items
from dataflow.mypy_plugin.lifting import awaited, is_node, lifted, members, node_of, signatures, value_of
from dataflow.mypy_plugin.names import FLOW, STEP
from dataflow.mypy_plugin.remembered import type_of
from dataflow.mypy_plugin.reports import reported
from dataflow.mypy_plugin.solving import Call, as_value, explained, solved
from dataflow.mypy_plugin.values import ANYTHING


def of_map(context: MethodSigContext) -> FunctionLike:
    """`step.map(xs, b=...)`: the first parameter's items, then the others lifted, by their own names."""
    default = context.default_signature
    return _over_items(get_proper_type(context.type), default, (), context) or default


def of_fan_out(context: FunctionSigContext) -> FunctionLike:
    """`fan_out(body, xs, b=...)`: as `step.map(xs, b=...)`; flows and functions have their own further parameters."""
    default = context.default_signature
    if not context.args or not context.args[0]:
        return default
    body = get_proper_type(type_of(context.args[0][0], context.api))
    exact = _over_items(body, default, (body,), context)
    return default if exact is None else reported(exact, context)


def _over_items(
    body: Type, default: CallableType, before: tuple[Type, ...], context: FunctionSigContext | MethodSigContext
) -> CallableType | None:
    """What comes before, the items, and the body's parameters after its first; None if they are not known."""
    template = get_proper_type(default.ret_type)
    if not isinstance(template, Instance) or not is_node(template):
        return None
    signature, listed = _of_an_item(body, template, context, len(before)), get_proper_type(template.args[0])
    if signature is None or not isinstance(listed, Instance):
        return None
    exact = default.copy_modified(
        arg_types=[
            *before,
            over_items(default.arg_types[len(before)], signature.arg_types[0]),
            *signature.arg_types[1:],
        ],
        arg_kinds=[*default.arg_kinds[: len(before)], ARG_POS, *signature.arg_kinds[1:]],
        arg_names=[*default.arg_names[: len(before)], None, *signature.arg_names[1:]],
        ret_type=node_of(template, listed.copy_modified(args=[_item(signature.ret_type, listed, context)])),
        variables=[],
        name=f"{default.name} of {signature.name or 'Step'}".replace("map of Step of", "map of"),
    )
    call, at = context.context, len(before)
    if not isinstance(call, CallExpr):
        return exact
    types = [*containers.taken(exact, Arguments(call, context.api)).arg_types]
    if len(call.args) > at and call.arg_kinds[at] == ARG_POS:
        types[at] = as_given(types[at], call.args[at], context.api)
    return exact.copy_modified(arg_types=types)


def _item(of: Type, listed: Instance, context: FunctionSigContext | MethodSigContext) -> Type:
    """What the items of the result are of: something wider, if a list of that is asked for."""
    wanted = asked(context)
    parts = [] if wanted is None else members(wanted)
    lists = [each for each in parts if isinstance(each, Instance) and each.type == listed.type]
    return next((each.args[0] for each in lists if is_subtype(of, each.args[0])), of)


def _of_an_item(
    body: Type, template: Instance, context: FunctionSigContext | MethodSigContext, at: int
) -> CallableType | None:
    """A body as a function from the value of an item to a value, with its further parameters as they are given."""
    is_step = isinstance(body, Instance) and body.type.has_base(STEP)
    is_flow = isinstance(body, Instance) and body.type.has_base(FLOW)
    held = body.args[0] if isinstance(body, Instance) and (is_step or is_flow) and body.args else body
    found = signatures(held)
    if (len(found) > 1 and is_step) or any(each.variables for each in found):
        found = _for_items(found, template, context, at, is_step=is_step)
    if len(found) != 1 or found[0].variables or not found[0].arg_kinds or not found[0].arg_kinds[0].is_positional():
        return None
    signature, (first, *rest) = found[0], found[0].arg_types
    if is_step:
        types = [first, *[lifted(each, template) for each in rest]]
        return signature.copy_modified(arg_types=types, ret_type=awaited(signature.ret_type))
    if value_of(first) is first or not is_node(signature.ret_type):
        return None
    return signature.copy_modified(arg_types=[value_of(first), *rest], ret_type=value_of(signature.ret_type))


def _for_items(
    found: list[CallableType],
    template: Instance,
    context: FunctionSigContext | MethodSigContext,
    at: int,
    *,
    is_step: bool,
) -> list[CallableType]:
    """Of a generic or overloaded body, the signature for the items that are given at a place, and what is shared."""
    call, api = context.context, context.api
    item = element(call.args[at], api) if isinstance(call, CallExpr) and len(call.args) > at else None
    if not isinstance(call, CallExpr) or item is None:
        return []
    shared, kinds, names = call.args[at + 1 :], call.arg_kinds[at:], call.arg_names[at:]
    if not is_step:
        given = Call([TempNode(node_of(template, item), context=call), *shared], kinds, names)
        wired = wiring.solved(found[0], given, call, api) if len(found) == 1 else None
        return [] if wired is None else [wired]
    values = Call([TempNode(item, context=call), *[as_value(each, api) for each in shared]], kinds, names)
    signature = solved(found, [values], call, api)
    return [_wrong(found[0], item, explained(found, values, call, api)) if signature is None else signature]


def _wrong(signature: CallableType, item: Type, value: Type) -> CallableType:
    """A signature for a call that is wrong, of which nothing more is to be said."""
    kinds: list[ArgKind] = [ARG_POS, ARG_STAR, ARG_STAR2]
    types = [item, ANYTHING, ANYTHING]
    return signature.copy_modified(arg_types=types, arg_kinds=kinds, arg_names=[None] * 3, ret_type=value, variables=[])
