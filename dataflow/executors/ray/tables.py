"""A plan as tables for the driver of a Ray cluster: what is sent as one, and as which code."""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import attrs

from dataflow.callee import Callee, parameter_at
from dataflow.errors import NotSerializableError
from dataflow.events import Observer
from dataflow.executors.bound import bound
from dataflow.executors.frames import Frame
from dataflow.executors.network import Network
from dataflow.executors.ray.codes import Body, Calls, Code, Member
from dataflow.executors.ray.packed import PLAIN, Packed, pack
from dataflow.executors.ray.units import Division, Segment, Settings, Unit, identity, placed, settings
from dataflow.executors.ray.values import Kept, Small, Stored, stored
from dataflow.executors.remote import Key, awaited
from dataflow.ir.walks import walk
from dataflow.ops import Call, Expand, Loop, Map
from dataflow.plan import Plan

SHORT: Final = 1024


class Coded(NamedTuple):
    """A code as it is sent, and the key under which workers keep it."""

    key: Key
    packed: Small | Stored


@attrs.frozen(eq=False)
class Fan:
    """The body of a fan-out that runs on workers.

    Attributes:
        code: what is sent.
        settings: of its tasks.
        needed: which of the values that it captures every element needs; None for those that only some may need.
        steps: what it calls, for what is known of its cost.
    """

    code: Coded
    name: str
    settings: Settings
    needed: tuple[bool, ...]
    steps: tuple[int, ...]


class Builder:
    """Makes the tables of a deployment's plans, of those that grow at run time, too.

    Args:
        process: the driver.
        deployment: its number in that process.
        fuse: whether calls are put together.
        observers: who is told of steps that run in the driver.
    """

    def __init__(self, process: str, deployment: int, fuse: bool, observers: tuple[Observer, ...]) -> None:
        self.process, self.deployment, self.fuse, self.observers = process, deployment, fuse, observers
        self._numbers = itertools.count()
        self._keys: weakref.WeakKeyDictionary[Callee, Key] = weakref.WeakKeyDictionary()
        self._sendable: weakref.WeakKeyDictionary[Callee, bool] = weakref.WeakKeyDictionary()

    def __call__(self, callee: Callee) -> Any:
        """What the driver calls, if it calls it at all."""
        kind = placed(callee)
        if kind == "local":
            return callee.plain()
        return awaited(bound(callee.plain(), callee, self.observers), callee) if kind == "driver" else None

    def key(self, callee: Callee | None = None) -> Key:
        """The key of a callee, the same each time; or a new one, for code."""
        found = None if callee is None else self._keys.get(callee)
        if found is None:
            found = Key(self.process, self.deployment, next(self._numbers))
            if callee is not None:
                self._keys[callee] = found
        return found

    def sendable(self, callee: Callee) -> bool:
        """Whether a callee that is no step can be sent; if it cannot, the driver calls it."""
        found = self._sendable.get(callee)
        if found is None:
            try:
                pack(callee, "")
                found = True
            except NotSerializableError:
                found = False
            self._sendable[callee] = found
        return found

    def fannable(self, op: object) -> list[Callee]:
        """The steps of a fan-out's body that can run on a worker: all in it are tasks that occupy the same."""
        if not self.fuse or not isinstance(op, Map):
            return []
        ops = [each for graph in walk(op.body) for each in graph.ops]
        callees = [each.callee for each in ops if isinstance(each, Call)]
        kinds = {placed(callee) for callee in callees}
        tasks = [callee for callee in callees if placed(callee) == "task"]
        alike = kinds <= {"task", "local"} and len({settings(callee) for callee in tasks}) == 1
        grows = any(isinstance(each, Expand) for each in ops)
        sendable = all(self.sendable(callee) for callee in callees if placed(callee) == "local")
        return tasks if alike and sendable and not grows else []

    def coded(self, code: Code, what: str) -> Coded:
        """A code, under a new key.

        Raises:
            NotSerializableError: it cannot be sent.
        """
        return Coded(self.key(), stored(pack(code, what)))


class Tables(Network):
    """The tables of a plan. `prepare` is to be called once, before anything runs.

    Attributes:
        units: what is sent as one, by its first op.
        inside: the ops that are sent with one before them.
        fans: the fan-outs whose elements run on workers.
        followers: the units that may be sent early after another one, by its last op.
        codes: the code of each segment.
        pair: whether this is the body of a loop, whose output the driver must look into.
    """

    def __init__(self, plan: Plan, bind: Any) -> None:
        super().__init__(plan, bind)
        self.pair = False
        self.units: Mapping[int, Unit] = {}
        self.inside: frozenset[int] = frozenset()
        self.fans: dict[int, Fan] = {}
        self.followers: dict[int, tuple[int, ...]] = {}
        self.codes: dict[Segment, Coded] = {}

    def prepare(self, build: Builder) -> None:
        """Divide the graph and its bodies, and pack what will be sent.

        Raises:
            NotSerializableError: a step or a literal cannot be sent; the message says which.
        """
        self._prepare(build, {})

    def _prepare(self, build: Builder, shared: dict[int, Any]) -> None:
        for at, body in self.bodies.items():
            assert isinstance(body, Tables)
            body.pair = isinstance(self.graph.ops[at], Loop)
            body._prepare(build, shared)
        for place in range(len(self.graph.ops), len(self.template)):
            self.template[place] = _shared(self.template[place], shared)
        self.units = Division(self, build.fuse, build.sendable, build.key, self.pair).units()
        self.inside = frozenset(at for unit in self.units.values() for at in members(unit)[1:])
        self.followers = self._followers() if build.fuse else {}
        same: dict[bytes, Coded] = {}
        self.codes = {segment: self._code(build, segment, same) for unit in self.units.values() for segment in unit}
        for at, op in enumerate(self.graph.ops):
            tasks = build.fannable(op)
            if tasks and isinstance(op, Map):
                self._fan(build, at, op, tasks)

    def _followers(self) -> dict[int, tuple[int, ...]]:
        """For each unit, those that read its value whenever it is computed, and that a worker runs."""
        found: dict[int, tuple[int, ...]] = {unit[-1].members[-1]: () for unit in self.units.values()}
        for head, (segment, *_) in self.units.items():
            waits = segment.batch is not None and segment.batch.wait
            if segment.host is not None and not waits:
                for end in segment.places:
                    if end in found and self.homes.get(end) == self.homes.get(head):
                        found[end] = (*found[end], head)
        return {end: heads for end, heads in found.items() if heads}

    def _code(self, build: Builder, segment: Segment, same: dict[bytes, Coded]) -> Coded:
        """The code of a segment; segments that make the same calls have one, which workers then need to know once."""
        try:
            coded = build.coded(segment.code, f"step {segment.name!r}")
            match coded.packed:
                case Small(Packed(data=data, buffers=())):
                    return same.setdefault(data, coded)
                case _:
                    return coded
        except NotSerializableError:
            for member in segment.code.members:  # asked again only to say what it was
                self._complain(segment.code, member)
            raise

    def _complain(self, calls: Calls, member: Member) -> None:
        """Raise for the first argument of a call that cannot be sent."""
        if member.callee is not None:
            pack(member.callee, f"step {member.name!r}")
        registers: list[tuple[int | str, int]] = [*enumerate(member.args), *member.kwargs]
        for name, at in registers:
            literal = at - calls.operands
            if 0 <= literal < len(calls.literals):
                where = parameter_at(member.callee, name) if member.callee is not None else str(name)
                pack(calls.literals[literal], f"argument {where!r} of step {member.name!r}")

    def _fan(self, build: Builder, at: int, op: Map[Any], tasks: list[Callee]) -> None:
        name, main = tasks[0].name, self.plan.bodies[at].main
        needed = tuple([1 + k in main for k in range(len(op.body.inputs) - 1)])
        code = build.coded(Body(op.body), f"step {name!r}")
        self.fans[at] = Fan(code, name, settings(tasks[0]), needed, tuple([identity(callee) for callee in tasks]))


def tables(frame: Frame) -> Tables:
    """The tables of a frame's graph."""
    found = frame.network
    assert isinstance(found, Tables)
    return found


def members(unit: Unit) -> list[int]:
    """The ops of a unit, in order."""
    return [at for segment in unit for at in segment.members]


def _shared(literal: Any, known: dict[int, Any]) -> Any:
    """A literal; a large one also in Ray's store, so that it is sent once, whoever reads it."""
    if type(literal) in PLAIN and not (isinstance(literal, str | bytes) and len(literal) > SHORT):
        return literal
    if id(literal) not in known:
        try:
            far = stored(pack(literal, ""))
        except NotSerializableError:  # said where it is used, and by whom
            return literal
        known[id(literal)] = Kept(literal, far) if isinstance(far, Stored) else literal
    return known[id(literal)]
