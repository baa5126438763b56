"""Flows that are run and deployed: their own parameters, which take values where the body has nodes."""

from __future__ import annotations

from mypy.nodes import ARG_POS, ArgKind, CallExpr
from mypy.plugin import MethodContext, MethodSigContext
from mypy.typeops import make_simplified_union
from mypy.types import AnyType, CallableType, FunctionLike, Instance, Parameters, Type, UnionType, get_proper_type

from dataflow.mypy_plugin import wiring
from dataflow.mypy_plugin.lifting import is_node, node_in, signatures, value_of
from dataflow.mypy_plugin.reports import reported
from dataflow.mypy_plugin.spreads import apart


def of_call(context: MethodSigContext) -> FunctionLike:
    """`flow(node)`, by the flow's name; type variables mypy solves in a call, and not through `ParamSpec`."""
    default, signature = context.default_signature, _wiring(context.type)
    if signature is None:
        return default
    if signature.variables:
        return wiring.of_call(signature.copy_modified(fallback=default.fallback), context)
    exact, call = default.copy_modified(name=signature.name, definition=signature.definition), context.context
    if isinstance(call, CallExpr) and (written := apart(call)) is not call:
        return reported(exact, context, written)
    return exact


def of_run(context: MethodSigContext) -> FunctionLike:
    """`flow.run(x=...)`, `flow.submit(x=...)`: a parameter of nodes takes values too."""
    default, signature = context.default_signature, _wiring(context.type)
    if signature is None:
        return default
    exact = default.copy_modified(
        arg_types=[_value_or_node(each) for each in signature.arg_types],
        arg_kinds=signature.arg_kinds,
        arg_names=signature.arg_names,
        ret_type=_with_value(default.ret_type, signature),
        variables=signature.variables,
        name=signature.name,
        definition=signature.definition,
    )
    return wiring.of_call(exact, context)


def of_stream(context: MethodSigContext) -> FunctionLike:
    """`flow.stream(xs, y=...)`: an iterable of the first parameter's values; the others' values by their own names."""
    default, signature = context.default_signature, _wiring(context.type)
    iterable = get_proper_type(default.arg_types[0])
    if signature is None or not signature.arg_types or not isinstance(iterable, Instance):
        return default
    if not _is_input(signature.arg_types[0]):
        return default
    values, kinds, names = _inputs(signature)
    return default.copy_modified(
        arg_types=[iterable.copy_modified(args=[values[0]]), *values[1:]],
        arg_kinds=[ARG_POS, *kinds[1:]],
        arg_names=[None, *names[1:]],
        ret_type=_with_value(default.ret_type, signature),
        variables=signature.variables,
        name=signature.name,
        definition=signature.definition,
    )


def deployed(context: MethodContext) -> Type:
    """`flow.deploy()`: a pipeline takes values alone, and no settings of the wiring."""
    pipeline = get_proper_type(context.default_return_type)
    if not isinstance(pipeline, Instance) or len(pipeline.args) != 2:
        return context.default_return_type
    parameters = get_proper_type(pipeline.args[0])
    if not isinstance(parameters, Parameters):
        return context.default_return_type
    types, kinds, names = _inputs(parameters)
    values = parameters.copy_modified(arg_types=types, arg_kinds=kinds, arg_names=names)
    return pipeline.copy_modified(args=[values, pipeline.args[1]])


def _inputs(of: CallableType | Parameters) -> tuple[list[Type], list[ArgKind], list[str | None]]:
    """The parameters that take nodes, of their values; the others are settings, of which a deployed flow has none."""
    found = [*zip(of.arg_types, of.arg_kinds, of.arg_names, strict=True)]
    inputs = [each for each in found if _is_input(each[0])]
    return (
        [make_simplified_union([value_of(of)]) for of, _, _ in inputs],
        [kind for _, kind, _ in inputs],
        [name for _, _, name in inputs],
    )


def _is_input(parameter: Type) -> bool:
    proper = get_proper_type(parameter)
    return isinstance(proper, AnyType) or is_node(proper) or node_in(proper) is not None


def _wiring(flow: Type) -> CallableType | None:
    """The signature of a flow's function."""
    proper = get_proper_type(flow)
    found = signatures(proper.args[0]) if isinstance(proper, Instance) and proper.args else []
    return found[0] if len(found) == 1 else None


def _value_or_node(parameter: Type) -> Type:
    return UnionType.make_union([value_of(parameter), parameter]) if is_node(parameter) else parameter


def _with_value(result: Type, signature: CallableType) -> Type:
    """The default result (`R`, `Future[R]` or `Iterator[R]`) with the value of the node that the function returns."""
    node, proper = get_proper_type(signature.ret_type), get_proper_type(result)
    if not isinstance(node, Instance) or not is_node(node):
        return result
    if isinstance(proper, Instance) and proper.type.fullname in CARRIERS:
        return proper.copy_modified(args=[node.args[0]])
    return node.args[0]


CARRIERS = frozenset({"dataflow.future.Future", "typing.Iterator"})
