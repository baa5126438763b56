"""Runs that are over, as workers learn of it: a call that may have waited for long asks whether it is still wanted.

`ray.cancel` would not do: where a task ends at the same moment, Ray aborts the process that has sent it
(https://github.com/ray-project/ray/pull/54798 is about one of the places). So the driver puts a mark among the names
that all of a cluster can look up, and takes it away when nothing of the run is under way any more.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ray.experimental import internal_kv

SPACE: Final = b"dataflow"
LONG: Final = 0.03
"""Seconds that a call takes before which it asks: to ask takes a hundredth of it."""


class Recall:
    """The marks of a deployment.

    Args:
        process: the driver.
        deployment: its number in that process.
    """

    def __init__(self, process: str, deployment: int) -> None:
        self._name = f"over-{process}-{deployment}"
        self._marked: set[int] = set()

    def key(self, run: int) -> bytes:
        """What a run is marked under."""
        return f"{self._name}-{run}".encode()

    def mark(self, runs: Iterable[int]) -> None:
        """These are over, and something of them is under way."""
        for run in set(runs) - self._marked:
            internal_kv._internal_kv_put(self.key(run), b"", namespace=SPACE)
            self._marked.add(run)

    def keep(self, runs: Iterable[int]) -> None:
        """Of other runs than these nothing is under way: take their marks away."""
        if self._marked:
            for run in self._marked - set(runs):
                internal_kv._internal_kv_del(self.key(run), namespace=SPACE)
                self._marked.remove(run)


def is_over(key: bytes) -> bool:
    """Whether a run is over, as far as can be known."""
    try:
        return bool(internal_kv._internal_kv_exists(key, namespace=SPACE))
    except Exception:  # the head cannot be asked: then the call is made, as it would have been a moment before
        return False
