"""METG(50 %), the minimum effective task granularity of Task Bench (Slaughter et al., SC 2020), of measured points.

Run the same graph with ever smaller tasks. The *efficiency* of a run is the rate at which it does useful work, as a
share of the best rate; its *granularity* is the time that the workers spend for each task, overhead included. Where
tasks shrink, overhead takes over and the efficiency falls: METG(50 %) is the granularity at which it crosses one half.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import attrs


@attrs.frozen
class Point:
    """A run with tasks of one size.

    Args:
        granularity: workers x elapsed time / tasks.
        efficiency: useful work / elapsed time, as a share of the best rate.
    """

    granularity: float
    efficiency: float


def point(elapsed: float, workers: int, tasks: int, body: float) -> Point:
    """A run, from how long it took, and how long a body alone takes where nothing is in its way.

    >>> point(elapsed=2.0, workers=2, tasks=4, body=0.25)
    Point(granularity=1.0, efficiency=0.25)
    """
    granularity = elapsed * workers / tasks
    return Point(granularity, body / granularity)


def metg(points: Sequence[Point], share: float = 0.5) -> float | None:
    """The granularity at which the efficiency crosses the share for the last time, coming from large tasks.

    Between two points it is found on a straight line over the logarithm of the granularity. None if even the largest
    tasks are below the share; the least granularity that was measured if all are above.

    >>> metg([Point(1.0, 0.0), Point(10.0, 0.25), Point(1000.0, 0.75)])
    100.0
    """
    ordered = sorted(points, key=lambda each: each.granularity, reverse=True)
    if not ordered or ordered[0].efficiency < share:
        return None
    for above, below in itertools.pairwise(ordered):
        if below.efficiency < share:
            part = (above.efficiency - share) / (above.efficiency - below.efficiency)
            logarithm = math.log10(above.granularity) * (1 - part) + math.log10(below.granularity) * part
            return float(10**logarithm)
    return ordered[-1].granularity
