"""What `expand` does at run time: call the user's function, and plan the graph of the node that it returns."""

from __future__ import annotations

from typing import Any

import attrs

from dataflow.lower import lower_growth
from dataflow.node import clock
from dataflow.ops import Expand
from dataflow.place import here
from dataflow.plan import Plan, captured, plan
from dataflow.trace import as_node


@attrs.frozen(eq=False)
class Growth:
    """A plan made at run time, and which values of the graph around it its inputs stand for."""

    plan: Plan
    targets: tuple[int, ...]


def grown(op: Expand, value: Any) -> Growth:
    """The plan for what `grow(value)` returns.

    Raises:
        CompositionError: it returned no node, or one that reads what this run does not know.
    """
    mark = next(clock)
    output = as_node(op.grow.fn(value), f"the function of {op.name}()", here())
    known = dict(zip(op.grow.known, captured(op), strict=True))
    graph, reads = lower_growth(output, known.keys(), mark, op.name)
    return Growth(plan(graph, given=0), tuple(known[node] for node in reads))
