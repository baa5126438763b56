"""A graph as JSON text; `jsonread` reads it.

    {"dataflow": 1,
     "steps": [{"function": "shop:parse"}, {"class": "shop:Model", "args": ["small"], "options": {"replicas": 2}}],
     "ops": [{"op": "input", "name": "text"}, {"op": "call", "step": 0, "args": [{"$ref": 0}]}],
     "output": 1}

Steps stand in one table, in order of first use, by the names that they are imported by, with the options that are
not the default; two calls of one instance name one entry. An operand is a reference to an earlier op, or a literal.
Bodies are graphs inside their op.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, assert_never

import attrs

from dataflow.callee import Callee, Function, parameter_at
from dataflow.errors import GraphError
from dataflow.ir.jsonvalues import DEEPEST, VERSION, Json, Writer, name_for
from dataflow.ir.keys import Key, same
from dataflow.ir.literals import NoForm
from dataflow.ir.shown import short
from dataflow.ir.walks import GraphLike, callees_of, labels_of
from dataflow.names import find, name_of, unwrapped
from dataflow.ops import ABSENT, Build, Call, Const, Expand, Grower, Input, Loop, Map, Op, Recover, Ref, Switch
from dataflow.options import DEFAULTS, Batch, Options, Resources, Retry
from dataflow.shapes import Collection, Named, Record, Shape, Table


def dumps(graph: GraphLike) -> str:
    """The JSON text of a graph, one line for each step and for each op.

    Raises:
        GraphError: a step or literal cannot be written; the message names the op, the argument and the way out.
    """
    writer = _GraphWriter(callees_of(graph))
    ops, steps = _lines(writer.ops(graph)), _lines(writer.steps)
    return f'{{"dataflow": {VERSION},\n "steps": {steps},\n "ops": {ops},\n "output": {graph.output}}}\n'


def _lines(values: list[Json]) -> str:
    return "[\n  " + ",\n  ".join(map(json.dumps, values)) + "\n ]" if values else "[]"


class _GraphWriter:
    """Writes one document."""

    def __init__(self, callees: Iterable[Callee]) -> None:
        self.steps: list[Json] = []
        self._values = Writer()
        self._functions: dict[Key, int] = {}
        self._numbers: dict[int, int] = {}
        self._depth = 0
        for callee in callees:
            try:
                self._add(callee)
            except NoForm as error:
                raise GraphError(f"step {callee.name!r} has no JSON form: it is or holds {error}") from None

    def ops(self, graph: GraphLike) -> list[Json]:
        """The ops of a graph, in order."""
        written = []
        for at, op in enumerate(graph.ops):
            try:
                written.append(self._op(op))
            except NoForm as error:
                raise GraphError(f"op %{at} {labels_of(graph)[at]!r} has no JSON form: {error}") from None
        return written

    def _add(self, callee: Callee) -> None:
        """Enter a callee into the table; functions that are the same share an entry, instances do not."""
        number = len(self.steps)
        if isinstance(callee, Function):
            number = self._functions.setdefault(Key((callee.fn, callee.options)), number)
        self._numbers[id(callee)] = number
        if number == len(self.steps):
            self.steps.append(self._step(callee))

    def _step(self, callee: Callee) -> Json:
        if isinstance(callee, Function):
            written = self._named("function", callee.fn)
        else:
            written = self._named("class", callee.cls)
            written |= {"args": [self._values.write(value) for value in callee.args]} if callee.args else {}
            named = {name: self._values.write(value) for name, value in callee.kwargs}
            written |= {"kwargs": named} if named else {}
        options = self._changed(callee.options, DEFAULTS)
        return {**written, "options": options} if options else written

    def _named(self, key: str, thing: Callable[..., Any]) -> dict[str, Json]:
        """A callable by its name, which may be that of the step made of it; or a callable value by what it holds."""
        name = name_of(thing)
        by_name = name is not None and unwrapped(find(name)) is thing
        return {key: name if by_name else self._values.write(thing)}

    def _changed(self, options: Options | Retry | Resources | Batch, default: object) -> dict[str, Json]:
        values = {field.name: getattr(options, field.name) for field in attrs.fields(type(options))}
        changed = {name: value for name, value in values.items() if not same(value, getattr(default, name))}
        return {name: self._option(name, value) for name, value in changed.items()}

    def _option(self, name: str, value: Any) -> Json:
        if isinstance(value, Retry | Resources | Batch):
            return self._changed(value, type(value)())
        return [name_for(kind) for kind in value] if name == "on" else self._values.write(value)

    def _op(self, op: Op[Any]) -> Json:
        match op:
            case Input(name=name, default=default):
                return {"op": "input", "name": name, **self._default(default, self._literal)}
            case Const(value=value):
                return {"op": "const", "value": self._literal(value, "value")}
            case Call(callee=callee, args=args, kwargs=kwargs):
                named = {name: self._operand(value, f"argument {name!r}") for name, value in kwargs}
                number, positional = self._numbers[id(callee)], self._arguments(callee, args)
                written = {"op": "call", "step": number, "args": positional}
                return written | {"kwargs": named} if named else written
            case Build(shape=shape, parts=parts):
                return {"op": "build", "shape": _shape(shape), "parts": self._each(parts, "part")}
            case Switch(selector=selector, cases=cases, default=default):
                pairs = [[self._literal(key, "key"), self._operand(case, f"case {short(key)}")] for key, case in cases]
                written = {"op": "switch", "selector": self._operand(selector, "selector"), "cases": pairs}
                return written | self._default(default, self._operand)
            case Recover(attempt=attempt, handler=handler, on=on):
                kinds = [name_for(kind) for kind in on]
                written = {"op": "recover", "attempt": self._operand(attempt, "attempt"), "on": kinds}
                return written | self._inside(op, "handler", handler)
            case Map(body=body, source=source, name=name):
                written = {"op": "map", "name": name, "source": self._operand(source, "source")}
                return written | self._inside(op, "body", body)
            case Loop(body=body, source=source, limit=limit, lenient=lenient, name=name):
                written = {"op": "loop", "name": name, "source": self._operand(source, "source")}
                return written | {"limit": limit, "lenient": lenient} | self._inside(op, "body", body)
            case Expand(source=source, grow=grow, name=name):
                written = {"op": "expand", "name": name, "source": self._operand(source, "source")}
                return written | {"grow": self._grower(grow), "captured": self._each(op.captured, "captured")}
            case _:
                assert_never(op)

    def _inside(self, op: Map[Any] | Loop[Any] | Recover[Any], key: str, body: GraphLike) -> Json:
        captured = self._each(op.captured, "captured")
        self._depth += 1
        if self._depth > DEEPEST:
            raise GraphError(f"bodies are nested more than {DEEPEST} deep, which is too deep for JSON")
        written = {"captured": captured, key: {"ops": self.ops(body), "output": body.output}}
        self._depth -= 1
        return written

    def _arguments(self, callee: Callee, args: tuple[object, ...]) -> list[Json]:
        written = []
        for at, operand in enumerate(args):
            try:
                written.append({"$ref": operand.index} if isinstance(operand, Ref) else self._values.write(operand))
            except NoForm as error:
                raise NoForm(f"its argument {parameter_at(callee, at)!r} is or holds {error}") from None
        return written

    def _each(self, operands: Iterable[object], what: str) -> list[Json]:
        return [self._operand(operand, f"{what} {at}") for at, operand in enumerate(operands)]

    def _operand(self, operand: object, what: str) -> Json:
        return {"$ref": operand.index} if isinstance(operand, Ref) else self._literal(operand, what)

    def _literal(self, value: object, what: str) -> Json:
        try:
            return self._values.write(value)
        except NoForm as error:
            raise NoForm(f"its {what} is or holds {error}") from None

    def _default(self, value: object, write: Callable[[object, str], Json]) -> dict[str, Json]:
        return {} if value is ABSENT else {"default": write(value, "default")}

    def _grower(self, grow: Grower) -> Json:
        if grow.known:
            raise NoForm("its function reads nodes from outside, which only this process knows; make a fan_out of it")
        return self._literal(grow.fn, "function")


def _shape(shape: Shape) -> Json:
    match shape:
        case Collection() | Table():
            return shape.name
        case Named(cls=cls):
            return {"named": name_for(cls)}
        case Record(cls=cls, fields=fields):
            return {"record": name_for(cls), "fields": list(fields)}
        case _:
            assert_never(shape)
