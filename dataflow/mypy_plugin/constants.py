"""`const` takes a value or a node: a container of nodes passes for a value, but is none."""

from __future__ import annotations

from mypy.nodes import Expression
from mypy.plugin import CheckerPluginInterface, FunctionContext
from mypy.types import Instance, Type, UnionType, get_proper_type

from dataflow.mypy_plugin import lenses, uncalled
from dataflow.mypy_plugin.lifting import is_node, may_be_node, members, node_of
from dataflow.mypy_plugin.remembered import type_of
from dataflow.mypy_plugin.spreads import is_spread
from dataflow.mypy_plugin.values import stripped, written


def of_const(context: FunctionContext) -> Type:
    """`const([a, b])` of nodes, as the line says when it runs."""
    for given in context.args[0] if context.args and not is_spread(context.arg_kinds) else []:
        if (said := uncalled.why(given, context.api)) is not None:
            context.api.fail(said, given)
        elif _has_nodes(given, context.api):
            context.api.fail('"const" takes a value or a node; for several nodes write gather()', given)
    return _of_either(lenses.of_call(context), context)


def _of_either(result: Type, context: FunctionContext) -> Type:
    """Of what is a value or a node, as a flow's `In[int | str]`, a node of what it is: mypy joins several nodes."""
    given = context.args[0] if context.args and not is_spread(context.arg_kinds) else []
    of, nodes = [type_of(each, context.api) for each in given], [each for each in members(result) if is_node(each)]
    if len(of) != 1 or not isinstance(get_proper_type(of[0]), UnionType) or not may_be_node(of[0]):
        return result
    return node_of(nodes[0], stripped(of[0])) if nodes and isinstance(nodes[0], Instance) else result


def _has_nodes(given: Expression, api: CheckerPluginInterface) -> bool:
    """Whether it is a container of nodes; of one that is written out each item is looked at, mypy joins their types."""
    of, items = type_of(given, api), written(given)
    return _is_of_nodes(of) or any(is_node(type_of(each, api)) or _has_nodes(each, api) for each in items)


def _is_of_nodes(of: Type) -> bool:
    return any(not is_node(each) and may_be_node(each) for each in members(of))
