"""The contract of executors, and what all of them share.

An executor says *where*: `deploy(plan)` makes a deployment, which takes runs by `submit(inputs)` and ends with
`close()`. To run a node once is to deploy it, submit once, and close.
"""

from __future__ import annotations

from typing import Any, Final, Protocol, runtime_checkable

from dataflow.errors import FanOutError, LimitError, NoMatchError, StepResultError, SwitchKeyError
from dataflow.ir.graph import Graph
from dataflow.node import Lens, Node
from dataflow.ops import ABSENT, Loop, Ref, Switch
from dataflow.pipeline import Deployment
from dataflow.plan import Plan
from dataflow.scan import uncalled


class Executor(Protocol):
    """Where graphs run."""

    def deploy(self, plan: Plan) -> Deployment:
        """Make a plan ready for runs: construct instances, start workers."""
        ...


@runtime_checkable
class Explains(Protocol):
    """An executor that says what it will do with a plan offers this too."""

    def explain(self, plan: Plan) -> list[str]:
        """What will be done, in lines."""
        ...


class _Pending:
    def __repr__(self) -> str:
        return "PENDING"


PENDING: Final = _Pending()
"""Stands for a value that has not been computed."""

PLAIN_TYPES: Final = (int, float, str, bytes, bool, type(None), set, frozenset, complex)


def checked(value: Any, plain: set[type], name: str) -> Any:
    """A step's result, if it can be a value of a graph; its class is then remembered in `plain`.

    It is what its `__class__` says, as for `isinstance`: a proxy of a list is a list.

    Raises:
        StepResultError: it is a node or a step (not what it stands for), or can be read only once.
    """
    kind = value.__class__
    if kind in plain:
        return value
    if isinstance(value, (Node, Lens, *uncalled)):
        raise StepResultError(
            f"step {name!r} returned {value!r}, not a value; inside a step call the plain function "
            f"(other_step.fn), or use expand() for a graph that grows"
        )
    if hasattr(kind, "cr_frame"):
        value.close()
        raise StepResultError(
            f"step {name!r} returned a coroutine, which nothing awaits: what was given to step() is no async function; "
            f"give it that itself, or await it in what wraps it"
        )
    if hasattr(kind, "__next__") or hasattr(kind, "__anext__"):
        raise StepResultError(
            f"step {name!r} returned a {kind.__name__}, which can be read only once and in one place; return a list"
        )
    if kind in (list, tuple, dict):
        _check_items(value, name)
    else:
        plain.add(kind)
    return value


def _check_items(value: Any, name: str) -> None:
    """A list of nodes is no value either. The first item tells: a full look would cost as much as the step."""
    first = next(iter(value.values() if value.__class__ is dict else value), None)
    if isinstance(first, (Node, Lens)):
        raise StepResultError(
            f"step {name!r} returned a {value.__class__.__name__} of nodes, not of values; inside a step call the "
            f"plain functions (other_step.fn), or use expand() for a graph that grows"
        )


def chosen(op: Switch, key: Any) -> Any:
    """The operand of the case that a selector's value chooses.

    Raises:
        SwitchKeyError: the value has no hash.
        NoMatchError: there is no such case, and no default.
    """
    try:
        hash(key)
    except TypeError:
        raise SwitchKeyError(
            f"the selector of a switch gave {key!r}, which cannot be a key: it has no hash", key
        ) from None
    for candidate, case in op.cases:
        if candidate == key and hash(candidate) == hash(key):
            return case
    if op.default is not ABSENT:
        return op.default
    keys = tuple(candidate for candidate, _ in op.cases)
    raise NoMatchError(f"no case of a switch for {key!r}; its keys are {', '.join(map(repr, keys))}", key, keys)


def items_of(value: Any) -> list[Any]:
    """What a fan-out works on.

    Raises:
        FanOutError: the value cannot be iterated over.
    """
    try:
        found = iter(value)
    except TypeError:
        raise FanOutError(f"cannot fan out over {value!r}: it is not iterable") from None
    return list(found)


def over_limit(op: Loop[Graph]) -> LimitError:
    """The error of a loop that did not end in time."""
    return LimitError(f"{op.name} did not end within its limit of {op.limit} rounds; raise the limit=", op.limit)


def literal(operand: object) -> bool:
    """Whether an operand of a graph is a literal."""
    return type(operand) is not Ref
