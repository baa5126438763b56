"""Wrong calls of overloaded functions, reported against the one signature that is meant.

mypy says that no overload matches, and shows all of them in notes. Where the plugin knows what is meant, it has mypy
check the call against that, which names the argument; then the overloads take anything. mypy asks for each overload,
and drops what is said of a line again.
"""

from __future__ import annotations

from mypy.checker import TypeChecker
from mypy.expandtype import expand_type
from mypy.nodes import ARG_STAR, ARG_STAR2, CallExpr, Expression, LambdaExpr
from mypy.plugin import CheckerPluginInterface, FunctionSigContext, MethodSigContext
from mypy.subtypes import is_subtype
from mypy.types import CallableType, Type, TypeVarId

from dataflow.mypy_plugin.arguments import Arguments
from dataflow.mypy_plugin.remembered import remembered
from dataflow.mypy_plugin.values import ANYTHING


def reported(
    meant: CallableType, context: FunctionSigContext | MethodSigContext, call: CallExpr | None = None
) -> CallableType:
    """The signature that is meant; of a call that does not fit it, the same result for anything.

    Args:
        meant: the signature.
        context: the call.
        call: what is checked in its place, if it is another.
    """
    as_it_stands = call is None or call is context.context
    return meant if as_it_stands and _fits(meant, context) else refused(meant, context, call)


def refused(
    meant: CallableType, context: FunctionSigContext | MethodSigContext, call: CallExpr | None = None
) -> CallableType:
    """Of a call that does not fit what is meant, the same result for anything; mypy says why it does not."""
    checked = call or context.context
    if isinstance(checked, CallExpr) and isinstance(context.api, TypeChecker):
        _check(meant, checked, context.api)
    unknown: dict[TypeVarId, Type] = {variable.id: ANYTHING for variable in meant.variables}
    return of_anything(meant, expand_type(meant.ret_type, unknown))


def of_anything(signature: CallableType, result: Type) -> CallableType:
    """A signature that takes anything."""
    return signature.copy_modified(
        arg_types=[ANYTHING, ANYTHING],
        arg_kinds=[ARG_STAR, ARG_STAR2],
        arg_names=[None, None],
        ret_type=result,
        variables=[],
        unpack_kwargs=False,
    )


def of_keywords(context: FunctionSigContext) -> CallableType:
    """A function whose overloads have the same keywords, as `step` has options: these are looked at by themselves."""
    default = context.default_signature
    named = [at for at, kind in enumerate(default.arg_kinds) if kind.is_named()]
    alone = default.copy_modified(
        arg_types=[ANYTHING, *[default.arg_types[at] for at in named]],
        arg_kinds=[ARG_STAR, *[default.arg_kinds[at] for at in named]],
        arg_names=[None, *[default.arg_names[at] for at in named]],
        variables=[],
    )
    if _fits(alone, context):
        return default
    refused(alone, context)
    before = named[0]
    return default.copy_modified(
        arg_types=[*default.arg_types[:before], ANYTHING],
        arg_kinds=[*default.arg_kinds[:before], ARG_STAR2],
        arg_names=[*default.arg_names[:before], None],
    )


def is_right(meant: CallableType, context: FunctionSigContext | MethodSigContext) -> bool:
    """Whether mypy says nothing of the call, checked against a signature."""
    call, api = context.context, context.api
    if not isinstance(call, CallExpr) or not isinstance(api, TypeChecker):
        return True
    return remembered((meant, api.type_context[-1]), call, api, lambda: _is_right(meant, call, api))


def _is_right(meant: CallableType, call: CallExpr, api: TypeChecker) -> bool:
    with api.msg.filter_errors() as said:
        _check(meant, call, api)
    return not said.has_new_errors()


def quietly(expression: Expression, asked: Type | None, api: CheckerPluginInterface) -> Type:
    """The type of an expression where a type is asked for; nothing is said of it."""
    return ANYTHING if not isinstance(api, TypeChecker) else _found(expression, asked, api)[0]


def is_a(expression: Expression, asked: Type, api: CheckerPluginInterface) -> bool:
    """Whether an expression is right where a type is asked for."""
    if not isinstance(api, TypeChecker):
        return True
    found, is_right = _found(expression, asked, api)
    return is_right and is_subtype(found, asked)


def _found(expression: Expression, asked: Type | None, api: TypeChecker) -> tuple[Type, bool]:
    """The type of an expression where a type is asked for, and whether nothing is to be said of it."""

    def find() -> tuple[Type, bool]:
        with api.msg.filter_errors() as said:
            found = api.get_expression_type(expression, asked)
        return found, not said.has_new_errors()

    return remembered(("asked", asked), expression, api, find)


def _fits(meant: CallableType, context: FunctionSigContext | MethodSigContext) -> bool:
    """Whether the call fits a signature."""
    call, api = context.context, context.api
    if not isinstance(call, CallExpr) or not isinstance(api, TypeChecker):
        return True
    to_solve = meant.variables or any(isinstance(each, LambdaExpr) for each in call.args)
    return (not to_solve and Arguments(call, api).fit(meant)) or is_right(meant, context)


def _check(meant: CallableType, call: CallExpr, api: TypeChecker) -> None:
    api.expr_checker.check_call(meant, call.args, call.arg_kinds, call, call.arg_names)
