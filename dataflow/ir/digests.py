"""A hash of a graph's structure that is the same in every process.

Each container hashes its type's name and the hashes of its parts, so a value is as deep and as shared as it likes.
Sets are hashed in the order of their members' hashes, instances by the number of their first use.
"""

from __future__ import annotations

import enum
import hashlib
from typing import Any

from dataflow.callee import Callee, Function, Instance
from dataflow.errors import GraphError
from dataflow.ir.literals import SETS, Cyclic, NoForm, fold, import_name, no_form, text_of
from dataflow.ir.walks import GraphLike, bodies, callees_of, fields_of, inner_first, labels_of
from dataflow.ops import ABSENT, Call, Op, Ref

SIZE = 16


def digest(graph: GraphLike) -> str:
    """The 128-bit BLAKE2b hash of a graph, in hexadecimal: equal exactly if the graphs are equal.

    Raises:
        GraphError: a step or literal has no name that is the same in every process; the message names the op.
    """
    hasher = _Hasher(callees_of(graph))
    for inner in inner_first(graph):
        hasher.add(inner)
    return hasher.of(graph)[1:].hex()


class _Hasher:
    """The hashes of graphs, inner ones first."""

    def __init__(self, callees: tuple[Callee, ...]) -> None:
        instances = [callee for callee in callees if isinstance(callee, Instance)]
        self._numbers = {id(callee): number for number, callee in enumerate(instances)}
        self._callees: dict[int, bytes] = {}
        self._graphs: dict[int, bytes] = {}
        self._done: dict[int, tuple[object, bytes]] = {}

    def of(self, graph: GraphLike) -> bytes:
        return self._graphs[id(graph)]

    def add(self, graph: GraphLike) -> None:
        hashes = []
        for at, op in enumerate(graph.ops):
            try:
                hashes.append(self._op(op))
            except NoForm as error:
                raise GraphError(f"op %{at} {labels_of(graph)[at]!r} has no digest: {error}") from None
        self._graphs[id(graph)] = _joined("graph", str(graph.output).encode(), *hashes)

    def _op(self, op: Op[Any]) -> bytes:
        inside = [self.of(body) for body in bodies(op)]
        if isinstance(op, Call):
            inside.append(self._callee(op.callee))
        named = [part for what, value in fields_of(op) for part in (what.encode(), self._value(value, what))]
        return _joined(type(op).__name__, *inside, *named)

    def _callee(self, callee: Callee) -> bytes:
        if id(callee) not in self._callees:
            self._callees[id(callee)] = self._described(callee)
        return self._callees[id(callee)]

    def _described(self, callee: Callee) -> bytes:
        options = self._value(callee.options, "option")
        if isinstance(callee, Function):
            return _joined("Function", self._value(callee.fn, "step"), options)
        number = str(self._numbers[id(callee)]).encode()
        made = (self._value(callee.cls, "step"), self._value((callee.args, callee.kwargs), "constructor"))
        return _joined("Instance", number, *made, options)

    def _value(self, value: object, what: str) -> bytes:
        try:
            return fold(value, _leaf, _node, self._done)
        except NoForm as error:
            raise NoForm(f"its {what} is or holds {error}") from None
        except Cyclic:
            raise NoForm(f"its {what} contains itself") from None


def _leaf(value: object) -> bytes:
    """The bytes of an atom; those of two values are never the same, nor those of an atom and of a container."""
    kind, text = type(value), text_of(value)
    if text is not None:
        return f"{kind.__name__}:{text}".encode()
    if isinstance(value, str) and kind is str:
        return b"str:" + value.encode("utf-8", "surrogatepass")
    if isinstance(value, bytes) and kind is bytes:
        return b"bytes:" + value
    if kind is int:
        return f"int:{value:x}".encode()
    if value is None or value is ... or value is ABSENT or kind is bool or kind is Ref:
        return f"is:{value!r}".encode()
    return _named(value)


def _named(value: object) -> bytes:
    if isinstance(value, enum.Enum) and type(value).__members__.get(value.name) is value:
        return f"member:{_name(type(value))}:{value.name}".encode()
    return f"name:{_name(value)}".encode()


def _node(kind: type, parts: list[bytes]) -> bytes:
    return _joined(_name(kind), *(sorted(parts) if kind in SETS else parts))


def _name(thing: object) -> str:
    name = import_name(thing)
    if name is None:
        raise no_form(thing)
    return name


def _joined(kind: str, *parts: bytes) -> bytes:
    """The hash of a kind and its parts, each with its length, so that no two lists of parts look alike."""
    state = hashlib.blake2b(digest_size=SIZE)
    for part in (kind.encode(), *parts):
        state.update(b"%d:" % len(part) + part)
    return b"#" + state.digest()
