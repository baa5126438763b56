"""What the plugin is about, by full names."""

from __future__ import annotations

from typing import Final

BIND: Final = "dataflow.step.bind"
CASES: Final = "dataflow.combinators.route.Cases"
MAP: Final = "builtins.map"
ITERABLE: Final = "typing.Iterable"
MAPPING: Final = "typing.Mapping"
MATCH: Final = "dataflow.combinators.route.match"
MATCHING: Final = "dataflow.combinators.route.Matching"
CLASS_STEP: Final = "dataflow.step.ClassStep"
CONST: Final = "dataflow.constant.const"
COND: Final = "dataflow.combinators.route.cond"
FAN_OUT: Final = "dataflow.combinators.repeat.fan_out"
FOLD: Final = "dataflow.combinators.repeat.fold"
ITERATE: Final = "dataflow.combinators.repeat.iterate"
GATHER: Final = "dataflow.combinators.gather.gather"
FLOW: Final = "dataflow.flow.Flow"
UNPACK: Final = "dataflow.combinators.gather.unpack"
NODE: Final = "dataflow.node.Node"
OWN: Final = "dataflow."
OBJECT: Final = "builtins.object"
PARTIAL_FUNCTION: Final = "functools.partial"
PARTIAL: Final = "__mypy_partial"
OPTION_CHANGES: Final = "dataflow.options.OptionChanges"
RECOVER: Final = "dataflow.combinators.recover.recover"
RUN: Final = "dataflow.run.run"
SUBMIT: Final = "dataflow.run.submit"
DEPLOY: Final = "dataflow.run.deploy"
EXPAND: Final = "dataflow.combinators.expand.expand"
STEP: Final = "dataflow.step_type.Step"
STEP_FUNCTION: Final = "dataflow.step.step"
STEP_MAKER: Final = "dataflow.step.StepMaker"
CONTAINERS: Final = frozenset(
    {f"builtins.{name}" for name in ("list", "tuple", "set", "frozenset", "dict")}
    | {f"typing.{name}" for name in ("Iterable", "Collection", "Sequence", "Mapping", "AbstractSet")}
    | {f"typing.Mutable{name}" for name in ("Sequence", "Mapping", "Set")}
)
SWITCH: Final = "dataflow.combinators.route.switch"
COROUTINES: Final = frozenset({"typing.Coroutine", "typing.Awaitable", "types.CoroutineType"})
KINDS: Final = {STEP: "step", CLASS_STEP: "class step", FLOW: "flow"}
"""What decorators make, as messages call it."""
