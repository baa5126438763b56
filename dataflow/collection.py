"""No garbage collection while a graph is made.

All that a graph is made of is kept, so that a collection finds nothing. Yet Python begins one for every few hundred
objects, and looks at everything there is whenever that has grown by a quarter: with a million nodes, two thirds of
the time that it took to make their graph and its plan. What becomes garbage meanwhile is collected a little later.

What was made meanwhile is looked at once, afterwards, alone: left to itself, Python may look at all there is instead.
"""

from __future__ import annotations

import gc
import os
import threading


class _Paused:
    """A context in which there is no automatic collection. Contexts may be nested, and open in several threads."""

    def __init__(self) -> None:
        self._lock, self._open, self._was_enabled = threading.RLock(), 0, False

    def __enter__(self) -> None:
        with self._lock:
            if self._open == 0:
                self._was_enabled = gc.isenabled()
                gc.disable()
            self._open += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._open -= 1
            resumed = self._open == 0 and self._was_enabled
            due = resumed and gc.get_count()[0] > gc.get_threshold()[0]
            if resumed:
                gc.enable()
        if due:
            gc.collect(0)

    def forked(self) -> None:
        """In the child of a fork there are no other threads, and what they had open is open no more."""
        if self._open and self._was_enabled:
            gc.enable()
        self._lock, self._open = threading.RLock(), 0


uncollected = _Paused()
"""`with uncollected:` around what makes very many objects and calls no code of users."""
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=uncollected.forked)
