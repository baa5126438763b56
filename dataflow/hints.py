"""What people do with a node as if it were its value, and what to write instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NoReturn

from dataflow.errors import CompositionError


def refused(hint: str) -> Callable[..., NoReturn]:
    """A special method that refuses, and says what to write instead.

    >>> refused("take its length in a step")("it")
    Traceback (most recent call last):
    dataflow.errors.CompositionError: 'it' has no value until it is run: take its length in a step
    """

    def method(self: object, *_: object) -> NoReturn:
        raise CompositionError(f"{self!r} has no value until it is run: {hint}")

    return method


def _operators(*names: str) -> dict[str, str]:
    return dict.fromkeys((f"__{name}__" for name in names), "compute with it in a step, or node.map(lambda value: ...)")


ON_NODE: Final = {
    "__bool__": "to choose by it, use cond(), switch() or match()",
    "__iter__": "to work on each item use fan_out(step, node), to take apart a tuple use unpack(node)",
    "__len__": "take its length in a step, or node.map(len)",
    "__contains__": "ask in a step, or node.map(lambda value: item in value)",
    "__format__": "format it in a step, or node.map(str)",
    "__int__": "convert it in a step, or node.map(int)",
    "__float__": "convert it in a step, or node.map(float)",
    "__index__": "a count that is only known at run time goes through fan_out(), iterate() or expand()",
    "__await__": "await submit(node)",
    "__enter__": "to serve calls, use `with node.deploy() as pipeline`",
    "__exit__": "to serve calls, use `with node.deploy() as pipeline`",
    "__setitem__": "nodes do not change; make a new one in a step",
    "__delitem__": "nodes do not change; make a new one in a step",
    **_operators("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "and", "or", "xor", "lshift"),
    **_operators(
        "radd",
        "rsub",
        "rmul",
        "rmatmul",
        "rtruediv",
        "rfloordiv",
        "rmod",
        "rpow",
        "rand",
        "ror",
        "rxor",
        "rlshift",
        "rrshift",
    ),
    "__rshift__": "compute with it in a step, or node.map(lambda value: ...); a step is called on it: step(node)",
    **_operators("lt", "le", "gt", "ge", "neg", "pos", "invert", "abs", "round", "divmod", "rdivmod"),
}

ON_OUTPUT: Final = {
    **ON_NODE,
    **_operators("eq", "ne"),  # not of nodes: these are compared by identity
    "__str__": "make a text of it in a step, or node.map(str); repr() shows where it comes from",
    "__call__": "call it in a step, or node.map(lambda value: value.method())",
}
