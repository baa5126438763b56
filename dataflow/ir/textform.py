"""A graph as text for people: one line for each op, bodies indented under the op that they belong to."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, assert_never

from dataflow.callee import Callee, Instance
from dataflow.ir.literals import SETS
from dataflow.ir.shown import short
from dataflow.ir.walks import GraphLike, bodies, callees_of
from dataflow.ops import ABSENT, Build, Call, Const, Expand, Input, Loop, Map, Op, Recover, Ref, Switch
from dataflow.place import Place
from dataflow.place import text as line_of
from dataflow.shapes import Collection, Named, Record, Shape, Table

BRACKETS: Final[dict[type, tuple[str, str]]] = {
    list: ("[", "]"),
    tuple: ("(", ")"),
    set: ("{", "}"),
    frozenset: ("frozenset({", "})"),
}


def text(graph: GraphLike, *, lines: bool = False) -> str:
    """The text of a graph.

    Args:
        graph: what to write.
        lines: add to each op the line that composed it, as `# file:line`.
    """
    names = _callee_texts(callees_of(graph))
    comment = _Comments() if lines else None
    written = [f"graph({_signature(graph)}) -> %{graph.output}"]
    stack = [(graph, iter(enumerate(graph.ops)))]
    while stack:
        graph, rest = stack[-1]
        for at, op in rest:
            line = f"{'  ' * len(stack)}%{at} = {_op(op, names)}"
            written.append(line + comment.on(graph, at) if comment else line)
            inner = bodies(op)
            if inner:
                stack.append((inner[0], iter(enumerate(inner[0].ops))))
                break
        else:
            stack.pop()
    return "\n".join(written)


def _signature(graph: GraphLike) -> str:
    inputs = [op for op in graph.ops if isinstance(op, Input)]
    return ", ".join(op.name if op.default is ABSENT else f"{op.name}={short(op.default)}" for op in inputs)


def _callee_texts(callees: Iterable[Callee]) -> Mapping[int, str]:
    """What to write for each callee, by id; instances that look alike are numbered, since they are not one."""
    seen: Counter[str] = Counter()
    texts = {}
    for callee in callees:
        texts[id(callee)] = callee.name
        if isinstance(callee, Instance):
            look = f"{callee.name}({_arguments(callee.args, callee.kwargs, short)})"
            seen[look] += 1
            texts[id(callee)] = look if seen[look] == 1 else f"{look}#{seen[look]}"
    return texts


def _op(op: Op[Any], names: Mapping[int, str]) -> str:
    match op:
        case Input(name=name, default=default):
            return f"input {name}" if default is ABSENT else f"input {name} = {short(default)}"
        case Const(value=value):
            return f"const {short(value)}"
        case Call(callee=callee, args=args, kwargs=kwargs):
            return f"{names[id(callee)]}({_arguments(args, kwargs, _operand)})"
        case Build(shape=shape, parts=parts):
            return _built(shape, [_operand(part) for part in parts])
        case Switch(selector=selector, cases=cases, default=default):
            branches = [f"{short(key)} -> {_operand(case)}" for key, case in cases]
            branches += [] if default is ABSENT else [f"default -> {_operand(default)}"]
            return f"switch {_operand(selector)}: {'; '.join(branches)}"
        case Recover(attempt=attempt, on=on, handler=handler):
            return (
                f"recover {_operand(attempt)} on {', '.join(kind.__name__ for kind in on)}{_body(op.captured, handler)}"
            )
        case Map(name=name, source=source, body=body):
            return f"{name} {_operand(source)}{_body(op.captured, body)}"
        case Loop(name=name, source=source, limit=limit, lenient=lenient, body=body):
            rounds = "" if limit == sys.maxsize else f" rounds={limit}" if lenient else f" limit={limit}"
            return f"{name} {_operand(source)}{rounds}{_body(op.captured, body)}"
        case Expand(name=name, source=source, grow=grow):
            return f"{name} {_operand(source)}{_captured(op.captured)} with {short(grow.fn)}"
        case _:
            assert_never(op)


def _operand(operand: object) -> str:
    return f"%{operand.index}" if isinstance(operand, Ref) else short(operand)


def _arguments(args: Iterable[object], kwargs: Iterable[tuple[str, object]], show: Callable[[object], str]) -> str:
    return ", ".join([*map(show, args), *(f"{name}={show(value)}" for name, value in kwargs)])


def _built(shape: Shape, parts: list[str]) -> str:
    match shape:
        case Collection(kind=kind):
            if kind in SETS and not parts:
                return f"{shape.name}()"
            start, end = BRACKETS[kind]
            return f"{start}{', '.join(parts)}{',' if kind is tuple and len(parts) == 1 else ''}{end}"
        case Table():
            return f"{{{', '.join(f'{key}: {value}' for key, value in zip(parts[::2], parts[1::2], strict=False))}}}"
        case Named(cls=cls):
            return f"{shape.name}({_arguments((), zip(cls._fields, parts, strict=False), str)})"
        case Record(fields=fields):
            return f"{shape.name}({_arguments((), zip(fields, parts, strict=False), str)})"
        case _:
            assert_never(shape)


def _captured(operands: tuple[object, ...]) -> str:
    return f" ({', '.join(map(_operand, operands))})" if operands else ""


def _body(captured: tuple[object, ...], body: GraphLike) -> str:
    return f"{_captured(captured)} as ({_signature(body)}) -> %{body.output}:"


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
