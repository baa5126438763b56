"""Which deployments of this process are open; workers in other processes are told, and drop the instances of others."""

from __future__ import annotations

import os
import threading
import uuid
from typing import NamedTuple


class Census(NamedTuple):
    """The deployments of one process: of those before `upto`, only `alive` are open."""

    process: str
    upto: int
    alive: frozenset[int]

    def closed(self, process: str, number: int) -> bool:
        """Whether a deployment is known to be closed.

        >>> known = Census("driver", 3, frozenset({1}))
        >>> [number for number in range(5) if known.closed("driver", number)], known.closed("another", 0)
        ([0, 2], False)
        """
        return process == self.process and number < self.upto and number not in self.alive


class Register:
    """The deployments of this process."""

    def __init__(self) -> None:
        self._mark, self._upto = uuid.uuid4().hex, 0
        self._alive: set[int] = set()
        self._said: tuple[int, Census] | None = None
        self._lock = threading.Lock()

    @property
    def process(self) -> str:
        """A name for this process that no other has; a fork has one of its own."""
        return f"{self._mark}-{os.getpid()}"

    def enter(self) -> int:
        """A number for a new deployment."""
        with self._lock:
            number = self._upto
            self._upto += 1
            self._alive.add(number)
            self._said = None
            return number

    def leave(self, number: int) -> None:
        """A deployment is closed."""
        with self._lock:
            self._alive.discard(number)
            self._said = None

    def census(self) -> Census:
        """What is open now."""
        with self._lock:
            if self._said is None or self._said[0] != os.getpid():
                self._said = os.getpid(), Census(self.process, self._upto, frozenset(self._alive))
            return self._said[1]


register = Register()
