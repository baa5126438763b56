"""Run a graph in the caller's thread, in the order of composition.

A plan becomes a *program*: for main and for each region a list of instructions over a frame, a list with one place
for each op, then the literals, then what the frame's body captured, and last the link to the outer frame. The
machine that runs it keeps its own stack, so graphs may nest as deep as memory allows.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

import attrs

from dataflow.callee import Callee, Instance, is_async
from dataflow.executors.base import PENDING, PLAIN_TYPES, checked, chosen, items_of, over_limit
from dataflow.executors.bound import bound, constructed
from dataflow.executors.growth import Growth, grown
from dataflow.future import Future, settled
from dataflow.ir.graph import kind_of
from dataflow.loading import load
from dataflow.ops import Build, Call, Const, Expand, Input, Loop, Map, Recover, Ref, Switch
from dataflow.plan import Plan, captured
from dataflow.report import Link, blame

Frame: TypeAlias = list[Any]
ONE, TWO, MANY, KEYED, ENTER, GUARD = range(6)
MAIN: Final = -1


@attrs.frozen
class Inline:
    """Runs everything in the caller's thread, in the order of composition; what tests use, and the default.

    >>> from dataflow import const, run
    >>> run(const(2), executor=Inline())
    2
    """

    def deploy(self, plan: Plan) -> InlineDeployment:
        """Construct one instance of each class step and compile the plan."""
        return InlineDeployment(plan)


class InlineDeployment:
    """A plan compiled for the caller's thread."""

    def __init__(self, plan: Plan) -> None:
        self._calls = Calls(plan)
        self._program = Program(plan, self._calls)
        self._names = tuple(given.name for given in plan.graph.inputs)

    def call(self, inputs: Mapping[str, object]) -> Any:
        """Run and return the value."""
        program = self._program
        frame = program.template.copy()
        for at, name in enumerate(self._names):
            frame[at] = inputs[name]
        try:
            execute(program.code[MAIN], frame)
            return frame[program.output]
        finally:
            frame.clear()  # a traceback that outlives the run must not keep its values

    def submit(self, inputs: Mapping[str, object]) -> Future[Any]:
        """Run at once; the future is done."""
        return settled(lambda: self.call(inputs))

    def close(self) -> None:
        """Drop the instances and end the thread of async steps, if there is one."""
        self._calls.close()


class Calls:
    """What each callee of a plan calls; a graph that grows at run time looks in the outer calls first."""

    def __init__(self, plan: Plan, outer: Calls | None = None) -> None:
        self._observers, self._outer = plan.observers, outer
        self._loop: Any = None if outer is None else outer._loop
        self._made: dict[int, tuple[Callee, Callable[..., Any]]] = {}
        for callee in plan.graph.callees():
            if outer is None or id(callee) not in outer._made:
                self._made[id(callee)] = (callee, self._make(callee))

    def of(self, callee: Callee) -> Callable[..., Any]:
        """The callable of a callee."""
        if id(callee) in self._made:
            return self._made[id(callee)][1]
        assert self._outer is not None
        return self._outer.of(callee)

    def _make(self, callee: Callee) -> Callable[..., Any]:
        fn = bound(constructed(callee) if isinstance(callee, Instance) else callee.fn, callee, self._observers)
        if is_async(callee):
            fn = _waiting(fn, self._loop_thread())
        if isinstance(callee, Instance) and callee.options.max_concurrency == 1:
            fn = _one_at_a_time(fn)
        return fn

    def _loop_thread(self) -> Any:
        if self._loop is None:
            self._loop = load("dataflow.aio").LoopThread()
        return self._loop

    def close(self) -> None:
        """Drop the instances; end the thread of async steps, if there is one of our own."""
        self._made.clear()
        if self._loop is not None and (self._outer is None or self._outer._loop is None):
            self._loop.close()


def _waiting(fn: Callable[..., Any], loop: Any) -> Callable[..., Any]:
    return lambda *args, **kwargs: loop.wait(fn(*args, **kwargs))


def _one_at_a_time(fn: Callable[..., Any]) -> Callable[..., Any]:
    """Calls from several threads wait for each other; a call from inside a call does not wait for itself."""
    lock = threading.RLock()

    def call(*args: Any, **kwargs: Any) -> Any:
        with lock:
            return fn(*args, **kwargs)

    return call


class Failed:
    """In the place of a value: evaluating it raised this error."""

    __slots__ = ("error",)

    def __init__(self, error: BaseException) -> None:
        self.error = error


class Instruction(NamedTuple):
    """One op of a program.

    `fn` is called with the values at `a`; at `a` and `b`; at each of `args`; at each of `a` and by the names in
    `args`; or it enters a body or region. A GUARD skips the next instruction if its value is there already.
    """

    at: int
    kind: int
    fn: Any
    a: Any
    b: int
    args: Any
    drops: tuple[int, ...]


Code: TypeAlias = list[Instruction]
Request: TypeAlias = tuple[Code | None, Any, tuple[type[Exception], ...]]
"""Run this code on this frame, and come back with an error of these kinds; or, without code: this is the value."""
Work: TypeAlias = Generator[Request, BaseException | None, None]


class Program:
    """A plan as instructions."""

    def __init__(self, plan: Plan, calls: Calls) -> None:
        self.plan, self.calls, self.graph = plan, calls, plan.graph
        self.output = plan.graph.output
        self.plain: set[type] = set(PLAIN_TYPES)
        self.template: Frame = [PENDING] * len(plan.graph.ops)
        self.bodies = {at: Program(body, calls) for at, body in plan.bodies.items()}
        shared = _shared(plan)
        self.code = {MAIN: [self._instruction(at) for at in plan.main]}
        for target, ops in plan.regions.items():
            self.code[target] = [one for at in ops for one in self._guarded(at, at in shared)]
        self.thunks = len(self.template)
        self.template += [None] * (len(plan.graph.inputs) - plan.given)
        self.template.append(self)
        self.template.append(None)

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

    def _guarded(self, at: int, guard: bool) -> list[Instruction]:
        instruction = self._instruction(at)
        return [Instruction(at, GUARD, None, 0, 0, (), ()), instruction] if guard else [instruction]

    def _instruction(self, at: int) -> Instruction:
        op, drops = self.graph.ops[at], self.plan.drops.get(at, ())
        if type(op) is Call:
            return self._call(at, self.calls.of(op.callee), op.args, op.kwargs, drops)
        if type(op) is Build:
            return self._call(at, op.shape.build, op.parts, (), drops)
        return Instruction(at, ENTER, self._entry(at, op), 0, 0, (), drops)

    def _call(
        self, at: int, fn: Any, args: Sequence[object], kwargs: Sequence[tuple[str, object]], drops: tuple[int, ...]
    ) -> Instruction:
        slots = tuple([arg.index if type(arg) is Ref else self._literal(arg) for arg in args])
        if kwargs:
            named = tuple([(name, self._slot(value)) for name, value in kwargs])
            return Instruction(at, KEYED, fn, slots, 0, named, drops)
        if len(slots) == 1:
            return Instruction(at, ONE, fn, slots[0], 0, (), drops)
        if len(slots) == 2:
            return Instruction(at, TWO, fn, slots[0], slots[1], (), drops)
        return Instruction(at, MANY, fn, 0, 0, slots, drops)

    def _slot(self, operand: object) -> int:
        return operand.index if type(operand) is Ref else self._literal(operand)

    def _literal(self, value: object) -> int:
        self.template.append(value)
        return len(self.template) - 1

    def _entry(self, at: int, op: Any) -> Callable[[Frame], Work]:
        match op:
            case Const(value=value):
                return lambda frame: _ready(value)
            case Input():
                return lambda frame: self._force(at, frame)
            case Switch(selector=selector):
                source = self._slot(selector)
                return lambda frame: self.demand(chosen(op, frame[source]), frame)
            case Recover(attempt=attempt):
                return lambda frame: self._recover(at, op, attempt, frame)
            case Map(source=operand):
                source = self._slot(operand)
                return lambda frame: self._map(at, op, items_of(frame[source]), frame)
            case Loop(source=operand):
                source = self._slot(operand)
                return lambda frame: self._loop(at, op, frame[source], frame)
            case Expand(source=operand):
                source = self._slot(operand)
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
            error = yield self.code[target], frame, op.on
            value = frame[target]
        if error is None:
            yield None, value, ()
            return
        handler = self.bodies[at]
        inner = handler.frame(Link(frame[-1], self.graph, at, None), frame, captured(op))
        inner[0] = error
        del error
        yield handler.code[MAIN], inner, ()
        yield None, inner[handler.output], ()

    def _map(self, at: int, op: Map[Any], items: list[Any], frame: Frame) -> Work:
        body, targets = self.bodies[at], captured(op)
        results: list[Any] = []
        for k in range(len(items)):
            inner = body.frame(Link(frame[-1], self.graph, at, k), frame, targets)
            inner[0], items[k] = items[k], None
            yield body.code[MAIN], inner, ()
            results.append(inner[body.output])
        yield None, results, ()

    def _loop(self, at: int, op: Loop[Any], state: tuple[Any, Any], frame: Frame) -> Work:
        body, targets = self.bodies[at], captured(op)
        value, finished = state
        del state
        for k in range(op.limit):
            if finished:
                break
            inner = body.frame(Link(frame[-1], self.graph, at, k), frame, targets)
            inner[0] = value
            del value
            yield body.code[MAIN], inner, ()
            value, finished = inner[body.output]
        if not finished and not op.lenient:
            raise over_limit(op)
        yield None, value, ()

    def _expand(self, at: int, op: Expand, growth: Growth, frame: Frame) -> Work:
        calls = Calls(growth.plan, self.calls)
        program = Program(growth.plan, calls)
        inner = program.frame(Link(frame[-1], self.graph, at, None), frame, growth.targets)
        yield program.code[MAIN], inner, ()
        calls.close()
        yield None, inner[program.output], ()


class Again(BaseException):
    """Raises an error that has been raised, and noted, before in the same run."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(error)
        self.error = error


def _ready(value: Any) -> Work:
    yield None, value, ()


def _run_region(code: Code, frame: Frame, target: int) -> Work:
    yield code, frame, ()
    yield None, frame[target], ()


def _shared(plan: Plan) -> frozenset[int]:
    """The ops that more than one region needs."""
    counts = Counter(at for ops in plan.regions.values() for at in ops)
    return frozenset(at for at, count in counts.items() if count > 1)


def execute(code: Code, frame: Frame) -> None:
    """Run code on a frame until it ends, or raise the first error that nothing recovers from.

    An op that enters a body or region is a generator, kept on the stack until what it asked for has run.
    """
    stack: list[tuple[Any, Frame, int, tuple[int, ...], Work, tuple[type[Exception], ...]]] = []
    steps, at, plain, caught, returning = iter(code), 0, frame[-2].plain, None, False
    failure: BaseException | None = None
    while failure is None:
        try:
            if returning:
                returning = False
                steps, frame, at, drops, work, _ = stack.pop()
                wanted, value, catches = work.send(caught)
                caught, plain = None, frame[-2].plain
                if wanted is not None:
                    stack.append((steps, frame, at, drops, work, catches))
                    steps, frame = iter(wanted), value
                    plain = frame[-2].plain
                else:
                    frame[at] = value
                    for dropped in drops:
                        frame[dropped] = None
            for at, kind, fn, a, b, args, drops in steps:
                if kind == ONE:
                    value = fn(frame[a])
                elif kind == TWO:
                    value = fn(frame[a], frame[b])
                elif kind == MANY:
                    value = fn(*[frame[slot] for slot in args])
                elif kind == KEYED:
                    value = fn(*[frame[slot] for slot in a], **{name: frame[slot] for name, slot in args})
                elif kind == GUARD:
                    value = frame[at]
                    if value is not PENDING:
                        next(steps)
                        if type(value) is Failed:
                            raise Again(value.error)
                    continue
                else:
                    work = fn(frame)
                    wanted, value, catches = work.send(None)
                    if wanted is not None:
                        stack.append((steps, frame, at, drops, work, catches))
                        steps, frame = iter(wanted), value
                        plain = frame[-2].plain
                        break
                    frame[at] = value
                    for dropped in drops:
                        frame[dropped] = None
                    continue
                if type(value) not in plain:
                    checked(value, plain, kind_of(frame[-2].graph.ops[at]))
                frame[at] = value
                if drops:
                    for dropped in drops:
                        frame[dropped] = None
            else:
                if not stack:
                    return
                returning = True
        except BaseException as raised:  # whatever a step raised, to be handled or passed on as it is
            if isinstance(raised, Again):
                caught = raised.error
            else:
                caught = raised
                blame(raised, frame[-2].graph, at, frame[-1])
            frame[at] = Failed(caught)
            while stack and not isinstance(caught, stack[-1][5]):
                _, frame, at, _, work, _ = stack.pop()
                frame[at] = Failed(caught)
            if not stack:
                failure = caught
            returning = True
    try:
        raise failure
    finally:
        del failure, caught
