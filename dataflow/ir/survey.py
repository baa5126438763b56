"""What there is in a graph: found in one walk when the graph is made, so that nobody has to walk again for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import attrs

from dataflow.callee import Callee
from dataflow.errors import GraphError
from dataflow.ops import Call, Const, Input, Op, Ref, eager, lazy

LIGHT: Final = frozenset({int, float, bool, complex, type(None)})


@attrs.frozen(eq=False)
class Survey:
    """What there is in a graph, without the bodies of its ops.

    Attributes:
        inputs: its inputs, which come first.
        reads: for each op, the ops that it cannot do without, each once.
        rare: the ops that are anything but a call without keywords. Most ops are such calls.
        callees: the distinct callees, in order of first use.
        literals: the ops with an operand that is neither an op nor a literal of a few bytes.
        unread: how many ops no other one reads.
    """

    inputs: tuple[Input, ...]
    reads: Sequence[tuple[int, ...]]
    rare: tuple[int, ...]
    callees: tuple[Callee, ...]
    literals: tuple[int, ...]
    unread: int


def surveyed(ops: Sequence[Op[Any]]) -> Survey:
    """Walk through the ops of a graph, once: each run makes a graph, so this is as lean as it can be.

    Raises:
        GraphError: an op reads one that does not come before it.
    """
    reads: list[tuple[int, ...]] = []
    rare: list[int] = []
    literals: list[int] = []
    callees: dict[int, Callee] = {}
    read = bytearray(len(ops))
    for at, op in enumerate(ops):
        if type(op) is Call and not op.kwargs:
            operands = op.args
            callees[id(op.callee)] = op.callee
        else:
            rare.append(at)
            operands = eager(op)
            if type(op) is Call:
                callees[id(op.callee)] = op.callee
        found: list[int] = []
        for operand in operands:
            if type(operand) is Ref:
                index = operand.index
                if not 0 <= index < at:
                    raise _cycle(at, index)
                read[index] = 1
                found.append(index)
            elif type(operand) not in LIGHT:
                literals.append(at)
        once = len(found) < 2 or (len(found) == 2 and found[0] != found[1])
        reads.append(tuple(found if once else dict.fromkeys(found)))
    for at in rare:
        literals += _look_at_rare(ops[at], at, read)
    inputs = tuple([op for op in ops[: len(rare)] if isinstance(op, Input)])  # no more ops than rare ones are inputs
    return Survey(inputs, reads, tuple(rare), tuple(callees.values()), tuple(sorted(set(literals))), read.count(0))


def _look_at_rare(op: Op[Any], at: int, read: bytearray) -> list[int]:
    """Mark what an op reads on demand. Itself, if one of those operands, or the value of a const, is not light."""
    literals = [at] if isinstance(op, Const) and type(op.value) not in LIGHT else []
    for operand in lazy(op):
        if type(operand) is Ref:
            if not 0 <= operand.index < at:
                raise _cycle(at, operand.index)
            read[operand.index] = 1
        elif type(operand) not in LIGHT:
            literals.append(at)
    return literals


def _cycle(at: int, index: int) -> GraphError:
    return GraphError(f"op %{at} reads %{index}, which does not come before it: a cycle")
