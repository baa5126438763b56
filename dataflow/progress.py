"""A progress display as an observer: how many calls of each step have ended.

On a terminal it is a set of bars, drawn by the package `rich` (the extra `progress`); in a log file, or without
`rich`, it is a plain line now and then and one at the end. Events only count; the display looks at the counts.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from types import TracebackType
from typing import Any, TextIO

from dataflow.errors import MissingExtraError
from dataflow.events import Event, StepFailed, StepStarted
from dataflow.loading import load


class Progress:
    """Counts the calls of steps that have ended, and shows them while it is entered.

    Safe to use from several threads, and for several runs one after the other: the counts go on.

    Args:
        steps: the names of the steps to show; all of them if none is named.
        total: how many calls of each step are expected, where that is known.
        every: where no bars can be drawn, the seconds between two plain lines.
        stream: where to write; standard error by default.

    >>> import sys
    >>> from dataflow import fan_out, run, step
    >>> @step
    ... def square(x: int) -> int:
    ...     return x * x
    >>> with Progress("square", total=3, stream=sys.stdout) as progress:
    ...     run(fan_out(square, [1, 2, 3]), observe=[progress])
    [1, 4, 9]
    square 3/3
    >>> progress.counts
    {'square': 3}
    """

    def __init__(
        self, *steps: str, total: int | None = None, every: float = 10.0, stream: TextIO | None = None
    ) -> None:
        self._steps, self._total = frozenset(steps), total
        self._every, self._stream = every, stream
        self._lock = threading.Lock()
        self._ended, self._failed = Counter(dict.fromkeys(steps, 0)), Counter[str]()
        self._display: _Bars | _Lines | None = None

    @property
    def counts(self) -> dict[str, int]:
        """How many calls of each step have ended, with a value or with an error."""
        with self._lock:
            return dict(self._ended)

    @property
    def failures(self) -> dict[str, int]:
        """How many calls of each step have ended with an error; steps without one are left out."""
        with self._lock:
            return dict(self._failed)

    def __call__(self, event: Event) -> None:
        """Count an event."""
        if isinstance(event, StepStarted) or (self._steps and event.step not in self._steps):
            return
        with self._lock:
            self._ended[event.step] += 1
            if isinstance(event, StepFailed):
                self._failed[event.step] += 1
            display = self._display
        if display is not None:
            display.advanced()

    def __enter__(self) -> Progress:
        self._display = self._on(sys.stderr if self._stream is None else self._stream)
        self._display.begin()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        display, self._display = self._display, None
        if display is not None:
            display.end()

    def _on(self, stream: TextIO) -> _Bars | _Lines:
        if stream.isatty():
            try:
                return _Bars(self, self._total, stream)
            except MissingExtraError:
                pass  # a job must not fail because its bars cannot be drawn: plain lines will do
        return _Lines(self, self._total, self._every, stream)


class _Lines:
    """A plain line now and then, and one at the end."""

    def __init__(self, progress: Progress, total: int | None, every: float, stream: TextIO) -> None:
        self._progress, self._every, self._stream = progress, every, stream
        self._of = "" if total is None else f"/{total}"
        self._lock = threading.Lock()

    def begin(self) -> None:
        self._due = time.monotonic() + self._every

    def advanced(self) -> None:
        if time.monotonic() < self._due:
            return
        with self._lock:
            now = time.monotonic()
            if now < self._due:
                return  # another thread has just written
            self._due = now + self._every
            self._write()

    def end(self) -> None:
        with self._lock:
            self._write()

    def _write(self) -> None:
        failures = self._progress.failures
        parts = [
            f"{step} {count}{self._of}" + (f" ({failures[step]} failed)" if step in failures else "")
            for step, count in self._progress.counts.items()
        ]
        if parts:
            self._stream.write(", ".join(parts) + "\n")
            self._stream.flush()


class _Bars:
    """One bar for each step, redrawn from the counts by the thread that `rich` keeps for it."""

    def __init__(self, progress: Progress, total: int | None, stream: TextIO) -> None:
        rich: Any = load("rich.progress", extra="progress")
        self._progress, self._total = progress, total
        console = load("rich.console", extra="progress").Console(file=stream)
        self._bars = rich.Progress(
            rich.TextColumn("{task.description}", markup=False),
            rich.BarColumn(),
            rich.MofNCompleteColumn(),
            rich.TimeElapsedColumn(),
            console=console,
        )
        self._tasks: dict[str, Any] = {}
        self._live = load("rich.live", extra="progress").Live(
            get_renderable=self._drawn, console=console, refresh_per_second=10
        )

    def begin(self) -> None:
        self._live.start(refresh=True)

    def advanced(self) -> None:
        """Nothing: the next redrawing shows it."""

    def end(self) -> None:
        self._live.stop()

    def _drawn(self) -> Any:
        failures = self._progress.failures
        for step, count in self._progress.counts.items():
            if step not in self._tasks:
                self._tasks[step] = self._bars.add_task(step, total=self._total)
            shown = f"{step} ({failures[step]} failed)" if step in failures else step
            self._bars.update(self._tasks[step], completed=count, description=shown)
        return self._bars.get_renderable()


__all__ = ["Progress"]
