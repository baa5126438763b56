"""Containers are put together from parts."""

from __future__ import annotations

import dataclasses
import pickle
from typing import Any, NamedTuple

import attrs
import pytest

from dataflow.shapes import DICT, FROZENSET, LIST, SET, TUPLE, Named, Record


class Pair(NamedTuple):
    left: Any
    right: Any = 0


@dataclasses.dataclass
class Point:
    x: Any
    y: Any = 0


@attrs.frozen
class Secret:
    _word: str


CASES: list[tuple[Any, tuple[Any, ...], Any]] = [
    (LIST, (1, 2, 1), [1, 2, 1]),
    (TUPLE, (1, 2), (1, 2)),
    (SET, (1, 2, 1), {1, 2}),
    (FROZENSET, (1, 2), frozenset({1, 2})),
    (DICT, ("a", 1, "b", 2), {"a": 1, "b": 2}),
    (Named(Pair), (1, 2), Pair(1, 2)),
    (Record(Point, ("x", "y")), (1, 2), Point(1, 2)),
    (Record(Secret, ("word",)), ("open",), Secret("open")),
]


@pytest.mark.parametrize(("shape", "parts", "whole"), CASES)
def test_build_puts_the_parts_together(shape: Any, parts: tuple[Any, ...], whole: object) -> None:
    made = shape.build(*parts)
    assert made == whole
    assert type(made) is type(whole)


@pytest.mark.parametrize("shape", [LIST, TUPLE, SET, FROZENSET, DICT])
def test_no_parts_make_an_empty_container(shape: Any) -> None:
    assert len(shape.build()) == 0


def test_the_order_of_a_dict_is_kept_and_a_later_equal_key_wins() -> None:
    table: Any = DICT.build("b", 1, "a", 2, "b", 3)
    assert list(table.items()) == [("b", 3), ("a", 2)]


def test_a_record_needs_exactly_its_fields() -> None:
    with pytest.raises(ValueError, match="zip"):
        Record(Point, ("x", "y")).build(1)


@pytest.mark.parametrize(
    ("shape", "name"), [(LIST, "list"), (DICT, "dict"), (Named(Pair), "Pair"), (Record(Point, ()), "Point")]
)
def test_names(shape: Any, name: str) -> None:
    assert shape.name == name


@pytest.mark.parametrize("shape", [case[0] for case in CASES])
def test_shapes_are_values(shape: Any) -> None:
    again = pickle.loads(pickle.dumps(shape))
    assert again == shape
    assert hash(again) == hash(shape)
