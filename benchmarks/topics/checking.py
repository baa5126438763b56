"""T1: what the plugin for mypy costs, on a program of many step calls; mypy's cache has all but this program."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import mypy.version

from benchmarks.machine import ROOT
from benchmarks.record import Row
from benchmarks.topics.base import Found, Settings

TOPIC: Final = "checking"
CALLS: Final = 2000
SETTINGS: Final = {"ours": "[mypy]\nplugins = dataflow.mypy_plugin\n", "bare": "[mypy]\n"}
BEGIN: Final = """
from dataflow import Node, const, step

@step
def scaled(x: int, unit: str = "m", *, exact: bool = False) -> float:
    return x * 1.5

@step
def rounded(x: float, y: float) -> int:
    return round(x + y)

x0: Node[int] = const(1)
"""


def measure(settings: Settings) -> Iterator[Found]:
    """The same program checked in turn with the plugin and without, in processes of their own."""
    calls = settings.effort.of(CALLS, 50)
    rounds = settings.effort.of(7, 1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for side, text in SETTINGS.items():
            (folder / f"{side}.ini").write_text(text)
            checked(folder, side, program(calls, "warming up"))
        taken = [{side: checked(folder, side, program(calls, str(at))) for side in SETTINGS} for at in range(rounds)]
    ours, bare = ([each[side] * 1e3 for each in taken] for side in SETTINGS)
    what = f"{calls} calls of steps, checked with the plugin by mypy {mypy.version.__version__}"
    yield Row(TOPIC, what, tuple(ours), tuple(bare), "the same without it", "ms", "T1", 1.2)


def program(calls: int, comment: str) -> str:
    """Steps called on nodes and values, as often as that; another text for another comment, so that it is checked."""
    pairs = (f'y{at} = scaled(x{at}, "mm")\nx{at + 1} = rounded(y{at}, {at}.5)\n' for at in range(calls // 2))
    return f"# {comment}\n{BEGIN}{''.join(pairs)}"


def checked(folder: Path, side: str, text: str) -> float:
    """Seconds of mypy in strict mode over a text that is right."""
    (folder / "program.py").write_text(text)
    options = ["--strict", f"--config-file={side}.ini", f"--cache-dir=cache-{side}"]
    environment = {**os.environ, "MYPYPATH": str(ROOT), "PYTHONPATH": str(ROOT)}
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "program.py"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - begun
    if done.returncode:
        raise RuntimeError(f"mypy failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return seconds
