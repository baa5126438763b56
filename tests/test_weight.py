"""Heavy literals: a warning over 1 MiB, an error over 64 MiB."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from dataflow import In, Node, const, fan_out, flow, gather, run, step, submit, switch
from dataflow.errors import LargeLiteralError, LargeLiteralWarning
from dataflow.lower import lower
from dataflow.weight import LARGE, TOO_LARGE, check_literals

size: Any = step(lambda *xs, **named: len(xs) + len(named))
HEAVY = b"x" * (LARGE + 100)
TOO_HEAVY = bytes(TOO_LARGE + 100)


class Array:
    """Says its size, as arrays do."""

    def __init__(self, nbytes: Any) -> None:
        self.nbytes = nbytes


@pytest.mark.parametrize("light", [b"x" * (LARGE - 100), "a", 1, [HEAVY], None, Array(LARGE), Array("many"), object()])
def test_light_literals_pass(light: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_literals(lower(size(light)))


@pytest.mark.parametrize(
    "heavy",
    [HEAVY, "x" * (LARGE + 100), bytearray(LARGE + 100), [0] * LARGE, tuple(range(LARGE)), Array(LARGE + 1)],
    ids=["bytes", "str", "bytearray", "list", "tuple", "array"],
)
def test_heavy_literals_are_warned_of(heavy: Any) -> None:
    with pytest.warns(
        LargeLiteralWarning, match="stands in the graph, as an argument of '<lambda>' composed at .*test_weight"
    ):
        check_literals(lower(size(heavy)))


@pytest.mark.parametrize("too_heavy", [TOO_HEAVY, Array(TOO_LARGE + 1)], ids=["bytes", "array"])
def test_literals_that_are_too_heavy_are_refused(too_heavy: Any) -> None:
    with pytest.raises(LargeLiteralError, match=r"64\.0 MiB .* make it an input"):
        check_literals(lower(size(too_heavy)))


def test_exactly_at_the_limit_is_no_reason() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_literals(lower(size(Array(LARGE))))
    with pytest.warns(LargeLiteralWarning):
        check_literals(lower(size(Array(TOO_LARGE))))


@pytest.mark.parametrize(
    "node",
    [
        const(HEAVY),
        size(key=HEAVY),
        switch(const(1), {1: const(HEAVY)}),
        gather(const(1), const(HEAVY)),
        fan_out(lambda x: size(x, HEAVY), [1]),
    ],
    ids=["const", "keyword", "case", "gather", "body"],
)
def test_literals_are_found_wherever_they_stand(node: Node[Any]) -> None:
    with pytest.warns(LargeLiteralWarning):
        check_literals(lower(node))


@pytest.mark.parametrize("use", [run, submit, lambda node: node.deploy()], ids=["run", "submit", "deploy"])
def test_nodes_are_checked_when_they_are_run_or_deployed(use: Any) -> None:
    with pytest.raises(LargeLiteralError):
        use(size(Array(TOO_LARGE + 1)))


def test_flows_are_checked_when_they_are_deployed_but_arguments_are_no_literals() -> None:
    @flow
    def heavy(x: In[Any]) -> Node[Any]:
        node: Node[Any] = size(x, Array(TOO_LARGE + 1))
        return node

    @flow
    def light(x: In[Any]) -> Node[Any]:
        node: Node[Any] = size(x)
        return node

    with pytest.raises(LargeLiteralError):
        heavy.deploy()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert light.run(HEAVY) == 1
        with light.deploy() as pipeline:
            assert pipeline.call(TOO_HEAVY) == 1
