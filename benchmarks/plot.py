"""The curves as an image, by matplotlib."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from benchmarks.record import Curve, Results

COLUMNS = 2


def draw(results: Results, path: Path) -> None:
    """One image with a panel for each plot, its format by the name's end; nothing if there are no curves."""
    plots: dict[str, list[Curve]] = {}
    for curve in results.curves:
        if curve.name not in [each.name for each in plots.setdefault(curve.plot, [])]:
            plots[curve.plot].append(curve)
    if not plots:
        return
    rows = math.ceil(len(plots) / COLUMNS)
    figure = Figure(figsize=(6.5 * COLUMNS, 4.2 * rows), layout="constrained")
    for at, (name, curves) in enumerate(plots.items(), start=1):
        _panel(figure.add_subplot(rows, COLUMNS, at), name, curves)
    with mpl.rc_context({"svg.hashsalt": "dataflow"}):  # the same results give the same bytes
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def _panel(axes: Any, name: str, curves: list[Curve]) -> None:
    efficiency = name.startswith("efficiency")
    for curve in curves:
        ours = curve.name.startswith("dataflow")
        x, y = zip(*curve.points, strict=True)
        axes.plot(x, y, marker=".", linewidth=2.5 if ours else 1.0, label=curve.name)
    axes.set_xscale("log")
    axes.set_title(name)
    axes.grid(visible=True, which="major", alpha=0.3)
    if efficiency:
        axes.axhline(0.5, color="black", linestyle=":", linewidth=1.0)
        axes.set_ylim(0, 1.1)
        axes.set_xlabel("granularity: us of a worker for each task")
        axes.set_ylabel("efficiency")
    else:
        axes.set_yscale("log")
        axes.set_xlabel("nodes")
        axes.set_ylabel("us for each node")
    axes.legend(fontsize="small")
