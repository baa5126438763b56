"""A plan as tables for executors that work on several ops at a time: who waits for whom, who drops what.

An op starts when everything it reads is there; an op of a region, when besides that some region that needs it has
been asked for. Nothing here changes while graphs run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from dataflow.callee import Callee
from dataflow.executors.base import PLAIN_TYPES
from dataflow.executors.countdown import Countdowns
from dataflow.executors.layout import Layout, Take, nothing
from dataflow.ir.graph import Graph
from dataflow.ops import Build, Call, Const, Ref, eager, lazy
from dataflow.plan import Plan

Bind = Callable[[Callee], Any]
HANDED, ENTER = 4, 5


class Job(NamedTuple):
    """All that a worker needs to know of an op.

    Attributes:
        target: what to call, as the executor has bound it.
        kind: how it is called; HANDED, if it is no function, so that the executor must know what to do with it;
            ENTER, for an op that is no call.
        a: the place of the first argument; of an op that is no call, that of its eager operand.
        b, places, named, take: where the arguments stand (see `Arguments`).
        reads: the ops that it reads eagerly.
        readers: the ops that read it eagerly.
        answers: whether somebody may be waiting for its end: it is the output, or a target, or asks for one.
    """

    target: Any
    kind: int
    a: int
    b: int
    places: tuple[int, ...]
    named: tuple[tuple[str, int], ...]
    take: Take
    reads: tuple[int, ...]
    readers: tuple[int, ...]
    answers: bool


class Network:
    """The tables of a plan.

    Attributes:
        jobs: what is to be done for each op.
        reads: for each op, the ops that it reads eagerly.
        readers: for each op, the ops that read it eagerly.
        waits: for each op, how many things must happen before it starts.
        uses: for each op, how many ops may read it, eagerly or lazily.
        starts: countdowns to the start of each op.
        drops: countdowns to the end of the last op that may read a value.
        lazies: for each op, the targets that it may ask for.
        asks: for each target, how many ops may ask for it.
        homes: for each op of a region, the targets of the regions that need it.
    """

    def __init__(self, plan: Plan, bind: Bind) -> None:
        graph = plan.graph
        self.plan, self.graph, self.output = plan, graph, graph.output
        self.reads, self.regions = plan.reads, plan.regions
        self.plain: set[type] = set(PLAIN_TYPES)
        self.layout = Layout(graph)
        self._connect()
        self.jobs = self._jobs(graph, bind)
        self.template = self.layout.template
        self.bodies: Mapping[int, Network] = {at: type(self)(body, bind) for at, body in plan.bodies.items()}

    def _jobs(self, graph: Graph, bind: Bind) -> Sequence[Job]:
        bound = {id(callee): bind(callee) for callee in graph.survey.callees}
        answers, new = {self.output, *self.regions, *self.lazies}, tuple.__new__  # Job(...) costs three times as much
        jobs: list[Job] = []
        for at, (op, reads, readers) in enumerate(zip(graph.ops, self.reads, self.readers, strict=True)):
            if type(op) is Call:
                target = bound[id(op.callee)]
                kind, a, b, places, named, take = self.layout.arguments(op.args, op.kwargs, reads)
                if not callable(target):
                    kind = HANDED
            elif type(op) is Build:
                target = op.shape.build
                kind, a, b, places, named, take = self.layout.arguments(op.parts, (), reads)
            else:
                target = None
                kind, a, b, places, named, take = ENTER, self._source(op), 0, (), (), nothing
            jobs.append(new(Job, (target, kind, a, b, places, named, take, reads, readers, at in answers)))
        return jobs

    def _source(self, op: Any) -> int:
        """Where the selector, source or value of an op stands."""
        if isinstance(op, Const):
            return self.layout.place(op.value)
        operands = eager(op)
        return self.layout.place(operands[0]) if operands else 0

    def _connect(self) -> None:
        plan = self.plan
        self.readers = self._readers()
        waits, uses = list(map(len, plan.reads)), list(map(len, self.readers))
        for at in range(plan.given):  # what the caller gives nobody waits for
            for reader in self.readers[at]:
                waits[reader] -= 1
        uses[self.output] += 1
        self.lazies: dict[int, tuple[int, ...]] = {}
        self.asks: dict[int, int] = {}
        self.homes: dict[int, tuple[int, ...]] = {}
        if plan.regions:
            self._connect_regions(waits, uses)
        self.waits, self.uses = waits, uses
        self.starts, self.drops = Countdowns(waits), Countdowns(uses)
        self.roots = tuple([at for at in plan.main if waits[at] == 0])

    def _readers(self) -> Sequence[tuple[int, ...]]:
        """Who reads each op."""
        readers: list[Any] = [None] * len(self.reads)
        for at, reads in enumerate(self.reads):
            for read in reads:
                if readers[read] is None:
                    readers[read] = [at]
                else:
                    readers[read].append(at)
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
