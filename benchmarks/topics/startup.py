"""P12: what `import dataflow` adds to the start of Python, and what it loads."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.processes import printed, seconds
from benchmarks.record import Row
from benchmarks.topics.base import Found, Settings

TOPIC: Final = "startup"


def measure(settings: Settings) -> Iterator[Found]:
    """With modules that are compiled already, as they are where they are installed."""
    with tempfile.TemporaryDirectory() as folder:
        both = ("import dataflow", "pass")
        for code in both:
            seconds(code, Path(folder))
        taken = [[seconds(code, Path(folder)) for code in both] for _ in range(settings.effort.of(21, 1))]
    added = tuple((ours - bare) * 1e3 for ours, bare in taken)
    yield Row(TOPIC, "import dataflow, above python -c pass", added, unit="ms", goal="P12", most=60.0)
    heavy = printed("benchmarks.programs.imported")
    name = "heavy packages that it loads" + (f": {', '.join(heavy)}" if heavy else "")
    yield Row(TOPIC, name, (float(len(heavy)),), unit="packages", goal="P12", most=0.0)
