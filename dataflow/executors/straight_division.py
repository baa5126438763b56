"""How the work of a plan is divided between its generated function and the machine.

The function works out calls, containers and constants itself, in main and in the cases of switches, which become
nested `if`s. Ops with a body, a guard or a growth stand in it as one call of the machine, on a frame; and with them
goes every region that they may ask for. What the machine or another piece of the function reads is kept in the frame,
too; what several regions may be the first to need, only there.
"""

from __future__ import annotations

from typing import Final

import attrs

from dataflow.ops import Build, Call, Const, Expand, Input, Loop, Map, Recover, Ref, Switch, lazy
from dataflow.plan import Plan

ARGUMENTS: Final = 4_000
"""The most arguments of a call in generated code."""
CASES: Final = 40
"""The most cases of a switch in generated code: to the compiler each is nested in those before."""
NESTED: Final = 10
"""The most switches inside one another: Python allows a hundred levels of blocks."""
TWICE: Final = 8
"""The most ops of a region that is written out for each of several switches that ask for it."""
PIECE: Final = 4_000
"""About how many ops make a piece."""


@attrs.frozen(eq=False)
class Division:
    """Who does what.

    Attributes:
        machine: the ops that the function leaves to the machine.
        shared: the ops that the function runs where their value is not in the frame yet.
        framed: the ops of which the machine or another piece reads the value in the frame.
        pieces: the ops of main, piece by piece.
    """

    machine: frozenset[int]
    shared: frozenset[int]
    framed: frozenset[int]
    pieces: tuple[tuple[int, ...], ...]


def divided(plan: Plan) -> Division:
    """The division of a plan's work."""
    demand = Demand(plan)
    for at in sorted(demand.reached, reverse=True):
        if _is_hard(plan.graph.ops[at]) or (at in demand.asks and demand.is_tangled(at)):
            demand.leave(at)
    pieces = _pieces(plan, demand)
    framed = {read for at in demand.left for read in (*plan.reads[at], *demand.asks.get(at, ()))}
    if len(pieces) > 1:
        framed |= {plan.graph.output, *_between(plan, demand, pieces)}
    return Division(
        frozenset(demand.left - demand.inner),
        frozenset(at for at in demand.shared() - demand.inner if not isinstance(plan.graph.ops[at], Const | Input)),
        frozenset(framed),
        pieces,
    )


def _is_hard(op: object) -> bool:
    """Whether an op is left to the machine for what it is."""
    match op:
        case Map() | Loop() | Recover() | Expand():
            return True
        case Call(args=parts) | Build(parts=parts):
            return len(parts) > ARGUMENTS
        case Switch(cases=cases):
            return len(cases) > CASES
        case _:
            return False


class Demand:
    """Who asks for which regions, and what is left to the machine so far.

    Attributes:
        reached: the ops that a run may come to.
        asks: the targets of each op that has any.
        askers: the ops that ask for each target.
        lists: the targets whose regions list an op.
        left: the ops that are left to the machine, and those that only it comes to.
        inner: the latter, which stand in a region that something left asks for.
    """

    def __init__(self, plan: Plan) -> None:
        self.regions = plan.regions
        self.reached = set(plan.main)
        self.asks: dict[int, tuple[int, ...]] = {}
        self.askers: dict[int, list[int]] = {}
        self.lists: dict[int, list[int]] = {}
        self.left: set[int] = set()
        self.inner: set[int] = set()
        self._entered: set[int] = set()
        if plan.regions:
            self._reach(plan)
        self.depths, self.roots = self._nesting()
        self._is_wide = sum(map(len, self.lists.values())) > 4 * len(plan.graph.ops)

    def _reach(self, plan: Plan) -> None:
        waiting = list(plan.main)
        while waiting:
            at = waiting.pop()
            targets = dict.fromkeys([part.index for part in lazy(plan.graph.ops[at]) if type(part) is Ref])
            if targets:
                self.asks[at] = tuple(targets)
            for target in targets:
                self.askers.setdefault(target, []).append(at)
                if len(self.askers[target]) == 1:
                    waiting.extend(self._listed(target))

    def _listed(self, target: int) -> list[int]:
        """The ops of a region that have not been reached before."""
        new: list[int] = []
        for at in self.regions.get(target, ()):
            self.lists.setdefault(at, []).append(target)
            if at not in self.reached:
                self.reached.add(at)
                new.append(at)
        return new

    def _nesting(self) -> tuple[dict[int, int], dict[int, int]]:
        """How many regions are around an op, and an op of main that may cause it to run.

        What asks comes after what it asks for, so outer regions come first.
        """
        depths: dict[int, int] = {}
        roots: dict[int, int] = {}
        for target in sorted(self.askers, reverse=True):
            asker = max(self.askers[target], key=lambda at: depths.get(at, 0))
            for at in self.regions.get(target, ()):
                depths[at] = max(depths.get(asker, 0) + 1, depths.get(at, 0))
                roots[at] = roots.get(asker, asker)
        return depths, roots

    def is_tangled(self, at: int) -> bool:
        """Whether the regions that an op asks for are too deep or too large to be written out where they are needed."""
        return self._is_wide or self.depths.get(at, 0) >= NESTED or any(map(self._is_repeated, self.asks[at]))

    def _is_repeated(self, target: int) -> bool:
        ops = self.regions.get(target, ())
        return len(self.askers[target]) > 1 and (len(ops) > TWICE or any(at in self.asks for at in ops))

    def leave(self, at: int) -> None:
        """Leave an op to the machine, with the regions that it asks for, and whoever else asks for what they list."""
        waiting = [at]
        while waiting:
            at = waiting.pop()
            self.left.add(at)
            for target in self.asks.get(at, ()):
                if target not in self._entered:
                    self._entered.add(target)
                    waiting.extend(self._enter(target))

    def _enter(self, target: int) -> list[int]:
        """What is left to the machine with a region."""
        new = [at for at in self.regions.get(target, ()) if at not in self.inner]
        self.inner.update(new)
        others = {other for at in new for other in self.lists[at]}
        return new + [asker for other in others for asker in self.askers[other] if asker not in self.left]

    def shared(self) -> set[int]:
        """The ops that several others may be the first to need."""
        asked = {target for target, askers in self.askers.items() if len(askers) > 1 and self.regions.get(target)}
        return asked | {at for at, targets in self.lists.items() if len(targets) > 1}


def _pieces(plan: Plan, demand: Demand) -> tuple[tuple[int, ...], ...]:
    """Main in pieces of about one size, regions included."""
    sizes: dict[int, int] = {}
    for at in demand.lists:
        if at not in demand.inner:
            sizes[demand.roots[at]] = sizes.get(demand.roots[at], 0) + len(demand.lists[at])
    pieces: list[list[int]] = [[]]
    size = 0
    for at in plan.main:
        size += 1 + sizes.get(at, 0)
        if size > PIECE and pieces[-1]:
            pieces.append([])
            size = 1 + sizes.get(at, 0)
        pieces[-1].append(at)
    return tuple(map(tuple, pieces))


def _between(plan: Plan, demand: Demand, pieces: tuple[tuple[int, ...], ...]) -> set[int]:
    """What is read in another piece than where it is made; regions count as other pieces."""
    homes = {at: number for number, piece in enumerate(pieces) for at in piece}
    found = {target for targets in demand.asks.values() for target in targets}
    for at in demand.reached:
        home = homes.get(at)
        found.update(read for read in plan.reads[at] if home is None or homes.get(read) != home)
    return found
