"""Overloads that stand in for what a checker without the plugin cannot see.

The plugin gives the exact signature, so one of them is enough; mypy would otherwise ask for each, and report a wrong
call against all of them.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from mypy.nodes import Block, Decorator, OverloadedFuncDef, RaiseStmt, Statement
from mypy.plugin import ClassDefContext

from dataflow.mypy_plugin.names import CLASS_STEP, FLOW, NODE, STEP

STANDING_IN: Final = {
    STEP: {"__call__", "map", "options"},
    CLASS_STEP: {"options"},
    FLOW: {"run", "submit", "stream"},
    NODE: {"deploy"},
}
"""Overloaded methods of which the last overload takes all that the others take, or is refined by the hooks."""


def leave_one(context: ClassDefContext) -> None:
    """Replace such methods by their last overload."""
    names, body = STANDING_IN[context.cls.fullname], context.cls.defs.body
    body[:] = [_last(statement, names) for statement in body]


def _last(statement: Statement, names: Collection[str]) -> Statement:
    if not isinstance(statement, OverloadedFuncDef) or not statement.items or statement.items[0].name not in names:
        return statement
    method = [item.func for item in statement.items if isinstance(item, Decorator)][-1]  # the rest is what runs
    method.is_decorated = method.is_overload = False  # or it would get no name of its own
    method.body = Block([RaiseStmt(None, None)])  # its own, `...`, returns nothing
    for argument in method.arguments:
        argument.initializer = (
            None  # `...` as a default is refused beside another body; the kind says that there is one
        )
    return method
