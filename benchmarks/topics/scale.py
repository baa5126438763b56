"""P10: a thousand to a million nodes, from composition to result. Each in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from benchmarks.processes import printed
from benchmarks.record import Curve, Row
from benchmarks.topics.base import Found, Settings

TOPIC: Final = "scale"
SIZES: Final = (1_000, 10_000, 100_000, 1_000_000)
ROUNDS: Final = {1_000: 9, 10_000: 9, 100_000: 7, 1_000_000: 7}


def measure(settings: Settings) -> Iterator[Found]:
    """Both executors."""
    for executor in ("Inline", "Threads"):
        yield from on(executor, settings)


def on(executor: str, settings: Settings) -> Iterator[Found]:
    """All sizes, one after the other in each round."""
    sizes = SIZES[: settings.effort.of(4, 2)]
    taken: dict[int, list[Any]] = {size: [] for size in sizes}
    for turn in range(settings.effort.of(max(ROUNDS.values()), 1)):
        for size in sizes:
            if turn < ROUNDS[size]:
                taken[size].append(printed("benchmarks.programs.scale", executor, size))
    each = {size: tuple(one["seconds"] * 1e6 / size for one in runs) for size, runs in taken.items()}
    name = "{:,} nodes, composed and run, " + executor
    for size in sizes[1:]:
        yield Row(TOPIC, name.format(size), each[size], each[sizes[0]], f"{sizes[0]:,} nodes", goal="P10", most=2.0)
    if sizes[-1] == SIZES[-1]:
        seconds = tuple(one["seconds"] for one in taken[sizes[-1]])
        peaks = tuple(one["peak"] / 1e9 for one in taken[sizes[-1]])
        yield Row(TOPIC, name.format(sizes[-1]), seconds, unit="s", goal="P10", most=8.0)
        yield Row(TOPIC, name.format(sizes[-1]) + ", peak memory", peaks, unit="GB", goal="P10", most=1.2)
    yield Curve(
        "composed and run once", executor, tuple((size, sorted(each[size])[len(each[size]) // 2]) for size in sizes)
    )
