"""Countdowns: the last of several, on any threads, hears that it is the last, and no other does."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from dataflow.executors.countdown import Countdowns


@pytest.mark.parametrize("number", [2, 3, 10])
def test_it_says_how_many_are_left(number: int) -> None:
    (countdown,) = Countdowns([number]).fresh()
    assert list(countdown) == list(range(number))[::-1]


def test_one_thing_alone_is_always_the_last() -> None:
    _, alone = Countdowns([2, 1]).fresh()
    assert [next(alone), next(alone)] == [0, 0]


def test_runs_do_not_share_them() -> None:
    made = Countdowns([2])
    one, other = made.fresh(), made.fresh()
    assert next(one[0]) == 1
    assert next(other[0]) == 1


def test_among_threads_just_one_is_the_last() -> None:
    threads, ops = 8, 2000
    countdowns = Countdowns([threads] * ops).fresh()
    last: list[list[int]] = [[] for _ in range(threads)]
    barrier = threading.Barrier(threads)

    def work(found: list[int]) -> Any:
        barrier.wait()
        found.extend([at for at, countdown in enumerate(countdowns) if not next(countdown)])

    workers = [threading.Thread(target=work, args=(found,)) for found in last]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(at for found in last for at in found) == list(range(ops))
