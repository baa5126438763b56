"""How heavy the literals of a graph are. Heavy ones are better given as inputs: a graph is kept, copied and sent."""

from __future__ import annotations

import sys
import warnings
from typing import Any

from dataflow.errors import LargeLiteralError, LargeLiteralWarning
from dataflow.ir.graph import Graph, GraphOp, walk
from dataflow.ops import Const, Ref, eager, lazy
from dataflow.place import text

LARGE = 1 << 20
TOO_LARGE = 64 << 20


def check_literals(graph: Graph) -> None:
    """Warn of literals over 1 MiB, and refuse those over 64 MiB. Containers count without what they hold.

    Raises:
        LargeLiteralError: a literal is larger than 64 MiB.
    """
    for each in walk(graph):
        for at in each.survey.literals:
            for value in _operands(each.ops[at]):
                if type(value) is not Ref and _bytes(value) > LARGE:
                    _complain(each, at, value)


def _operands(op: GraphOp) -> tuple[object, ...]:
    return (op.value,) if isinstance(op, Const) else eager(op) + lazy(op)


def _bytes(value: Any) -> int:
    size = getattr(value, "nbytes", None)
    if isinstance(size, int):
        return size
    return (
        sys.getsizeof(value)
        if isinstance(value, str | bytes | bytearray | list | tuple | dict | set | frozenset)
        else 0
    )


def _complain(graph: Graph, at: int, value: object) -> None:
    size = f"{_bytes(value) / LARGE:.1f} MiB"
    words = (
        f"a literal of {size} ({type(value).__name__}) stands in the graph, as an argument of {graph.labels()[at]!r} "
        f"composed at {text(graph.place(at))}; make it an input: Input(type, name), or a parameter of a flow"
    )
    if _bytes(value) > TOO_LARGE:
        raise LargeLiteralError(words)
    warnings.warn(words, LargeLiteralWarning, stacklevel=4)
