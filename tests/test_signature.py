"""The inputs of a graph are bound as Python binds parameters."""

from __future__ import annotations

from typing import Any

import pytest

from dataflow.errors import InputError
from dataflow.ops import Input
from dataflow.signature import Inputs

INPUTS = Inputs.of("flow 'f'", [Input("image"), Input("size", 224), Input("mode", None)])


@pytest.mark.parametrize(
    ("args", "kwargs", "bound"),
    [
        ((1,), {}, {"image": 1, "size": 224, "mode": None}),
        ((1, 2), {}, {"image": 1, "size": 2, "mode": None}),
        ((1, 2, 3), {}, {"image": 1, "size": 2, "mode": 3}),
        ((), {"image": 1}, {"image": 1, "size": 224, "mode": None}),
        ((1,), {"mode": 3}, {"image": 1, "size": 224, "mode": 3}),
        ((), {"mode": 3, "size": 2, "image": 1}, {"image": 1, "size": 2, "mode": 3}),
        ((None,), {"size": 0}, {"image": None, "size": 0, "mode": None}),
    ],
)
def test_values_by_position_by_name_and_by_default(args: Any, kwargs: Any, bound: dict[str, object]) -> None:
    found = INPUTS.bind(args, kwargs)
    assert found == bound
    assert list(found) == ["image", "size", "mode"]


@pytest.mark.parametrize(
    ("args", "kwargs", "words"),
    [
        ((), {}, r"flow 'f' is missing input 'image'; its inputs are \(image, size=224, mode=None\)"),
        ((), {"size": 1}, "is missing input 'image'"),
        ((1, 2, 3, 4), {}, r"flow 'f' takes 3 inputs, not 4; they are \(image"),
        ((1,), {"sise": 2}, r"flow 'f' has no input 'sise'; did you mean 'size'\?"),
        ((1,), {"zzzzz": 2}, r"has no input 'zzzzz'; its inputs are \(image"),
        ((1,), {"image": 2}, r"was given 'image' twice, by position and by name"),
    ],
)
def test_wrong_values_are_refused_by_name(args: Any, kwargs: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        INPUTS.bind(args, kwargs)


def test_all_that_is_missing_is_named() -> None:
    with pytest.raises(InputError, match="is missing inputs 'a', 'b'"):
        Inputs.of("flow 'g'", [Input("a"), Input("b")]).bind((), {})


def test_no_inputs_take_no_values() -> None:
    none = Inputs.of("flow 'h'", [])
    assert none.bind((), {}) == {}
    assert str(none) == "()"
    with pytest.raises(InputError, match="takes 0 inputs, not 1"):
        none.bind((1,), {})


def test_defaults_are_not_shared_state() -> None:
    first = dict(INPUTS.bind((1,), {}))
    first["size"] = 0
    assert INPUTS.bind((1,), {})["size"] == 224
