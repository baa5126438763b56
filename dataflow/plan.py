"""Graph -> Plan: what runs always, what runs only on demand, and when each value is dropped.

The *main* schedule is what the output cannot do without, in the order of composition. Each lazy operand is the
*target* of a region: what evaluating it needs beyond main, in the same order. A region may share ops with others;
an op is evaluated by whoever needs it first, and once. So the meaning of a graph is: run main in order; where an op
asks for a target, run what its region still lacks, in order; the first error ends the run, unless a recover on the
way handles it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import attrs

from dataflow.collection import uncollected
from dataflow.events import Observer
from dataflow.ir.graph import Graph, GraphOp, bodies
from dataflow.ops import Ref, lazy
from dataflow.regions import Tree, needed


@attrs.frozen(eq=False)
class Plan:
    """How to run a graph; shared by all executors, written by none.

    Attributes:
        graph: what to run.
        given: how many of its inputs the caller gives; the others are captured, and evaluated on demand.
        reads: for each op, the ops that it cannot do without, each once.
        main: the ops that always run, in order.
        regions: for each lazy target, the ops that it needs beyond main and the regions around it, in order.
        bodies: the plan of the body of each op that has one.
        drops: for each op, the values that nothing reads after it.
        observers: who is told what happens.
    """

    graph: Graph
    given: int
    reads: Sequence[tuple[int, ...]]
    main: tuple[int, ...]
    regions: Mapping[int, tuple[int, ...]]
    bodies: Mapping[int, Plan]
    drops: Mapping[int, tuple[int, ...]]
    observers: tuple[Observer, ...] = ()


def plan(graph: Graph, *, given: int | None = None, observers: tuple[Observer, ...] = ()) -> Plan:
    """The plan of a graph.

    Args:
        graph: what to run.
        given: how many of its inputs the caller gives; by default all.
        observers: who is told what happens.
    """
    with uncollected:
        return _planned(graph, len(graph.inputs) if given is None else given, observers)


def _planned(graph: Graph, given: int, observers: tuple[Observer, ...]) -> Plan:
    survey = graph.survey
    reads, asks = survey.reads, dict[int, tuple[int, ...]]()
    inner: dict[int, Plan] = {}
    for at in survey.rare:
        asked = _indices(lazy(graph.ops[at]))
        if asked:
            asks[at] = asked
        for body in bodies(graph.ops[at]):
            inner[at] = _planned(body, 1, observers)
    if not asks and survey.unread == 1 and graph.output == len(reads) - 1:  # each op but the last is read
        main = tuple(range(given, len(reads)))
    else:
        main = needed(graph.output, reads, given, frozenset())
    if not asks:
        return Plan(graph, given, reads, main, {}, inner, _drops_of_line(graph, reads, main), observers)
    tree = Tree(reads, asks, main)
    for target in tree.targets:
        tree.grow(target, needed(target, reads, given, tree.inside(target)))
    return Plan(graph, given, reads, main, tree.regions, inner, _drops(graph.output, tree), observers)


def captured(op: GraphOp) -> tuple[int, ...]:
    """The targets that the inputs of an op's body stand for, after its parameter."""
    return tuple([operand.index for operand in getattr(op, "captured", ()) if isinstance(operand, Ref)])


def _indices(operands: Iterable[object]) -> tuple[int, ...]:
    """The ops among operands, each once."""
    found = [operand.index for operand in operands if type(operand) is Ref]
    return tuple(dict.fromkeys(found)) if len(found) > 1 else tuple(found)


def _drops_of_line(graph: Graph, reads: Sequence[tuple[int, ...]], main: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """The drops of a graph in which everything runs: after its last reader, that is its first from the end."""
    alive = bytearray(b"\1") * len(graph.ops)
    alive[graph.output] = 0
    drops: dict[int, tuple[int, ...]] = {}
    for at in reversed(main):
        last = [read for read in reads[at] if alive[read]]
        if last:
            drops[at] = reads[at] if len(last) == len(reads[at]) else tuple(last)
            for read in last:
                alive[read] = 0
    return drops


def _drops(output: int, tree: Tree) -> dict[int, tuple[int, ...]]:
    """After which op each value is dropped: the last that may read it, as seen from the region where it is made."""
    drops: dict[int, list[int]] = {}
    for made, readers in enumerate(tree.readers):
        if made != output and readers:
            drops.setdefault(tree.last(made), []).append(made)
    return {at: tuple(values) for at, values in drops.items()}
