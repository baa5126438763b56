"""What a graph means: the smallest interpreter, to which every executor and every pass is held.

A *frame* is one evaluation of one graph. To demand an op of a frame is to evaluate what it cannot do without, in
order of composition, then itself; how each op ended, with a value or an error, is remembered in the frame. A body
is evaluated in a frame of its own, whose captured inputs are demanded from the frame around it when they are needed.
Nothing is optimized, dropped or run at the same time, and nothing of the engine is used.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import CoroutineType
from typing import Any, NamedTuple, TypeAlias, assert_never

from dataflow.callee import Callee, Instance, is_async
from dataflow.errors import FanOutError, LimitError, NoMatchError, StepResultError, SwitchKeyError
from dataflow.ir.graph import Graph
from dataflow.lower import lower_growth
from dataflow.node import Lens, Node, clock
from dataflow.ops import ABSENT, Build, Call, Const, Expand, Input, Loop, Map, Recover, Ref, Switch, eager
from dataflow.place import here
from dataflow.scan import uncalled
from dataflow.trace import as_node

Given: TypeAlias = Callable[[], Any]
"""The value of an input, or the evaluation of the node that it stands for."""


def reference(graph: Graph, inputs: Mapping[str, object] | Sequence[object] = ()) -> Any:
    """The value of a graph's output.

    Args:
        graph: what to evaluate.
        inputs: a value for each of its inputs, by name or in their order.

    Raises:
        KeyError: an input has no value and no default.
        Exception: what evaluating the graph raises, as itself.

    >>> from dataflow import In, Node, flow, step
    >>> @step
    ... def double(x: int) -> int:
    ...     return 2 * x
    >>> @flow
    ... def quadruple(x: In[int]) -> Node[int]:
    ...     return double(double(x))
    >>> reference(quadruple.graph, [3])
    12
    """
    names = [given.name for given in graph.inputs]
    values = dict(inputs) if isinstance(inputs, Mapping) else dict(zip(names, inputs, strict=False))
    known = {given.name: given.default for given in graph.inputs if given.default is not ABSENT} | values
    instances: Instances = {}
    _construct(graph, instances)
    return _Frame(graph, [partial(_same, known[name]) for name in names], instances).demand(graph.output)


class _Ended(NamedTuple):
    """How evaluating an op ended: with a value, or with an error."""

    value: Any = None
    error: BaseException | None = None


Instances: TypeAlias = dict[Callee, Callable[..., Any]]


class _Frame:
    """One evaluation of a graph."""

    def __init__(self, graph: Graph, given: Sequence[Given], instances: Instances) -> None:
        self.graph, self.given, self.instances = graph, given, instances
        self.ended: dict[int, _Ended] = {}

    def demand(self, target: int) -> Any:
        """The value of an op, or the error with which it or one that it cannot do without ended."""
        for at in self.needs(target):
            if at not in self.ended:
                self.ended[at] = self.evaluate(at)
            error = self.ended[at].error
            if error is not None:
                raise error
        return self.ended[target].value

    def needs(self, target: int) -> list[int]:
        """The ops that a target cannot do without, itself the last, in order of composition."""
        found, waiting = {target}, [target]
        while waiting:
            for operand in eager(self.graph.ops[waiting.pop()]):
                if isinstance(operand, Ref) and operand.index not in found:
                    found.add(operand.index)
                    waiting.append(operand.index)
        return sorted(found)

    def evaluate(self, at: int) -> _Ended:
        try:
            return _Ended(value=self.apply(at))
        except BaseException as error:  # remembered, and raised by whoever demanded the op
            return _Ended(error=error)

    def read(self, operand: object) -> Any:
        """The value of an operand that the op cannot do without: it is there already. A literal means itself."""
        return self.ended[operand.index].value if isinstance(operand, Ref) else operand

    def ask(self, operand: object) -> Any:
        """The value of an operand that the op needs only now."""
        return self.demand(operand.index) if isinstance(operand, Ref) else operand

    def inside(self, body: Graph, captured: Sequence[object], *values: Any) -> Any:
        """The value of a body for these arguments; what it captured is asked for when it is needed."""
        given = [partial(_same, value) for value in values] + [partial(self.ask, operand) for operand in captured]
        return _Frame(body, given, self.instances).demand(body.output)

    def apply(self, at: int) -> Any:
        """What the op does, once what it cannot do without is there."""
        op = self.graph.ops[at]
        match op:
            case Input():
                return self.given[at]()  # the inputs come first
            case Const(value=value):
                return value
            case Call(callee=callee, args=args, kwargs=kwargs):
                fn = self.instances[callee] if isinstance(callee, Instance) else callee.fn
                named = {name: self.read(operand) for name, operand in kwargs}
                return _fit(_called(callee, fn, [self.read(operand) for operand in args], named), callee.name)
            case Build(shape=shape, parts=parts):
                return shape.build(*[self.read(part) for part in parts])
            case Switch(selector=selector):
                return self.ask(_chosen(op, self.read(selector)))
            case Recover():
                return self.recover(op)
            case Map(body=body, source=source, captured=captured):
                return [self.inside(body, captured, item) for item in _items(self.read(source))]
            case Loop():
                return self.loop(op)
            case Expand():
                return self.expand(op)
            case _:
                assert_never(op)

    def recover(self, op: Recover[Graph]) -> Any:
        try:
            return self.ask(op.attempt)
        except op.on as error:
            caught = error
        return self.inside(op.handler, op.captured, caught)

    def loop(self, op: Loop[Graph]) -> Any:
        value, finished = self.read(op.source)
        rounds = 0
        while not finished:
            if rounds == op.limit:
                if op.lenient:
                    return value
                words = f"{op.name} did not end within its limit of {op.limit} rounds; raise the limit="
                raise LimitError(words, op.limit)
            value, finished = self.inside(op.body, op.captured, value)
            rounds += 1
        return value

    def expand(self, op: Expand) -> Any:
        mark = next(clock)
        output = as_node(op.grow.fn(self.read(op.source)), f"the function of {op.name}()", here())
        known = dict(zip(op.grow.known, op.captured, strict=True))
        graph, outside = lower_growth(output, known.keys(), mark, op.name)
        _construct(graph, self.instances)
        return self.inside(graph, [known[node] for node in outside])


def _same(value: object) -> object:
    return value


def _construct(graph: Graph, instances: Instances) -> None:
    """Construct the instances of a graph's class steps, in order of their first use."""
    for callee in graph.callees():
        if isinstance(callee, Instance) and callee not in instances:
            instances[callee] = callee.construct()


def _called(callee: Callee, fn: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """A call of a step, repeated as its retries say; delays and timeouts are no part of the meaning."""
    call = _awaited(fn) if is_async(callee) else fn
    retry = callee.options.retries
    for _ in range(retry.times):
        try:
            return call(*args, **kwargs)
        except retry.on:
            continue
    return call(*args, **kwargs)


def _awaited(fn: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Any]:
    """A coroutine function as a plain one: each call runs on a loop and a thread of its own."""

    def call(*args: Any, **kwargs: Any) -> Any:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asyncio.run, fn(*args, **kwargs)).result()

    return call


def _fit(value: Any, name: str) -> Any:
    """A step's result, if it can be a value of a graph."""
    kind = value.__class__
    if isinstance(value, (Node, Lens, *uncalled)):
        raise StepResultError(
            f"step {name!r} returned {value!r}, not a value; inside a step call the plain function "
            f"(other_step.fn), or use expand() for a graph that grows"
        )
    if isinstance(value, CoroutineType):
        value.close()
        raise StepResultError(
            f"step {name!r} returned a coroutine, which nothing awaits: what was given to step() is no async function; "
            f"give it that itself, or await it in what wraps it"
        )
    if hasattr(kind, "__next__") or hasattr(kind, "__anext__"):
        raise StepResultError(
            f"step {name!r} returned a {kind.__name__}, which can be read only once and in one place; return a list"
        )
    return value


def _chosen(op: Switch, key: Any) -> object:
    """The operand of the case whose key equals the selector's value, else the default's."""
    try:
        hash(key)
    except TypeError:
        raise SwitchKeyError(
            f"the selector of a switch gave {key!r}, which cannot be a key: it has no hash", key
        ) from None
    cases = dict(op.cases)
    if key in cases:
        return cases[key]
    if op.default is not ABSENT:
        return op.default
    keys = tuple(cases)
    raise NoMatchError(f"no case of a switch for {key!r}; its keys are {', '.join(map(repr, keys))}", key, keys)


def _items(value: Any) -> list[Any]:
    """What a fan-out works on."""
    try:
        items = iter(value)
    except TypeError:
        raise FanOutError(f"cannot fan out over {value!r}: it is not iterable") from None
    return list(items)
