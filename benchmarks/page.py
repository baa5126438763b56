"""Results as a page of the documentation."""

from __future__ import annotations

from collections.abc import Iterable

from benchmarks.goals import GOALS, NOTES
from benchmarks.record import Results, Row
from benchmarks.report import markdown, sorted_rows, summary

PAGE = """\
# Benchmarks

What dataflow costs, held against what the same costs by hand and in other systems. This page was written by

```sh
{command}
```

and not by hand. {summary}.

{machine}

How to read it: absolute times depend on the machine; the *ratio* is what counts, dataflow / reference. Both sides
give the same answer, which is checked first, and are timed in turn in the same process, round after round, with the
garbage collector off and BLAS on one thread; the median of at least 7 rounds is shown, and the least and the most.
Where there is no reference the figure itself is judged. Scale, memory and start are measured in fresh processes.

## Goals

{goals}

{judged}
{notes}{plot}
## For information

Graphs that compute something, and other systems on the same graphs. "Called again": the flow is deployed, and has run
so often that it is compiled. "Run again": it is deployed, but not compiled yet. "Built and run once": everything from
the tasks to the value. "Composed and run once": the same.

{others}

## Left out

{left_out}

## Measure it yourself

`make bench` measures all of it in a quarter of an hour. `.venv/bin/python -m benchmarks inline threads` measures some;
`--quick` shows in a minute that all of it works; `--out new.json` keeps results, and `--compare old.json` says what got
slower since, beyond noise.
"""
PLOT = """
![Time for each node over the number of nodes, and efficiency over the size of tasks]({name})
"""


def page(results: Results, plot: str = "") -> str:
    """The page.

    Args:
        results: what to show.
        plot: the plot's file, as it is named from the page; empty if there is none.
    """
    goals, others = sorted_rows(results.rows)
    return PAGE.format(
        command=results.command,
        summary=summary(goals),
        machine="\n".join(
            ["| | |", "|---|---|", *[f"| {name} | {value} |" for name, value in results.machine.items()]]
        ),
        goals="\n".join(f"- **{number}** {text}" for number, text in GOALS.items()),
        judged=markdown(goals),
        notes="".join(f"\n{number}: {note}\n" for number, note in NOTES.items() if _is_missed(number, goals)),
        plot=PLOT.format(name=plot) if plot else "",
        others=markdown(others),
        left_out="\n".join(f"- {each}" for each in results.left_out) or "Nothing.",
    )


def _is_missed(goal: str, rows: Iterable[Row]) -> bool:
    return any(row.goal == goal and row.met is False for row in rows)
