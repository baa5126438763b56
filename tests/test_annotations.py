"""Annotations are read where they are written, each alone."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Optional, Union  # noqa: F401  # read as text

import pytest

from dataflow.annotations import alternatives, read, result_of
from tests.labels import label

if TYPE_CHECKING:
    from pathlib import Path as Unknown


def pair(x: Unknown) -> tuple[int, str]:
    return 1, str(x)


def hidden(x: Unknown) -> Unknown:
    return x


class Pairs:
    def __call__(self, x: int) -> tuple[int, str]:
        return x, ""


def test_text_is_read_where_the_function_is_written() -> None:
    assert read("dict[str, Any]", pair) == dict[str, Any]
    assert read("'Pairs | None'", pair) == (Pairs | None)  # quoted once more
    assert read("Annotated[int, 3]", pair) == Annotated[int, 3]


@pytest.mark.parametrize("text", ["Unknown", "list[Unknown]", "no type", "1 / 0", "pair.nothing"])
def test_text_that_cannot_be_read_stays_text(text: str) -> None:
    assert read(text, pair) == text


def test_a_function_of_c_has_no_module_to_read_in() -> None:
    assert read("int", len) is int
    assert read("Pairs", len) == "Pairs"


def test_what_is_no_text_is_what_it_is() -> None:
    assert read(int, pair) is int
    assert read(None, pair) is None


@pytest.mark.parametrize("of", [pair, functools.partial(pair), Pairs(), Pairs().__call__], ids=label)
def test_the_result_is_known_beside_a_parameter_that_is_not(of: Callable[..., Any]) -> None:
    assert result_of(of) == tuple[int, str]


def test_a_result_that_is_not_known() -> None:
    assert result_of(hidden) == "Unknown"
    assert result_of(lambda: 3) is None
    assert result_of(len) is None
    assert result_of(dict) is None


def test_alternatives_are_in_order_and_those_of_unions_within() -> None:
    assert alternatives(read("Union[int, Annotated[Optional[str], 1]]", pair)) == [int, str, type(None)]
    assert alternatives(list[int | str]) == [list[int | str]]
