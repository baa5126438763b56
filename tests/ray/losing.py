"""Processes of Ray that are killed at work, and what came of it. Short ones are tests; the long ones are `soak`."""

from __future__ import annotations

import functools
import os
import random
import signal
import tempfile
import threading
from typing import Any

import attrs

from dataflow import INPUT, Node, Ray, const, deploy, gather, run
from dataflow.testing.witness import Witness
from tests.patience import eventually
from tests.ray import steps
from tests.ray.steps import placed

LATE = 120.0


@attrs.frozen
class Lost:
    """What came of it.

    Attributes:
        value: what was computed.
        expected: what should have been.
        nodes: how many calls of steps that takes.
        kills: how many processes were killed.
        executions: how many calls of steps have begun.
        slots: how many could be under way in a process that was killed.
    """

    value: Any
    expected: Any
    nodes: int
    kills: int
    executions: int
    slots: int


class Killer:
    """Kills a process that is at work, again and again: each time some calls after the last.

    Args:
        witness: where steps write down in which process they begin.
        kills: how many.
        calls: how many calls there are in all.
        seed: of the moments.
    """

    def __init__(self, witness: Witness, kills: int, calls: int, seed: int) -> None:
        self.killed: list[int] = []
        self._witness, self._kills = witness, kills
        self._gap = max(1, calls // (kills + 1))
        self._random = random.Random(seed)
        self._thread = threading.Thread(target=self._kill, daemon=True)
        self._thread.start()

    def _kill(self) -> None:
        for k in range(self._kills):
            after = k * self._gap + self._random.randrange(self._gap)
            if not eventually(functools.partial(self._strike, after), LATE):
                return

    def _strike(self, after: int) -> bool:
        """Kill the process of the newest call, if there have been enough of them, and it is not gone already."""
        marks = self._marks()
        process = int(marks[-1].split()[1]) if len(marks) > after else 0
        if not process or process in self.killed:
            return False
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            return False
        self.killed.append(process)
        return True

    def _marks(self) -> list[str]:
        return [mark for mark in self._witness.marks() if mark.startswith("in ")]

    def join(self) -> None:
        """Wait until all are killed."""
        self._thread.join(LATE)


def kill_workers(nodes: int, kills: int, seed: int = 1) -> Lost:
    """A layered graph of tasks, some of whose workers are killed at work."""
    with tempfile.TemporaryDirectory() as folder:
        witness = Witness(f"{folder}/witness")
        width = 10
        layer: list[Node[Any]] = [const(k) for k in range(width)]
        expected = list(range(width))
        for _ in range(nodes // width):
            layer = [steps.work(witness.path, 0.01, layer[k], layer[k - 1]) for k in range(width)]
            expected = [expected[k] + expected[k - 1] for k in range(width)]
        killer = Killer(witness, kills, nodes, seed)
        value = run(gather(layer), executor=Ray())
        killer.join()
        executions = len([mark for mark in witness.marks() if mark.startswith("in ")])
        return Lost(value, expected, nodes // width * width, len(killer.killed), executions, 8)


def kill_replicas(calls: int, kills: int, seed: int = 1) -> Lost:
    """A pipeline of two replicas, which are killed at work."""
    with tempfile.TemporaryDirectory() as folder:
        witness = Witness(f"{folder}/witness")
        worker = placed(steps.work, "actor", replicas=2)
        with deploy(worker(witness.path, 0.005, INPUT, 1), Ray(), max_in_flight=16) as pipeline:
            killer = Killer(witness, kills, calls, seed)
            value = list(pipeline.stream(range(calls)))
            killer.join()
        executions = len([mark for mark in witness.marks() if mark.startswith("in ")])
        return Lost(value, [k + 1 for k in range(calls)], calls, len(killer.killed), executions, 8)
