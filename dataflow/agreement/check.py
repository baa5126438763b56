"""Compare the two ends of each wire of a flow, and say which do not agree."""

from __future__ import annotations

from functools import partial
from typing import Any

from dataflow.agreement.callables import ends_of
from dataflow.agreement.infer import output_of
from dataflow.agreement.known import Known
from dataflow.agreement.terms import ANYTHING
from dataflow.agreement.wires import Wires
from dataflow.errors import CompositionError, TypeAgreementError
from dataflow.flow import Flow
from dataflow.ir.graph import Graph
from dataflow.lower import lower
from dataflow.node import Node
from dataflow.parameters import inputs_of
from dataflow.place import text

WAY_OUT = "convert the value in a step between the two, or correct an annotation; what is annotated Any is not compared"


def check(flow: object) -> None:
    """Compare the ends of all wires; see `check_types`."""
    wires = Wires()
    who = _check_flow(flow, wires) if isinstance(flow, Flow) else _check_graph(flow, wires)
    if wires.found:
        count = f"{len(wires.found)} wire{'s' if len(wires.found) > 1 else ''}"
        lines = [f"{who}: the ends of {count} do not agree", *(f"- {line}" for line in wires.found), WAY_OUT]
        raise TypeAgreementError("\n".join(lines), wires.found)


def _check_flow(flow: Flow[Any], wires: Wires) -> str:
    """A flow's inputs are what its parameters are annotated as, and so is its result."""
    graph, ends, who = flow.graph, ends_of(flow.function), f"flow {flow.name!r}"
    where = who if ends.place is None else f"{who} ({text(ends.place)})"
    inputs = [
        Known(ends.annotated(param), partial("input {!r} of {}".format, param.name, where))
        for param in inputs_of(flow.function, who)
    ]
    free = [_free(op) for op in graph.inputs[len(inputs) :]]
    output = output_of(graph, [*inputs, *free], wires)
    wires.wire(output, ends.result, lambda: f"{where} returns", graph.place(graph.output))
    return who


def _check_graph(thing: object, wires: Wires) -> str:
    if not isinstance(thing, Node | Graph):
        raise CompositionError(f"check_types() takes a flow, a node or a graph, not {thing!r}")
    graph = lower(thing) if isinstance(thing, Node) else thing
    output_of(graph, [_free(op) for op in graph.inputs], wires)
    return "this graph"


def _free(op: Any) -> Known:
    return Known(ANYTHING, lambda: f"input {op.name!r}")
