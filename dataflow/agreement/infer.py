"""What is known of each value in a graph, from the annotations of the steps; on the way, each wire is compared.

A graph is walked in order. A body is walked for what it is given: the items of a fan-out, the errors of a recover,
the first value of a loop and then what the loop's body makes of it. Bodies nest as deep as memory allows, so the walk
that meets one is a generator that asks for it.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from functools import partial
from typing import Any, TypeAlias, assert_never

from dataflow.agreement.calls import Calls
from dataflow.agreement.equality import may_equal
from dataflow.agreement.generics import item_of
from dataflow.agreement.known import Known, Look, at, built, literal, one_of
from dataflow.agreement.records import constructed_from
from dataflow.agreement.terms import ITERABLE, Class, Exact, Term, either, generic
from dataflow.agreement.texts import shown
from dataflow.agreement.values import term_of
from dataflow.agreement.wires import Wires
from dataflow.ir.graph import Graph
from dataflow.ops import ABSENT, Build, Call, Const, Expand, Input, Loop, Map, Op, Recover, Ref, Switch
from dataflow.place import Place
from dataflow.shapes import Named, Record

Asked: TypeAlias = tuple[Graph, list[Known]]
Key: TypeAlias = tuple[int, tuple[Term, ...]]
Walk: TypeAlias = Generator[Asked, Known, Known]


def output_of(graph: Graph, inputs: Sequence[Known], wires: Wires) -> Known:
    """What is known of a graph's output, when this is known of its inputs."""
    inference = Inference(wires)
    done: dict[Key, Known] = {}
    waiting: list[tuple[Key, Walk]] = [(_key(graph, inputs), inference.walk(graph, inputs))]
    answer: Any = None
    while waiting:
        key, walk = waiting[-1]
        try:
            asked, given = walk.send(answer)
        except StopIteration as ended:
            waiting.pop()
            answer = done[key] = ended.value
            continue
        answer = done.get(_key(asked, given))
        if answer is None:
            waiting.append((_key(asked, given), inference.walk(asked, given)))
    known: Known = answer
    return known


def _key(graph: Graph, inputs: Sequence[Known]) -> Key:
    return id(graph), tuple([known.term for known in inputs])


class Inference:
    """Walks graphs, and gives the wires in them to `wires`."""

    def __init__(self, wires: Wires) -> None:
        self.wires, self.calls = wires, Calls(wires)

    def walk(self, graph: Graph, inputs: Sequence[Known]) -> Walk:
        """What is known of a graph's output; it asks for that of the bodies in it."""
        values: list[Known] = []

        def look(operand: object) -> Known:
            return values[operand.index] if type(operand) is Ref else literal(operand)

        for index, op in enumerate(graph.ops):
            known = inputs[index] if isinstance(op, Input) else (yield from self._op(op, graph.place(index), look))
            values.append(known)
        return values[graph.output]

    def _op(self, op: Op[Graph], place: Place, look: Look) -> Walk:
        match op:
            case Call():
                return self.calls.result(op, place, look)
            case Build(parts=parts):
                return self._built(op, place, tuple(map(look, parts)))
            case Const(value=value):
                return literal(value)
            case Switch():
                return self._switch(op, place, look)
            case Recover():
                return (yield from self._recover(op, place, look))
            case Map():
                return (yield from self._map(op, place, look))
            case Loop():
                return (yield from self._loop(op, place, look))
            case Expand(source=source, grow=grow):
                return self.calls.grown(grow.fn, look(source), place)
            case Input():
                raise AssertionError("inputs are given")
            case _:
                assert_never(op)

    def _built(self, op: Build, place: Place, parts: tuple[Known, ...]) -> Known:
        shape = op.shape
        if isinstance(shape, Named | Record):
            for part, (name, wanted) in zip(parts, constructed_from(shape), strict=True):
                self.wires.wire(part, wanted, partial("field {!r} of {!r} takes".format, name, shape.name), place)
        return built(shape, place, parts)

    def _switch(self, op: Switch, place: Place, look: Look) -> Known:
        """Some key must be one that the selector may equal; the others may be meant for another switch of the same."""
        selector, keys = look(op.selector).begun(), [term_of(key) for key, _ in op.cases]
        if not any(may_equal(selector.term, key) for key in keys):
            self.wires.refuse(selector.case(), f"the keys of the switch are {_kinds(selector.term, keys)}", place)
        operands = [case for _, case in op.cases] + ([] if op.default is ABSENT else [op.default])
        return one_of("the switch composed", place, [look(operand) for operand in operands])

    def _recover(self, op: Recover[Graph], place: Place, look: Look) -> Walk:
        errors = either([Class(error) for error in op.on])
        error = Known(errors, at("the error of the recover composed", place))
        handled = yield op.handler, [error, *map(look, op.captured)]
        return one_of("the recover composed", place, (look(op.attempt), handled))

    def _map(self, op: Map[Graph], place: Place, look: Look) -> Walk:
        source = look(op.source)
        self.wires.wire(source, ITERABLE, lambda: f"{op.name} takes", place)
        item = source.part("an item of", item_of(source.term))
        each = yield op.body, [item, *map(look, op.captured)]
        return Known(generic(list, each.term), at(f"the {op.name} composed", place))

    def _loop(self, op: Loop[Graph], place: Place, look: Look) -> Walk:
        """The body is walked for the first value, and for what it made of that if there may be a second round."""
        captured = list(map(look, op.captured))
        states = [look(op.source).item(0)]
        for _ in range(min(op.limit, 2)):
            made = yield op.body, [states[-1], *captured]
            states.append(made.item(0))
        return one_of(f"the {op.name} composed", place, states)


def _kinds(selector: Term, keys: Sequence[Term]) -> str:
    """What the keys of a switch are: their classes, if these tell them from the selector's values."""
    classes = either([Class(key.cls) if isinstance(key, Exact | Class) else key for key in keys])
    return shown(either(keys) if may_equal(selector, classes) else classes)
