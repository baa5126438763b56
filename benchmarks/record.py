"""Results as data: what is written to JSON and read back, shown, plotted and compared."""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

VERSION: Final = 1


@attrs.frozen
class Spread:
    """Several measurements of one thing.

    >>> Spread.of([3.0, 1.0, 2.0])
    Spread(least=1.0, median=2.0, most=3.0)
    """

    least: float
    median: float
    most: float

    @classmethod
    def of(cls, samples: Sequence[float]) -> Spread:
        """Of at least one."""
        return cls(min(samples), statistics.median(samples), max(samples))


@attrs.frozen
class Row:
    """One thing measured, round by round, beside its reference and its goal.

    Args:
        topic: the topic that it belongs to.
        name: what is measured.
        ours: in `unit`, for each round; empty where there is nothing of ours to measure yet.
        reference: the same for what it is held against; empty for a goal that is a number of `unit`.
        against: what the reference is.
        unit: such as "us/node".
        goal: the number of the goal, such as "P1"; empty for a row that is for information.
        most: what the ratio, or the figure where there is no reference, is to be at most.
    """

    topic: str
    name: str
    ours: tuple[float, ...]
    reference: tuple[float, ...] = ()
    against: str = ""
    unit: str = "us/node"
    goal: str = ""
    most: float | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What identifies a row among results."""
        return self.topic, self.name, self.against

    @property
    def judged(self) -> tuple[float, ...]:
        """What the goal is about: the ratio of each round, or the figure where there is no reference."""
        if not self.reference:
            return self.ours
        return tuple(ours / reference for ours, reference in zip(self.ours, self.reference, strict=False))

    @property
    def met(self) -> bool | None:
        """Whether the median is within the goal; None without a goal, or with nothing measured."""
        if self.most is None or not self.ours:
            return None
        return statistics.median(self.judged) <= self.most


@attrs.frozen
class Curve:
    """Points for a plot.

    Args:
        plot: the plot that it is drawn in.
        name: the system.
        points: x and y.
    """

    plot: str
    name: str
    points: tuple[tuple[float, float], ...]


@attrs.frozen
class Results:
    """One run of the suite.

    Args:
        command: how it was called.
        machine: what it ran on, by name.
        left_out: what was not measured, and why.
        rows: what was.
        curves: for plots.
    """

    command: str
    machine: Mapping[str, str]
    left_out: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    curves: tuple[Curve, ...] = ()


def to_json(results: Results) -> str:
    """As text, which `from_json` reads."""
    return json.dumps({"version": VERSION, **attrs.asdict(results)}, indent=1, allow_nan=False) + "\n"


def from_json(text: str) -> Results:
    """Results from their text: `from_json(to_json(results)) == results`.

    Raises:
        ValueError: it is no results, or those of another version of the suite.
    """
    data = json.loads(text)
    if not isinstance(data, dict) or data.get("version") != VERSION:
        raise ValueError(f"these are no results of version {VERSION} of this suite")
    try:
        return Results(
            str(data["command"]),
            {str(name): str(value) for name, value in data["machine"].items()},
            tuple(data["left_out"]),
            tuple(_row(each) for each in data["rows"]),
            tuple(Curve(each["plot"], each["name"], _points(each["points"])) for each in data["curves"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"these are no results: {error!r}") from error


def _row(data: dict[str, Any]) -> Row:
    return Row(**{**data, "ours": _floats(data["ours"]), "reference": _floats(data["reference"])})


def _floats(data: list[Any]) -> tuple[float, ...]:
    return tuple(float(each) for each in data)


def _points(data: list[Any]) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in data)
