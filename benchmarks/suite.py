"""The topics, and a run through some of them."""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Iterator, Sequence
from typing import Final

from benchmarks.machine import Clock, clock, described, others
from benchmarks.record import Curve, Results, Row
from benchmarks.topics.base import Found, LeftOut, Settings

TOPICS: Final = (
    "inline",
    "threads",
    "metg",
    "events",
    "startup",
    "checking",
    "memory",
    "scale",
    "peers",
    "ray",
    "serve",
)
ELSEWHERE: Final = frozenset({"ray", "serve"})
"""These work in processes that are not our children: what they use is not taken for other people's work."""
PACKAGES: Final = (
    "dask",
    "numpy",
    "networkx",
    "rustworkx",
    "apache-hamilton",
    "pipefunc",
    "schedula",
    "tawazi",
    "ray",
)
FAILED: Final = "failed"


def ran(topics: Sequence[str], settings: Settings, command: str) -> Results:
    """Measure these topics. One that fails is left out, and its error shown."""
    rows: list[Row] = []
    curves: list[Curve] = []
    left_out: list[str] = []
    spans: list[tuple[Clock | None, Clock | None]] = []
    for topic in topics:
        print(f"measuring {topic} ...", file=sys.stderr, flush=True)
        begun = clock()
        for found in _measured(topic, settings):
            match found:
                case Row():
                    rows.append(found)
                case Curve():
                    curves.append(found)
                case LeftOut(why=why):
                    left_out.append(why)
        if topic not in ELSEWHERE:
            spans.append((begun, clock()))
    machine = {**described(PACKAGES), **others(spans)}
    return Results(command, machine, tuple(left_out), tuple(rows), tuple(curves))


def _measured(topic: str, settings: Settings) -> Iterator[Found]:
    try:
        module = importlib.import_module(f"benchmarks.topics.{topic}")
    except ModuleNotFoundError as missing:
        if (missing.name or "benchmarks").partition(".")[0] in {"benchmarks", "dataflow"}:
            raise
        yield LeftOut(f"topic {topic}: {missing.name} is not installed")
        return
    try:
        yield from module.measure(settings)
    except Exception as error:  # an hour's other results must not be lost with it
        traceback.print_exc()
        yield LeftOut(f"topic {topic} {FAILED}: {type(error).__name__}: {error}")


def failed(results: Results) -> bool:
    """Whether a topic failed."""
    return any(f" {FAILED}: " in why for why in results.left_out)
