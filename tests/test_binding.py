"""Arguments that do not fit what is called."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from dataflow import In, Node, const, fan_out, flow, fold, iterate, step
from dataflow.binding import bind_call, wired
from dataflow.errors import CompositionError


@step
def add(a: int, b: int) -> int:
    return a + b


@flow
def total(a: In[int], b: In[int]) -> Node[int]:
    return add(a, b)


def several(a: int, *, known: int = 0) -> int:
    return a + known


@pytest.mark.parametrize(
    ("args", "kwargs", "message"),
    [
        ((), {}, r"it: missing a required argument: 'a'; its signature is \(a"),
        ((1, 2), {}, "it: too many positional arguments; its signature is"),
        ((1,), {"knwon": 1}, "it: got an unexpected keyword argument 'knwon', did you mean 'known'"),
    ],
)
def test_arguments_that_do_not_fit_are_said_with_the_signature(args: Any, kwargs: Any, message: str) -> None:
    with pytest.raises(CompositionError, match=message):
        bind_call(inspect.signature(several), "it", args, kwargs)
    with pytest.raises(CompositionError, match=message):
        wired(several, "it", args, kwargs)


def test_what_fits_is_called() -> None:
    assert wired(several, "it", (1,), {"known": 2}) == 3


def test_a_type_error_from_within_is_not_touched() -> None:
    untyped: Any = several

    def wrong(x: Any) -> Any:
        return untyped(x, x)

    with pytest.raises(TypeError, match="takes 1 positional argument but 2") as caught:
        wired(wrong, "it", (1,), {})
    assert not isinstance(caught.value, CompositionError)


def test_a_type_error_of_what_has_no_signature_is_not_touched() -> None:
    with pytest.raises(TypeError, match="int"):
        wired(len, "it", (3,), {})
    with pytest.raises(TypeError):
        wired(dict, "it", (3,), {})


UNFIT: Any = total
BODIES: list[Any] = [lambda: const(3), lambda d: d, lambda d, z: add(d, z)]


@pytest.mark.parametrize(
    ("compose", "message"),
    [
        (lambda: UNFIT(1), "flow 'total': missing a required argument: 'b'"),
        (lambda: UNFIT(1, 2, c=3), "flow 'total': got an unexpected keyword argument 'c'"),
        (lambda: fan_out(UNFIT, [1], c=const(2)), "flow 'total': got an unexpected keyword argument 'c'"),
        (lambda: fan_out(BODIES[2], [1]), r"'<lambda>' in fan_out\(\): missing a required argument: 'z'"),
        (lambda: fold(BODIES[1], [1], 0), r"'<lambda>' in fold\(\): too many positional arguments"),
        (lambda: iterate(BODIES[0], 1, limit=3), r"'<lambda>' in iterate\(\): too many positional"),
    ],
)
def test_a_wrong_call_of_a_flow_or_body_is_refused_where_it_is_composed(compose: Any, message: str) -> None:
    with pytest.raises(CompositionError, match=message):
        compose()
