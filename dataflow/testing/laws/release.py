"""When values are let go."""

from __future__ import annotations

import gc
from itertools import accumulate
from typing import Any

from dataflow.combinators.repeat import iterate
from dataflow.node import Node
from dataflow.testing.laws.bench import Bench, agree
from dataflow.testing.laws.parts import held, make, number
from dataflow.testing.witness import Witness

LENGTH = 150


def values_are_dropped_after_their_last_reader(bench: Bench) -> None:
    """A chain and a loop of 150 values hold a few at a time."""
    most = 8 + 4 * bench.at_once
    chained, looped = bench.witness(), bench.witness()
    chain: Node[Any] = make(chained.path)
    for _ in range(LENGTH):
        chain = make(chained.path, chain)
    bench.run(number(chain))
    start: Any = 0
    bench.run(number(iterate(lambda x: make(looped.path, x), start, limit=LENGTH)))
    found = [max(_alive(witness)) for witness in (chained, looped)]
    assert max(found) <= most, f"of {LENGTH} values, up to {found} were alive at a time; {most} may be"


def a_run_that_is_over_holds_nothing(bench: Bench) -> None:
    """Between its calls a pipeline holds no value of them."""
    witness = bench.witness()
    with held.deploy(bench.executor) as pipeline:
        for _ in range(3):
            agree(pipeline.call(witness.path), 1)
        assert bench.sees(lambda: _none_alive(witness)), "a value is held"


def _none_alive(witness: Witness) -> bool:
    gc.collect()
    return _alive(witness)[-1] == 0


def _alive(witness: Witness) -> list[int]:
    """How many values were alive, after each that came or went."""
    return list(accumulate(1 if mark == "+" else -1 for mark in witness.marks()))
