"""When two graphs, or two literals, are the same: equality and hash by structure.

Walks keep their own stack, so nothing is too deep, and compare each pair of containers once, so they are linear.
Instances are part of the structure: two calls of one instance are not two calls of two equal instances.
"""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Collection
from typing import Any, TypeAlias

import attrs

from dataflow.callee import Callee, Function
from dataflow.ir.literals import EXACT, SETS, TEXTS, Cyclic, fold, parts_of, text_of
from dataflow.ir.walks import GraphLike, bodies, fields_of, kind_of
from dataflow.ops import Call, Const, Op, Ref, eager, lazy

Pairs: TypeAlias = list[tuple[Any, Any]]
Done: TypeAlias = dict[int, tuple[object, int]]


@attrs.frozen(eq=False)
class Key:
    """A literal as a key, compared by structure; see `literal_key`."""

    value: object

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and same(self.value, other.value)

    def __hash__(self) -> int:
        return fingerprint(self.value, {})


@attrs.frozen(eq=False)
class GraphKey:
    """A graph as a key, compared by structure; see `graph_key`."""

    graph: GraphLike

    def __eq__(self, other: object) -> bool:
        return isinstance(other, GraphKey) and same_graph(self.graph, other.graph)

    def __hash__(self) -> int:
        done: Done = {}
        return hash((self.graph.output, tuple([_op_hash(op, done) for op in self.graph.ops])))


def literal_key(value: object) -> object:
    """A hashable object that is equal to that of another literal exactly if the two are the same.

    >>> literal_key([1, 2.0]) == literal_key([1, 2.0]), literal_key(1) == literal_key(True)
    (True, False)
    """
    kind = type(value)
    return (kind, value) if kind in EXACT else Key(value)


def graph_key(graph: GraphLike) -> GraphKey:
    """What graphs are compared by: keys are equal if the graphs do the same to the same literals, in the same order.

    Places do not count. Functions are compared by identity or `==` and literals as `same` does. Instances may be
    others, as long as they are constructed from the same arguments and shared between the same calls.
    """
    return GraphKey(graph)


def same_graph(left: GraphLike, right: GraphLike) -> bool:
    """Whether two graphs have the same structure; see `graph_key`."""
    pairs, seen, twins = [(left, right)], set[tuple[int, int]](), _Twins()
    while pairs:
        a, b = pairs.pop()
        if (id(a), id(b)) in seen:
            continue
        seen.add((id(a), id(b)))
        if a.output != b.output or len(a.ops) != len(b.ops):
            return False
        for one, other in zip(a.ops, b.ops, strict=True):
            if not _same_op(one, other, twins):
                return False
            pairs += zip(bodies(one), bodies(other), strict=True)
    return True


def same(left: object, right: object) -> bool:
    """Whether two literals are the same: equal in type and in content, all the way down.

    Objects that are no containers are the same if they are one object, or if their `==` gives True (not an array).

    >>> same([1, {"a": (2.0,)}], [1, {"a": (2.0,)}]), same([1], [True]), same({0.0}, {-0.0})
    (True, False, False)
    """
    pairs: Pairs = [(left, right)]
    seen: dict[tuple[int, int], tuple[Any, Any]] = {}  # holds the pairs too, so that no id is given out again
    done: Done = {}
    while pairs:
        a, b = pairs.pop()
        if a is b:
            continue
        kind = type(a)
        if kind is not type(b):
            return False
        if kind in EXACT:
            if a != b:
                return False
        elif (id(a), id(b)) not in seen:
            seen[id(a), id(b)] = (a, b)
            inner = _atoms(a, b) if kind in TEXTS else _containers(a, b, done)
            if inner is None:
                return False
            pairs += inner
    return True


def fingerprint(value: object, done: Done) -> int:
    """A hash of a literal, equal for literals that are the same.

    Args:
        value: the literal.
        done: the hashes of containers that were hashed before; kept by the caller for as long as it hashes.
    """
    try:
        return fold(value, _leaf_hash, _node_hash, done)
    except Cyclic:
        return hash(type(value))


class _Twins:
    """Which callee of one graph stands for which of the other."""

    def __init__(self) -> None:
        self._functions: set[tuple[int, int]] = set()
        self._there: dict[int, int] = {}
        self._back: dict[int, int] = {}

    def match(self, a: Callee, b: Callee) -> bool:
        """Whether `a` may stand for `b`: they do the same, and neither instance stands for another one."""
        if isinstance(a, Function) or isinstance(b, Function):
            known = (id(a), id(b)) in self._functions
            self._functions.add((id(a), id(b)))
            return known or _same_content(a, b)
        if id(a) in self._there or id(b) in self._back:
            return self._there.get(id(a)) == id(b)
        self._there[id(a)], self._back[id(b)] = id(b), id(a)
        return _same_content(a, b)


def _same_content(a: Callee, b: Callee) -> bool:
    if isinstance(a, Function) and isinstance(b, Function):
        return same((a.fn, a.options), (b.fn, b.options))
    if isinstance(a, Function) or isinstance(b, Function):
        return False
    return same((a.cls, a.args, a.kwargs, a.options), (b.cls, b.args, b.kwargs, b.options))


def _same_op(one: Op[Any], other: Op[Any], twins: _Twins) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, Call) and isinstance(other, Call):
        if not twins.match(one.callee, other.callee):
            return False
        if not one.kwargs and not other.kwargs:  # most ops
            return len(one.args) == len(other.args) and all(map(_same_operand, one.args, other.args))
    return one is other or same(fields_of(one), fields_of(other))


def _same_operand(a: object, b: object) -> bool:
    return a.index == b.index if isinstance(a, Ref) and isinstance(b, Ref) else same(a, b)


def _op_hash(op: Op[Any], done: Done) -> int:
    operands = (op.value,) if isinstance(op, Const) else eager(op) + lazy(op)
    return hash((kind_of(op), *[one.index if type(one) is Ref else fingerprint(one, done) for one in operands]))


def _atoms(a: Any, b: Any) -> Pairs | None:
    """No pairs left to compare, or None: these differ."""
    text, other = text_of(a), text_of(b)
    alike = _equal(a, b) if text is None and other is None else text == other
    return [] if alike else None


def _containers(a: Any, b: Any, done: Done) -> Pairs | None:
    """The pairs of parts that must be the same, or None: these differ."""
    left, right = parts_of(a), parts_of(b)
    if left is None or right is None:
        return [] if left is right and _equal(a, b) else None
    if type(a) in SETS:
        return _members(a, b, done)
    left, right = list(left), list(right)
    return list(zip(left, right, strict=True)) if len(left) == len(right) else None


def _members(a: Collection[Any], b: Collection[Any], done: Done) -> Pairs | None:
    """Each member of a set with the one that may be the same in the other, or None: there is a member too many."""
    if len(a) != len(b):
        return None
    places: defaultdict[int, list[Any]] = defaultdict(list)
    for member in b:
        places[fingerprint(member, done)].append(member)
    pairs = []
    for member in a:
        others = places[fingerprint(member, done)]
        fits = [at for at, other in enumerate(others) if len(others) == 1 or same(member, other)]
        if not fits:
            return None
        pairs.append((member, others.pop(fits[0])))
    return pairs


def _equal(a: Any, b: Any) -> bool:
    """Whether two opaque objects of one type are the same; an `==` that fails or gives no bool says nothing."""
    if isinstance(a, type | enum.Enum):
        return False
    try:
        return (a == b) is True
    except Exception:  # whatever a foreign `==` raises
        return False


def _leaf_hash(value: Any) -> int:
    kind = type(value)
    text = text_of(value)
    if text is not None:
        return hash((kind, text))
    try:
        return hash((kind, value))
    except Exception:  # it has no hash, or a foreign one fails
        return hash(kind)


def _node_hash(kind: type, parts: list[int]) -> int:
    return hash((kind, tuple(sorted(parts) if kind in SETS else parts)))
