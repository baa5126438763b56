"""Graph -> Plan: what runs always, what runs only on demand, and when each value is dropped.

The *main* schedule is what the output cannot do without, in the order of composition. Each lazy operand is the
*target* of a region: what evaluating it needs beyond main, in the same order. A region may share ops with others;
an op is evaluated by whoever needs it first, and once. So the meaning of a graph is: run main in order; where an op
asks for a target, run what its region still lacks, in order; the first error ends the run, unless a recover on the
way handles it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import attrs

from dataflow.events import Observer
from dataflow.ir.graph import Graph, GraphOp, bodies
from dataflow.ops import Call, Ref, eager, lazy


@attrs.frozen(eq=False)
class Plan:
    """How to run a graph; shared by all executors, written by none.

    Attributes:
        graph: what to run.
        given: how many of its inputs the caller gives; the others are captured, and evaluated on demand.
        reads: for each op, the ops that it cannot do without, each once.
        main: the ops that always run, in order.
        regions: for each lazy target, the ops that it needs beyond main, in order.
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
    given = len(graph.inputs) if given is None else given
    reads: list[tuple[int, ...]] = []
    asks: dict[int, tuple[int, ...]] = {}
    inner: dict[int, Plan] = {}
    for at, op in enumerate(graph.ops):
        if type(op) is Call and not op.kwargs:  # most ops
            reads.append(_indices(op.args))
            continue
        reads.append(_indices(eager(op)))
        asked = _indices(lazy(op))
        if asked:
            asks[at] = asked
        for body in bodies(op):
            inner[at] = plan(body, given=1, observers=observers)
    main = _needed(graph.output, reads, given, frozenset())
    if not asks:
        return Plan(graph, given, reads, main, {}, inner, _drops_of_line(graph, reads, main), observers)
    always = frozenset(main)
    regions = {
        target: _needed(target, reads, given, always) for target in dict.fromkeys(t for ts in asks.values() for t in ts)
    }
    return Plan(graph, given, reads, main, regions, inner, _drops(graph, reads, asks, main, regions), observers)


def captured(op: GraphOp) -> tuple[int, ...]:
    """The targets that the inputs of an op's body stand for, after its parameter."""
    return tuple([operand.index for operand in getattr(op, "captured", ()) if isinstance(operand, Ref)])


def _indices(operands: Iterable[object]) -> tuple[int, ...]:
    """The ops among operands, each once."""
    found = [operand.index for operand in operands if type(operand) is Ref]
    return tuple(dict.fromkeys(found)) if len(found) > 1 else tuple(found)


def _needed(target: int, reads: Sequence[tuple[int, ...]], given: int, known: Collection[int]) -> tuple[int, ...]:
    """What a target cannot do without, itself included, in order; without what is known to be there."""
    if target < given or target in known:
        return ()
    seen = {target}
    stack = [target]
    while stack:
        for read in reads[stack.pop()]:
            if read >= given and read not in seen and read not in known:
                seen.add(read)
                stack.append(read)
    return tuple(sorted(seen))


def _drops_of_line(graph: Graph, reads: Sequence[tuple[int, ...]], main: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """The drops of a graph in which everything runs: after its last reader, that is its first from the end."""
    alive = bytearray(b"\1") * len(graph.ops)
    alive[graph.output] = 0
    drops: dict[int, tuple[int, ...]] = {}
    for at in reversed(main):
        last = [read for read in reads[at] if alive[read]]
        if last:
            drops[at] = tuple(last)
            for read in last:
                alive[read] = 0
    return drops


def _drops(
    graph: Graph,
    reads: Sequence[tuple[int, ...]],
    asks: Mapping[int, tuple[int, ...]],
    main: Sequence[int],
    regions: Mapping[int, tuple[int, ...]],
) -> dict[int, tuple[int, ...]]:
    """After which op each value is dropped: the last that may read it, as seen from where the value is made.

    A reader inside a region stands for the op that asks for the region. Values shared by several regions are
    dropped in main.
    """
    tree = _Tree(reads, asks, main, regions)
    drops: dict[int, list[int]] = {}
    for made, readers in enumerate(tree.readers):
        if made != graph.output and readers:
            drops.setdefault(tree.last(made, readers), []).append(made)
    return {at: tuple(values) for at, values in drops.items()}


class _Tree:
    """Which region each op is in, and which op asks for that region."""

    MAIN, SHARED = -1, -2

    def __init__(
        self,
        reads: Sequence[tuple[int, ...]],
        asks: Mapping[int, tuple[int, ...]],
        main: Sequence[int],
        regions: Mapping[int, tuple[int, ...]],
    ) -> None:
        self.home: dict[int, int] = dict.fromkeys(main, self.MAIN)
        for target, ops in regions.items():
            for at in ops:
                self.home[at] = self.SHARED if at in self.home else target
        self.readers: list[list[int]] = [[] for _ in reads]
        self.askers: dict[int, list[int]] = {}
        for at, read in enumerate(reads):
            for index in read:
                self.readers[index].append(at)
            for index in asks.get(at, ()):
                self.readers[index].append(at)
                self.askers.setdefault(index, []).append(at)
        self.latest = self._latest()

    def last(self, made: int, readers: Sequence[int]) -> int:
        """The op after which a value is dropped."""
        home = self.home.get(made, self.MAIN)
        if home != self.SHARED:
            seen = [self._seen_from(home, reader) for reader in readers]
            if None not in seen:
                return max(at for at in seen if at is not None)
        return max(self.latest[reader] for reader in readers)

    def _seen_from(self, home: int, reader: int) -> int | None:
        """The op of region `home` that reads, or that asks for a region inside which there is the reader."""
        while True:
            at = self.home.get(reader, self.SHARED)
            if at == home:
                return reader
            askers = self.askers.get(at, ())
            if at in (self.MAIN, self.SHARED) or len(askers) != 1:
                return None
            reader = askers[0]

    def _latest(self) -> list[int]:
        """The last op of main that may cause each op to run."""
        latest = list(range(len(self.readers)))
        for at in reversed(range(len(latest))):
            if self.home.get(at) != self.MAIN and self.readers[at]:
                latest[at] = max(latest[reader] for reader in self.readers[at])
        return latest
