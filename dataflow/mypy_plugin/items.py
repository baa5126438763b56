"""`node[key]`: a node of what mypy itself finds for an item of the value, with the item's errors."""

from __future__ import annotations

from mypy.checker import TypeChecker
from mypy.nodes import Expression, FuncDef, IndexExpr, OverloadedFuncDef, Statement, TempNode
from mypy.plugin import ClassDefContext, MethodContext
from mypy.types import Instance, Type, get_proper_type

from dataflow.mypy_plugin.lifting import node_of, value_of
from dataflow.mypy_plugin.overloads import leave_few

ITEM = "__getitem__"


def leave_open(context: ClassDefContext) -> None:
    """Of the overloads for items leave what runs, which takes anything: the hook says what is right."""
    leave_few(context)
    body = context.cls.defs.body
    body[:] = [_what_runs(statement) for statement in body]


def of_item(context: MethodContext) -> Type:
    """`node[key]`, where the key may be a node, too."""
    node, keys, api = get_proper_type(context.type), context.args[0], context.api
    if not isinstance(node, Instance) or not node.args or not keys or not isinstance(api, TypeChecker):
        return context.default_return_type
    value = node.args[0]
    item = IndexExpr(TempNode(value, context=context.context), _key(keys[0], context.arg_types[0][0]))
    item.set_line(context.context)
    return node_of(node, api.expr_checker.visit_index_with_type(value, item))


def _key(key: Expression, of: Type) -> Expression:
    """What is written as the key; for a node something of its value's type."""
    value = value_of(of)
    return key if value is of else TempNode(value, context=key)


def _what_runs(statement: Statement) -> Statement:
    if not isinstance(statement, OverloadedFuncDef) or not statement.items or statement.items[0].name != ITEM:
        return statement
    return next((item for item in statement.items if isinstance(item, FuncDef)), statement)
