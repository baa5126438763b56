"""Ways through a graph: the bodies in its ops, the graphs in its bodies, what to call each op.

The forms of a graph stand below the `Graph` class, so that class may have them as methods; what they need of one is
a `GraphLike`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Protocol, TypeVar, assert_never

from dataflow.callee import Callee
from dataflow.ir.survey import Survey
from dataflow.ops import Build, Call, Const, Expand, Input, Loop, Map, Op, Recover, Switch
from dataflow.place import Place


class GraphLike(Protocol):
    """Ops in topological order, which is the output, where each was composed (or nothing), and what there is."""

    @property
    def ops(self) -> tuple[Op[Any], ...]: ...
    @property
    def output(self) -> int: ...
    @property
    def places(self) -> tuple[Place, ...]: ...
    @property
    def survey(self) -> Survey: ...


BodyT = TypeVar("BodyT")
GraphT = TypeVar("GraphT", bound=GraphLike)


def bodies(op: Op[BodyT]) -> tuple[BodyT, ...]:
    """The graphs inside an op."""
    match op:
        case Map(body=body) | Loop(body=body) | Recover(handler=body):
            return (body,)
        case _:
            return ()


def walk(graph: GraphT) -> Iterator[GraphT]:
    """A graph and all graphs inside its ops, outer before inner, each once."""
    waiting, seen = [graph], set[int]()
    while waiting:
        graph = waiting.pop()
        if id(graph) not in seen:
            seen.add(id(graph))
            yield graph
            waiting.extend(body for at in reversed(graph.survey.rare) for body in bodies(graph.ops[at]))


def inner_first(graph: GraphT) -> Iterator[GraphT]:
    """A graph and all graphs inside its ops, each after those inside it, each once."""
    waiting, done = [graph], set[int]()
    while waiting:
        graph = waiting[-1]
        missing = [body for at in graph.survey.rare for body in bodies(graph.ops[at]) if id(body) not in done]
        if missing and id(graph) not in done:
            waiting += missing
            continue
        waiting.pop()
        if id(graph) not in done:
            done.add(id(graph))
            yield graph


def fields_of(op: Op[Any]) -> list[tuple[str, object]]:
    """What an op holds beside its callee and its body, each with what to call it in an error."""
    match op:
        case Input(name=name, default=default):
            return [("name", name), ("default", default)]
        case Const(value=value):
            return [("value", value)]
        case Call(args=args, kwargs=kwargs):
            return _numbered("argument", args) + [(f"argument {name!r}", value) for name, value in kwargs]
        case Build(shape=shape, parts=parts):
            return [("shape", shape), *_numbered("part", parts)]
        case Switch(selector=selector, cases=cases, default=default):
            keys, values = _numbered("key", [key for key, _ in cases]), _numbered("case", [case for _, case in cases])
            return [("selector", selector), *keys, *values, ("default", default)]
        case Recover(attempt=attempt, on=on, captured=captured):
            return [("attempt", attempt), ("on", on), *_numbered("captured", captured)]
        case Map(source=source, captured=captured, name=name):
            return [("name", name), ("source", source), *_numbered("captured", captured)]
        case Loop(source=source, limit=limit, lenient=lenient, captured=captured, name=name):
            fixed = [("name", name), ("limit", limit), ("lenient", lenient)]
            return [*fixed, ("source", source), *_numbered("captured", captured)]
        case Expand(source=source, grow=grow, captured=captured, name=name):
            return [("name", name), ("grow", grow), ("source", source), *_numbered("captured", captured)]
        case _:
            assert_never(op)


def callees_of(graph: GraphLike) -> tuple[Callee, ...]:
    """The distinct callees of a graph and of the bodies in it, in order of first use."""
    found: dict[int, Callee] = {}
    for inside in walk(graph):
        for callee in inside.survey.callees:
            found.setdefault(id(callee), callee)
    return tuple(found.values())


def labels_of(graph: GraphLike) -> tuple[str, ...]:
    """A name for each op: that of its step; the second of one name is `name#2`."""
    seen: Counter[str] = Counter()
    labels = []
    for op in graph.ops:
        name = kind_of(op)
        seen[name] += 1
        labels.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return tuple(labels)


def kind_of(op: Op[Any]) -> str:
    """What to call an op: its step's name, or the name of its kind."""
    match op:
        case Call(callee=callee):
            return callee.name
        case Build(shape=shape):
            return shape.name
        case Input(name=name) | Map(name=name) | Loop(name=name) | Expand(name=name):
            return name
        case Const():
            return "const"
        case Switch():
            return "switch"
        case Recover():
            return "recover"


def _numbered(what: str, values: Sequence[object]) -> list[tuple[str, object]]:
    return [(f"{what} {at}", value) for at, value in enumerate(values)]
