"""The closed set of operations that graphs are made of.

An op reads operands. While composing an operand is a node, in a graph it is a `Ref` to an earlier op; anything else
is a literal and means itself. Everything that people compose with is one of these nine, or is derived from them.

An operand is *eager* if the op cannot do without it, and *lazy* if the op decides at run time whether it is needed:
the cases of a switch, the expression that a recover guards, what a body captures from outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, Generic, TypeAlias, TypeVar, assert_never

import attrs

from dataflow.callee import Callee
from dataflow.drafts import draft_of
from dataflow.shapes import Shape

BodyT = TypeVar("BodyT")
Operand: TypeAlias = object


@attrs.frozen(weakref_slot=False)
class Ref:
    """The value of an earlier op of the same graph."""

    index: int


class _Absent:
    """There is no such default (None would be a value)."""

    def __repr__(self) -> str:
        return "ABSENT"

    def __reduce__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()


@attrs.frozen(eq=False)
class Input:
    """A value that the caller gives for each run."""

    name: str
    default: object = ABSENT


@attrs.frozen(eq=False)
class Const:
    """A value that is known already."""

    value: object


@attrs.frozen(eq=False, weakref_slot=False)
class Call:
    """A step called on operands."""

    callee: Callee
    args: tuple[Operand, ...] = ()
    kwargs: tuple[tuple[str, Operand], ...] = ()


@attrs.frozen(eq=False)
class Build:
    """A container put together from operands."""

    shape: Shape
    parts: tuple[Operand, ...]


@attrs.frozen(eq=False)
class Switch:
    """The case whose key equals the selector's value; no other case is evaluated."""

    selector: Operand
    cases: tuple[tuple[object, Operand], ...]
    default: Operand = ABSENT


@attrs.frozen(eq=False)
class Recover(Generic[BodyT]):
    """The value of `attempt`; if evaluating it gives an error of `on`, the handler's value for that error."""

    attempt: Operand
    handler: BodyT
    on: tuple[type[Exception], ...]
    captured: tuple[Operand, ...] = ()


@attrs.frozen(eq=False)
class Map(Generic[BodyT]):
    """The list of the body's value for each item of the source, in order."""

    body: BodyT
    source: Operand
    captured: tuple[Operand, ...] = ()
    name: str = "fan_out"


@attrs.frozen(eq=False)
class Loop(Generic[BodyT]):
    """State is a pair (value, finished): until it is finished, the body makes the next pair from the value.

    After `limit` rounds the value is the result if `lenient`, else a LimitError.
    """

    body: BodyT
    source: Operand
    limit: int
    lenient: bool
    captured: tuple[Operand, ...] = ()
    name: str = "iterate"


@attrs.frozen(eq=False)
class Grower:
    """The function of an expand, and the nodes from outside that it could read when it was given."""

    fn: Callable[[Any], Any]
    known: tuple[object, ...] = ()


@attrs.frozen(eq=False)
class Expand:
    """The value of the node that `grow` returns for the source's value: a graph that grows while it runs.

    `captured` are the operands for the nodes that `grow` knows, in the same order.
    """

    source: Operand
    grow: Grower
    captured: tuple[Operand, ...] = ()
    name: str = "expand"


_RefDraft, CallDraft = draft_of(Ref), draft_of(Call)
_shared: list[Ref] = []
SHARED: Final = 10_000
"""References to so many first ops are shared by all graphs."""


def references(count: int) -> list[Ref]:
    """`[Ref(0), Ref(1), ...]`, so many."""
    global _shared  # noqa: PLW0603  # replaced as a whole: other threads see the old one or the new one
    if len(_shared) < min(count, SHARED):
        _shared = [*_shared, *map(_ref, range(len(_shared), min(2 * count, SHARED)))]
    return [*_shared[:count], *map(_ref, range(len(_shared), count))]


def _ref(index: int) -> Ref:
    made: Any = _RefDraft()
    made.index, made.__class__ = index, Ref
    return made  # type: ignore[no-any-return]  # it has become one


def call_of(callee: Callee, args: tuple[Operand, ...], kwargs: tuple[tuple[str, Operand], ...] = ()) -> Call:
    """`Call(callee, args, kwargs)`, for what makes very many."""
    made: Any = CallDraft()
    made.callee, made.args, made.kwargs, made.__class__ = callee, args, kwargs, Call
    return made  # type: ignore[no-any-return]  # it has become one


Op: TypeAlias = Input | Const | Call | Build | Switch | Recover[BodyT] | Map[BodyT] | Loop[BodyT] | Expand


def eager(op: Op[Any]) -> tuple[Operand, ...]:
    """The operands that the op cannot do without, in order."""
    match op:
        case Call(args=args, kwargs=kwargs):
            return args + tuple(value for _, value in kwargs) if kwargs else args
        case Build(parts=parts):
            return parts
        case Switch(selector=selector):
            return (selector,)
        case Map(source=source) | Loop(source=source) | Expand(source=source):
            return (source,)
        case Input() | Const() | Recover():
            return ()
        case _:
            assert_never(op)


def lazy(op: Op[Any]) -> tuple[Operand, ...]:
    """The operands that the op needs only if it comes to that, in order."""
    match op:
        case Switch(cases=cases, default=default):
            return tuple(case for _, case in cases) + (() if default is ABSENT else (default,))
        case Recover(attempt=attempt, captured=captured):
            return (attempt, *captured)
        case Map(captured=captured) | Loop(captured=captured) | Expand(captured=captured):
            return captured
        case _:
            return ()


def rewired(op: Op[Any], at: Callable[[Operand], Operand], body: Callable[[Any], Any]) -> Op[Any]:
    """The same op over other operands: each replaced by `at(operand)`, and its body by `body(body)`."""

    def each(operands: Iterable[Operand]) -> tuple[Operand, ...]:
        return tuple([at(operand) for operand in operands])

    match op:
        case Call(callee, args, kwargs):
            return call_of(callee, each(args), tuple([(name, at(value)) for name, value in kwargs]))
        case Build(shape, parts):
            return Build(shape, each(parts))
        case Switch(selector, cases, default):
            chosen = tuple([(key, at(case)) for key, case in cases])
            return Switch(at(selector), chosen, ABSENT if default is ABSENT else at(default))
        case Recover(attempt, handler, on, captured):
            return Recover(at(attempt), body(handler), on, each(captured))
        case Map(traced, source, captured, name):
            return Map(body(traced), at(source), each(captured), name)
        case Loop(traced, source, limit, lenient, captured, name):
            return Loop(body(traced), at(source), limit, lenient, each(captured), name)
        case Expand(source, grow, captured, name):
            return Expand(at(source), grow, each(captured), name)
        case Input() | Const():
            return op
        case _:
            assert_never(op)
