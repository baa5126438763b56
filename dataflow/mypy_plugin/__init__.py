"""A plugin for mypy: exact types where Python's own cannot say them.

There is no way to write "each parameter of F, or a node of it" in Python's types; the overloads of `Step` come close,
but lose names. With the plugin a call of a step is checked against the step's own parameters, each of which takes a
value or a node: by position and by name, with defaults, keyword-only, variadic, generic, overloaded. Switch it on with

    [mypy]
    plugins = dataflow.mypy_plugin

It also turns on mypy's check `truthy-bool`, which sees `if node:`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from mypy.errorcodes import TRUTHY_BOOL
from mypy.nodes import TypeInfo
from mypy.options import Options
from mypy.plugin import (
    ClassDefContext,
    FunctionContext,
    FunctionSigContext,
    MethodContext,
    MethodSigContext,
    Plugin,
    ReportConfigContext,
)
from mypy.types import FunctionLike, Type

from dataflow.mypy_plugin import (
    alone,
    bodies,
    calls,
    chains,
    choices,
    classes,
    constants,
    displays,
    fan_outs,
    flows,
    handlers,
    items,
    lambdas,
    lenses,
    mapped,
    methods,
    overloads,
    passed,
    plain,
    reports,
    routes,
    uncalled,
    unpacking,
    wiring,
)
from dataflow.mypy_plugin.names import (
    BIND,
    CASES,
    CLASS_STEP,
    COND,
    CONST,
    DEPLOY,
    EXPAND,
    FAN_OUT,
    FLOW,
    FOLD,
    GATHER,
    ITERATE,
    MATCH,
    MATCHING,
    NODE,
    OWN,
    PARTIAL_FUNCTION,
    RECOVER,
    RUN,
    STEP,
    STEP_FUNCTION,
    STEP_MAKER,
    SUBMIT,
    SWITCH,
    UNPACK,
)


class DataflowPlugin(Plugin):
    """Which hook is for which function, method or class."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        if TRUTHY_BOOL.code not in options.disable_error_code:
            options.enabled_error_codes.add(TRUTHY_BOOL)

    def report_config_data(self, ctx: ReportConfigContext) -> str:  # as mypy calls it
        """What a module was checked with: mypy compares plugins for all of its cache, and forgets modules left out."""
        return __version__

    def get_customize_class_mro_hook(self, fullname: str) -> Callable[[ClassDefContext], None] | None:
        """Of overloads for checkers without plugins, leave those that the hooks below refine."""
        if fullname == NODE:
            return items.leave_open
        return overloads.leave_few if fullname in overloads.STANDING_IN else None

    def get_method_signature_hook(self, fullname: str) -> Callable[[MethodSigContext], FunctionLike] | None:
        """How steps are called, and flows run."""
        known: Callable[[MethodSigContext], FunctionLike] | None = {
            f"{STEP}.__call__": calls.of_step,
            f"{STEP}.map": fan_outs.of_map,
            f"{STEP}.__rshift__": chains.of_chain,
            f"{CLASS_STEP}.__call__": classes.of_constructor,
            f"{FLOW}.__call__": flows.of_call,
            f"{FLOW}.run": flows.of_run,
            f"{FLOW}.submit": flows.of_run,
            f"{FLOW}.stream": flows.of_stream,
            f"{NODE}.map": mapped.of_map,
            f"{MATCHING}.case": routes.of_key,
            f"{CASES}.case": routes.of_key,
            f"{CASES}.default": choices.of_default,
        }.get(fullname)
        if known is not None or fullname.startswith(OWN):
            return known
        owner, _, name = fullname.rpartition(".")
        found = self.lookup_fully_qualified(owner)
        method = found.node.get(name) if found is not None and isinstance(found.node, TypeInfo) else None
        if wiring.is_generic(method):
            return wiring.of_method
        return (lambda context: passed.of_function(context, self)) if passed.takes_functions(fullname, method) else None

    def get_function_signature_hook(self, fullname: str) -> Callable[[FunctionSigContext], FunctionLike] | None:
        """How bodies get what is shared; which keyword is wrong; and functions with type variables over nodes."""
        known: Callable[[FunctionSigContext], FunctionLike] | None = {
            BIND: classes.of_bind,
            COND: alone.called(1, choices.of_cond),
            GATHER: alone.nodes(None),
            EXPAND: alone.nodes(1, plain.body(1, lambdas.of_defaults)),
            SUBMIT: alone.nodes(1),
            DEPLOY: alone.nodes(1),
            SWITCH: routes.of_cases,
            UNPACK: unpacking.of_node,
            RECOVER: alone.nodes(1, plain.body(1, handlers.of_recover)),
            FAN_OUT: plain.body(0, bodies.of_fan_out),
            FOLD: plain.body(0, bodies.of_fold),
            ITERATE: plain.body(0, bodies.of_iterate),
            STEP_FUNCTION: classes.of_step,
            RUN: alone.nodes(None, reports.of_keywords),
        }.get(fullname)
        if known is not None or fullname.startswith(OWN):
            return known
        found = self.lookup_fully_qualified(fullname)
        if wiring.is_generic(found) or "." not in fullname:  # a function inside of another has no full name
            return wiring.of_function
        if passed.takes_functions(fullname, found):
            return lambda context: passed.of_function(context, self)
        return None

    def get_method_hook(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        """What is made of a function or class, and of a flow that is deployed."""
        owner, _, name = fullname.rpartition(".")
        if name == "options" and self._is_step(owner):
            return classes.with_options
        return {
            f"{STEP_MAKER}.__call__": classes.made,
            f"{STEP}.__get__": methods.bound,
            f"{CLASS_STEP}.__call__": classes.bound,
            f"{FLOW}.deploy": flows.deployed,
            f"{NODE}.__getitem__": items.of_item,
            f"{NODE}.map": mapped.of_result,
            f"{MATCHING}.case": uncalled.of_case,
            f"{CASES}.case": uncalled.of_case,
            f"{CASES}.default": uncalled.of_default,
            f"{CASES}.exhaustive": routes.of_exhaustive,
        }.get(fullname)

    def get_function_hook(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        """What `step`, `switch` and `gather` make; and what the constructor of a class gives that is a step."""
        found: Callable[[FunctionContext], Type] | None = {
            STEP_FUNCTION: classes.made,
            SWITCH: uncalled.of_switch,
            COND: uncalled.of_cond,
            GATHER: displays.of_gather,
            UNPACK: unpacking.of_unpack,
            CONST: constants.of_const,
            FAN_OUT: lenses.of_call,
            FOLD: lenses.of_call,
            ITERATE: lenses.of_call,
            MATCH: lenses.of_call,
            PARTIAL_FUNCTION: lambda context: passed.of_partial(context, self),
        }.get(fullname)
        if found is not None:
            return found
        return (lambda context: classes.constructed(context, self)) if self._is_step(fullname) else None

    def get_class_decorator_hook_2(self, fullname: str) -> Callable[[ClassDefContext], bool] | None:
        """Remember which classes are class steps."""
        return (lambda context: classes.decorated(context, self)) if fullname == STEP_FUNCTION else None

    def _is_step(self, fullname: str) -> bool:
        """Whether this is a class that is decorated with `step`."""
        found = self.lookup_fully_qualified(fullname)
        return found is not None and isinstance(found.node, TypeInfo) and classes.is_step(found.node)


def plugin(version: str) -> type[Plugin]:  # noqa: ARG001  # what mypy calls it with
    """What mypy calls with its version."""
    return DataflowPlugin


__version__: Final = hashlib.sha256(
    b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
).hexdigest()
"""Of the whole plugin: mypy looks at this module alone to see whether its cache was made with another one."""

__all__ = ["DataflowPlugin", "plugin"]
