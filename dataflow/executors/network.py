"""A plan as tables for executors that work on several ops at a time: who waits for whom, who drops what.

An op starts when everything it reads is there; an op of a region, when besides that some region that needs it has
been asked for. Nothing here changes while graphs run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from dataflow.callee import Callee
from dataflow.executors.base import PLAIN_TYPES
from dataflow.executors.layout import Arguments, Layout
from dataflow.ir.graph import Graph
from dataflow.ops import Build, Call, Const, Ref, eager, lazy
from dataflow.plan import Plan

Bind = Callable[[Callee], Any]
ENTRY: Final = Arguments(4, 0, 0, (), ())


class Network:
    """The tables of a plan.

    Attributes:
        calls: for each op, the places of its arguments; ENTRY for an op that is no call.
        targets: for each op, what to call, as the executor has bound it.
        sources: for each op that is no call, the place of its eager operand.
        reads: for each op, the ops that it reads eagerly.
        readers: for each op, the ops that read it eagerly, and how much each of them waits for.
        waits: for each op, how many things must happen before it starts.
        uses: for each op, how many ops may read it, eagerly or lazily.
        lazies: for each op, the targets that it may ask for.
        asks: for each target, how many ops may ask for it.
        homes: for each op of a region, the targets of the regions that need it.
        counted: the ops that wait for more than two things.
        dropping: the ops whose values more than two may read.
        answers: the ops whose end somebody may be waiting for: the output, the targets, and who asks for them.
    """

    def __init__(self, plan: Plan, bind: Bind) -> None:
        graph = plan.graph
        self.plan, self.graph, self.output = plan, graph, graph.output
        self.reads, self.regions = plan.reads, plan.regions
        self.plain: set[type] = set(PLAIN_TYPES)
        self.layout = Layout(graph)
        self._fill(graph, bind)
        self.template = self.layout.template
        self.bodies: Mapping[int, Network] = {at: type(self)(body, bind) for at, body in plan.bodies.items()}
        self._connect()

    def _fill(self, graph: Graph, bind: Bind) -> None:
        self.calls: list[Arguments] = []
        self.targets: list[Any] = []
        self.sources: list[int] = []
        bound = {id(callee): bind(callee) for callee in graph.survey.callees}
        for op, reads in zip(graph.ops, self.reads, strict=True):
            if type(op) is Call:
                self.calls.append(self.layout.arguments(op.args, op.kwargs, reads))
                self.targets.append(bound[id(op.callee)])
                self.sources.append(0)
            elif type(op) is Build:
                self.calls.append(self.layout.arguments(op.parts, (), reads))
                self.targets.append(op.shape.build)
                self.sources.append(0)
            else:
                self.calls.append(ENTRY)
                self.targets.append(None)
                self.sources.append(self._source(op))

    def _source(self, op: Any) -> int:
        """Where the selector, source or value of an op stands."""
        if isinstance(op, Const):
            return self.layout.place(op.value)
        operands = eager(op)
        return self.layout.place(operands[0]) if operands else 0

    def _connect(self) -> None:
        plan, count = self.plan, len(self.graph.ops)
        given = plan.given
        self.lazies: dict[int, tuple[int, ...]] = {}
        waits, uses = [0] * count, [0] * count
        for at, reads in enumerate(plan.reads):
            for read in reads:
                uses[read] += 1
            waits[at] = len([read for read in reads if read >= given]) if given else len(reads)
        uses[self.output] += 1
        self.asks: dict[int, int] = {}
        self.homes: dict[int, tuple[int, ...]] = {}
        if plan.regions:
            self._connect_regions(waits, uses)
        self.waits, self.uses = waits, uses
        self.readers = self._readers(waits)
        self.roots = tuple([at for at in plan.main if waits[at] == 0])
        self.counted = tuple([at for at, number in enumerate(waits) if number > 2])
        self.dropping = tuple([at for at, number in enumerate(uses) if number > 2])
        self.answers = frozenset({self.output, *plan.regions, *self.lazies})

    def _readers(self, waits: list[int]) -> Sequence[tuple[tuple[int, int], ...]]:
        """Who reads each op. One pair for each reader: this is most of a network."""
        readers: list[Any] = [None] * len(waits)
        for at, reads in enumerate(self.reads):
            if reads:
                pair = (at, waits[at])
                for read in reads:
                    if readers[read] is None:
                        readers[read] = [pair]
                    else:
                        readers[read].append(pair)
        for at, each in enumerate(readers):
            readers[at] = tuple(each or ())
        return readers

    def _connect_regions(self, waits: list[int], uses: list[int]) -> None:
        for at, op in enumerate(self.graph.ops):
            targets = tuple(dict.fromkeys(operand.index for operand in lazy(op) if type(operand) is Ref))
            if targets:
                self.lazies[at] = targets
            for target in targets:
                uses[target] += 1
                self.asks[target] = self.asks.get(target, 0) + 1
        for target, ops in self.regions.items():
            for at in ops:
                self.homes[at] = (*self.homes.get(at, ()), target)
        for at in self.homes:
            waits[at] += 1
