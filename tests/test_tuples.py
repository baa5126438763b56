"""How many items a type has, and the first parameter of a body."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, Optional, Tuple, TypeVar, Union  # noqa: F401, UP035  # read as text

import pytest
from typing_extensions import TypeVarTuple, Unpack  # noqa: F401  # read as text

from dataflow import In, Node, const, fan_out, flow, iterate, run, step, unpack
from dataflow.annotations import read
from dataflow.tuples import items_in, items_of_first
from tests.labels import label

if TYPE_CHECKING:
    from pathlib import Path as Unknown  # noqa: F401  # read as text

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Point(NamedTuple):
    x: int
    y: int


class Fields:
    _fields = ("no", "tuple")


def plain(x: int) -> tuple[int, str]:
    return x, str(x)


@pytest.mark.parametrize(
    ("of", "count"),
    [
        ("tuple[int, str]", 2),
        ("tuple[int]", 1),
        ("tuple[()]", 0),
        ("Tuple[int, str]", 2),
        ("Point", 2),
        ("Annotated[tuple[int, str], 3]", 2),
        ("tuple[int, str] | tuple[str, int]", 2),
        ("Union[Point, tuple[int, str]]", 2),
        ("In[tuple[int, str]]", 2),
        ("Node[tuple[int, str]]", 2),
        ("In[Point]", 2),
        ("tuple[int, ...]", None),
        ("tuple", None),
        ("Tuple", None),
        ("tuple[int, Unpack[Ts]]", None),
        ("tuple[int, *tuple[str, ...]]", None),
        ("tuple[int, str] | tuple[int]", None),
        ("Optional[tuple[int, str]]", None),
        ("In[tuple[int, str]] | None", None),
        ("list[int]", None),
        ("Fields", None),
        ("In[T]", None),
        ("Node", None),
        ("Any", None),
        ("None", None),
        ("Unknown", None),
    ],
)
def test_a_type_has_so_many_items(of: str, count: int | None) -> None:
    assert items_in(read(of, plain)) == count


@flow
def first_of(pair: In[tuple[int, str]]) -> Node[int]:
    return unpack(const(pair))[0]


def second_of(pair: Node[tuple[int, str]]) -> Node[str]:
    return unpack(pair)[1]


def swapped(pair: Node[tuple[int, int]]) -> Node[tuple[int, int]]:
    a, b = unpack(pair)
    return order(b, a)


@step
def order(a: int, b: int) -> tuple[int, int]:
    return a, b


@pytest.mark.parametrize(
    ("body", "count"),
    [(first_of, 2), (second_of, 2), (lambda pair: pair, None), (plain, None), (order, None), (len, None)],
    ids=label,
)
def test_the_first_parameter_has_so_many_items(body: Callable[..., Any], count: int | None) -> None:
    assert items_of_first(body) == count


def test_a_body_whose_parameter_is_annotated_may_unpack_it() -> None:
    pairs = [(1, "a"), (2, "b")]
    assert run(fan_out(first_of, pairs)) == [1, 2]
    assert run(fan_out(second_of, pairs)) == ["a", "b"]
    assert run(iterate(swapped, (1, 2), limit=3)) == (2, 1)
