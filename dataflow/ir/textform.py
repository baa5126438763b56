"""A graph as text for people: one line for each op, bodies indented under the op that they belong to."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any, assert_never

from dataflow.ir.labels import INPUT, KINDS, NAME, Labels
from dataflow.ir.shown import bracketed
from dataflow.ir.walks import GraphLike, bodies
from dataflow.ops import ABSENT, Build, Call, Const, Expand, Input, Loop, Map, Op, Recover, Ref, Switch
from dataflow.place import Place
from dataflow.place import text as line_of
from dataflow.shapes import Collection, Named, Record, Shape, Table


def text(graph: GraphLike, *, lines: bool = False) -> str:
    """The text of a graph; `textread` reads it.

    Args:
        graph: what to write.
        lines: add to each op the line that composed it, as `# file:line`.
    """
    return _Writer().text(graph, _Comments() if lines else None)


def names(graph: GraphLike) -> dict[str, object]:
    """What each label in the text of a graph stands for."""
    writer = _Writer()
    writer.text(graph, None)
    return writer.labels.things


class _Writer:
    """Writes the text of one graph."""

    def __init__(self) -> None:
        self.labels = Labels()

    def text(self, graph: GraphLike, comments: _Comments | None) -> str:
        """The first line, and a line for each op."""
        written = [f"graph({self._signature(graph)}) -> %{graph.output}"]
        stack = [(graph, iter(enumerate(graph.ops)))]
        while stack:
            graph, rest = stack[-1]
            for at, op in rest:
                line = f"{'  ' * len(stack)}%{at} = {self._op(op)}"
                written.append(line + comments.on(graph, at) if comments else line)
                inner = bodies(op)
                if inner:
                    stack.append((inner[0], iter(enumerate(inner[0].ops))))
                    break
            else:
                stack.pop()
        return "\n".join(written)

    def _signature(self, graph: GraphLike) -> str:
        return ", ".join(self._input(op, "=") for op in graph.ops if isinstance(op, Input))

    def _input(self, op: Input, equals: str) -> str:
        name = op.name if INPUT.fullmatch(op.name) else repr(op.name)
        return name if op.default is ABSENT else f"{name}{equals}{self.labels.literal(op.default)}"

    def _op(self, op: Op[Any]) -> str:
        match op:
            case Input():
                return f"input {self._input(op, ' = ')}"
            case Const(value=value):
                return f"const {self.labels.literal(value)}"
            case Call(callee=callee, args=args, kwargs=kwargs):
                return f"{self.labels.step(callee)}({_arguments(map(self._operand, args), self._named(kwargs))})"
            case Build(shape=shape, parts=parts):
                return self._built(shape, [self._operand(part) for part in parts])
            case Switch(selector=selector, cases=cases, default=default):
                branches = [f"{self.labels.literal(key)} -> {self._operand(case)}" for key, case in cases]
                branches += [] if default is ABSENT else [f"default -> {self._operand(default)}"]
                return f"switch {self._operand(selector)}: {'; '.join(branches)}"
            case Recover(attempt=attempt, on=on, handler=handler):
                kinds = ", ".join(map(self.labels.literal, on))
                return f"recover {self._operand(attempt)} on {kinds}{self._body(op.captured, handler)}"
            case Map(source=source, body=body):
                return f"{_kind(op)} {self._operand(source)}{self._body(op.captured, body)}"
            case Loop(source=source, limit=limit, lenient=lenient, body=body):
                rounds = f" rounds={limit}" if lenient else "" if limit == sys.maxsize else f" limit={limit}"
                return f"{_kind(op)} {self._operand(source)}{rounds}{self._body(op.captured, body)}"
            case Expand(source=source, grow=grow):
                captured = self._captured(op.captured)
                return f"{_kind(op)} {self._operand(source)}{captured} with {self.labels.grower(grow)}"
            case _:
                assert_never(op)

    def _operand(self, operand: object) -> str:
        return f"%{operand.index}" if isinstance(operand, Ref) else self.labels.literal(operand)

    def _named(self, operands: Iterable[tuple[str, object]]) -> list[tuple[str, str]]:
        return [(name, self._operand(operand)) for name, operand in operands]

    def _built(self, shape: Shape, parts: list[str]) -> str:
        match shape:
            case Collection(kind=kind):
                return bracketed(kind, parts)
            case Table():
                pairs = zip(parts[::2], parts[1::2], strict=False)
                return bracketed(dict, [f"{key}: {value}" for key, value in pairs])
            case Named(cls=cls):
                return f"{self.labels.literal(cls)}({_arguments((), zip(cls._fields, parts, strict=False))})"
            case Record(cls=cls, fields=fields):
                return f"{self.labels.literal(cls)}({_arguments((), zip(fields, parts, strict=False))})"
            case _:
                assert_never(shape)

    def _captured(self, operands: tuple[object, ...]) -> str:
        return f" ({', '.join(map(self._operand, operands))})" if operands else ""

    def _body(self, captured: tuple[object, ...], body: GraphLike) -> str:
        return f"{self._captured(captured)} as ({self._signature(body)}) -> %{body.output}:"


def _kind(op: Map[Any] | Loop[Any] | Expand) -> str:
    """What the op is called; a name of its own is added to that of its kind."""
    if KINDS.get(op.name) is type(op):
        return op.name
    return f"{next(name for name, kind in KINDS.items() if kind is type(op))}[{op.name!r}]"


def _arguments(args: Iterable[str], kwargs: Iterable[tuple[str, str]]) -> str:
    named = (f"{name}={value}" if _plain(name) else f"**{{{name!r}: {value}}}" for name, value in kwargs)
    return ", ".join([*args, *named])


def _plain(name: str) -> bool:
    return "." not in name and NAME.fullmatch(name) is not None


class _Comments:
    """The lines that composed ops; what was composed by one instruction is looked up once."""

    def __init__(self) -> None:
        self._texts: dict[tuple[int, int], str] = {}

    def on(self, graph: GraphLike, at: int) -> str:
        """The comment after an op."""
        place: Place = graph.places[at] if graph.places else None
        if place is None:
            return ""
        key = (id(place[0]), place[1])
        if key not in self._texts:
            self._texts[key] = f"  # {line_of(place)}"
        return self._texts[key]
