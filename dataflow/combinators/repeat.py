"""The same body for many values: each on its own, one after the other, or until it is enough."""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable, Iterable
from typing import Any, Concatenate, Final, Never, Protocol, TypeAlias, TypeVar, overload

from dataflow.binding import wired
from dataflow.bodies import FlowBody, StepBody
from dataflow.callee import Function, label_of
from dataflow.errors import CompositionError
from dataflow.node import GETITEM, LOCAL, In, Lens, Node, call, compose
from dataflow.ops import Build, Loop, Map
from dataflow.place import Place, here
from dataflow.scan import operand, uncalled
from dataflow.shapes import TUPLE
from dataflow.trace import as_node, traced
from dataflow.variables import FirstT, ItemT, RestP, ResultT, ResultT_co, SecondT, ThirdT

StateT = TypeVar("StateT")
ItemT_contra = TypeVar("ItemT_contra", contravariant=True)

Initial: TypeAlias = StateT | Node[StateT] | Callable[[StateT], Never]
"""What a loop begins with. No function is meant: mypy looks at what may be one last, and so takes the state from the
body first, of which the initial value may be a subtype: `fold(longest, xs, None)`."""

LIST: Final = Function(list, LOCAL)
LEN: Final = Function(len, LOCAL)
ADD: Final = Function(operator.add, LOCAL)
REACHED: Final = Function(operator.ge, LOCAL)


class FunctionBody(Protocol[ItemT_contra, RestP, ResultT_co]):
    """A function from node to node, with further parameters.

    That its `__doc__` may be set tells it from a step, to types alone: pyrefly would take a step's call, which is
    overloaded, for a function of anything. Whatever may be called has a `__doc__`, be it a function or not.
    """

    __doc__: str | None

    def __call__(self, item: Node[ItemT_contra], /, *args: RestP.args, **kwargs: RestP.kwargs) -> Node[ResultT_co]: ...


# overloads: fan_out
@overload
def fan_out(
    body: StepBody[Callable[[ItemT, FirstT], ResultT]],
    xs: Node[Iterable[ItemT]] | Iterable[In[ItemT]],
    first: In[FirstT],
    /,
) -> Node[list[ResultT]]: ...
@overload
def fan_out(
    body: StepBody[Callable[Concatenate[ItemT, FirstT, RestP], ResultT]],
    xs: Node[Iterable[ItemT]] | Iterable[In[ItemT]],
    first: In[FirstT],
    /,
    *args: RestP.args,
    **kwargs: RestP.kwargs,
) -> Node[list[ResultT]]: ...
@overload
def fan_out(
    body: StepBody[Callable[[ItemT, FirstT, SecondT], ResultT]],
    xs: Node[Iterable[ItemT]] | Iterable[In[ItemT]],
    first: In[FirstT],
    second: In[SecondT],
    /,
) -> Node[list[ResultT]]: ...
@overload
def fan_out(
    body: StepBody[Callable[Concatenate[ItemT, FirstT, SecondT, RestP], ResultT]],
    xs: Node[Iterable[ItemT]] | Iterable[In[ItemT]],
    first: In[FirstT],
    second: In[SecondT],
    /,
    *args: RestP.args,
    **kwargs: RestP.kwargs,
) -> Node[list[ResultT]]: ...
@overload
def fan_out(
    body: StepBody[Callable[[ItemT, FirstT, SecondT, ThirdT], ResultT]],
    xs: Node[Iterable[ItemT]] | Iterable[In[ItemT]],
    first: In[FirstT],
    second: In[SecondT],
    third: In[ThirdT],
    /,
) -> Node[list[ResultT]]: ...
@overload
def fan_out(
    body: StepBody[Callable[Concatenate[ItemT, FirstT, SecondT, ThirdT, RestP], ResultT]],
    xs: Node[Iterable[ItemT]] | Iterable[In[ItemT]],
    first: In[FirstT],
    second: In[SecondT],
    third: In[ThirdT],
    /,
    *args: RestP.args,
    **kwargs: RestP.kwargs,
) -> Node[list[ResultT]]: ...
@overload
def fan_out(
    body: StepBody[Callable[Concatenate[ItemT, RestP], ResultT]],
    xs: Node[Iterable[ItemT]] | Iterable[In[ItemT]],
    /,
    *args: RestP.args,
    **kwargs: RestP.kwargs,
) -> Node[list[ResultT]]: ...
@overload
def fan_out(
    body: Callable[[Node[ItemT]], Node[ResultT]], xs: Node[Iterable[ItemT]] | Iterable[Node[ItemT]], /
) -> Node[list[ResultT]]: ...
@overload
def fan_out(
    body: FlowBody[Callable[Concatenate[Node[ItemT], RestP], Node[ResultT]]],
    xs: Node[Iterable[ItemT]] | Iterable[In[ItemT]],
    /,
    *args: RestP.args,
    **kwargs: RestP.kwargs,
) -> Node[list[ResultT]]: ...
@overload
def fan_out(
    body: Callable[[Node[ItemT]], Node[ResultT]], xs: Node[Iterable[ItemT]] | Iterable[In[ItemT]], /
) -> Node[list[ResultT]]: ...
@overload
def fan_out(
    body: FunctionBody[ItemT, [FirstT], ResultT] | Callable[[Node[ItemT], FirstT], Never],
    xs: Node[Iterable[ItemT]] | Iterable[In[ItemT]],
    first: FirstT,
    /,
) -> Node[list[ResultT]]: ...
@overload
def fan_out(
    body: FunctionBody[ItemT, Concatenate[FirstT, RestP], ResultT],
    xs: Node[Iterable[ItemT]] | Iterable[In[ItemT]],
    first: FirstT,
    /,
    *args: RestP.args,
    **kwargs: RestP.kwargs,
) -> Node[list[ResultT]]: ...
@overload
def fan_out(
    body: FunctionBody[ItemT, RestP, ResultT] | Callable[Concatenate[Node[ItemT], RestP], Never],
    xs: Node[Iterable[ItemT]] | Iterable[In[ItemT]],
    /,
    *args: RestP.args,
    **kwargs: RestP.kwargs,
) -> Node[list[ResultT]]: ...
# end of overloads
def fan_out(body: Any, xs: Any, /, *shared: Any, **named: Any) -> Any:
    """The body for each item: `run(fan_out(f, xs)) == [run(f(x)) for x in run(xs)]`.

    The order is kept, the number of items need only be known at run time, and nothing is flattened. Nodes that
    the body reads from outside, shared arguments among them, run once, and only if some item needs them.

    Args:
        body: a step, a flow, or a function from node to node.
        xs: a node of something iterable, or an iterable of values and nodes.
        shared: further arguments of the body, the same for each item.
        named: further keyword arguments.

    Raises:
        CompositionError: the body or `xs` is of the wrong kind, or the body returns no node.

    At run time a value of `xs` that cannot be iterated over is a `FanOutError`.

    >>> from dataflow import run, step
    >>> @step
    ... def power(base: int, exponent: int) -> int:
    ...     return base**exponent
    >>> run(fan_out(power, [1, 2, 3], 2))
    [1, 4, 9]
    """
    place = here()
    source = _items(xs, "fan_out()", place)
    return compose(Map(traced("fan_out", body, "item", shared, named), source), place)


@overload
def fold(
    body: StepBody[Callable[[StateT, ItemT], StateT]],
    xs: Node[Iterable[ItemT]] | Iterable[In[ItemT]],
    initial: Initial[StateT],
    /,
) -> Node[StateT]: ...
@overload
def fold(
    body: FlowBody[Callable[[Node[StateT], Node[ItemT]], Node[StateT]]],
    xs: Node[Iterable[ItemT]] | Iterable[In[ItemT]],
    initial: Initial[StateT],
    /,
) -> Node[StateT]: ...
@overload
def fold(
    body: Callable[[Node[StateT], Node[ItemT]], Node[StateT]],
    xs: Node[Iterable[ItemT]] | Iterable[Node[ItemT]],  # mypy cannot solve In[ItemT] for these
    initial: Initial[StateT],
    /,
) -> Node[StateT]: ...
@overload
def fold(
    body: Callable[[Node[StateT], Node[ItemT]], Node[StateT]],
    xs: Node[Iterable[ItemT]] | Iterable[In[ItemT]],
    initial: Initial[StateT],
    /,
) -> Node[StateT]: ...
def fold(body: Any, xs: Any, initial: Any, /) -> Node[Any]:
    """Combine the items from left to right: `functools.reduce(f, xs, initial)`, with steps.

    Args:
        body: a step, a flow or a function from nodes to a node, of what has been combined so far and the next item.
        xs: a node of something iterable, or an iterable of values and nodes.
        initial: a value or node to begin with, and the result if there are no items.

    Raises:
        CompositionError: the body or `xs` is of the wrong kind, or the body returns no node.

    >>> from dataflow import run, step
    >>> @step
    ... def put(path: str, name: str) -> str:
    ...     return f"{path}/{name}"
    >>> run(fold(put, ["usr", "bin"], ""))
    '/usr/bin'
    """
    place = here()
    _check_body("fold", body)
    items = call(LIST, (_items(xs, "fold()", place),), place)
    size = call(LEN, (items,), place)
    who = f"{label_of(body)!r} in fold()"

    def advance(state: Node[Any]) -> Node[Any]:
        item = call(GETITEM, (items, call(GETITEM, (state, 1), place)), place)
        combined = as_node(wired(body, who, (call(GETITEM, (state, 0), place), item), {}), who, place)
        count = call(ADD, (call(GETITEM, (state, 1), place), 1), place)
        return _pair(_pair(combined, count, place), call(REACHED, (count, size), place), place)

    start = _pair(_pair(_value(initial, "fold()", place), 0, place), call(REACHED, (0, size), place), place)
    loop = Loop(traced("fold", advance, "state"), start, sys.maxsize, False, name="fold")
    return call(GETITEM, (compose(loop, place), 0), place)


@overload
def iterate(
    body: StepBody[Callable[[StateT], StateT]],
    initial: Initial[StateT],
    /,
    *,
    until: StepBody[Callable[[StateT], bool]] | Callable[[StateT], bool] | None = None,
    limit: int,
) -> Node[StateT]: ...
@overload
def iterate(
    body: FlowBody[Callable[[Node[StateT]], Node[StateT]]],
    initial: Initial[StateT],
    /,
    *,
    until: StepBody[Callable[[StateT], bool]] | Callable[[StateT], bool] | None = None,
    limit: int,
) -> Node[StateT]: ...
@overload
def iterate(
    body: Callable[[Node[StateT]], Node[StateT]],
    initial: Initial[StateT],
    /,
    *,
    until: StepBody[Callable[[StateT], bool]] | Callable[[StateT], bool] | None = None,
    limit: int,
) -> Node[StateT]: ...
def iterate(body: Any, initial: Any, /, *, until: Any = None, limit: Any) -> Node[Any]:
    """Apply the body again and again: `x = initial`, then `x = body(x)` while `until(x)` is not true.

    Args:
        body: a step, a flow, or a function from node to node.
        initial: a value or node to begin with.
        until: a step, or a plain function of the value, that says when to stop; it is asked of `initial` first.
            None is to stop after `limit` rounds.
        limit: the most rounds, an int of at least 0.

    Raises:
        CompositionError: an argument is of the wrong kind, or the body returns no node.

    At run time, `until` not true after `limit` rounds is a `LimitError`.

    >>> from dataflow import run, step
    >>> @step
    ... def double(x: int) -> int:
    ...     return 2 * x
    >>> run(iterate(double, 1, until=lambda x: x > 100, limit=20))
    128
    """
    place = here()
    _check_body("iterate", body)
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 0:
        raise CompositionError(f"the limit of iterate() must be an int of at least 0, not {limit!r}")
    if until is not None and not callable(until):
        raise CompositionError(f"until= of iterate() takes a step or a function of the value, not {until!r}")

    who = f"{label_of(body)!r} in iterate()"

    def advance(value: Node[Any]) -> Node[Any]:
        following = as_node(wired(body, who, (value,), {}), who, place)
        return _pair(following, _test(until, following, place), place)

    first = _value(initial, "iterate()", place)
    start = _pair(first, _test(until, first, place), place)
    return compose(Loop(traced("iterate", advance, "state", of=body), start, limit, until is None), place)


def _check_body(name: str, body: object) -> None:
    if not callable(body):
        raise CompositionError(f"{name}() takes a step, a flow, or a function from node to node, not {body!r}")


def _test(until: Callable[..., Any] | None, value: Any, place: Place) -> Any:
    if until is None:
        return False
    if isinstance(until, tuple(uncalled)):
        return until(value)
    return call(Function(until, LOCAL), (value,), place)


def _pair(first: Any, second: Any, place: Place) -> Node[Any]:
    return compose(Build(TUPLE, (first, second)), place)


def _value(value: Any, who: str, place: Place) -> Any:
    return operand(value, place, lambda: f"the initial value of {who}")


def _items(xs: Any, who: str, place: Place) -> Any:
    if isinstance(xs, Node | Lens):
        return operand(xs, place, str)
    try:
        items = list(xs)
    except TypeError:
        raise CompositionError(f"{who} takes a node or an iterable, not {xs!r}") from None
    return operand(items, place, lambda: f"the items of {who}")
