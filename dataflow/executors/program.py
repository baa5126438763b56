"""A plan as a program: for main and for each region a list of instructions for the machine.

A program that runs often gets a straight-line function, too. So does that of a body: unless bodies nest deep in it or
a graph grows in it, as functions call each other, and the machine calls nothing.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from dataflow.executors.base import PENDING, PLAIN_TYPES, chosen, items_of, over_limit
from dataflow.executors.calls import Calls
from dataflow.executors.growth import Growth, grown
from dataflow.executors.layout import MANY, ONE, TWO, Arguments, Layout, Take, nothing, taking
from dataflow.executors.machine import (
    ENTER,
    GUARD,
    NOTHING,
    Again,
    Code,
    Failed,
    Frame,
    Instruction,
    Work,
    raise_again,
)
from dataflow.ir.graph import GraphOp
from dataflow.loading import load
from dataflow.ops import Build, Call, Const, Expand, Input, Loop, Map, Recover, Ref, Switch
from dataflow.plan import Plan, captured
from dataflow.report import Link, Outside

MAIN: Final = -1
OFTEN: Final = 200
"""After so many runs, a generated function has paid for itself."""
DEEPEST: Final = 8
"""The most bodies inside one another that call each other as functions."""


class Program:
    """A plan as instructions.

    Args:
        plan: what to run.
        calls: what its callees call.
        often: after how many runs a function is generated.
    """

    def __init__(self, plan: Plan, calls: Calls, often: int = OFTEN) -> None:
        self.plan, self.calls, self.graph, self._often = plan, calls, plan.graph, often
        self._first = often
        self.output = plan.graph.output
        self.plain: set[type] = set(PLAIN_TYPES)
        self.layout = Layout(plan.graph)
        self.template: Frame = self.layout.template
        self.bodies = {at: Program(body, calls, often) for at, body in plan.bodies.items()}
        self.height: int = 1 + max([body.height for body in self.bodies.values()], default=0)
        self.grows: bool = any(
            [type(self.graph.ops[at]) is Expand for at in self.graph.survey.rare]
            + [each.grows for each in self.bodies.values()]
        )
        self._functions = {id(callee): calls.of(callee) for callee in self.graph.survey.callees}
        self.function: Any = None  # a `Straight`, of a module that is loaded when it is needed
        shared = _shared(plan)
        self.code = {MAIN: self._instructions(plan.main)}
        for target, ops in plan.regions.items():
            self.code[target] = [one for at in ops for one in self._guarded(at, at in shared)]
        self.thunks = len(self.template)
        self.template += [None] * (len(plan.graph.inputs) - plan.given)
        self.template.append(self)
        self.template.append(None)

    def straight(self) -> Any:
        """The function of the program, a `Straight`, from the time on when it has been asked for often; else None."""
        if self.function is None:
            self._often -= 1
            if self._often < 0:
                self._often = OFTEN  # where the stack has no room for the compiler: the machine can go on for a while
                with contextlib.suppress(RecursionError):
                    write = load("dataflow.executors.straight").straight
                    self.function = write(self.plan, self.calls, self.plain, self.code.values(), self.template)
        return self.function

    def forget(self) -> None:
        """Let go of what is called; there will be no more runs."""
        if self.function is not None:
            self.function.forget()
        for body in self.bodies.values():
            body.forget()

    def as_body(self, outer: Frame, targets: Sequence[int]) -> Any:
        """The function of a body, if there is one, with what it captures, if that is known: a `Body`, or None."""
        if self.grows or self.height > DEEPEST:
            return None
        function = self.straight()
        if function is None:
            return None
        known = [outer[target] for target in targets]
        if any(value is PENDING or type(value) is Failed for value in known):
            return None
        return function.body(known)

    def frame(self, link: Link | None, outer: Frame, targets: Sequence[int]) -> Frame:
        """A frame of a body: what it captures is taken from the outer frame if it is there, else on demand."""
        frame = self.template.copy()
        frame[-1] = link
        for k, target in enumerate(targets):
            value = outer[target]
            if value is PENDING or type(value) is Failed:
                frame[self.thunks + k] = (outer, target)
            else:
                frame[self.plan.given + k] = value
        return frame

    def _guarded(self, at: int, guard: bool) -> Code:
        instructions = self._instructions([at])
        return [(at, GUARD, None, 0, 0, nothing, (), ()), *instructions] if guard else instructions

    def _instructions(self, ops: Iterable[int]) -> Code:
        """The instructions of some ops. Most are calls with one or two arguments, and each run makes a program."""
        graph, drops, reads, code = self.graph, self.plan.drops, self.plan.reads, list[Instruction]()
        for at in ops:
            op = graph.ops[at]
            if type(op) is not Call or op.kwargs:
                code.append(self._instruction(at, op, drops.get(at, ())))
                continue
            fn, places = self._functions[id(op.callee)], self.layout.places(op.args, reads[at])
            if len(places) == 1:
                code.append((at, ONE, fn, places[0], 0, nothing, (), drops.get(at, ())))
            elif len(places) == 2:
                code.append((at, TWO, fn, places[0], places[1], nothing, (), drops.get(at, ())))
            else:
                code.append((at, MANY, fn, 0, 0, taking(places), (), drops.get(at, ())))
        return code

    def _instruction(self, at: int, op: GraphOp, drops: tuple[int, ...]) -> Instruction:
        if type(op) is Call:
            return at, *_called(self._functions[id(op.callee)], self.layout.arguments(op.args, op.kwargs)), drops
        if type(op) is Build:
            return at, *_called(op.shape.build, self.layout.arguments(op.parts)), drops
        return at, ENTER, self._entry(at, op), 0, 0, nothing, (), drops

    def _entry(self, at: int, op: Any) -> Callable[[Frame], Work]:
        match op:
            case Const(value=value):
                return lambda frame: _ready(value)
            case Input():
                return lambda frame: self._force(at, frame)
            case Switch(selector=selector):
                source = self.layout.place(selector)
                return lambda frame: self.demand(chosen(op, frame[source]), frame)
            case Recover(attempt=attempt):
                return lambda frame: self._recover(at, op, attempt, frame)
            case Map(source=operand):
                source = self.layout.place(operand)
                return lambda frame: self._map(at, op, items_of(frame[source]), frame)
            case Loop(source=operand):
                source = self.layout.place(operand)
                return lambda frame: self._loop(at, op, frame[source], frame)
            case Expand(source=operand):
                source = self.layout.place(operand)
                return lambda frame: self._expand(at, op, grown(op, frame[source]), frame)
        raise AssertionError(op)

    def _force(self, at: int, frame: Frame) -> Work:
        """What the body captured: it may be known already, or be evaluated now in the outer frame."""
        if frame[at] is not PENDING:
            return _ready(frame[at])
        outer, target = frame[self.thunks + at - self.plan.given]
        program: Program = outer[-2]
        return program.demand(Ref(target), outer)

    def demand(self, operand: Any, frame: Frame) -> Work:
        """The value of a target: what its region lacks is run first."""
        if type(operand) is not Ref:
            return _ready(operand)
        value = frame[operand.index]
        if value is PENDING:
            return _run_region(self.code[operand.index], frame, operand.index)
        if type(value) is Failed:
            raise Again(value.error)
        return _ready(value)

    def _recover(self, at: int, op: Recover[Any], attempt: Any, frame: Frame) -> Work:
        """The attempt's value; after an error of the right kind, the handler's."""
        if type(attempt) is not Ref:
            return _ready(attempt)
        value = frame[attempt.index]
        if type(value) is Failed and not isinstance(value.error, op.on):
            raise Again(value.error)
        return self._attempt(at, op, attempt.index, value, frame)

    def _attempt(self, at: int, op: Recover[Any], target: int, value: Any, frame: Frame) -> Work:
        error = value.error if type(value) is Failed else None
        if value is PENDING:
            error = yield self.code[target], frame, op.on, target
            value = frame[target]
        if error is None:
            yield None, value, (), NOTHING
            return
        handler = self.bodies[at]
        inner = handler.frame(Link(frame[-1], self.graph, at, None), frame, captured(op))
        inner[0] = error
        del error
        yield handler.code[MAIN], inner, (), NOTHING
        yield None, inner[handler.output], (), NOTHING

    def _map(self, at: int, op: Map[Any], items: list[Any], frame: Frame) -> Work:
        body, targets = self.bodies[at], captured(op)
        results: list[Any] = []
        items.reverse()
        while items:
            function = body.as_body(frame, targets)
            if function is not None:
                error = function.each(items, results, Outside(frame[-1], self.graph, at))
                raise_again(error)
                break
            inner = body.frame(Link(frame[-1], self.graph, at, len(results)), frame, targets)
            inner[0] = items.pop()
            yield body.code[MAIN], inner, (), NOTHING
            results.append(inner[body.output])
        yield None, results, (), NOTHING

    def _loop(self, at: int, op: Loop[Any], state: tuple[Any, Any], frame: Frame) -> Work:
        body, targets = self.bodies[at], captured(op)
        value, finished = state
        del state
        for k in range(op.limit):
            if finished:
                break
            function = body.as_body(frame, targets)
            if function is not None:
                pair = [value]
                del value
                raise_again(function.once(pair, Outside(frame[-1], self.graph, at), k))
                value, finished = pair.pop()
                continue
            inner = body.frame(Link(frame[-1], self.graph, at, k), frame, targets)
            inner[0] = value
            del value
            yield body.code[MAIN], inner, (), NOTHING
            value, finished = inner[body.output]
        if not finished and not op.lenient:
            raise over_limit(op)
        yield None, value, (), NOTHING

    def _expand(self, at: int, op: Expand, growth: Growth, frame: Frame) -> Work:
        calls = Calls(growth.plan, self.calls)
        program = Program(growth.plan, calls, self._first)
        inner = program.frame(Link(frame[-1], self.graph, at, None), frame, growth.targets)
        yield program.code[MAIN], inner, (), NOTHING
        calls.close()
        yield None, inner[program.output], (), NOTHING


def _called(fn: Any, arguments: Arguments) -> tuple[int, Any, int, int, Take, tuple[tuple[str, int], ...]]:
    kind, a, b, _, named, take = arguments
    return kind, fn, a, b, take, named


def _ready(value: Any) -> Work:
    yield None, value, (), NOTHING


def _run_region(code: Code, frame: Frame, target: int) -> Work:
    yield code, frame, (), target
    yield None, frame[target], (), NOTHING


def _shared(plan: Plan) -> frozenset[int]:
    """The ops that more than one region needs."""
    counts = Counter(at for ops in plan.regions.values() for at in ops)
    return frozenset(at for at, count in counts.items() if count > 1)
