"""How many items the value of a node has, where that is certain before it is there."""

from __future__ import annotations

import inspect
from typing import Any

from dataflow.annotations import result_of
from dataflow.callee import Function, Instance
from dataflow.node import Node, NodeOp
from dataflow.ops import ABSENT, Build, Call, Const, Recover, Switch
from dataflow.shapes import Collection, Named
from dataflow.trace import Parameter
from dataflow.tuples import items_in


def length_of(node: Node[Any]) -> int | None:
    """How many items the node's value has, or None: it is not known, or depends on the branch that is taken."""
    waiting, seen, found = [node], {node}, set[int | None]()
    while waiting and None not in found:
        op = waiting.pop()._op
        branches = _branches(op)
        if branches:
            waiting += [each for each in branches if each not in seen]
            seen.update(branches)
        else:
            found.add(_known(op))
    return found.pop() if len(found) == 1 else None


def _branches(op: NodeOp) -> list[Any]:
    """The nodes of which one gives the value."""
    match op:
        case Switch(cases=cases, default=default):
            return [case for _, case in cases] + ([] if default is ABSENT else [default])
        case Recover(attempt=attempt, handler=handler):
            return [attempt, handler.result]
        case _:
            return []


def _known(op: NodeOp) -> int | None:
    match op:
        case Build(shape=Collection(kind=kind), parts=parts) if kind in (tuple, list):
            return len(parts)
        case Build(shape=Named(), parts=parts):
            return len(parts)
        case Call(callee=Function(fn=fn)):
            return items_in(result_of(fn))
        case Call(callee=Instance(cls=cls)):
            return items_in(result_of(cls.__call__)) if inspect.isclass(cls) else None
        case Const(value=tuple() as known):
            return len(known)
        case Parameter(items=items):
            return items
        case _:
            return None
