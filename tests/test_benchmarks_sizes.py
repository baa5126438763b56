"""What nodes and graphs take. Memory is counted exactly, so that a test can hold it to a number."""

from __future__ import annotations

from typing import Final

import pytest

from benchmarks.programs.sizes import sizes
from dataflow.ops import SHARED

SIZE: Final = 2 * SHARED
MOST: Final = {
    "nodes": 200,
    "graph": 240,
    "plan": 115,
    "program, for Inline": 130,
    "network, for Threads": 300,
}
"""Bytes for each call of two operands; the references to most of its ops are its own."""


@pytest.fixture(scope="module")
def taken() -> dict[str, float]:
    return sizes(SIZE)


@pytest.mark.parametrize("form", MOST)
def test_each_form_of_a_graph_is_small(form: str, taken: dict[str, float]) -> None:
    assert taken[form] <= MOST[form]


def test_all_forms_are_measured(taken: dict[str, float]) -> None:
    assert set(taken) == set(MOST)
    assert min(taken.values()) > 8, "a list of places alone takes that"
