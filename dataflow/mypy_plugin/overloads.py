"""Overloads that stand in for what a checker without the plugin cannot see.

The plugin gives the exact signature, so one of them is enough; mypy would otherwise ask for each, and report a wrong
call against all of them. Of a step's call a few more are left: where a step is passed as a function of nodes, as in
`map(step, nodes)`, mypy asks no plugin.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from mypy.nodes import ARG_NAMED, Block, Decorator, OverloadedFuncDef, RaiseStmt, Statement
from mypy.plugin import ClassDefContext
from mypy.types import CallableType

from dataflow.mypy_plugin.names import CLASS_STEP, FLOW, NODE, STEP

CALL: Final = "__call__"
STANDING_IN: Final = {
    STEP: {CALL, "map", "options"},
    CLASS_STEP: {"options"},
    FLOW: {"run", "submit", "stream"},
    NODE: {"deploy"},
}
"""Overloaded methods of which the last overload takes all that the others take, or is refined by the hooks."""

PASSED: Final = [["self", "first", "args", "kwargs"], ["self", "first", "second", "args", "kwargs"]]
"""The overloads of a step's call by which it is passed as a function of one node, and of two."""


def leave_few(context: ClassDefContext) -> None:
    """Replace such methods by their last overload, and a step's call by that and those by which it is passed."""
    names, body = STANDING_IN[context.cls.fullname], context.cls.defs.body
    body[:] = [_few(statement, names) for statement in body]


def is_passed(signature: CallableType) -> bool:
    """Whether a signature of a step's call is one by which the step is passed: none that a call is checked against."""
    of = signature.definition
    return isinstance(of, Decorator) and len(of.func.arg_kinds) > len(["self", "args", "kwargs"])


def never(signature: CallableType) -> CallableType:
    """A signature that no call fits, which mypy leaves aside at once."""
    return signature.copy_modified(arg_types=[signature.ret_type], arg_kinds=[ARG_NAMED], arg_names=["no such name"])


def _few(statement: Statement, names: Collection[str]) -> Statement:
    if not isinstance(statement, OverloadedFuncDef) or not statement.items or statement.items[0].name not in names:
        return statement
    overloads = [item for item in statement.items if isinstance(item, Decorator)]  # the rest is what runs
    return _passed(statement, overloads) if statement.items[0].name == CALL else _last(overloads)


def _passed(method: OverloadedFuncDef, overloads: list[Decorator]) -> Statement:
    left = [item for item in overloads if [each.variable.name for each in item.func.arguments] in PASSED]
    method.items = [*left, *method.items[len(overloads) - 1 :]]
    method.unanalyzed_items = [*method.items]
    return method


def _last(overloads: list[Decorator]) -> Statement:
    method = overloads[-1].func
    method.is_decorated = method.is_overload = False  # or it would get no name of its own
    method.body = Block([RaiseStmt(None, None)])  # its own, `...`, returns nothing
    for argument in method.arguments:
        argument.initializer = (
            None  # `...` as a default is refused beside another body; the kind says that there is one
        )
    return method
