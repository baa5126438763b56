"""Results as tables: for the terminal, and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from benchmarks.goals import GOALS
from benchmarks.record import Results, Row, Spread

HEADS: Final = ("goal", "what", "against", "dataflow", "reference", "ratio", "least..most", "at most", "met")
LEFT: Final = 3
"""So many columns are text; the others are figures, and are set to the right."""


def cells(row: Row) -> tuple[str, ...]:
    """A row as texts, in the order of the heads."""
    ours = f"{figure(Spread.of(row.ours).median)} {row.unit}" if row.ours else "-"
    reference = f"{figure(Spread.of(row.reference).median)} {row.unit}" if row.reference else "-"
    judged = Spread.of(row.judged) if row.ours else None
    ratio = figure(judged.median) if judged and row.reference else "-"
    spread = f"{figure(judged.least)}..{figure(judged.most)}" if judged and len(row.judged) > 1 else "-"
    most = figure(row.most) if row.most is not None else "-"
    return row.goal or "-", row.name, row.against or "-", ours, reference, ratio, spread, most, said(row)


def figure(value: float) -> str:
    """Three digits, without an exponent.

    >>> [figure(each) for each in (0.0012345, 1.0, 12.345, 12345.6, 0.0)]
    ['0.00123', '1.00', '12.3', '12,346', '0']
    """
    if value == 0:
        return "0"
    digits = next(
        (digits for digits, limit in ((0, 100), (1, 10), (2, 1), (3, 0.1), (4, 0.01)) if abs(value) >= limit), 5
    )
    return f"{value:,.{digits}f}"


def said(row: Row) -> str:
    """Whether the goal is met, in a word."""
    return {True: "yes", False: "no", None: "-"}[row.met]


def sorted_rows(rows: Iterable[Row]) -> tuple[list[Row], list[Row]]:
    """Those with a goal, by its number, and those for information, as they were measured."""
    rows = list(rows)
    order = list(GOALS)
    return sorted((row for row in rows if row.goal), key=lambda row: order.index(row.goal)), [
        row for row in rows if not row.goal
    ]


def terminal(results: Results) -> str:
    """All of it, for reading in a terminal."""
    goals, others = sorted_rows(results.rows)
    texts = [cells(row) for row in [*goals, *others]]
    widths = [max(map(len, column)) for column in zip(HEADS, *texts, strict=True)]
    lines = [_aligned(each, widths) for each in (HEADS, *texts)]
    machine = [f"{name:9} {value}" for name, value in results.machine.items()]
    return "\n".join([*lines, "", *[f"left out: {each}" for each in results.left_out], *machine, summary(goals)])


def summary(goals: Sequence[Row]) -> str:
    """How many rows meet their goal, and which goals they all do."""
    measured = [row for row in goals if row.met is not None]
    missed = {row.goal for row in measured if not row.met}
    met = [goal for goal in GOALS if goal not in missed and any(row.goal == goal for row in measured)]
    count = sum(1 for row in measured if row.met)
    return f"{count} of {len(measured)} rows meet their goal; all rows of {', '.join(met) or 'none'} do"


def markdown(rows: Sequence[Row]) -> str:
    """One table."""
    texts = [cells(row) for row in rows]
    rule = ["---"] * LEFT + ["---:"] * (len(HEADS) - LEFT)
    return "\n".join("| " + " | ".join(each) + " |" for each in (HEADS, rule, *texts))


def _aligned(texts: Sequence[str], widths: Sequence[int]) -> str:
    padded = [
        text.ljust(width) if at < LEFT else text.rjust(width)
        for at, (text, width) in enumerate(zip(texts, widths, strict=True))
    ]
    return "  ".join(padded).rstrip()
