"""Overloads that stand in for what a checker without the plugin cannot see.

The plugin gives the exact signature, so one of them is enough; mypy would otherwise ask for each, and report a wrong
call against all of them.
"""

from __future__ import annotations

from mypy.nodes import Block, Decorator, OverloadedFuncDef, RaiseStmt, Statement
from mypy.plugin import ClassDefContext

REFINED = frozenset({"__call__", "run", "submit", "stream"})


def leave_one(context: ClassDefContext) -> None:
    """Replace each overloaded method that the hooks refine by its last overload, which fits every callable."""
    body = context.cls.defs.body
    body[:] = [_last(statement) for statement in body]


def _last(statement: Statement) -> Statement:
    if not isinstance(statement, OverloadedFuncDef) or not statement.items or statement.items[0].name not in REFINED:
        return statement
    method = [item.func for item in statement.items if isinstance(item, Decorator)][-1]  # the rest is what runs
    method.is_decorated = method.is_overload = False  # or it would get no name of its own
    method.body = Block([RaiseStmt(None, None)])  # its own, `...`, returns nothing
    return method
