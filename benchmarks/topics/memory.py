"""P11: values are dropped after their last reader; how many are alive at a time, at most. And what a graph takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from benchmarks.processes import printed
from benchmarks.record import Row
from benchmarks.topics.base import Found, Settings

TOPIC: Final = "memory"
WORKERS: Final = {"Inline": 1, "Threads": 2}


def measure(settings: Settings) -> Iterator[Found]:
    """The values of a chain and of a map-reduce; each form of a graph without values."""
    yield from values(settings)
    yield from forms(settings)


def values(settings: Settings) -> Iterator[Row]:
    """P11."""
    size = settings.effort.of(1_000, 20)
    for executor, workers in WORKERS.items():
        for shape, what, most in (("chain", "8 MB", 3), ("reduce", "1 MB", workers + 2)):
            alive = printed("benchmarks.programs.alive", shape, executor, size)
            name = f"{'chain' if shape == 'chain' else 'map-reduce'} of {size:,} x {what}, {executor}, at once"
            yield Row(TOPIC, name, (alive,), unit="values", goal="P11", most=float(most))


def forms(settings: Settings) -> Iterator[Row]:
    """A layered graph from nodes to what an executor makes of it: bytes for each call, two operands each."""
    size = settings.effort.of(20_000, 1_000)
    for form, taken in printed("benchmarks.programs.sizes", size).items():
        yield Row(TOPIC, f"layered graph of {size:,}: {form}", (taken,), unit="bytes/call")
