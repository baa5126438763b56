"""A graph divided into what is sent as one: chains of calls of which each is read by the next alone.

Steps that could run at the same time are never put together, whatever they cost: a chain has none. Indexing, functions
of `map` and containers go with the step that they stand next to, which saves the way of the value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import attrs

from dataflow.callee import Callee, Function, Instance
from dataflow.executors.network import Network
from dataflow.executors.ray.codes import LAST, Calls, Member
from dataflow.executors.ray.room import Amounts, actor_settings, amounts, task_settings
from dataflow.executors.ray.values import Far
from dataflow.executors.remote import Key
from dataflow.ir.graph import kind_of
from dataflow.node import LOCAL
from dataflow.ops import Build, Call
from dataflow.options import Batch, Resources

Settings: TypeAlias = tuple[Resources, int]
"""What a task occupies, and how often it is sent again when its worker is lost."""
Host: TypeAlias = Callee | Settings
"""Where something runs: on the replicas of a step, or as a task."""


@attrs.frozen(eq=False)
class Segment:
    """A part of a chain that runs in one place.

    Attributes:
        members: the ops, in order.
        host: the step whose replicas run it, or the settings of a task; None where all is indexing and the like.
        places: where its operands stand in the frame, beside the value before it.
        code: what is sent.
        steps: what is called, for what is known of its cost.
        batch: how its calls may be grouped, if a step says so.
    """

    members: tuple[int, ...]
    host: Host | None
    places: tuple[int, ...]
    code: Calls
    steps: tuple[int, ...]
    batch: Batch | None

    @property
    def name(self) -> str:
        """What to call it in errors: its first step, or whatever comes first."""
        members = self.code.members
        return next((member.name for member in members if not member.local), members[0].name)


Unit: TypeAlias = tuple[Segment, ...]


def placed(callee: Callee) -> str:
    """Where a callee is to run: `driver`, `task`, `actor`; or `local` for indexing and the like, which is no step."""
    if callee.options is LOCAL or (callee.options.placement == "driver" and _ours(callee)):
        return "local"
    if callee.options.placement != "auto":
        return callee.options.placement
    return "actor" if isinstance(callee, Instance) else "task"


def _ours(callee: Callee) -> bool:
    """Whether a combinator has put a callee in, under a name of its own."""
    return isinstance(callee, Function) and str(getattr(callee.fn, "__module__", "")).startswith("dataflow.")


def settings(callee: Callee) -> Settings:
    """What a call of a callee occupies as a task, and how often it is sent again."""
    return callee.options.resources, callee.options.retries.lost


def wanted(callees: Iterable[Callee]) -> list[tuple[str, Amounts, int]]:
    """What room steps need: of a task one call, of an actor all replicas."""
    found: list[tuple[str, Amounts, int]] = []
    for callee in callees:
        match placed(callee):
            case "actor":
                found.append((callee.name, amounts(actor_settings(callee.options)), callee.options.replicas))
            case "task":
                found.append((callee.name, amounts(task_settings(callee.options)), 0))
    return found


def narrowest(batches: Iterable[Batch | None]) -> Batch | None:
    """How calls of several steps may be grouped that are made as one.

    >>> narrowest([Batch(size=8), None, Batch(size=32, wait=0.1)])
    Batch(size=8, wait=0.0)
    """
    given = [batch for batch in batches if batch is not None]
    return Batch(min(each.size for each in given), min(each.wait for each in given)) if given else None


def identity(callee: Callee) -> int:
    """Tells callees apart by what they call, while they live."""
    return id(callee.fn if isinstance(callee, Function) else callee.cls)


class Division:
    """The chains of a graph.

    Args:
        network: of the graph.
        fuse: whether chains may have more than one member.
        sendable: whether a callee that is no step can be sent.
        key: under which a worker keeps the instance of a callee.
        pair: whether the graph is the body of a loop, whose output the driver must look into.
    """

    def __init__(
        self,
        network: Network,
        fuse: bool,
        sendable: Callable[[Callee], bool],
        key: Callable[[Callee], Key],
        pair: bool,
    ) -> None:
        self._network, self._fuse, self._sendable, self._key, self._pair = network, fuse, sendable, key, pair
        self._kinds = [self._kind(at) for at in range(len(network.graph.ops))]

    def units(self) -> Mapping[int, Unit]:
        """The chains, by their first op."""
        follower = {at: after for at, kind in enumerate(self._kinds) if kind for after in self._after(at)}
        inside = set(follower.values())
        found = {}
        for head, kind in enumerate(self._kinds):
            if kind and head not in inside:
                members = [head]
                while members[-1] in follower:
                    members.append(follower[members[-1]])
                found[head] = tuple(self._segments(members))
        return found

    def _kind(self, at: int) -> str:
        """`task`, `actor` or `local`; nothing for what only the driver does."""
        op = self._network.graph.ops[at]
        if isinstance(op, Build):
            return "" if self._pair and at == self._network.output else "local"
        if not isinstance(op, Call):
            return ""
        kind = placed(op.callee)
        return "" if kind == "driver" or (kind == "local" and not self._sendable(op.callee)) else kind

    def _after(self, at: int) -> Iterator[int]:
        """The op that goes on with a value, if only that reads it, and it reads nothing else that is made."""
        network = self._network
        if not self._fuse or network.uses[at] != 1 or len(network.readers[at]) != 1:
            return
        reader = network.readers[at][0][0]
        alone = all(read == at or read < network.plan.given for read in network.reads[reader])
        if alone and self._kinds[reader] and network.homes.get(at) == network.homes.get(reader):
            yield reader

    def _segments(self, members: Sequence[int]) -> Iterator[Segment]:
        """The parts of a chain by place. What is no step stays with what comes before it, or goes with what follows."""
        part: list[int] = []
        host: Any = None
        for at in members:
            wanted = self._host(at)
            if part and wanted is not None and host is not None and wanted != host:
                yield self._segment(part, host, part[0] != members[0])
                part = []
            host = host if wanted is None else wanted
            part.append(at)
        yield self._segment(part, host, part[0] != members[0])

    def _host(self, at: int) -> Host | None:
        op: Any = self._network.graph.ops[at]
        kind = self._kinds[at]
        return None if kind == "local" else op.callee if kind == "actor" else settings(op.callee)

    def _segment(self, members: Sequence[int], host: Host | None, goes_on: bool) -> Segment:
        writer = Writer(self._network, host, members[0] if goes_on else None, self._key)
        for at in members:
            writer.add(at, self._kinds[at] == "local")
        ops = [self._network.graph.ops[at] for at in members]
        batch = narrowest(op.callee.options.batch for op in ops if isinstance(op, Call))
        return Segment(tuple(members), host, tuple(writer.places), writer.code(), tuple(writer.steps), batch)


class Writer:
    """Writes a segment as code: which registers each call reads.

    Args:
        network: of the graph.
        host: where the segment runs.
        goes_on: its first op, if that reads the value of the segment before.
        key: under which a worker keeps the instance of a callee.
    """

    def __init__(self, network: Network, host: Host | None, goes_on: int | None, key: Callable[[Callee], Key]) -> None:
        self._network, self._host, self._goes_on, self._key = network, host, goes_on, key
        self.places: list[int] = []
        self.steps: list[int] = []
        self._literals: list[int] = []
        self._members: list[tuple[int, bool]] = []

    def add(self, at: int, local: bool) -> None:
        """One more call."""
        op: Any = self._network.graph.ops[at]
        for place in self._read(at):
            known = self.places if self._made(place) else self._literals
            if place not in known and not self._before(at, place):
                known.append(place)
        self._members.append((at, local))
        if not local:
            self.steps.append(identity(op.callee))

    def code(self) -> Calls:
        """What is sent."""
        template = self._network.template
        return Calls(
            tuple([self._member(at, local) for at, local in self._members]),
            len(self.places),
            tuple([template[place] for place in self._literals]),
        )

    def _member(self, at: int, local: bool) -> Member:
        op: Any = self._network.graph.ops[at]
        arguments = self._network.calls[at]
        callee = None if isinstance(op, Build) or op.callee is self._host else op.callee
        return Member(
            kind_of(op),
            callee,
            None if callee is None else self._key(callee),
            op.shape if isinstance(op, Build) else None,
            local,
            tuple([self._register(at, place) for place in arguments.places]),
            tuple([(name, self._register(at, place)) for name, place in arguments.named]),
        )

    def _register(self, at: int, place: int) -> int:
        if self._before(at, place):
            return LAST
        if self._made(place):
            return self.places.index(place)
        return len(self.places) + self._literals.index(place)

    def _read(self, at: int) -> list[int]:
        arguments = self._network.calls[at]
        return [*arguments.places, *(place for _, place in arguments.named)]

    def _made(self, place: int) -> bool:
        """Whether a place holds what is made in a run, or stored for all runs; else it is a literal."""
        return place < len(self._network.graph.ops) or isinstance(self._network.template[place], Far)

    def _before(self, at: int, place: int) -> bool:
        """Whether a place is that of the call before."""
        members = [member for member, _ in self._members]
        if at in members:
            members = members[: members.index(at)]
        if members:
            return place == members[-1]
        return self._goes_on == at and place < len(self._network.graph.ops) and place >= self._network.plan.given
