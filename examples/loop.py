"""Repeat a step until it is enough: a square root, by halving the interval that it lies in."""

from typing import NamedTuple

from dataflow import In, Node, flow, iterate, step
from dataflow.errors import LimitError


class Interval(NamedTuple):
    low: float
    high: float


@step
def around(square: float) -> Interval:
    return Interval(0.0, max(1.0, square))


@step
def half(interval: Interval, square: float) -> Interval:
    """The half of the interval in which the root lies."""
    middle = sum(interval) / 2
    return interval._replace(low=middle) if middle * middle < square else interval._replace(high=middle)


def narrow(interval: Interval) -> bool:
    return interval.high - interval.low < 1e-9


@flow
def root(square: In[float], limit: int = 60) -> Node[float]:
    start = around(square)
    found: Node[Interval] = iterate(lambda interval: half(interval, square), start, until=narrow, limit=limit)
    return found.map(lambda interval: interval.low)


def main() -> None:
    print(f"{root.run(2.0):.6f}")
    print(f"{root.run(144.0):.6f}")
    try:
        root.run(2.0, limit=5)
    except LimitError as error:
        print(error)


if __name__ == "__main__":
    main()
