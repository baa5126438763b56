"""Nodes together, and apart again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, overload

from dataflow.callee import Function
from dataflow.combinators.lengths import length_of
from dataflow.errors import CompositionError
from dataflow.node import GETITEM, LOCAL, Node, call, compose
from dataflow.ops import Build
from dataflow.place import Place, here
from dataflow.scan import SHAPES, operand
from dataflow.shapes import TUPLE
from dataflow.variables import (
    EighthT,
    FifthT,
    FirstT,
    FourthT,
    ItemT,
    KeyT,
    SecondT,
    SeventhT,
    SixthT,
    ThirdT,
)


# overloads: gather
@overload
def gather(nodes: list[Node[ItemT]], /) -> Node[list[ItemT]]: ...
@overload
def gather(nodes: dict[KeyT, Node[ItemT]], /) -> Node[dict[KeyT, ItemT]]: ...
@overload
def gather(first: Node[FirstT], /) -> Node[tuple[FirstT]]: ...
@overload
def gather(first: Node[FirstT], second: Node[SecondT], /) -> Node[tuple[FirstT, SecondT]]: ...
@overload
def gather(
    first: Node[FirstT], second: Node[SecondT], third: Node[ThirdT], /
) -> Node[tuple[FirstT, SecondT, ThirdT]]: ...
@overload
def gather(
    first: Node[FirstT], second: Node[SecondT], third: Node[ThirdT], fourth: Node[FourthT], /
) -> Node[tuple[FirstT, SecondT, ThirdT, FourthT]]: ...
@overload
def gather(
    first: Node[FirstT], second: Node[SecondT], third: Node[ThirdT], fourth: Node[FourthT], fifth: Node[FifthT], /
) -> Node[tuple[FirstT, SecondT, ThirdT, FourthT, FifthT]]: ...
@overload
def gather(
    first: Node[FirstT],
    second: Node[SecondT],
    third: Node[ThirdT],
    fourth: Node[FourthT],
    fifth: Node[FifthT],
    sixth: Node[SixthT],
    /,
) -> Node[tuple[FirstT, SecondT, ThirdT, FourthT, FifthT, SixthT]]: ...
@overload
def gather(
    first: Node[FirstT],
    second: Node[SecondT],
    third: Node[ThirdT],
    fourth: Node[FourthT],
    fifth: Node[FifthT],
    sixth: Node[SixthT],
    seventh: Node[SeventhT],
    /,
) -> Node[tuple[FirstT, SecondT, ThirdT, FourthT, FifthT, SixthT, SeventhT]]: ...
@overload
def gather(
    first: Node[FirstT],
    second: Node[SecondT],
    third: Node[ThirdT],
    fourth: Node[FourthT],
    fifth: Node[FifthT],
    sixth: Node[SixthT],
    seventh: Node[SeventhT],
    eighth: Node[EighthT],
    /,
) -> Node[tuple[FirstT, SecondT, ThirdT, FourthT, FifthT, SixthT, SeventhT, EighthT]]: ...
@overload
def gather(*nodes: Node[ItemT]) -> Node[tuple[ItemT, ...]]: ...
# end of overloads
def gather(*nodes: Any) -> Any:
    """One node of several: `run(gather(a, b)) == (run(a), run(b))`.

    Args:
        nodes: nodes, for a node of their tuple; or one list or dict of nodes, for a node of the list or dict.

    Raises:
        CompositionError: an argument is not a node.

    >>> from dataflow import const, run
    >>> run(gather(const(1), const("b")))
    (1, 'b')
    >>> run(gather({"x": const(1), "y": const(2)}))
    {'x': 1, 'y': 2}
    """
    place = here()
    if len(nodes) == 1 and type(nodes[0]) in (list, dict):
        each = nodes[0].values() if isinstance(nodes[0], dict) else nodes[0]
        parts = [_node(node, at, place) for at, node in enumerate(each)]
        if not parts:
            return compose(Build(SHAPES[type(nodes[0])], ()), place)
        return operand(dict(zip(nodes[0], parts, strict=True)) if isinstance(nodes[0], dict) else parts, place, _who)
    return compose(Build(TUPLE, tuple(_node(node, at, place) for at, node in enumerate(nodes))), place)


# overloads: unpack
@overload
def unpack(node: Node[tuple[FirstT]], n: Literal[1] = 1, /) -> tuple[Node[FirstT]]: ...
@overload
def unpack(node: Node[tuple[FirstT, SecondT]], n: Literal[2] = 2, /) -> tuple[Node[FirstT], Node[SecondT]]: ...
@overload
def unpack(
    node: Node[tuple[FirstT, SecondT, ThirdT]], n: Literal[3] = 3, /
) -> tuple[Node[FirstT], Node[SecondT], Node[ThirdT]]: ...
@overload
def unpack(
    node: Node[tuple[FirstT, SecondT, ThirdT, FourthT]], n: Literal[4] = 4, /
) -> tuple[Node[FirstT], Node[SecondT], Node[ThirdT], Node[FourthT]]: ...
@overload
def unpack(
    node: Node[tuple[FirstT, SecondT, ThirdT, FourthT, FifthT]], n: Literal[5] = 5, /
) -> tuple[Node[FirstT], Node[SecondT], Node[ThirdT], Node[FourthT], Node[FifthT]]: ...
@overload
def unpack(
    node: Node[tuple[FirstT, SecondT, ThirdT, FourthT, FifthT, SixthT]], n: Literal[6] = 6, /
) -> tuple[Node[FirstT], Node[SecondT], Node[ThirdT], Node[FourthT], Node[FifthT], Node[SixthT]]: ...
@overload
def unpack(
    node: Node[tuple[FirstT, SecondT, ThirdT, FourthT, FifthT, SixthT, SeventhT]], n: Literal[7] = 7, /
) -> tuple[Node[FirstT], Node[SecondT], Node[ThirdT], Node[FourthT], Node[FifthT], Node[SixthT], Node[SeventhT]]: ...
@overload
def unpack(
    node: Node[tuple[FirstT, SecondT, ThirdT, FourthT, FifthT, SixthT, SeventhT, EighthT]], n: Literal[8] = 8, /
) -> tuple[
    Node[FirstT], Node[SecondT], Node[ThirdT], Node[FourthT], Node[FifthT], Node[SixthT], Node[SeventhT], Node[EighthT]
]: ...
@overload
def unpack(node: Node[Iterable[ItemT]], n: int, /) -> tuple[Node[ItemT], ...]: ...
# end of overloads
def unpack(node: Any, n: Any = None, /) -> Any:
    """The items of a node of a tuple, as nodes: `a, b = unpack(pair)`.

    Args:
        node: a node whose length is known: a step annotated as returning `tuple[A, B]`, a gather, a const, the
            parameter of a flow that is annotated so, or a choice between nodes that all have this length.
        n: the number of items, where it is not known.

    Raises:
        CompositionError: the number of items is neither given nor known, or is not an int of at least 0.

    >>> from dataflow import const, run
    >>> low, high = unpack(const((1, 9)), 2)
    >>> run(high)
    9
    """
    place = here()
    whole = operand(node, place, _who)
    if not isinstance(whole, Node):
        raise CompositionError(f"unpack() takes a node, not {node!r}")
    count = length_of(whole) if n is None else n
    if count is None:
        raise CompositionError(f"unpack({node!r}) needs the number of items, which is not known here: unpack(node, 2)")
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise CompositionError(f"unpack({node!r}) needs the number of items, an int of at least 0, not {count!r}")
    checked = call(EXACTLY, (whole, count), place)
    return tuple(call(GETITEM, (checked, at), place) for at in range(count))


def exactly(value: Any, count: int) -> tuple[Any, ...]:
    """The items of a value, if there are that many."""
    items = tuple(value)
    if len(items) != count:
        raise ValueError(f"unpack() expected {count} items, got {len(items)}")
    return items


EXACTLY = Function(exactly, LOCAL.but({"name": "unpack"}))


def _node(value: object, at: int, place: Place) -> Node[Any]:
    found = operand(value, place, lambda: f"argument {at} of gather()")
    if not isinstance(found, Node):
        raise CompositionError(
            f"argument {at} of gather() is {value!r}, not a node; for a known value write const(...)"
        )
    return found


def _who() -> str:
    return "gather()"
