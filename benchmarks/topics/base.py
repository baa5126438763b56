"""What a topic is given, what it yields, and the usual way from two functions to a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import attrs

from benchmarks.measure import FULL, Effort, agreeing, in_turn, repeated
from benchmarks.record import Curve, Row

SCALES = {"s": 1.0, "ms": 1e3, "us": 1e6}


@attrs.frozen
class LeftOut:
    """Something that was not measured, and why."""

    why: str


@attrs.frozen
class Settings:
    """How much is measured, and which peers by it."""

    effort: Effort = FULL
    peers: tuple[str, ...] = ()


Found: TypeAlias = Row | Curve | LeftOut
Topic: TypeAlias = Callable[[Settings], Iterator[Found]]


@attrs.frozen
class Side:
    """One of two things that are compared: what it is called, and what it does."""

    name: str
    work: Callable[[], Any]


def versus(
    topic: str,
    name: str,
    ours: Side,
    reference: Side,
    effort: Effort,
    *,
    per: int,
    unit: str = "us/node",
    goal: str = "",
    most: float | None = None,
    times: int = 1,
    check: Callable[[Any], None] | None = None,
) -> Row:
    """Both sides give the same, and are timed in turn.

    Args:
        topic: of the row.
        name: what is measured.
        ours: what is judged.
        reference: what it is judged by.
        effort: how often.
        per: how many nodes or calls one call works on.
        unit: a unit of time, and of what `per` counts.
        goal: its number.
        most: the largest ratio that meets it.
        times: calls in a row that are timed as one, for short ones.
        check: raises an AssertionError for a wrong value; by default both must give the same.
    """
    agreeing(name, [ours.work, reference.work], check)
    pair = in_turn([repeated(side.work, times) if times > 1 else side.work for side in (ours, reference)], effort)
    scale = SCALES[unit.partition("/")[0]] / (per * times)
    mine, theirs = (tuple(each * scale for each in taken) for taken in pair)
    return Row(topic, name, mine, theirs, reference.name, unit, goal, most)
