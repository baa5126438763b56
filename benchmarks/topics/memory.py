"""P11: values are dropped after their last reader. How many are alive at a time, at most."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from benchmarks.processes import printed
from benchmarks.record import Row
from benchmarks.topics.base import Found, Settings

TOPIC: Final = "memory"
WORKERS: Final = {"Inline": 1, "Threads": 2}


def measure(settings: Settings) -> Iterator[Found]:
    """A chain, and a map-reduce."""
    size = settings.effort.of(1_000, 20)
    for executor, workers in WORKERS.items():
        for shape, what, most in (("chain", "8 MB", 3), ("reduce", "1 MB", workers + 2)):
            alive = printed("benchmarks.programs.alive", shape, executor, size)
            name = f"{'chain' if shape == 'chain' else 'map-reduce'} of {size:,} x {what}, {executor}, at once"
            yield Row(TOPIC, name, (alive,), unit="values", goal="P11", most=float(most))
